import CentralStore
import Foundation
import Testing
import TradeRules

@testable import WaybillServer

@Suite("Files come in whole, once, and undo nobody's work")
struct ImportRunTests {
  @Test("a second run of the same files reports all rows unchanged and writes nothing")
  func twice() throws {
    let folder = try TestFolder()
    try folder.openForTrade()
    let head = try folder.head
    try folder.openForTrade()
    #expect(try folder.head == head)
    let again = try folder.importing(.products, "sku,name,base_unit\nCHAI,Chai,EA\nMATE,Yerba mate,KGM\n")
    #expect((again.created, again.updated, again.unchanged, again.rejected) == (0, 0, 2, 0))
    #expect(again.status == .done)
  }

  @Test("changed rows are updated, new ones created, and a first import says so in the log")
  func changes() throws {
    let folder = try TestFolder()
    try folder.openForTrade()
    let summary = try folder.importing(
      .products, "sku,name,base_unit\nCHAI,Chai,EA\nMATE,Mate,KGM\nSODA,Soda,EA\n")
    #expect((summary.created, summary.updated, summary.unchanged) == (1, 1, 1))
    let kinds = try folder.ask(.log(LogRequest(limit: 3)))["operations"]?.array?.map(\.plainKind)
    #expect(kinds == ["import.begin", "import.products", "import.end"])
    #expect(try folder.exported(.products, .csv).contains("MATE,Mate,"))
  }

  @Test("a dry run says what would happen and leaves no trace")
  func dryRun() throws {
    let folder = try TestFolder()
    try folder.openForTrade()
    let head = try folder.head
    let text = "sku,name\nTEA,Tea\nCHAI,\n"
    let dry = try folder.importing(.products, text) { $0.isDryRun = true }
    #expect((dry.created, dry.rejected) == (1, 1))
    #expect(try folder.head == head)
    let wet = try folder.importing(.products, text)
    #expect((wet.created, wet.rejected) == (1, 1))
    #expect(try folder.head > head)
  }

  /// A row that must not come in, and the code it is refused with.
  struct BadRow: CustomTestStringConvertible, Sendable {
    let kind: ImportKind
    let header: String
    let row: String
    let code: Code
    var testDescription: String { "\(kind.rawValue): \(row)" }
  }

  static let badRows: [BadRow] = [
    BadRow(kind: .products, header: "sku,name", row: ",Nameless", code: .badValue),
    BadRow(
      kind: .products, header: "sku,name", row: String(repeating: "x", count: 41) + ",Long", code: .badValue),
    BadRow(kind: .products, header: "sku,name", row: "chai,Chai again", code: .skuTaken),
    BadRow(kind: .products, header: "sku,name,base_unit", row: "TEA,Tea,BUSHEL", code: .unknownUnit),
    BadRow(kind: .products, header: "sku,name,gtin", row: "TEA,Tea,4006381333932", code: .badValue),
    BadRow(kind: .products, header: "sku,name,weight_g", row: "TEA,Tea,1.5", code: .badValue),
    BadRow(kind: .prices, header: "sku,list,currency,amount", row: "CHAI,EU,EUR,12.12345", code: .badValue),
    BadRow(kind: .prices, header: "sku,list,currency,amount", row: "CHAI,EU,EUR,", code: .badValue),
    BadRow(kind: .prices, header: "sku,list,currency,amount", row: "CHAI,EU,EUR,-1", code: .badValue),
    BadRow(kind: .prices, header: "sku,list,currency,amount", row: "CHAI,EU,USD,1", code: .badValue),
    BadRow(kind: .prices, header: "sku,list,currency,amount", row: "NONE,EU,EUR,1", code: .unknownSku),
    BadRow(kind: .prices, header: "sku,list,currency,amount", row: "CHAI,XX,QQQ,1", code: .unknownCurrency),
    BadRow(
      kind: .prices, header: "sku,list,currency,amount,from", row: "CHAI,EU,EUR,1,31.12.2026", code: .badValue
    ),
    BadRow(
      kind: .prices, header: "sku,list,currency,amount,min_qty", row: "CHAI,EU,EUR,1,many", code: .badQuantity
    ),
    BadRow(kind: .customers, header: "code,name,country", row: "C-2,Ben,Germany", code: .badValue),
    BadRow(kind: .customers, header: "code,name", row: "C-2,", code: .badValue),
    BadRow(kind: .customers, header: "code,name,currency", row: "C-2,Ben,QQQ", code: .unknownCurrency),
    BadRow(kind: .stock, header: "warehouse,sku,qty", row: "W1,CHAI,1e3", code: .badQuantity),
    BadRow(kind: .stock, header: "warehouse,sku,qty", row: "W1,CHAI,-1", code: .badQuantity),
    BadRow(kind: .stock, header: "warehouse,sku,qty", row: "W1,CHAI,0.5", code: .badQuantity),
    BadRow(kind: .stock, header: "warehouse,sku,qty", row: "W9,CHAI,1", code: .unknownWarehouse),
    BadRow(kind: .stock, header: "warehouse,sku,qty", row: "W1,NONE,1", code: .unknownSku),
    BadRow(kind: .stock, header: "warehouse,sku,qty,condition", row: "W1,CHAI,1,damaged", code: .badValue),
    BadRow(kind: .warehouses, header: "code,name", row: "W 9,Two words", code: .badValue),
  ]

  @Test(
    "a row that must not come in is refused with a code, a line and a reason; the others come in",
    arguments: badRows)
  func badRow(_ bad: BadRow) throws {
    let folder = try TestFolder()
    try folder.openForTrade()
    let summary = try folder.importing(bad.kind, "\(bad.header)\n\(bad.row)\n") {
      $0.rejects = folder.url.appending(path: "rejects.csv").path
    }
    #expect(summary.rejected == 1)
    #expect(summary.refusals.first?.code == bad.code.rawValue)
    #expect(summary.refusals.first?.line == 2)
    #expect(summary.status == .partial)
    let rejects = try folder.contents("rejects.csv")
    #expect(rejects.hasPrefix(bad.header + ",error\r\n" + bad.row))
    #expect(rejects.contains(bad.code.rawValue))
    #expect(try folder.ask(.verify(deep: true))["ok"] == true)
  }

  @Test("refused rows are told in the order of the file, whoever refused them")
  func refusalsInOrder() throws {
    let folder = try TestFolder()
    // Line 3 is refused by the centre, 4 by the reader, 5 by the comparison of the rows, 6 by the centre.
    let text = "code,name,country\nA,Good,GB\nB,Bad,Britain\nC\nA,Other,\nD,Bad,France\n"
    let summary = try folder.importing(.suppliers, text) {
      $0.rejects = folder.url.appending(path: "rejects.csv").path
    }
    #expect(summary.created == 1)
    #expect(summary.refusals.map(\.line) == [3, 4, 5, 6])
    let rejects = try folder.contents("rejects.csv").split(separator: "\r\n")
    #expect(rejects.dropFirst().map { $0.prefix(1) } == ["B", "C", "A", "D"])
  }

  @Test("a file that says two things of one record changes nothing of it, at every run")
  func contradictions() throws {
    let folder = try TestFolder()
    let summary = try folder.importing(
      .products, "sku,name\nTEA,Tea\nTEA,Tea\ntea,Green tea\nMATE,Mate\n")
    #expect((summary.created, summary.unchanged, summary.rejected) == (2, 1, 1))
    #expect(summary.refusals.first?.line == 4)
    let prices = try folder.importing(
      .prices, "sku,list,currency,amount\nTEA,EU,EUR,1\nMATE,EU,USD,1\nTEA,EU,EUR,2\n")
    #expect((prices.created, prices.rejected) == (1, 2))
  }

  @Test("more refused rows than allowed: nothing at all is imported")
  func maxRejects() throws {
    let folder = try TestFolder()
    try folder.openForTrade()
    let head = try folder.head
    let text = "sku,name\nTEA,Tea\nBAD,\nWORSE,\n"
    #expect(failureCode { try folder.importing(.products, text) { $0.rejectsMax = 1 } } == .tooManyRejects)
    #expect(Failure(.tooManyRejects).status == .validation)
    #expect(try folder.head == head)
    #expect(try folder.importing(.products, text) { $0.rejectsMax = 2 }.created == 1)
  }

  @Test("a file of another kind is known by its columns and is not used")
  func wrongColumns() throws {
    let folder = try TestFolder()
    #expect(failureCode { try folder.importing(.products, "code,title\n1,Tea\n") } == .fileUnusable)
    #expect(failureCode { try folder.importing(.products, "") } == .fileUnusable)
    #expect(failureCode { try folder.importing(.products, "sku,name\n\"TEA,Tea\n") } == .fileUnusable)
    #expect(Failure(.fileUnusable).status == .validation)
  }

  @Test("a mapping must be for the kind, and may fill only columns that the kind has")
  func mappings() throws {
    let folder = try TestFolder()
    let good = try folder.file(
      "good.json", #"{"kind":"products","columns":{"sku":{"from":"ID"},"name":{"from":"Title"}}}"#)
    let other = try folder.file("other.json", #"{"kind":"prices","columns":{"sku":{"from":"ID"}}}"#)
    let slip = try folder.file(
      "slip.json",
      #"{"kind":"products","columns":{"sku":{"from":"ID"},"name":{"from":"Title"},"nmae":{"from":"Title"}}}"#)
    let text = "ID,Title\nTEA,Tea\n"
    #expect(try folder.importing(.products, text, map: good).created == 1)
    #expect(failureCode { try folder.importing(.products, text, map: other) } == .fileUnusable)
    #expect(failureCode { try folder.importing(.products, text, map: slip) } == .fileUnusable)
  }

  @Test("an import over many chunks, interrupted and run again, ends with every row once")
  func resume() throws {
    let folder = try TestFolder()
    let rows = (1...1_234).map { "P-\($0),Product \($0)" }
    let text = "sku,name\n" + rows.joined(separator: "\n") + "\n"
    // As if the program had been stopped after its first chunk.
    var source = try ImportSource(
      path: try folder.file("products.csv", text), mapping: nil, kind: .products
    ).open()
    while try source.rows.next() != nil {}
    let first = rows.prefix(500).map { row in
      ImportKind.products.completed(
        Filled<CreateProduct> {
          $0.sku = String(row.prefix { $0 != "," })
          $0.name = String(row.drop { $0 != "," }.dropFirst())
        }.form)
    }
    do {
      let link = try folder.link()
      _ = try link.ask(.beginImport(.products, fileHash: source.hash.value, rows: 1_234))
      _ = try link.ask(.importRows(ImportChunk(kind: .products, rows: first)))
    }
    let summary = try folder.resumed(text)
    #expect((summary.created, summary.unchanged) == (734, 500))
    let kinds = try folder.ask(.log(LogRequest()))["operations"]?.array?.map(\.plainKind) ?? []
    #expect(kinds.filter { $0 == "import.begin" }.count == 1)
    #expect(kinds.filter { $0 == "import.end" }.count == 1)
    #expect(try folder.exported(.products, .csv).split(whereSeparator: \.isNewline).count == 1_235)
  }

  @Test("what somebody edited after an import is not undone by running it again")
  func editsStay() throws {
    let folder = try TestFolder()
    try folder.openForTrade()
    do {
      let centre = try #require(try OpenCentre.open(folder.folder, creating: false))
      let customer = try #require(try centre.store.queries.customers(after: "", limit: 1).first)
      let edit = Filled<EditCustomer> {
        $0.id = customer.id
        $0.code = customer.code
        $0.phone = PersonalText("+49 30 2")
      }
      let verdicts = try centre.host.record([OwnDraft(edit)], actor: "os:anna", at: SystemClock.now).verdicts
      #expect(verdicts.map(\.outcome) == [.applied])
      try centre.close()
    }
    try folder.openForTrade()
    #expect(try folder.exported(.customers, .ndjson).contains("+49 30 2"))
  }

  @Test("an export can be imported: here it changes nothing, elsewhere it gives the same export")
  func roundTrip() throws {
    let (folder, other) = (try TestFolder(), try TestFolder())
    try folder.openForTrade()
    let kinds: [(ImportKind, ExportKind)] = [
      (.warehouses, .warehouses), (.products, .products), (.prices, .prices), (.stock, .stock),
      (.customers, .customers),
    ]
    for (importKind, exportKind) in kinds {
      let csv = try folder.exported(exportKind, .csv)
      let here = try folder.importing(importKind, csv)
      #expect((here.created, here.updated, here.rejected) == (0, 0, 0), "\(exportKind)")
      try other.importing(importKind, csv)
      #expect(try other.exported(exportKind, .csv) == csv, "\(exportKind)")
      #expect(
        try other.exported(exportKind, .ndjson) == folder.exported(exportKind, .ndjson), "\(exportKind)")
    }
  }
}

extension TestFolder {
  fileprivate func resumed(_ text: String) throws -> ImportSummary {
    try importing(.products, text) { $0.isResuming = true }
  }
}

extension JSONValue {
  fileprivate var plainKind: String { self["kind"]?.string ?? "" }
}
