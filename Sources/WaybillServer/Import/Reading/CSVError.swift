/// Where a record begins.
struct CSVPosition: Equatable, Sendable, CustomStringConvertible {
  /// The line in the file, from 1; a quoted field may go over several.
  var line: Int

  /// The data record, from 1; the header is row 0. Blank lines are not counted.
  var row: Int

  var description: String { row == 0 ? "line \(line) (header)" : "line \(line) (row \(row))" }
}

/// What makes a CSV file unusable (RFC 4180, section 2).
///
/// `column` counts from 1.
enum CSVError: ReadingError {
  /// No header row: no bytes at all, or blank lines only.
  case empty

  /// The file ended inside quotes that were opened on line `opened`.
  case quoteNeverClosed(opened: Int, at: CSVPosition)

  /// A field holds bytes that are no text in the file's encoding; `after` is the text before them.
  case invalidText(encoding: TextEncoding, byte: UInt8, after: String, column: Int, CSVPosition)

  /// A null byte: UTF-16 without its mark, a spreadsheet or another binary file.
  case nullByte(column: Int, at: CSVPosition)

  /// A field of more than `ReadingLimits.fieldBytesMax` bytes.
  case fieldTooLong(column: Int, at: CSVPosition)

  /// A record of more than `ReadingLimits.columnsMax` fields.
  case tooManyColumns(at: CSVPosition)

  /// Two columns have the same name; case and outer blanks do not tell names apart.
  case duplicateHeader(name: String, columns: [Int])

  var code: String {
    switch self {
    case .empty: "CSV_EMPTY"
    case .quoteNeverClosed: "CSV_QUOTE_OPEN"
    case .invalidText: "CSV_ENCODING"
    case .nullByte: "CSV_NOT_TEXT"
    case .fieldTooLong: "CSV_FIELD_TOO_LONG"
    case .tooManyColumns: "CSV_TOO_MANY_COLUMNS"
    case .duplicateHeader: "CSV_HEADER_DUPLICATE"
    }
  }

  var message: String {
    switch self {
    case .empty: "Expected a header row, found an empty file."
    case .quoteNeverClosed(let opened, let position):
      "Expected a closing quote for the one opened on line \(opened), found the end of the file, "
        + "in the record at \(position)."
    case .invalidText(let encoding, let byte, let after, let column, let position):
      "Expected \(encoding.rawValue) text, found the byte \(Self.hex(byte, in: encoding)) after "
        + "\"\(after)\" in column \(column) at \(position)."
    case .nullByte(let column, let position):
      "Expected text, found a null byte in column \(column) at \(position)."
    case .fieldTooLong(let column, let position):
      "Expected at most \(ReadingLimits.fieldBytesMax / 1024) KiB in a field, found more "
        + "in column \(column) at \(position)."
    case .tooManyColumns(let position):
      "Expected at most \(ReadingLimits.columnsMax) columns, found more at \(position)."
    case .duplicateHeader(let name, let columns):
      "Expected each column name once, found \"\(name)\" in columns "
        + columns.map(String.init).joined(separator: " and ") + " of the header."
    }
  }

  var hint: String {
    switch self {
    case .empty: "Check that the export wrote the file."
    case .quoteNeverClosed(let opened, _):
      "Close the quote of line \(opened), or double it if it belongs to the text."
    case .invalidText(.utf8, _, _, _, _):
      "Save the file as UTF-8, or convert it, for instance with "
        + "`iconv -f WINDOWS-1252 -t UTF-8`."
    case .invalidText: "The file is damaged or cut short; export it again, as UTF-8 if you can."
    case .nullByte:
      "Save it as CSV in UTF-8; a spreadsheet, or UTF-16 without a byte order mark, cannot be read."
    case .fieldTooLong: "Look for a quote that is opened there and never closed."
    case .tooManyColumns: "Check the delimiter, or leave out the columns that are not needed."
    case .duplicateHeader: "Rename one of them, or leave it out."
    }
  }

  /// A byte as `0xE9`; in UTF-16 the byte is our own sign and says nothing.
  private static func hex(_ byte: UInt8, in encoding: TextEncoding) -> String {
    guard encoding == .utf8 else { return "sequence of a character that is not whole" }
    let digits = String(byte, radix: 16, uppercase: true)
    return "0x" + (digits.count < 2 ? "0" : "") + digits
  }
}

/// What is wrong with one row; reading goes on with the next.
enum RowFault: Error, Equatable, Sendable {
  /// More or fewer fields than the header has.
  case fieldCount(expected: Int, found: Int)

  /// Text between a closing quote and the delimiter; RFC 4180 has no meaning for it.
  case textAfterQuote(column: Int)

  /// The value is not among the keys of a lookup file.
  case notInLookup(column: String, value: String, file: String, key: String)

  /// The value is not among the keys of a `map`.
  case notInMap(column: String, value: String)

  /// The value is no date in the format that the mapping names.
  case notADate(column: String, value: String, format: String)

  /// The value is no number with a decimal comma.
  case notADecimal(column: String, value: String)

  /// Capital words for scripts; never changed once released.
  var code: String {
    switch self {
    case .fieldCount: "ROW_FIELD_COUNT"
    case .textAfterQuote: "ROW_TEXT_AFTER_QUOTE"
    case .notInLookup: "ROW_NOT_IN_LOOKUP"
    case .notInMap: "ROW_NOT_IN_MAP"
    case .notADate: "ROW_NOT_A_DATE"
    case .notADecimal: "ROW_NOT_A_DECIMAL"
    }
  }

  /// What was expected, what was found and what to do, in one sentence.
  var message: String {
    switch self {
    case .fieldCount(let expected, let found):
      "expected \(expected) fields as in the header, found \(found); "
        + "quote fields that hold the delimiter or a line break"
    case .textAfterQuote(let column):
      "expected a delimiter after the closing quote in column \(column), found text; "
        + "double the quotes that belong to the text"
    case .notInLookup(let column, let value, let file, let key):
      "\(column): expected a \(key) of \(file), found \"\(value)\"; add it there or correct it"
    case .notInMap(let column, let value):
      "\(column): expected a value of the map, found \"\(value)\"; add it to the mapping file"
    case .notADate(let column, let value, let format):
      "\(column): expected a date as \(format), found \"\(value)\"; "
        + "correct it or the format in the mapping file"
    case .notADecimal(let column, let value):
      "\(column): expected a number with a decimal comma, found \"\(value)\"; "
        + "correct it or take decimalComma out of the mapping file"
    }
  }
}

/// A row that cannot be used, with all that the rejects file needs.
struct RowError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The data record, from 1.
  var row: Int

  /// The line its record begins on, from 1.
  var line: Int

  /// The file's fields as they were read, however many.
  var raw: [String]

  var fault: RowFault

  var description: String { "\(CSVPosition(line: line, row: row)): \(fault.message)" }
}
