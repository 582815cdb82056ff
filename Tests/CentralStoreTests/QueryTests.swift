import Testing
import TradeRules

@testable import CentralStore

@Suite("What people ask of the centre")
struct QueryTests {
  @Test("the status counts devices, conflicts, refusals and what waits")
  func status() throws {
    let centre = try TestCentre()
    try centre.day()
    let status = try centre.queries.status(at: centre.now)
    #expect(status.head == centre.store.head.version)
    #expect(status.epoch == centre.store.epoch)
    #expect(status.enrolled == 3)
    #expect(status.openConflicts == 1)
    #expect(status.held == 0)
    #expect(status.rejected == 1)
    #expect(status.storeBytes > 0)
    #expect(try centre.queries.status(at: centre.now.advanced(byMilliseconds: 25 * 3_600_000)).stale == 3)
  }

  @Test("a device's line tells how far behind it is and since when")
  func devices() throws {
    let centre = try TestCentre()
    try centre.day()
    var session = try #require(try centre.store.session(of: "W1"))
    session.checkpoint = centre.store.head.version - 2
    try centre.store.store([session])
    let device = try #require(try centre.queries.device("W1"))
    #expect(device.behindVersions == 2)
    let entry = try centre.store.read { db in
      try LogStore.receivedAt(version: centre.store.head.version - 1, in: db)
    }
    #expect(device.behindSince == entry)
    #expect(try centre.queries.device("A1")?.rejected == 1)
    #expect(try centre.queries.device("A1")?.conflicts == 1)
    #expect(try centre.queries.devices().map(\.device.code) == ["A1", "A2", "W1"])
    #expect(try centre.queries.device("X9") == nil)
  }

  @Test("the next code of a letter follows the highest ever given")
  func nextCode() throws {
    let centre = try TestCentre()
    try centre.openForTrade()
    #expect(try centre.queries.nextDeviceCode("A") == "A3")
    #expect(try centre.queries.nextDeviceCode("H") == "H1")
    try centre.addDevice("A10", .agent)
    try centre.addDevice("A-desk", .agent)
    #expect(try centre.queries.nextDeviceCode("A") == "A11")
  }

  @Test("the log lists every operation once with its final answer, oldest first")
  func log() throws {
    let centre = try TestCentre()
    try centre.day()
    let all = try centre.queries.operations(LogFilter(), after: 0, entriesMax: 10_000)
    #expect(all.next == nil)
    #expect(all.operations.map(\.version) == all.operations.map(\.version).sorted())
    #expect(Set(all.operations.map(\.id)).count == all.operations.count)
    #expect(!all.operations.contains { $0.verdict.outcome == .held }, "what was held was decided later")
    let cancel = try #require(all.operations.last { $0.kind == "order.cancel" })
    #expect(cancel.verdict.codes == [.cancelRejectedShipped])
    #expect(cancel.verdict.record == "SO-A1-0001")

    var paged: [OperationID] = []
    var next: Int64? = 0
    while let version = next {
      let page = try centre.queries.operations(LogFilter(), after: version, entriesMax: 3)
      paged += page.operations.map(\.id)
      next = page.next
    }
    #expect(paged == all.operations.map(\.id))
  }

  @Test("the log can be narrowed to a record, a device, a time, and to the newest")
  func logFilters() throws {
    let centre = try TestCentre()
    try centre.day()
    let all = try centre.queries.operations(LogFilter(), after: 0, entriesMax: 10_000).operations
    let order = try centre.queries.newestOperations(LogFilter(record: "SO-A1-0001"), limit: 100)
    #expect(
      order.map(\.kind) == ["order.create", "order.submit", "order.pick", "order.ship", "order.cancel"])
    let device = try centre.queries.newestOperations(LogFilter(device: "W1"), limit: 2)
    #expect(device.map(\.id) == all.filter { $0.id.device == "W1" }.suffix(2).map(\.id))
    let since = all[all.count / 2].receivedAt
    #expect(
      try centre.queries.operations(LogFilter(since: since), after: 0, entriesMax: 10_000).operations.map(
        \.id)
        == all.filter { $0.receivedAt >= since }.map(\.id))
    #expect(try centre.queries.newestOperations(LogFilter(), limit: 3).map(\.id) == all.suffix(3).map(\.id))
  }

  @Test("a held operation is listed with what it waits for")
  func held() throws {
    let centre = try TestCentre()
    try centre.openForTrade()
    try centre.does(
      "A2",
      Filled<EditCustomer> {
        $0.id = centre.newID()
        $0.code = "C-A1-0001"
        $0.phone = PersonalText("+49 30 3")
      })
    let last = try #require(try centre.queries.newestOperations(LogFilter(), limit: 1).first)
    #expect(last.verdict.outcome == .held)
    #expect(last.waitingFor == "C-A1-0001")
    #expect(try centre.queries.status(at: centre.now).held == 1)
  }

  @Test("a record is found by its number, its SKU in any case, its code, its barcode or its id")
  func keys() throws {
    let centre = try TestCentre()
    try centre.openForTrade()
    try centre.importRows(
      .products,
      [
        Filled<CreateProduct> {
          $0.sku = "SODA"
          $0.name = "Soda"
          $0.gtin = "4006381333931"
        }.form
      ])
    let order = try centre.order("SO-A1-0001", "CHAI", 1)
    #expect(try centre.queries.record(called: "SO-A1-0001") == NamedRecord(kind: .order, name: "SO-A1-0001"))
    #expect(
      try centre.queries.record(called: order.id.description) == NamedRecord(kind: .order, name: "SO-A1-0001")
    )
    #expect(try centre.queries.record(called: " chai ") == NamedRecord(kind: .product, name: "CHAI"))
    #expect(try centre.queries.record(called: "4006381333931") == NamedRecord(kind: .product, name: "SODA"))
    #expect(try centre.queries.record(called: "C-1") == NamedRecord(kind: .customer, name: "C-1"))
    #expect(try centre.queries.record(called: "nothing") == nil)
  }

  @Test("#32 the history of an order ends with the refused cancellation")
  func history() throws {
    let centre = try TestCentre()
    try centre.day()
    let moments = try centre.queries.history(of: NamedRecord(kind: .order, name: "SO-A1-0001"))
    #expect(
      moments.map { "\($0.device) \($0.text)" } == [
        "A1 created the order", "A1 submitted the order", "W1 picked 4 for line 1", "W1 shipped SH-W1-0001",
        "A1 asked for order.cancel; refused: The order was shipped before the cancellation; it stays shipped.",
      ])
  }

  @Test("history names a device's user by the device, and the office's people by their login")
  func persons() throws {
    let centre = try TestCentre()
    try centre.day()
    let devices = try centre.queries.devices().map(\.device)
    let phone = try #require(devices.first { $0.code == "A1" })
    #expect(!phone.name.isEmpty)
    #expect(try centre.queries.person("user", on: "A1") == phone.name)
    #expect(try centre.queries.person("user", on: "Z9") == "the user of Z9")
    #expect(try centre.queries.person("os:root", on: "centre") == "os:root")
    #expect(try centre.queries.person("rule", on: "centre") == "")
  }

  @Test("the history of a product tells its goods, the late receipt where it belongs")
  func productHistory() throws {
    let centre = try TestCentre()
    try centre.day()
    let told = try centre.queries.history(of: NamedRecord(kind: .product, name: "CHAI")).map(\.text)
    let receipt = try #require(told.firstIndex { $0.hasPrefix("received 2 in W1") })
    let pick = try #require(told.firstIndex { $0.hasPrefix("picked 4 in W1") })
    #expect(receipt < pick)
    #expect(told.last?.hasPrefix("counted 5 in W1") == true)
  }

  @Test("whatever has a history is found by its code: a supplier, a price list")
  func otherRecords() throws {
    let centre = try TestCentre()
    try centre.own(Filled<CreateSupplier> { ($0.code, $0.name) = ("TEA-CO", "Tea & Co") })
    let found = try #require(try centre.queries.record(called: " TEA-CO "))
    #expect(found == NamedRecord(kind: .other, name: "TEA-CO"))
    #expect(try centre.queries.history(of: found).map(\.text) == ["created the supplier"])
    #expect(try centre.queries.record(called: "RICE-CO") == nil)
  }

  @Test("exports give everything once, in a fixed order, whatever the page size")
  func exports() throws {
    let centre = try TestCentre()
    try centre.day()
    let codes = try centre.queries.customers(after: "", limit: 100).map(\.code)
    #expect(codes == ["C-1", "C-A1-0001"])
    var paged: [String] = []
    while let next = try centre.queries.customers(after: paged.last ?? "", limit: 1).first {
      paged.append(next.code)
    }
    #expect(paged == codes)
    #expect(
      try centre.queries.orders(after: "", limit: 10).map(\.order.number) == ["SO-A1-0001", "SO-A1-0002"])
    #expect(try centre.queries.priceLists().mapValues(\.currency) == ["EU": "EUR"])
  }
}
