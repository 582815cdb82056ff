import TradeRules

/// A whole row in bytes, its key apart, for before-images: nothing that `Row` holds is lost.
///
/// The version as zigzag varint; the commitments as in the cell `proofs`, counted by a varint; then the cells
/// in canonical form with texts, unknown ones among them.
enum RowImage {
  static func encode(_ row: Row, of table: TableDescription) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.appendVarint(row.version.zigZag)
    bytes.appendCounted(Proofs.of(row, in: table))
    CanonicalRow.appendCells(of: row, table, as: .text, to: &bytes)
    return bytes
  }

  /// The row of an image and its key; nil for bytes that no `encode` made.
  static func decode(_ bytes: [UInt8], key: RowKey, of table: TableDescription) -> Row? {
    var place = 0
    guard let version = bytes.varint(at: &place), let proofsCount = bytes.varint(at: &place),
      proofsCount <= UInt64(bytes.count - place), let keyValues = table.keyValues(of: key)
    else { return nil }
    let proofs = Array(bytes[place..<place + Int(proofsCount)])
    var row = Row(values: table.emptyValues, version: Int64(zigZag: version))
    for (column, value) in zip(table.keyColumns, keyValues) { row.values[column.number - 1] = value }
    var cells = CellReader(bytes, from: place + Int(proofsCount))
    while let number = cells.nextNumber {
      guard let column = table.columns.first(where: { $0.number == number }) else {
        cells.copyCell(to: &row.unknown)
        continue
      }
      guard let value = cells.takeValue(column.kind) else { return nil }
      row.values[number - 1] = value
    }
    cells.copyRest(to: &row.unknown)
    attach(proofs, to: &row, table)
    return row
  }

  private static func attach(_ proofs: [UInt8], to row: inout Row, _ table: TableDescription) {
    if proofs.isEmpty { return }
    for column in table.columns where column.kind == .personal {
      guard case .personal(var personal) = row.values[column.number - 1] else { continue }
      personal.commitment = Proofs.commitment(of: column.number, in: proofs)
      row.values[column.number - 1] = .personal(personal)
    }
  }
}
