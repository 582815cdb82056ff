import GRDB
import TradeRules
import TradeTables

/// The rows of one store as they are now: the centre's, or a replica's with its own guesses on top.
struct Books {
  private let database: any DatabaseReader

  init(_ database: any DatabaseReader) { self.database = database }

  func read<T>(_ body: (Database) throws -> T) throws -> T { try database.read(body) }

  func find<C: TableColumns>(_: C.Type, key: RowKey) throws -> TradeRules.Record<C>? {
    try read { try TradeTables.row(key, in: $0) }.map { TradeRules.Record<C>($0) }
  }

  func all<C: TableColumns>(_: C.Type) throws -> [TradeRules.Record<C>] {
    try read { try TradeTables.scan(.of(C.self), after: nil, limit: .max, in: $0) }
      .map { TradeRules.Record<C>($0) }
  }

  // MARK: Orders

  func order(_ placed: PlacedOrder) throws -> Order? {
    try find(OrderColumns.self, key: RowKey(OrderColumns.self, placed.id))
  }

  /// A line by its place in the order as it was placed; one with nothing in it when there is none.
  func line(_ placed: PlacedOrder, _ line: Int = 0) throws -> OrderLine {
    try find(OrderLineColumns.self, key: RowKey(OrderLineColumns.self, placed.lines[line])) ?? OrderLine()
  }

  func fulfilment(_ placed: PlacedOrder) throws -> Fulfilment {
    Fulfilment.of(try all(OrderLineColumns.self).filter { $0.order == placed.id })
  }

  // MARK: Stock

  func onHand(
    _ sku: String = "CHAI", bin: String = "MAIN", at warehouse: String = "W1"
  ) throws -> Quantity {
    let key = RowKey(StockColumns.self, warehouse, bin, sku, "", Condition.good)
    return try find(StockColumns.self, key: key)?.onHand ?? .zero
  }

  func level(_ sku: String = "CHAI", at warehouse: String = "W1") throws -> StockLevel {
    try find(StockLevelColumns.self, key: RowKey(StockLevelColumns.self, warehouse, sku)) ?? StockLevel()
  }

  /// What the counts changed, as booked now.
  func adjustments() throws -> [Quantity] { try all(CountAdjustmentColumns.self).map(\.quantity).sorted() }

  /// Every amount a count's adjustment ever had, oldest first.
  func revisions() throws -> [Quantity] {
    try all(AdjustmentRevisionColumns.self).sorted { $0.revision < $1.revision }.map(\.quantity)
  }

  // MARK: Attention

  func openTasks(_ code: Code) throws -> [TradeTask] {
    try all(TaskColumns.self).filter { $0.isOpen && $0.code == code.rawValue }
  }

  func openConflicts(_ code: Code? = nil) throws -> [Conflict] {
    try all(ConflictColumns.self).filter { conflict in
      conflict.state == .open && code.map { conflict.code == $0.rawValue } ?? true
    }
  }

  func notices(for person: Person) throws -> [Notice] {
    try all(NoticeColumns.self).filter { $0.device == person.code }
  }

  func answer(to id: OperationID) throws -> Answer? {
    try find(AnswerColumns.self, key: RowKey(AnswerColumns.self, id.device, id.number))
  }

  func customer(_ code: String) throws -> Customer? {
    try all(CustomerColumns.self).first { $0.code == code }
  }
}

extension Shop {
  /// The centre's answer to an order's submission, when it was submitted in the group that made it.
  func submission(of placed: PlacedOrder) throws -> Answer? {
    let create = placed.made.id
    return try centre.answer(to: OperationID(device: create.device, number: create.number + 1))
  }
}
