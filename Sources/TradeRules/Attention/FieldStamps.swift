/// Who changed each mergeable field last. Kept at the centre only.
///
/// A record's creation leaves no stamps: nobody can have edited before it what did not exist, so no edit is
/// concurrent with it.
enum FieldStamps {
  static func find(
    _ field: Int, of key: RowKey, in trade: Trade
  ) throws(Interruption) -> FieldStamp? {
    try trade.find(FieldStampColumns.self, Int64(key.table), Int64(field), key.bytes)
  }

  /// Notes that this operation changed a field.
  static func note(_ field: Int, of key: RowKey, in trade: Trade) throws(Interruption) {
    guard trade.entry.isFinal else { return }
    var stamp = try find(field, of: key, in: trade) ?? FieldStamp()
    stamp.table = Int64(key.table)
    stamp.field = Int64(field)
    stamp.record = key.bytes
    stamp.changedVersion = trade.entry.version
    stamp.device = trade.operation.id.device
    stamp.operation = trade.operation.id.number
    stamp.actor = trade.operation.actor
    stamp.recordedAt = trade.recordedAt
    trade.put(stamp)
  }
}
