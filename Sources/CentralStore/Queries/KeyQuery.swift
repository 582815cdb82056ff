import GRDB
import TradeRules
import TradeTables

/// A record that a person named by its number, SKU, code, barcode or id.
public struct NamedRecord: Hashable, Sendable {
  public enum Kind: String, Sendable {
    case order, product, customer
    /// A category, a supplier, a price list: something that events tell of.
    case other
  }

  public let kind: Kind
  /// What events and answers call it: the order's number, the SKU, the customer's code, another code.
  public let name: String
}

/// Several records of one kind have the key.
public struct AmbiguousKey: Error, Hashable, Sendable {
  public let found: [NamedRecord]
}

extension CentralQueries {
  /// Finds what a person calls `key`: an order's number, a SKU in any case, a customer's code, a barcode, an
  /// id, the code of anything else that has a history, tried in that order.
  ///
  /// - Throws: `AmbiguousKey` when two records match at one step.
  public func record(called key: String) throws -> NamedRecord? {
    let name = EnteredText.normalised(key)
    return try database.read { db in
      for step in [orders, products, customers, barcodes, ids, others] {
        let found = try step(name, db)
        guard found.count <= 1 else { throw AmbiguousKey(found: found) }
        if let found = found.first { return found }
      }
      return nil
    }
  }

  private func orders(_ number: String, _ db: Database) throws -> [NamedRecord] {
    try TradeTables.rows(RowRange(OrderColumns.self, "sales_order_number", [number]), in: db)
      .map { NamedRecord(kind: .order, name: Order($0).number) }
  }

  private func products(_ sku: String, _ db: Database) throws -> [NamedRecord] {
    let range = RowRange(ProductColumns.self, "product_folded", [EnteredText.foldedSKU(sku)])
    return try TradeTables.rows(range, in: db).map { NamedRecord(kind: .product, name: Product($0).sku) }
  }

  private func customers(_ code: String, _ db: Database) throws -> [NamedRecord] {
    try TradeTables.rows(RowRange(CustomerColumns.self, "customer_code", [code]), in: db)
      .map { NamedRecord(kind: .customer, name: Customer($0).code) }
  }

  private func barcodes(_ code: String, _ db: Database) throws -> [NamedRecord] {
    guard let code = BarcodeText.normal(code),
      let row = try TradeTables.row(RowKey(BarcodeColumns.self, code), in: db)
    else { return [] }
    let sku = Barcode(row).sku
    return sku.isEmpty ? [] : [NamedRecord(kind: .product, name: sku)]
  }

  private func others(_ code: String, _ db: Database) throws -> [NamedRecord] {
    let isKnown = try Bool.fetchOne(
      db, sql: "SELECT EXISTS (SELECT 1 FROM event WHERE record = ?)", arguments: [code])
    return isKnown ?? false ? [NamedRecord(kind: .other, name: code)] : []
  }

  private func ids(_ text: String, _ db: Database) throws -> [NamedRecord] {
    guard let id = RecordID(text) else { return [] }
    if let row = try TradeTables.row(RowKey(OrderColumns.self, id), in: db) {
      return [NamedRecord(kind: .order, name: Order(row).number)]
    }
    return try TradeTables.row(RowKey(CustomerColumns.self, id), in: db)
      .map { [NamedRecord(kind: .customer, name: Customer($0).code)] } ?? []
  }
}
