/// Writes fields and records as RFC 4180 has them.
enum CSVField {
  /// A field as it stands in a file: in quotes, with its quotes doubled, if it holds a quote, a
  /// line break or the delimiter; as it is otherwise.
  static func quoted(_ field: String, delimiter: CSVDelimiter = .comma) -> String {
    // Bytes, not characters: CRLF is one character, and equal to neither CR nor LF.
    let needsQuotes = field.utf8.contains {
      $0 == CSVByte.quote || $0 == CSVByte.lineFeed || $0 == CSVByte.carriageReturn
        || $0 == delimiter.rawValue
    }
    return needsQuotes ? inQuotes(field) : field
  }

  /// A record with its line end, CRLF.
  ///
  /// One empty field alone is written `""`: an empty line would not be a record.
  static func record(_ fields: [String], delimiter: CSVDelimiter = .comma) -> String {
    if fields == [""] { return "\"\"\r\n" }
    let separator = String(UnicodeScalar(delimiter.rawValue))
    return fields.map { quoted($0, delimiter: delimiter) }.joined(separator: separator) + "\r\n"
  }

  /// A text that a spreadsheet shows instead of running it: with an apostrophe before a leading
  /// `=`, `+`, `-`, `@`, tab or carriage return (OWASP, "CSV Injection").
  ///
  /// For the text columns of exports only. Numbers keep their sign, and the rejects file keeps its
  /// values as they were, as both are read back by programs.
  static func escapedForSpreadsheet(_ field: String) -> String {
    switch field.unicodeScalars.first {
    case "=", "+", "-", "@", "\t", "\r": "'" + field
    default: field
    }
  }

  private static func inQuotes(_ field: String) -> String {
    // By scalars, as a quote with a combining mark after it is another character.
    var text = String.UnicodeScalarView()
    text.append("\"")
    for scalar in field.unicodeScalars {
      if scalar == "\"" { text.append(scalar) }
      text.append(scalar)
    }
    text.append("\"")
    return String(text)
  }
}
