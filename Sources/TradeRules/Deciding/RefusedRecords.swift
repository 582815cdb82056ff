/// A record that was never made because the operation that would have made it was refused: whatever was
/// recorded on top of it need not wait for it. Kept at the centre only.
public struct RefusedRecordColumns: TableColumns {
  public static let columns = Self()
  public static let number: TableNumber = 76
  public static let name = "refused_record"
  public static let reach = Reach<Self>.centreOnly
  public let table = Column<Int64>(1, .key)
  public let record = Column<[UInt8]>(2, .key)
  /// The operation that was refused last, `A7/42`.
  public let operation = Column<String>(3)
}
public typealias RefusedRecord = Record<RefusedRecordColumns>

extension Record where Columns == RefusedRecordColumns {
  /// The key of the record that was never made.
  public var recordKey: RowKey {
    RowKey(table: TableNumber(truncatingIfNeeded: self.table), bytes: self.record)
  }
}

public enum RefusedRecords {
  /// Notes what a refused group would have made.
  public static func note(
    _ group: [Operation], on view: WorkingSet, in entry: Entry
  ) throws(Interruption) {
    guard entry.isFinal else { return }
    for operation in group {
      guard let key = RuleBook.rule(operation.kind)?.makes(operation.form) else { continue }
      let own = RowKey(RefusedRecordColumns.self, Int64(key.table), key.bytes)
      var refused = try view.row(own).map { RefusedRecord($0) } ?? RefusedRecord()
      refused.table = Int64(key.table)
      refused.record = key.bytes
      refused.operation = operation.id.description
      view.put(refused.row, in: TableDescription.of(RefusedRecordColumns.self))
    }
  }
}

extension Trade {
  /// Why an operation cannot go on without a record that is not here: it waits for it (#70), unless its
  /// author gave it up, or what would have made the record was refused.
  func missing(_ key: RowKey, called name: String) throws(Interruption) -> Interruption {
    let held = try find(HeldColumns.self, operation.id.device, operation.id.number)
    if let held, !held.withdrawnBy.isEmpty { return .refused(Refusal(.withdrawn, name)) }
    let refused = try find(RefusedRecordColumns.self, Int64(key.table), key.bytes)
    return refused == nil ? .waits(for: key, called: name) : .refused(Refusal(.dependsOnRefused, name))
  }
}
