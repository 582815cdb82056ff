import TradeRules

/// How an export is written.
enum ExportFormat: String, CaseIterable {
  case csv, ndjson, json
}

/// Writes rows as they come, in one of the formats.
struct ExportWriter {
  private let kind: ExportKind
  private let format: ExportFormat
  private let write: ([UInt8]) -> Void
  private var rowsWritten = 0

  /// - Parameter write: takes bytes in order.
  init(_ kind: ExportKind, _ format: ExportFormat, write: @escaping ([UInt8]) -> Void) {
    self.kind = kind
    self.format = format
    self.write = write
  }

  mutating func begin() {
    switch format {
    case .csv: write(Array(CSVField.record(kind.columns.map(\.name)).utf8))
    case .ndjson: break
    case .json: write(Array("[".utf8))
    }
  }

  mutating func add(_ rows: [JSONValue]) {
    var bytes: [UInt8] = []
    for row in rows {
      switch format {
      case .csv: for record in records(of: row) { bytes += CSVField.record(record).utf8 }
      case .ndjson:
        row.write(to: &bytes)
        bytes.append(0x0A)
      case .json:
        if rowsWritten > 0 { bytes.append(UInt8(ascii: ",")) }
        row.write(to: &bytes)
      }
      rowsWritten += 1
    }
    if !bytes.isEmpty { write(bytes) }
  }

  mutating func end() {
    if format == .json { write(Array("]\n".utf8)) }
  }

  /// The records of a CSV file that a row is: an order is one for each line.
  private func records(of row: JSONValue) -> [[String]] {
    guard let lines = row["lines"]?.array else { return [fields(of: row, nil)] }
    return lines.isEmpty ? [fields(of: row, nil)] : lines.map { fields(of: row, $0) }
  }

  private func fields(of row: JSONValue, _ line: JSONValue?) -> [String] {
    kind.columns.map { column in
      let text = (row[column.member] ?? line?[column.member] ?? .null).plain
      return column.isText ? CSVField.escapedForSpreadsheet(text) : text
    }
  }
}
