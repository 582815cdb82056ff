import Foundation
import Testing

@Suite("A replica's file is copied, or brought back from an older copy")
struct CopiedReplicaTests {
  @Test(
    "#66 G18 whoever connects first goes on; the other's work is exported and brought in elsewhere, once",
    .timeLimit(.minutes(4)))
  func copied() async throws {
    let company = try Company()
    try await company.open()
    try await company.importBasics()
    let agent = try await company.enrolAgent()
    let copy = Company.Device(code: "A1", replica: company.path("copy.waybill"))
    try FileManager.default.copyItem(atPath: agent.replica, toPath: copy.replica)
    // The same number on both: two operations A1/1, two orders SO-A1-0001.
    try await company.order(3, of: "P-1", on: agent)
    try await company.order(5, of: "P-2", on: copy)
    try await company.sync(agent)
    let refused = try await company.on(copy, "sync", exits: 8)
    #expect(refused["error"]["code"].text == "REPLICA_FORKED")
    #expect(try await company.on(copy, "status")["state"].text == "forked")
    #expect(try await company.atCentre("device", "show", "A1")["forked"].flag == true)
    // The refused one keeps its work, and still takes new work.
    try await company.on(copy, "customer", "create", "--name", "Łucja Żak", "--country", "PL")
    let file = company.path("work.jsonl")
    #expect(try await company.on(copy, "outbox", "export", file)["operations"].number == 3)

    let other = try await company.enrolAgent("A2")
    let brought = try await company.on(other, "outbox", "import", file)
    #expect(brought["imported"].number == 2, "\(brought)")
    #expect(brought["operations"][0]["was"].text == "A1/1")
    #expect(brought["operations"][0]["record"].text == "SO-A2-0001")
    try await company.sync(other)
    let orders = try await company.atCentre("export", "orders")
    #expect(orders.list.compactMap { $0["number"].text } == ["SO-A1-0001", "SO-A2-0001"])
    #expect(orders.list.map { $0["lines"][0]["qty"].number } == [3, 5])

    // Brought in a second time, here or elsewhere, it counts once.
    let again = try await company.run(other, ["outbox", "import", file])
    #expect([0, 5].contains(again.status), "\(again)")
    try await company.sync(other)
    try await company.on(agent, "outbox", "import", file)
    try await company.sync(agent)
    #expect(try await company.atCentre("export", "orders").list.count == 2)
    let customers = try await company.atCentre("export", "customers")
    #expect(customers.list.filter { $0["name"].text == "Łucja Żak" }.count == 1)
    try await company.expectVerified([agent, other])
    try await company.close()
  }

  @Test(
    "#66 a device brought back from an older copy is refused; what it did since is brought in",
    .timeLimit(.minutes(4)))
  func olderCopy() async throws {
    let company = try Company()
    try await company.open()
    try await company.importBasics()
    let tablet = try await company.enrol("W1", as: "warehouse", "--warehouse", "MAD")
    let old = company.path("old.waybill")
    try FileManager.default.copyItem(atPath: tablet.replica, toPath: old)
    try await company.on(tablet, "stock", "receive", "P-1", "7", "--warehouse", "MAD", "--bin", "A-01")
    try await company.sync(tablet)
    try FileManager.default.removeItem(atPath: tablet.replica)
    try FileManager.default.copyItem(atPath: old, toPath: tablet.replica)
    try await company.on(tablet, "stock", "receive", "P-1", "11", "--warehouse", "MAD", "--bin", "A-01")
    #expect(try await company.on(tablet, "sync", exits: 8)["error"]["code"].text == "REPLICA_FORKED")
    let file = company.path("work.jsonl")
    try await company.on(tablet, "outbox", "export", file)
    // A file that somebody changed brings nothing in.
    let text = try String(contentsOfFile: file, encoding: .utf8)
    let changed = company.path("changed.jsonl")
    try text.replacing("\"unsent\"", with: "\"held\"").write(
      toFile: changed, atomically: true, encoding: .utf8)
    let anew = try await company.enrol("W2", as: "warehouse", "--warehouse", "MAD")
    #expect(
      try await company.on(anew, "outbox", "import", changed, exits: 6)["error"]["code"].text
        == "FILE_UNUSABLE")
    try await company.on(anew, "outbox", "import", file)
    try await company.sync(anew)
    #expect(try await company.atCentre("export", "stock")[0]["qty"].number == 118)
    try await company.expectVerified([anew])
    try await company.close()
  }

  @Test(
    "#66 the work of a lost device was brought in; the device is found and sends it: it counts once",
    .timeLimit(.minutes(4)))
  func foundAgain() async throws {
    let company = try Company()
    try await company.open()
    try await company.importBasics()
    let tablet = try await company.enrol("W1", as: "warehouse", "--warehouse", "MAD")
    let other = try await company.enrol("W2", as: "warehouse", "--warehouse", "MAD")
    try await company.on(tablet, "stock", "receive", "P-1", "7", "--warehouse", "MAD", "--bin", "A-01")
    let file = company.path("work.jsonl")
    try await company.on(tablet, "outbox", "export", file)
    try await company.on(other, "outbox", "import", file)
    try await company.sync(other)
    try await company.sync(tablet)
    let stock = try await company.on(tablet, "stock", "show", "P-1", "--warehouse", "MAD")
    #expect(stock["warehouses"][0]["onHand"].number == 107)
    let log = try await company.atCentre("log", "--device", "W1")
    #expect(log["operations"][0]["answer"]["codes"].texts == ["WORK_KNOWN"])
    // Brought in once more elsewhere it is still done, whoever sent it meanwhile.
    let third = try await company.enrol("W3", as: "warehouse", "--warehouse", "MAD")
    try await company.on(third, "outbox", "import", file)
    let known = try await company.on(third, "sync")
    #expect(known["answers"][0]["codes"].texts.contains("WORK_KNOWN"), "\(known)")
    try await company.expectVerified([tablet, other, third])
    try await company.close()
  }
}

extension Company {
  /// Writes and submits an order of one line.
  fileprivate func order(_ quantity: Int, of sku: String, on device: Device) async throws {
    try await on(device, "order", "create", "--customer", "C-1", "--line", "\(sku)=\(quantity)", "--submit")
  }
}
