import GRDB
import TradeRules

import struct Foundation.Data

/// What a person chose of two values. Which two they were is taken over from the centre: a conflict is brought
/// up to date as often as either side edits again.
extension ReferenceModel {
  func resolve(_ form: Filled<ResolveConflict>, _ deed: ModelDeed, in db: Database) throws -> Forecast {
    let statement = try db.cachedStatement(sql: "SELECT * FROM conflict WHERE id = ?")
    guard deed.stands,
      let row = try GRDB.Row.fetchOne(statement, arguments: [Data(form.conflict.bytes)])
    else { return .open }
    count("choices taken over")
    chosen.insert(form.conflict)
    let value: String = form.keep == "value" ? form.value?.text ?? "" : row[form.keep]
    let (kind, field): (String, String) = (row["kind"], row["field"])
    let key: Data = row["record_key"]
    if kind == "order_line", field == "ordered", let quantity = ReferenceModel.thousandths(value) {
      let line = RecordID(sql: key)
      let isUndecided = try isUndecided(lines[line]?.order, apartFrom: form.conflict, deed, in: db)
      choose(quantity, for: line, isUndecided: isUndecided, deed)
      return .stands
    }
    let isCustomer = kind == "customer"
    let record = ModelRecord(table: kind, key: isCustomer ? RecordID(sql: key).description : row["record"])
    guard let place = ReferenceModel.columns[kind]?.firstIndex(of: field.asColumn),
      let standing = records[record]?[place + 1]
    else { return .open }
    // The one that stood when they met is there already, or the field was edited since.
    guard met[record]?[place + 1] != value, standing.value != value else { return .stands }
    records[record]?[place + 1] = (value, ModelStamp(deed))
    return .stands
  }

  /// Whether some other line, or the same once more, had two quantities when the deed was decided.
  private func isUndecided(
    _ order: RecordID?, apartFrom conflict: RecordID, _ deed: ModelDeed, in db: Database
  ) throws -> Bool {
    let others = try GRDB.Row.fetchAll(
      db,
      sql: """
        SELECT id, record_key FROM conflict
        WHERE kind = 'order_line' AND code = 'CONFIRM_LINE' AND id <> ? AND opened_at <= ?
        """, arguments: [Data(conflict.bytes), deed.receivedAt])
    return others.contains { row in
      lines[RecordID(sql: row["record_key"])]?.order == order && !chosen.contains(RecordID(sql: row["id"]))
    }
  }

  private func choose(_ quantity: Int64, for id: RecordID, isUndecided: Bool, _ deed: ModelDeed) {
    guard let line = lines[id], let order = orders[line.order] else { return }
    if order.isCancelled(linesInOrder(of: order)) {
      // What was cancelled stays so, whichever quantity it was.
      lines[id]?.ordered = max(quantity, line.shipped)
      lines[id]?.cancelled = max(quantity, line.shipped) - line.shipped
      if !isUndecided { orders[order.id]?.holds.remove("CONFIRM_LINE") }
      return closeIfDone(order.id)
    }
    // The one that stood when they met is there already, or the line was set since.
    if quantity != line.ordered, quantity != metQuantities[id] {
      lines[id]?.ordered = max(quantity, line.shipped)
      // Nothing at all is a line that was removed.
      if max(quantity, line.shipped) == 0 { lines[id]?.isRemoved = true }
      lines[id]?.stamp = ModelStamp(deed)
      for warehouse in line.staged.keys { riseToPicked(id, warehouse, deed) }
      trim(id)
    }
    if !isUndecided { orders[order.id]?.holds.remove("CONFIRM_LINE") }
    acceptIfFree(order.id, deed)
    for other in order.lines { queue(other) }
    closeIfDone(order.id)
  }

  /// A decimal number with up to three places.
  private static func thousandths(_ text: String) -> Int64? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard let whole = parts.first.flatMap({ Int64($0) }), parts.count <= 2 else { return nil }
    let places = parts.count == 2 ? String(parts[1]) : ""
    return Int64(places.padding(to: 3)).map { whole * 1_000 + $0 }
  }
}

extension String {
  /// A field's name as its column's: `tax_id` for `taxId`.
  fileprivate var asColumn: String {
    reduce(into: "") { $0 += $1.isUppercase ? "_\($1.lowercased())" : String($1) }
  }

  fileprivate func padding(to length: Int) -> String {
    self + String(repeating: "0", count: Swift.max(0, length - count))
  }
}
