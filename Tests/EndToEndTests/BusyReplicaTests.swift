import Foundation
import Testing

@Suite("Several programs on one replica")
struct BusyReplicaTests {
  @Test(
    "#74 a second sync is refused and named the first, while other commands work on", .timeLimit(.minutes(3)))
  func secondSync() async throws {
    let company = try Company()
    try await company.open()
    try await company.importBasics()
    let agent = try await company.enrol("A1", as: "agent", "--agent", "ANA", "--warehouse", "MAD")
    // Without a link the first sync stays and waits for one.
    try await company.close()
    let first = try company.start(agent, "sync", "--watch")
    try await company.wait(for: first, toHoldTheSyncLockOf: agent)

    let second = try await company.run(agent, ["sync"])
    #expect(second.status == 9)
    let error = try Document(second.errors)["error"]
    #expect(error["code"].text == "REPLICA_BUSY")
    #expect(error["retryable"].flag == true)
    #expect(second.errors.contains("pid \(first.number) "), "\(second)")

    let recorded = try await company.on(agent, "customer", "create", "--name", "Łucja Żak", "--country", "PL")
    #expect(recorded["state"].text == "unsent")
    first.send(SIGINT)
    first.kill(after: 20)
    let ended = await first.ended()
    #expect(ended.status == 0, "\(ended)")
    try await company.open()
    try await company.sync(agent)
    try await company.expectVerified([agent])
    try await company.close()
  }
}

extension Company {
  /// Imports a small shop: one warehouse, three products with prices and stock, two customers.
  func importBasics(products: Int = 3, stock: Int = 100) async throws {
    let files: [(kind: String, lines: [String])] = [
      ("warehouses", ["code,name,country", "MAD,Almacén Madrid,ES"]),
      (
        "products", ["sku,name,category,base_unit"] + (1...products).map { "P-\($0),Product \($0),Things,EA" }
      ),
      ("prices", ["sku,list,currency,amount"] + (1...3).map { "P-\($0),EU,EUR,\($0).25" }),
      ("stock", ["warehouse,sku,qty,bin"] + (1...3).map { "MAD,P-\($0),\(stock),A-01" }),
      (
        "customers",
        [
          "code,name,country,currency,phone,agent,territory,price_list",
          "C-1,Café Lumière,FR,EUR,+33 1 23 45 67 89,,IBERIA,EU", "C-2,Bäckerei Groß,DE,EUR,,,IBERIA,EU",
        ]
      ),
    ]
    for file in files {
      let csv = path("\(file.kind).csv")
      try (file.lines.joined(separator: "\n") + "\n").write(toFile: csv, atomically: true, encoding: .utf8)
      let summary = try await atCentre("import", file.kind, csv)
      #expect(summary["create"].number == Decimal(file.lines.count - 1), "\(summary)")
    }
  }

  /// Returns once a program holds the lock of the one that syncs.
  func wait(for program: Running, toHoldTheSyncLockOf device: Device) async throws {
    let pulse = Latch()
    for _ in 0..<1_000 where program.isRunning {
      let holder = (try? String(contentsOfFile: device.replica + ".sync", encoding: .utf8)) ?? ""
      if holder.hasPrefix("pid \(program.number) ") { return }
      await pulse.wait(atMost: 0.02)
    }
    throw Surprise("it never took the lock: \(program.output)")
  }
}
