/// Writes fields and records as RFC 4180 has them.
public enum CSVField {
  /// A field as it stands in a file: in quotes, with its quotes doubled, if it holds a quote, a
  /// line break or the delimiter; as it is otherwise.
  public static func quoted(_ field: String, delimiter: Unicode.Scalar = ",") -> String {
    // Bytes, not characters: CRLF is one character, and equal to neither CR nor LF.
    let needsQuotes = field.utf8.contains {
      $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r")
        || UInt32($0) == delimiter.value
    }
    return needsQuotes ? inQuotes(field) : field
  }

  /// A record with its line end, CRLF.
  ///
  /// One empty field alone is written `""`: an empty line would not be a record.
  public static func record(_ fields: [String], delimiter: Unicode.Scalar = ",") -> String {
    if fields == [""] { return "\"\"\r\n" }
    return fields.map { quoted($0, delimiter: delimiter) }.joined(separator: String(delimiter)) + "\r\n"
  }

  /// A text that a spreadsheet shows instead of running it: with an apostrophe before a leading
  /// `=`, `+`, `-`, `@`, tab or carriage return (OWASP, "CSV Injection").
  ///
  /// For the text columns of exports only. Numbers keep their sign, and the rejects file keeps its
  /// values as they were, as both are read back by programs.
  public static func escapedForSpreadsheet(_ field: String) -> String {
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
