import Testing
import TradeRules

@testable import WaybillServer

@Suite("Reading a product list as shops export it")
struct ImportReadingCSVTests {
  @Test("a plain list is read as it stands")
  func plain() throws {
    let list = try reading("sku,name\r\nA1,Chai\r\nA2,Chang\r\n")
    #expect(
      list
        == ImportReadingOutcome(
          header: ["sku", "name"], rows: [["A1", "Chai"], ["A2", "Chang"]], lines: [2, 3]))
  }

  @Test(
    "commas, semicolons, tabs and pipes are told apart without asking",
    arguments: CSVDelimiter.allCases)
  func delimiterFound(delimiter: CSVDelimiter) throws {
    let rows = [["sku", "name, in full; and\tmore|"], ["A1", "x,;\t|y"]]
    let text = rows.map { CSVField.record($0, delimiter: delimiter) }.joined()
    #expect(try CSVReader(chunks: pieces(of: Array(text.utf8))).delimiter == delimiter)
    #expect(try reading(text).rows == [rows[1]])
  }

  @Test("a delimiter that was given wins over the one that looks right")
  func delimiterGiven() throws {
    let list = try reading("a,b,c;d\n1,2,3;4\n", delimiter: .semicolon)
    #expect(list.header == ["a,b,c", "d"])
    #expect(list.rows == [["1,2,3", "4"]])
  }

  @Test("a list of one column needs no delimiter")
  func oneColumn() throws {
    #expect(try reading("sku\nA1\n\"\"\nA2").rows == [["A1"], [""], ["A2"]])
  }

  @Test(
    "Windows, Unix and old Macintosh line ends are all fine, also mixed",
    arguments: ["\r\n", "\n", "\r"])
  func lineEnds(end: String) throws {
    let text = ["sku,name", "A1,Chai", "A2,Chang"].joined(separator: end)
    let whole = try reading(text + end)
    #expect(whole.rows == [["A1", "Chai"], ["A2", "Chang"]])
    #expect(whole.lines == [2, 3])
    #expect(try reading(text) == whole, "the last line end may be missing")
    #expect(try reading("sku,name\rA1,Chai\nA2,Chang\r\n") == whole, "and they may be mixed")
  }

  @Test("blank lines are passed over, at the start, in the middle and at the end")
  func blankLines() throws {
    let list = try reading("\r\n\nsku,name\n\n\nA1,Chai\n\r\n\r\nA2,Chang\n\n")
    #expect(list.header == ["sku", "name"])
    #expect(list.rows == [["A1", "Chai"], ["A2", "Chang"]])
    #expect(list.lines == [6, 9])
  }

  @Test("an address may go over several lines, and later rows still know their line")
  func lineBreaksInFields() throws {
    let list = try reading("code,address\nC1,\"12 High St\r\nLeeds\"\nC2,\"a\nb\rc\"\nC3,x\n")
    #expect(list.rows == [["C1", "12 High St\r\nLeeds"], ["C2", "a\nb\rc"], ["C3", "x"]])
    #expect(list.lines == [2, 4, 7])
  }

  @Test("quotes belong to the text when doubled, and when they stand inside plain text")
  func quotes() throws {
    let list = try reading("sku,name\nA1,\"3\"\" pipe, \"\"best\"\"\"\nA2,3\" pipe\nA3,\"\"\n")
    #expect(list.rows == [["A1", "3\" pipe, \"best\""], ["A2", "3\" pipe"], ["A3", ""]])
  }

  @Test("blanks around a value are part of it; the header's are not")
  func blanks() throws {
    let list = try reading(" sku , name\nA1,  Chai \n")
    #expect(list.header == ["sku", "name"])
    #expect(list.rows == [["A1", "  Chai "]])
  }

  @Test("nameless columns that a spreadsheet leaves behind do no harm")
  func namelessColumns() throws {
    #expect(try reading("sku,,\nA1,,\n").rows == [["A1", "", ""]])
  }

  @Test("a header alone is a list without rows")
  func headerOnly() throws {
    #expect(try reading("sku,name") == ImportReadingOutcome(header: ["sku", "name"]))
  }

  @Test("rows with too few or too many fields are refused one by one, the others go on")
  func fieldCount() throws {
    let list = try reading("sku,name\nA1\nA2,Chang\n\nA3,Chai,best,\nA4,Tea\n")
    #expect(list.rows == [["A2", "Chang"], ["A4", "Tea"]])
    #expect(
      list.refused == [
        RowError(row: 1, line: 2, raw: ["A1"], fault: .fieldCount(expected: 2, found: 1)),
        RowError(
          row: 3, line: 5, raw: ["A3", "Chai", "best", ""],
          fault: .fieldCount(expected: 2, found: 4)),
      ])
    #expect(
      list.refused.first?.description
        == "line 2 (row 1): expected 2 fields as in the header, found 1; "
        + "quote fields that hold the delimiter or a line break")
  }

  @Test("text after a closing quote refuses its row and keeps every letter of it")
  func textAfterQuote() throws {
    let list = try reading("sku,name,unit\nA1,\"3\" pipe\",EA\nA2,\"x\" ,EA\nA3,Tea,EA\n")
    #expect(list.rows == [["A3", "Tea", "EA"]])
    #expect(list.refused.map(\.raw) == [["A1", "3\" pipe\"", "EA"], ["A2", "x\" ", "EA"]])
    #expect(list.refused.map(\.fault) == [.textAfterQuote(column: 2), .textAfterQuote(column: 2)])
  }
}

@Suite("A file that cannot be used says why and where")
struct ImportReadingCSVErrorTests {
  @Test("an empty file", arguments: ["", "\n\r\n\n", "\u{FEFF}"])
  func empty(text: String) throws {
    #expect(try reading(text).unusable == .empty)
  }

  @Test("a quote that is never closed")
  func quoteNeverClosed() throws {
    let list = try reading("sku,name\nA1,Chai\nA2,\"Chang\nA3,Tea\n")
    let position = CSVPosition(line: 3, row: 2)
    #expect(list.rows == [["A1", "Chai"]])
    #expect(list.unusable == .quoteNeverClosed(opened: 3, at: position))
    #expect(
      list.unusable?.description
        == "Expected a closing quote for the one opened on line 3, found the end of the file, in the "
        + "record at line 3 (row 2). "
        + "Close the quote of line 3, or double it if it belongs to the text.")
  }

  @Test("letters in the encoding of an old till")
  func latin1() throws {
    let list = try reading(Array("sku,name\nA1,Caf".utf8) + [0xE9] + Array("\n".utf8))
    #expect(
      list.unusable
        == .invalidText(
          encoding: .utf8, byte: 0xE9, after: "Caf", column: 2, CSVPosition(line: 2, row: 1)))
    #expect(
      list.unusable?.message
        == "Expected UTF-8 text, found the byte 0xE9 after \"Caf\" in column 2 at line 2 (row 1).")
  }

  @Test("letters of UTF-8 that are longer than they need be, or half a pair, are none")
  func invalidForms() throws {
    let forms: [[UInt8]] = [
      [0xC0, 0xAF], [0xE0, 0x80, 0xAF], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0x80],
      [0xE2, 0x82],
    ]
    for form in forms {
      let list = try reading(Array("sku\nx".utf8) + form)
      #expect(
        list.unusable
          == .invalidText(
            encoding: .utf8, byte: form[0], after: "x", column: 1, CSVPosition(line: 2, row: 1)))
    }
  }

  @Test("a spreadsheet, or UTF-16 without its mark")
  func nullBytes() throws {
    let unmarked = try reading(utf16("sku,name\n", bigEndian: false, mark: false))
    #expect(unmarked.unusable == .nullByte(column: 1, at: CSVPosition(line: 1, row: 0)))
    let quoted = try reading("sku,name\nA1,\"x\0\"\n")
    #expect(quoted.unusable == .nullByte(column: 2, at: CSVPosition(line: 2, row: 1)))
    let afterQuote = try reading("sku,name\nA1,\"x\"\0\n")
    #expect(afterQuote.unusable == .nullByte(column: 2, at: CSVPosition(line: 2, row: 1)))
  }

  @Test("a field may have 64 KiB and not one byte more", arguments: ["", "\""])
  func fieldLength(quote: String) throws {
    let long = String(repeating: "x", count: ReadingLimits.fieldBytesMax)
    #expect(try reading("a,b\n1,\(quote)\(long)\(quote)\n").rows == [["1", long]])
    let list = try reading("a,b\n1,\(quote)\(long)y\(quote)\n")
    #expect(list.unusable == .fieldTooLong(column: 2, at: CSVPosition(line: 2, row: 1)))
  }

  @Test("a file may have 256 columns and not one more")
  func columnCount() throws {
    let names = (1...ReadingLimits.columnsMax).map { "c\($0)" }
    #expect(try reading(CSVField.record(names)).header == names)
    let list = try reading(CSVField.record(names + ["one more"]))
    #expect(list.unusable == .tooManyColumns(at: CSVPosition(line: 1, row: 0)))
    #expect(list.unusable?.message == "Expected at most 256 columns, found more at line 1 (header).")
  }

  @Test("two columns of one name, however they are written")
  func duplicateHeader() throws {
    let error = try reading("sku,name, SKU \n").unusable
    #expect(error == .duplicateHeader(name: "SKU", columns: [1, 3]))
  }

  @Test("an error of the disk goes through as it is, and ends the reading")
  func sourceFails() throws {
    struct DiskError: Error {}
    var given = false
    var reader = try CSVReader(chunks: {
      defer { given = true }
      if given { throw DiskError() }
      return Array("sku\nA1\nA".utf8)
    })
    #expect(try reader.next()?.get().fields == ["A1"])
    #expect(throws: DiskError.self) { try reader.next() }
    #expect(try reader.next() == nil)
  }
}
