import Foundation
import Testing

@Suite("Devices that were away")
struct AwayTests {
  @Test(
    "#25 a warehouse goes from one tablet to another: what the first did there before it heard is booked and marked",
    .timeLimit(.minutes(4)))
  func handedOver() async throws {
    let company = try Company()
    try await company.open()
    try await company.importBasics()
    let csv = company.path("second.csv")
    try "code,name,country\nLIS,Lisboa,PT\n".write(toFile: csv, atomically: true, encoding: .utf8)
    _ = try await company.atCentre("import", "warehouses", csv)
    let first = try await company.enrol("W1", as: "warehouse", "--warehouse", "MAD")
    try await company.on(first, "stock", "receive", "P-1", "7", "--warehouse", "MAD", "--bin", "A-01")
    _ = try await company.atCentre("device", "scope", "W1", "--warehouse", "LIS")
    let second = try await company.enrol("W2", as: "warehouse", "--warehouse", "MAD")
    try await company.on(second, "stock", "receive", "P-1", "2", "--warehouse", "MAD", "--bin", "A-01")
    try await company.sync(second)

    let summary = try await company.sync(first)
    #expect(summary["answers"][0]["outcome"].text == "applied", "\(summary)")
    #expect(summary["answers"][0]["codes"].texts.contains("PREVIOUS_OWNER"), "\(summary)")
    try await company.sync(second)
    let stock = try await company.on(second, "stock", "show", "P-1", "--warehouse", "MAD")
    #expect(stock["warehouses"][0]["onHand"].number == 109)
    // It has heard now.
    let refused = try await company.run(
      first, ["stock", "receive", "P-1", "1", "--warehouse", "MAD", "--bin", "A-01"])
    #expect(refused.status == 4, "\(refused)")
    try await company.expectVerified([first, second])
    try await company.close()
  }

  @Test(
    "#67 G5 a device comes back after its history has ended: its work is answered, then its rows are all new",
    .timeLimit(.minutes(4)))
  func awayForLong() async throws {
    let company = try Company()
    try await company.open()
    try await company.importBasics()
    let tablet = try await company.enrol("W1", as: "warehouse", "--warehouse", "MAD")
    let agent = try await company.enrolAgent()
    // Recorded, and then the agent is away.
    try await company.on(
      agent, "order", "create", "--customer", "C-1", "--line", "P-1=4", "--submit")
    try await company.on(agent, "customer", "set", "C-2", "phone=+49 30 222")
    // Meanwhile everything changes, and the centre begins another history.
    let csv = company.path("renamed.csv")
    try "sku,name\nP-1,Renamed 1\nP-2,Renamed 2\nP-3,Renamed 3\n".write(
      toFile: csv, atomically: true, encoding: .utf8)
    _ = try await company.atCentre("import", "products", csv)
    let backup = try #require(try await company.atCentre("backup", "create")["id"].text)
    try await company.close()
    _ = try await company.atCentre("restore", backup)
    try await company.open()
    for _ in 1...3 {
      try await company.on(tablet, "stock", "receive", "P-1", "5", "--warehouse", "MAD", "--bin", "A-01")
      try await company.sync(tablet)
    }

    let summary = try await company.sync(agent)
    #expect(summary["sent"].number == 3)
    let outcomes = summary["answers"].list.compactMap { $0["outcome"].text }
    #expect(outcomes == ["applied", "applied"], "\(summary)")
    #expect(try await company.on(agent, "product", "show", "P-2")["name"].text == "Renamed 2")
    let stock = try await company.on(agent, "stock", "show", "P-1", "--warehouse", "MAD")
    #expect(stock["warehouses"][0]["onHand"].number == 115)
    #expect(stock["warehouses"][0]["allocated"].number == 4)
    try await company.expectVerified([agent, tablet])
    try await company.close()
  }

  @Test(
    "#68 G5 a device away for longer than the centre remembers hands in its work, then takes its rows whole",
    .timeLimit(.minutes(4)))
  func awayBeyondTheHorizon() async throws {
    let company = try Company()
    try await company.open()
    try await company.importBasics()
    let agent = try await company.enrolAgent()
    try await company.on(
      agent, "order", "create", "--customer", "C-1", "--line", "P-1=4", "--submit")
    // Meanwhile a customer goes to another territory, and the centre forgets that it left this one.
    let csv = company.path("moved.csv")
    try "code,name,country,currency,phone,agent,territory,price_list\nC-2,Bäckerei Groß,DE,EUR,,,NORTH,EU\n"
      .write(toFile: csv, atomically: true, encoding: .utf8)
    _ = try await company.atCentre("import", "customers", csv)
    _ = try await company.atCentre("setting", "set", "retentionMilliseconds", "1")
    try await company.close()
    try await company.open()

    let summary = try await company.sync(agent)
    #expect(summary["answers"].list.compactMap { $0["outcome"].text } == ["applied"], "\(summary)")
    let status = try await company.on(agent, "status")
    #expect(status["incidents"].list.compactMap { $0["code"].text } == ["BEHIND_HORIZON"], "\(status)")
    let gone = try await company.run(agent, ["customer", "show", "C-2"])
    #expect(gone.errors.contains("UNKNOWN_CUSTOMER"), "\(gone)")
    let stock = try await company.on(agent, "stock", "show", "P-1", "--warehouse", "MAD")
    #expect(stock["warehouses"][0]["allocated"].number == 4)
    try await company.expectVerified([agent])
    try await company.close()
  }

  @Test(
    "#73 the centre's older state of an order does not undo its shipment, nor ship it twice",
    .timeLimit(.minutes(4)))
  func olderEcho() async throws {
    let company = try Company()
    try await company.open()
    try await company.importBasics()
    let tablet = try await company.enrol("W1", as: "warehouse", "--warehouse", "MAD")
    let agent = try await company.enrolAgent()
    let made = try await company.on(
      agent, "order", "create", "--customer", "C-1", "--line", "P-1=4", "--submit")
    let number = try #require(made["number"].text)
    try await company.sync(agent)
    try await company.sync(tablet)
    // Shipped here, and nobody has heard of it; at the centre the order changes, and is not shipped.
    try await company.on(tablet, "pick", number, "1", "4")
    try await company.on(tablet, "ship", number)
    try await company.on(agent, "order", "set", number, "notes=ring twice")
    try await company.sync(agent)
    for _ in 1...2 {
      try await company.sync(tablet)
      let order = try await company.on(tablet, "order", "show", number)
      #expect(order["lines"][0]["shipped"].number == 4, "\(order)")
      let stock = try await company.on(tablet, "stock", "show", "P-1", "--warehouse", "MAD")
      #expect(stock["warehouses"][0]["onHand"].number == 96)
    }
    let orders = try await company.atCentre("export", "orders")
    #expect(orders[0]["lines"][0]["shipped"].number == 4)
    let shipments = try await company.on(
      tablet, "sql", "SELECT count(*) FROM movement WHERE kind = 'ship'")
    #expect(shipments["rows"][0][0].number == 1)
    try await company.sync(agent)
    try await company.expectVerified([agent, tablet])
    try await company.close()
  }
}
