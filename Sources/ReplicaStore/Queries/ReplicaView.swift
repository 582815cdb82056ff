import GRDB
public import TradeRules
import TradeTables

/// What commands see of a replica: its rows with this device's own unsent work on top, in one consistent
/// view. Reading changes nothing.
public struct ReplicaView {
  let db: Database
  public let state: ReplicaState

  init(_ db: Database) throws {
    guard let state = try ReplicaState.fetch(in: db) else { throw ReplicaFault.notEnrolled(path: "") }
    self.db = db
    self.state = state
  }
}

extension ReplicaStore {
  /// Reads in one consistent view; takes no lock.
  ///
  /// - Throws: `ReplicaFault.notEnrolled` before the enrolment.
  public func view<T>(_ body: (ReplicaView) throws -> T) throws -> T {
    try read { db in try body(try ReplicaView(db)) }
  }

  /// Records what a command asks for, looking records up in the same transaction.
  ///
  /// - Throws: as `record(actor:clock:random:_:)`, and what `drafts` throws.
  public func record(
    actor: String, clock: ClockReading, random: @escaping (Int) -> [UInt8],
    seeing drafts: (ReplicaView, Numbering) throws -> [Draft]
  ) throws -> Recorded {
    try record(actor: actor, clock: clock, random: random) { numbering in
      try drafts(try ReplicaView(numbering.db), numbering)
    }
  }
}

// MARK: - Rows

extension ReplicaView {
  /// The record of a key; nil when there is none here.
  func find<C: TableColumns>(_: C.Type, _ key: RowKey) throws -> Record<C>? {
    try TradeTables.row(key, in: db).map { Record<C>($0) }
  }

  /// All records of an index range, in the index's order.
  func all<C: TableColumns>(
    _ type: C.Type, _ index: String, _ equal: any ColumnValue...
  ) throws -> [Record<C>] {
    try TradeTables.rows(RowRange(type, index, equal), in: db).map { Record<C>($0) }
  }

  /// Every record of a small table, in key order.
  func all<C: TableColumns>(_: C.Type) throws -> [Record<C>] {
    var records: [Record<C>] = []
    try TradeTables.visit(TableDescription.of(C.self), in: db) { records.append(Record<C>($0)) }
    return records
  }

  /// The records of keys, in the order of the keys; what is not here is left out.
  func records<C: TableColumns>(_: C.Type, _ keys: [RowKey]) throws -> [Record<C>] {
    let rows = try TradeTables.rows(keys, in: db)
    return keys.compactMap { rows[$0].map { Record<C>($0) } }
  }

  /// Whether a row shows work of this device that is not confirmed.
  func isGuess(_ key: RowKey) throws -> Bool {
    let statement = try db.cachedStatement(sql: "SELECT 1 FROM base WHERE table_no = ? AND key = ?")
    return try Int.fetchOne(statement, arguments: [Int64(key.table), key.data]) != nil
  }
}
