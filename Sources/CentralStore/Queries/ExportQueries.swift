import GRDB
public import TradeRules
import TradeTables

/// An order and its lines.
public struct OrderSheetRows: Sendable {
  public var order: Order
  /// In order of their numbers; removed ones too.
  public var lines: [OrderLine]
}

/// Rows in a fixed order, page by page. A page is one consistent view; rows that change between two pages are
/// seen as they are when their page is read.
extension CentralQueries {
  /// Records in key order after a key.
  public func page<C: TableColumns>(
    of _: C.Type, after key: RowKey?, limit: Int
  ) throws -> [TradeRules.Record<C>] {
    try database.read { db in
      try TradeTables.scan(TableDescription.of(C.self), after: key, limit: limit, in: db)
        .map { TradeRules.Record<C>($0) }
    }
  }

  /// Customers in order of their codes, without those that were merged into another.
  public func customers(after code: String, limit: Int) throws -> [Customer] {
    try database.read { db in
      let keys = try ids(
        """
        SELECT id FROM customer WHERE code > ? AND merged_into IS NULL ORDER BY code, id LIMIT ?
        """, [code, limit], of: CustomerColumns.self, in: db)
      let rows = try TradeTables.rows(keys, in: db)
      return keys.compactMap { rows[$0].map { Customer($0) } }
    }
  }

  /// Orders in order of their numbers, deleted drafts left out.
  public func orders(after number: String, limit: Int) throws -> [OrderSheetRows] {
    try database.read { db in
      let keys = try ids(
        """
        SELECT id FROM sales_order WHERE number > ? AND is_deleted = 0 ORDER BY number, id LIMIT ?
        """, [number, limit], of: OrderColumns.self, in: db)
      let rows = try TradeTables.rows(keys, in: db)
      return try keys.compactMap { key in
        guard let order = rows[key].map({ Order($0) }) else { return nil }
        let lines = try TradeTables.rows(
          RowRange(OrderLineColumns.self, "order_line_order", [order.id]), in: db)
        return OrderSheetRows(
          order: order, lines: lines.map { OrderLine($0) }.sorted { ($0.line, $0.id) < ($1.line, $1.id) })
      }
    }
  }

  /// The lots of some goods, by SKU and code.
  public func expiries(of stock: [Stock]) throws -> [RowKey: String] {
    let keys = stock.filter { !$0.lot.isEmpty }.map { RowKey(LotColumns.self, $0.sku, $0.lot) }
    return try database.read { db in try TradeTables.rows(keys, in: db).mapValues { Lot($0).expiry } }
  }

  /// The least that the warehouses of some goods should have of them, where anybody said.
  public func minimums(of stock: [Stock]) throws -> [RowKey: Quantity] {
    let keys = stock.map { RowKey(StockMinimumColumns.self, $0.warehouse, $0.sku) }
    return try database.read { db in
      try TradeTables.rows(keys, in: db).mapValues { StockMinimum($0).quantity }
        .filter { $0.value > .zero }
    }
  }

  /// The numbers of the orders that some payments are for.
  public func orderNumbers(of payments: [Payment]) throws -> [RecordID: String] {
    let keys = Set(payments.map(\.order)).sorted().map { RowKey(OrderColumns.self, $0) }
    return try database.read { db in
      let orders = try TradeTables.rows(keys, in: db).values.map { Order($0) }
      return Dictionary(uniqueKeysWithValues: orders.map { ($0.id, $0.number) })
    }
  }

  /// Decimals of each currency.
  public func exponents() throws -> [String: Int64] {
    let currencies = try page(of: CurrencyColumns.self, after: nil, limit: .max)
    return Dictionary(uniqueKeysWithValues: currencies.map { ($0.code, $0.exponent) })
  }

  /// The price lists by their codes.
  public func priceLists() throws -> [String: PriceList] {
    let lists = try page(of: PriceListColumns.self, after: nil, limit: .max)
    return Dictionary(lists.map { ($0.code, $0) }, uniquingKeysWith: { first, _ in first })
  }

  private func ids<C: TableColumns>(
    _ sql: String, _ arguments: StatementArguments, of _: C.Type, in db: Database
  ) throws -> [RowKey] {
    try GRDB.Row.fetchAll(db, sql: sql, arguments: arguments)
      .compactMap { RecordID(bytes: LogStore.bytes(try $0.cell("id"))) }.map { RowKey(C.self, $0) }
  }
}
