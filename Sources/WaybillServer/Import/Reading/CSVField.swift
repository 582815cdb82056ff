import TradeRules

extension CSVField {
  /// A record in the delimiter of the file it goes to.
  static func record(_ fields: [String], delimiter: CSVDelimiter) -> String {
    record(fields, delimiter: UnicodeScalar(delimiter.rawValue))
  }
}
