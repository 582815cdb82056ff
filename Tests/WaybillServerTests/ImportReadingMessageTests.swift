import Testing

@testable import WaybillServer

@Suite("What a person reads when an import goes wrong")
struct ImportReadingMessageTests {
  private static let position = CSVPosition(line: 12, row: 10)

  private static let errors: [any ReadingError] =
    [
      CSVError.empty,
      CSVError.quoteNeverClosed(opened: 12, at: position),
      CSVError.invalidText(encoding: .utf8, byte: 0x0F, after: "x", column: 2, position),
      CSVError.invalidText(encoding: .utf16BigEndian, byte: 0xFF, after: "x", column: 2, position),
      CSVError.nullByte(column: 2, at: position),
      CSVError.fieldTooLong(column: 2, at: position),
      CSVError.tooManyColumns(at: position),
      CSVError.duplicateHeader(name: "sku", columns: [1, 3]),
      ByteSourceError.cannotOpen(path: "a.csv", reason: "No such file or directory"),
      ByteSourceError.cannotRead(path: "a.csv", reason: "Is a directory"),
      ByteSourceError.gzipUnavailable(path: "a.csv", reason: "No such file or directory"),
      ByteSourceError.gzipFailed(path: "a.csv", reason: "gzip: stdin: unexpected end of file"),
      RejectsError(path: "r.csv", reason: "No space left on device"),
    ] + mappingFaults.map { MappingError(path: "m.json", fault: $0) }

  private static let mappingFaults: [MappingFault] = [
    .unreadable(reason: "Cannot open m.json: No such file or directory"),
    .tooLong,
    .notJSON(reason: "Unexpected end of file"),
    .unknownKey("form", place: "columns.sku", allowed: ["from"]),
    .missingKey("kind", place: ""),
    .invalidValue(place: "columns.sku", expected: "a text in quotes"),
    .noSuchColumn("SKU", found: (1...30).map { "column \($0)" }),
    .lookupMissing(file: "l.csv", folders: ["maps", "data"]),
    .noSuchLookupColumn("id", file: "l.csv", found: ["key"]),
    .ambiguousKey("1", key: "id", file: "l.csv", line: 4),
  ]

  private static let faults: [RowFault] = [
    .fieldCount(expected: 2, found: 3),
    .textAfterQuote(column: 2),
    .notInLookup(column: "category", value: "9", file: "l.csv", key: "id"),
    .notInMap(column: "country", value: "Narnia"),
    .notADate(column: "from", value: "x", format: "dd.MM.yyyy"),
    .notADecimal(column: "amount", value: "12.50"),
  ]

  @Test("every error has a code for scripts, a sentence and a piece of advice")
  func complete() {
    for error in Self.errors {
      #expect(error.code.allSatisfy { $0.isUppercase || $0 == "_" } && !error.code.isEmpty)
      #expect(error.message.last == ".")
      #expect(error.hint.last == "." && error.hint.first?.isUppercase == true)
      #expect(error.description == error.message + " " + error.hint)
      #expect(!error.description.contains(".."), "\(error)")
    }
    for fault in Self.faults {
      #expect(fault.code.hasPrefix("ROW_"))
      #expect(fault.message.contains("expected") && fault.message.contains("found"))
      #expect(fault.message.contains("; "), "and what to do")
    }
    #expect(Set(Self.faults.map(\.code)).count == Self.faults.count)
  }

  @Test("a list of very many columns stays short in a message")
  func manyColumns() {
    let message = MappingFault.noSuchColumn("SKU", found: (1...30).map { "c\($0)" }).message
    #expect(message.hasSuffix("\"c20\" and 10 more"))
  }

  @Test("the wording of a few, as people will see them")
  func wording() {
    #expect(
      Self.errors[2].description
        == "Expected UTF-8 text, found the byte 0x0F after \"x\" in column 2 at line 12 (row 10). "
        + "Save the file as UTF-8, or convert it, for instance with "
        + "`iconv -f WINDOWS-1252 -t UTF-8`.")
    #expect(
      Self.errors[7].description
        == "Expected each column name once, found \"sku\" in columns 1 and 3 of the header. "
        + "Rename one of them, or leave it out.")
    #expect(
      MappingError(path: "m.json", fault: .lookupMissing(file: "l.csv", folders: ["maps", "data"]))
        .description
        == "Mapping file m.json: expected the lookup file l.csv in maps or data, found none. "
        + "Copy the lookup file there, or correct its name.")
  }
}
