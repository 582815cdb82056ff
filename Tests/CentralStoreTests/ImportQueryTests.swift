import Testing
import TradeRules

@testable import CentralStore

@Suite("An import is rehearsed before it is done")
struct ImportQueryTests {
  private func rehearse(_ centre: TestCentre, _ kind: ImportKind, _ rows: [Form]) throws -> [RowOutcome] {
    try centre.queries.rehearse(kind.draft(rows.map(kind.completed)), actor: "os:anna", at: centre.now).rows
  }

  @Test("a rehearsal says what the import will say, and leaves no trace")
  func rehearsal() throws {
    let centre = try TestCentre()
    try centre.importRows(.products, [.product("CHAI", "Chai"), .product("MATE", "Mate")])
    let before = centre.store.head
    let rows: [Form] = [
      .product("CHAI", "Chai"), .product("MATE", "Yerba mate"), .product("SODA", "Soda"),
      .product("soda", "Soda"),
      .product("TEA", ""),
    ]
    let rehearsed = try rehearse(centre, .products, rows)
    #expect(centre.store.head == before)
    #expect(
      rehearsed == [
        .unchanged, .updated, .created, .rejected(Refusal(.skuTaken, "SODA")),
        .rejected(Refusal(.badValue, "name")),
      ])
    #expect(try centre.importRows(.products, rows) == rehearsed)
  }

  @Test("running an import again changes nothing")
  func again() throws {
    let centre = try TestCentre()
    try centre.openForTrade()
    #expect(try rehearse(centre, .stock, [.stock("W1", "CHAI", 10)]) == [.unchanged])
    #expect(try rehearse(centre, .customers, [.customer("C-1", "Ana's shop", agent: "ANA")]) == [.unchanged])
    #expect(try rehearse(centre, .prices, [.price("CHAI", 125_000)]) == [.unchanged])
    #expect(try rehearse(centre, .warehouses, [.warehouse("W1")]) == [.unchanged])
  }

  @Test("a customer of a file has the same id at every import")
  func customerID() throws {
    let centre = try TestCentre()
    try centre.openForTrade()
    let form = ImportKind.customers.completed(.customer("C-1", "Ana's shop"))
    #expect(try centre.customer("C-1").id == Filled<CreateCustomer>(form).id)
  }

  @Test("500 products that all change are decided in a few trips to the store, not one a field")
  func updates() throws {
    let centre = try TestCentre()
    let old = (1...500).map { Form.product("P-\($0)", "Old \($0)") }
    let new = (1...500).map { Form.product("P-\($0)", "New \($0)") }
    try centre.importRows(.products, old)
    #expect(try centre.importRows(.products, new).allSatisfy { $0 == .updated })
    #expect(try centre.importRows(.products, old).allSatisfy { $0 == .updated })
  }

  @Test("an import that was begun and not ended is known by its file")
  func unfinished() throws {
    let centre = try TestCentre()
    let hash = [UInt8](repeating: 1, count: 32)
    #expect(try centre.queries.hasUnfinishedImport(.products, fileHash: hash) == false)
    try centre.own(
      Filled<BeginImport> {
        $0.kind = "products"
        $0.fileHash = hash
        $0.rows = 1
      })
    #expect(try centre.queries.hasUnfinishedImport(.products, fileHash: hash))
    #expect(try centre.queries.hasUnfinishedImport(.prices, fileHash: hash) == false)
    #expect(
      try centre.queries.hasUnfinishedImport(.products, fileHash: [UInt8](repeating: 2, count: 32)) == false)
    try centre.own(
      Filled<EndImport> {
        $0.kind = "products"
        $0.fileHash = hash
      })
    #expect(try centre.queries.hasUnfinishedImport(.products, fileHash: hash) == false)
  }
}
