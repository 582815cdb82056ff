import Foundation
import GRDB
public import TradeRules
import TradeTables

/// Finds records by what people call them: a number, a SKU, a customer's code, a barcode, or the
/// id.
extension ReplicaView {
  /// The product of a SKU in any case, or of a barcode; nil when there is none.
  public func product(_ key: String) throws -> Product? {
    let name = EnteredText.normalised(key)
    if let named = try productNamed(name) { return named }
    guard let barcode = try barcode(name), !barcode.sku.isEmpty else { return nil }
    return try find(ProductColumns.self, RowKey(ProductColumns.self, barcode.sku))
  }

  /// The product of a SKU in any case.
  func productNamed(_ sku: String) throws -> Product? {
    if let exact = try find(ProductColumns.self, RowKey(ProductColumns.self, sku)) { return exact }
    return try all(ProductColumns.self, "product_folded", EnteredText.foldedSKU(sku)).first
  }

  /// The customer of a code in any case, or of an id; nil when there is none. One that was merged leads to the
  /// one that is left, where that is in sight.
  ///
  /// - Throws: `ReplicaFault.ambiguous` when several customers have the code.
  public func customer(_ key: String) throws -> Customer? {
    guard let found = try customerRecord(key) else { return nil }
    return try survivor(of: found) ?? found
  }

  /// The same, of one that was merged its own record.
  public func customerRecord(_ key: String) throws -> Customer? {
    let key = EnteredText.normalised(key)
    for code in [key, key.uppercased()] {
      if let found = try single(all(CustomerColumns.self, "customer_code", code), key) { return found }
    }
    return try RecordID(key).flatMap { try customer($0) }
  }

  public func customer(_ id: RecordID) throws -> Customer? {
    try find(CustomerColumns.self, RowKey(CustomerColumns.self, id))
  }

  /// The order of a number in any case, or of an id; nil when there is none, or when it was a draft and was
  /// deleted.
  ///
  /// - Throws: `ReplicaFault.ambiguous` when several orders have the number.
  public func order(_ key: String) throws -> Order? {
    let key = EnteredText.normalised(key)
    for number in [key, key.uppercased()] {
      let found = try all(OrderColumns.self, "sales_order_number", number).filter { !$0.isDeleted }
      if let order = try single(found, key) { return order }
    }
    guard let id = RecordID(key) else { return nil }
    let order = try find(OrderColumns.self, RowKey(OrderColumns.self, id))
    return order.flatMap { $0.isDeleted ? nil : $0 }
  }

  /// The conflict of an id, or of the only id that begins so (4 hexadecimal digits or more).
  ///
  /// - Throws: `ReplicaFault.ambiguous` when several ids begin so.
  public func conflict(_ key: String) throws -> Conflict? {
    try record(ConflictColumns.self, idBeginning: key) { RowKey(ConflictColumns.self, $0) }
  }

  /// The task of an id, or of the only id that begins so (4 hexadecimal digits or more).
  ///
  /// - Throws: `ReplicaFault.ambiguous` when several ids begin so.
  public func task(_ key: String) throws -> TradeTask? {
    try record(TaskColumns.self, idBeginning: key) { RowKey(TaskColumns.self, $0) }
  }

  /// What a person calls the record of a key of any kind, tried in this order: an order's number, a SKU or
  /// barcode, a customer's code, an id. Nil when there is no such record here.
  public func recordName(_ key: String) throws -> String? {
    if let order = try order(key) { return order.number }
    if let product = try product(key) { return product.sku }
    if let customer = try customerRecord(key) { return customer.code }
    // A deleted draft still has its history, and so has work that was refused.
    return try hasHistory(of: EnteredText.normalised(key)) ? EnteredText.normalised(key) : nil
  }

  private func hasHistory(of record: String) throws -> Bool {
    try Bool.fetchOne(
      db,
      sql: """
        SELECT EXISTS (SELECT 1 FROM event WHERE record = :record)
          OR EXISTS (SELECT 1 FROM outbox WHERE record = :record)
        """, arguments: ["record": record]) ?? false
  }

  private func single<C>(_ found: [Record<C>], _ key: String) throws -> Record<C>? {
    guard found.count <= 1 else { throw ReplicaFault.ambiguous(key: key) }
    return found.first
  }

  private func record<C: TableColumns>(
    _ type: C.Type, idBeginning key: String, _ rowKey: (RecordID) -> RowKey
  ) throws -> Record<C>? {
    let key = EnteredText.normalised(key).lowercased()
    if let id = RecordID(key) { return try find(type, rowKey(id)) }
    let digits = key.replacingOccurrences(of: "-", with: "")
    guard digits.utf8.count >= 4, digits.allSatisfy(\.isHexDigit) else { return nil }
    let rows = try GRDB.Row.fetchAll(
      db, sql: "SELECT id FROM \(C.name) WHERE substr(lower(hex(id)), 1, ?) = ? ORDER BY id LIMIT 2",
      arguments: [digits.utf8.count, digits])
    return try single(
      records(type, rows.map { rowKey(RecordID(try $0.cell("id", .file, as: Data.self))) }), key)
  }
}
