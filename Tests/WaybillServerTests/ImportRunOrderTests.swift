import CentralStore
import Testing
import TradeRules

@testable import WaybillServer

@Suite("Files of orders: a line a row")
struct ImportRunOrderTests {
  private static let header =
    "number,state,customer,agent,warehouse,currency,ordered_at,line,sku,qty,unit_price\n"

  @Test(
    "rows of one number are one order; a second run changes nothing, and an export of it comes in elsewhere")
  func roundTrip() throws {
    let folder = try TestFolder()
    try folder.openForTrade()
    let text =
      Self.header + "SO-1,closed,C-1,,W1,EUR,2024-06-29T00:00:00Z,1,CHAI,4,12.1234\n"
      + "SO-1,closed,C-1,,W1,EUR,2024-06-29T00:00:00Z,2,MATE,0.5,3.30\n"
      + "SO-2,accepted,C-1,KEN,W1,EUR,2024-06-30,1,CHAI,12,\n"
    let first = try folder.importing(.orders, text)
    #expect((first.created, first.rejected) == (2, 0))
    let head = try folder.head
    let again = try folder.importing(.orders, text)
    #expect((again.created, again.unchanged) == (0, 2))
    #expect(try folder.head == head)
    let exported = try folder.exported(.orders, .csv)
    let elsewhere = try TestFolder()
    try elsewhere.openForTrade()
    #expect(try elsewhere.importing(.orders, exported).created == 2)
    #expect(try elsewhere.exported(.orders, .csv) == exported)
    #expect(try elsewhere.ask(.verify(deep: true))["ok"] == true)
  }

  @Test("every kind that is exported comes in elsewhere, and is exported there as it was")
  func everyKind() throws {
    let folder = try TestFolder()
    try folder.openForTrade()
    try folder.importing(.stock, "warehouse,sku,qty,bin,lot,expiry,minimum\nW1,CHAI,3,A-1,L7,2027-03-31,20\n")
    let elsewhere = try TestFolder()
    for kind in [ImportKind.warehouses, .products, .prices, .customers, .stock] {
      let export = try #require(ExportKind(rawValue: kind.rawValue))
      let text = try folder.exported(export, .csv)
      let summary = try elsewhere.importing(kind, text)
      #expect(summary.rejected == 0, "\(summary.text)")
      #expect(try elsewhere.exported(export, .csv) == text, "\(kind)")
    }
  }

  @Test("rows that disagree, or stand apart, or beside one that cannot be read, bring no half order in")
  func broken() throws {
    let folder = try TestFolder()
    try folder.openForTrade()
    let summary = try folder.importing(
      .orders,
      "number,customer,sku,qty\n" + "A,C-1,CHAI,1\nA,C-2,MATE,1\n"  // disagree
        + "B,C-1,CHAI,1\nC,C-1,CHAI,1\nB,C-1,MATE,1\n"  // apart
        + "D,C-1,CHAI,1\nX,C-1\nE,C-1,CHAI,1\n"  // beside
        + "F,C-1,CHAI,1\n"
    ) { $0.rejects = folder.url.appending(path: "rejects.csv").path }
    #expect(summary.created == 3, "\(summary.text)")
    let numbers = try folder.exported(.orders, .csv).split(whereSeparator: \.isNewline).dropFirst()
      .map { $0.prefix { $0 != "," } }
    #expect(numbers == ["B", "C", "F"])
    let rejects = try folder.contents("rejects.csv").split(whereSeparator: \.isNewline).dropFirst()
    #expect(rejects.map { $0.prefix(1) } == ["A", "A", "B", "D", "X", "E"])
  }
}
