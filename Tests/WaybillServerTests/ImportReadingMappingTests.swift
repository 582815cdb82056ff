import Foundation
import Testing

@testable import WaybillServer

@Suite("Somebody else's columns become ours")
struct ImportReadingMappingTests {
  private let folder: ImportReadingFolder

  init() throws { folder = try ImportReadingFolder() }

  /// Reads a list through a mapping of the given columns.
  private func rows(
    _ list: String, columns: String, rest: String = "", lookupFolder: String? = nil
  ) throws -> MappedRows {
    let json = "{\"kind\": \"products\", \"columns\": {\(columns)}\(rest)}"
    let mapping = try MappingFile(path: try folder.file("map.json", json))
    let source = try ByteSource(path: try folder.file("list.csv", list))
    return try MappedRows(source: source, mapping: mapping, lookupFolder: lookupFolder)
  }

  private func all(_ rows: consuming MappedRows) throws -> [Result<MappedRow, RowError>] {
    var all: [Result<MappedRow, RowError>] = []
    while let row = try rows.next() { all.append(row) }
    return all
  }

  private func values(_ rows: consuming MappedRows) throws -> [[String: String]] {
    try all(rows).map { try $0.get().values }
  }

  private func fault(of json: String) throws -> MappingFault? {
    let path = try folder.file("map.json", json)
    return #expect(throws: MappingError.self) { _ = try MappingFile(path: path) }?.fault
  }

  @Test("without a mapping the header's names count, whatever their case")
  func noMapping() throws {
    let source = try ByteSource(path: try folder.file("list.csv", "SKU, Name ,\nA1,Chai,\nA2\n"))
    let rows = try MappedRows(source: source)
    #expect(rows.header == ["SKU", "Name", ""])
    #expect(rows.columns == ["name", "sku"])
    #expect(
      try all(rows) == [
        .success(
          MappedRow(
            row: 1, line: 2, values: ["sku": "A1", "name": "Chai"], raw: ["A1", "Chai", ""])),
        .failure(RowError(row: 2, line: 3, raw: ["A2"], fault: .fieldCount(expected: 3, found: 1))),
      ])
  }

  @Test("columns are renamed, set and joined; what the mapping does not name is absent")
  func sources() throws {
    let columns = """
      "sku": {"from": "productid"}, "base_unit": {"constant": "EA"},
      "address": {"join": ["Street", "City", "Region"], "separator": ", "},
      "name": {"join": ["Region", "City"]}
      """
    let list = "ProductID,Street,City,Region\n7,High St 1,Leeds,\n8,,,\n"
    #expect(
      try values(rows(list, columns: columns)) == [
        ["sku": "7", "base_unit": "EA", "address": "High St 1, Leeds", "name": "Leeds"],
        ["sku": "8", "base_unit": "EA", "address": "", "name": ""],
      ])
  }

  @Test("a number is looked up in another file, and on from there in a third")
  func lookups() throws {
    _ = try folder.file("Products.csv", "ID;Sub;Name\n1;10;Road Bike\n2;;Loose part\n")
    let packed = try gzipped(Array("id,label\n10,Bikes\n10,Bikes\n".utf8), in: folder)
    _ = try folder.file("Sub.csv.gz", packed)
    let columns = """
      "name": {"from": "P", "lookup": {"file": "Products.csv", "key": "id", "column": "NAME"}},
      "category": {"from": "P", "transform": ["upper"], "lookup": [
        {"file": "Products.csv", "key": "ID", "column": "Sub"},
        {"file": "Sub.csv.gz", "key": "id", "column": "label"}]}
      """
    let rows = try all(rows("P\n1\n2\n3\n", columns: columns))
    #expect(try rows[0].get().values == ["name": "Road Bike", "category": "BIKES"])
    #expect(try rows[1].get().values == ["name": "Loose part", "category": ""])
    let fault = RowFault.notInLookup(
      column: "category", value: "3", file: "Products.csv", key: "ID")
    #expect(rows[2] == .failure(RowError(row: 3, line: 4, raw: ["3"], fault: fault)))
  }

  @Test("lookup files lie beside the mapping file, else in the folder of the data")
  func lookupFolders() throws {
    let data = try ImportReadingFolder()
    _ = try data.file("Cat.csv", "id,name\n1,From the data's folder\n")
    let columns = #""name": {"from": "C", "lookup": {"file": "Cat.csv", "key": "id", "column": "name"}}"#
    let second = try rows("C\n1\n", columns: columns, lookupFolder: data.path)
    #expect(try values(second) == [["name": "From the data's folder"]])
    let missing = #expect(throws: MappingError.self) { _ = try rows("C\n1\n", columns: columns) }
    #expect(missing?.fault == .lookupMissing(file: "Cat.csv", folders: [folder.path]))
    _ = try folder.file("Cat.csv", "id,name\n1,Beside the mapping\n")
    let first = try rows("C\n1\n", columns: columns, lookupFolder: data.path)
    #expect(try values(first) == [["name": "Beside the mapping"]])
  }

  @Test("a lookup takes some rows of its file, several columns, the last of many, and says what else stands")
  func choosyLookups() throws {
    _ = try folder.file("People.csv", "ID,First,Middle,Last\n1,Ken,J,Sánchez\n2,Terri,,Duffy\n")
    _ = try folder.file("Texts.csv", "ID,Lang,Text\n1,en,Bike\n1,fr,Vélo\n2,en,Bell\n")
    _ = try folder.file("Sales.csv", "ID,Agent\n1,A\n1,B\n")
    let columns = """
      "name": {"from": "P", "lookup": {"file": "People.csv", "key": "ID", "column": ["First", "Middle", "Last"]}},
      "description": {"from": "P", "lookup": {"file": "Texts.csv", "key": "ID", "column": "Text",
        "where": {"column": "Lang", "equals": "fr"}, "otherwise": "?"}},
      "agent": {"from": "P", "lookup": {"file": "Sales.csv", "key": "ID", "column": "Agent",
        "repeated": "last", "otherwise": ""}}
      """
    #expect(
      try values(rows("P\n1\n2\n", columns: columns)) == [
        ["name": "Ken J Sánchez", "description": "Vélo", "agent": "B"],
        ["name": "Terri Duffy", "description": "?", "agent": ""],
      ])
  }

  @Test("a lookup file that answers twice, has no such column or is broken is not used")
  func lookupFaults() throws {
    let columns = #""name": {"from": "C", "lookup": {"file": "L.csv", "key": "id", "column": "name"}}"#
    let faults: [(String, MappingFault)] = [
      ("id,name\n1,a\n2,b\n1,c\n", .ambiguousKey("1", key: "id", file: "L.csv", line: 4)),
      ("id,label\n1,a\n", .noSuchLookupColumn("name", file: "L.csv", found: ["id", "label"])),
      (
        "id,name\n1\n",
        .unreadable(
          reason: "lookup file L.csv, line 2 (row 1): expected 2 fields as in the header, found 1; "
            + "quote fields that hold the delimiter or a line break")
      ),
      ("", .unreadable(reason: "Expected a header row, found an empty file")),
    ]
    for (text, fault) in faults {
      _ = try folder.file("L.csv", text)
      let error = #expect(throws: MappingError.self) { _ = try rows("C\n1\n", columns: columns) }
      #expect(error?.fault == fault)
    }
  }

  @Test("some rows only can be taken, and they keep their numbers")
  func filter() throws {
    let tests = [
      #""equals": "1""#: ["b"], #""notEquals": "1""#: ["a", "c", "d"], #""in": ["0", ""]"#: ["a", "d"],
    ]
    for (test, names) in tests {
      var rows = try rows(
        "name,gone\na,0\nb,1\nc,01\nd,\n", columns: #""name": {"from": "name"}"#,
        rest: ", \"where\": {\"column\": \"Gone\", \(test)}")
      var taken: [MappedRow] = []
      while let row = try rows.next() { taken.append(try row.get()) }
      #expect(taken.map { $0.values["name"] } == names)
      #expect(rows.rowsLeftOut == 4 - names.count)
      #expect(taken.allSatisfy { ["a", "b", "c", "d"][$0.row - 1] == $0.values["name"] })
    }
  }

  @Test("a column that the file does not have is named, with those that it has")
  func missingColumn() throws {
    let mappings = [
      (#""sku": {"from": "SKU2"}"#, ""), (#""sku": {"join": ["sku", "SKU2"]}"#, ""),
      (#""sku": {"from": "sku"}"#, #", "where": {"column": "SKU2", "equals": ""}"#),
    ]
    for (columns, rest) in mappings {
      let error = #expect(throws: MappingError.self) {
        _ = try rows("sku,name\n", columns: columns, rest: rest)
      }
      #expect(error?.fault == .noSuchColumn("SKU2", found: ["sku", "name"]))
    }
  }

  @Test("a misspelt key is found and named, with its place and with what is allowed there")
  func unknownKeys() throws {
    #expect(
      try fault(of: #"{"kind": "x", "columns": {}, "were": {}}"#)
        == .unknownKey("were", place: "", allowed: ["kind", "columns", "where"]))
    #expect(
      try fault(of: #"{"kind": "x", "columns": {"sku": {"form": "a"}}}"#)
        == .unknownKey(
          "form", place: "columns.sku",
          allowed: ["from", "constant", "join", "separator", "lookup", "transform"]))
    let split =
      #"{"kind": "x", "columns": {"n": {"from": "a", "transform": ["trim", {"split": {"on": 1}}]}}}"#
    #expect(
      try fault(of: split)
        == .unknownKey("on", place: "columns.n.transform[1].split", allowed: ["by", "take"]))
    let path = folder.path + "/map.json"
    let error = #expect(throws: MappingError.self) { _ = try MappingFile(path: path) }
    #expect(
      error?.description
        == "Mapping file \(path): expected \"by\", \"take\" at columns.n.transform[1].split, found the "
        + "key \"on\". Correct or remove \"on\".")
  }

  @Test("a mapping that is incomplete or makes no sense is refused, and the place is named")
  func invalid() throws {
    func column(_ rule: String) -> String { #"{"kind": "x", "columns": {"a": \#(rule)}}"# }
    let places: [(String, String)] = [
      (column("{}"), "columns.a"),
      (column(#"{"from": "x", "constant": "y"}"#), "columns.a"),
      (column(#"{"from": "x", "separator": "y"}"#), "columns.a"),
      (column(#"{"from": 7}"#), "columns.a.from"),
      (column("[]"), "columns.a"),
      (column(#"{"from": "x", "transform": "trim"}"#), "columns.a.transform"),
      (column(#"{"from": "x", "transform": ["tirm"]}"#), "columns.a.transform[0]"),
      (column(#"{"from": "x", "transform": [{}]}"#), "columns.a.transform[0]"),
      (column(#"{"from": "x", "transform": [{"date": "dd.MM.yy"}]}"#), "columns.a.transform[0]"),
      (
        column(#"{"from": "x", "transform": [{"split": {"by": "", "take": 0}}]}"#),
        "columns.a.transform[0].split"
      ),
      (
        column(#"{"from": "x", "transform": [{"split": {"by": " ", "take": -1}}]}"#),
        "columns.a.transform[0].split"
      ),
      (
        column(#"{"from": "x", "transform": [{"split": {"by": " ", "take": 0.5}}]}"#),
        "columns.a.transform[0].split"
      ),
      (column(#"{"from": "x", "transform": [7]}"#), "columns.a.transform[0]"),
      (column(#"{"from": "x", "transform": [{"map": {"0": 1}}]}"#), "columns.a.transform[0].map.0"),
      (#"{"kind": "x", "columns": {}, "where": {"column": "a"}}"#, "where"),
      (#"{"kind": "x", "columns": []}"#, "columns"),
    ]
    for (json, place) in places {
      guard case .invalidValue(place, _)? = try fault(of: json) else {
        Issue.record("\(json): \(String(describing: try fault(of: json)))")
        continue
      }
    }
    #expect(try fault(of: #"{"columns": {}}"#) == .missingKey("kind", place: ""))
    #expect(
      try fault(of: column(#"{"from": "x", "lookup": {"file": "f", "key": "k"}}"#))
        == .missingKey("column", place: "columns.a.lookup"))
  }

  @Test("text that is no JSON, or far too long, is refused; cut short at every place too")
  func notJSON() throws {
    let json = #"{"kind": "x", "columns": {"a": {"from": "é", "transform": ["trim"]}}}"#
    #expect(throws: Never.self) { _ = try MappingFile(path: try folder.file("ok.json", json)) }
    for length in 0..<json.utf8.count {
      let path = try folder.file("cut.json", Array(json.utf8.prefix(length)))
      #expect(throws: MappingError.self) { _ = try MappingFile(path: path) }
    }
    guard case .notJSON? = try fault(of: "{\"kind\": }") else {
      Issue.record("not told from a value that is wrong")
      return
    }
    #expect(try fault(of: String(repeating: " ", count: MappingFile.bytesMax + 1)) == .tooLong)
    let missing = #expect(throws: MappingError.self) { _ = try MappingFile(path: "/no/map.json") }
    #expect(missing?.code == "MAPPING_UNREADABLE")
  }
}
