/// Edits of a merged customer that whoever merged could not know: they land on the one that is left, as they
/// would have had they arrived after the merge (#51).
enum UnseenEdits {
  /// Carries them over field by field. What the survivor had is kept in a conflict; a sensitive field of
  /// theirs stands until a person decides.
  static func carry(
    from merged: Customer, to survivor: inout Customer, in trade: Trade
  ) throws(Interruption) -> MergeResult {
    var result = MergeResult()
    guard trade.entry.isFinal else { return result }
    for column in TableDescription.of(CustomerColumns.self).columns
    where column.isMergeable && column.number != CustomerColumns.columns.status.number {
      let place = column.number - 1
      let (new, old) = (merged.row.values[place], survivor.row.values[place])
      guard try isUnseen(column, of: merged, in: trade), !isSame(new, old, in: trade) else { continue }
      let wins = try keep(old, under: new, column, of: survivor, &result, in: trade)
      guard wins else { continue }
      survivor.row.values[place] = new
      try FieldStamps.note(column.number, of: survivor.key, in: trade)
    }
    return result
  }

  private static func isUnseen(
    _ column: ColumnDescription, of merged: Customer, in trade: Trade
  ) throws(Interruption) -> Bool {
    guard let stamp = try FieldStamps.find(column.number, of: merged.key, in: trade) else { return false }
    return stamp.changedVersion > trade.operation.basedOnVersion && stamp.device != trade.operation.id.device
  }

  private static func isSame(_ one: Value, _ other: Value, in trade: Trade) -> Bool {
    guard case .personal(let one) = one, case .personal(let other) = other else { return one == other }
    return trade.observeEqual(one, other)
  }

  /// Keeps the survivor's value beside the new one, unless it is empty.
  ///
  /// - Returns: whether the new one is to be written.
  private static func keep(
    _ old: Value, under new: Value, _ column: ColumnDescription, of survivor: Customer,
    _ result: inout MergeResult, in trade: Trade
  ) throws(Interruption) -> Bool {
    let theirs = FieldText.text(of: old, in: column)
    guard trade.observe({ !theirs.text.isEmpty }) else { return true }
    let wins = if case .merged = column.role { true } else { false }
    let code: Code = wins ? .fieldConflict : .sensitiveConflict
    let stamp = try FieldStamps.find(column.number, of: survivor.key, in: trade)
    let conflict = trade.openConflict(
      column, of: survivor.key, called: survivor.code, places: survivor.places, code: code,
      base: PersonalText(""), mine: FieldText.text(of: new, in: column), theirs: theirs,
      chosen: wins ? "mine" : "theirs", theirDevice: stamp?.device ?? "", theirActor: stamp?.actor ?? "")
    result.conflicts.append(conflict.id)
    if !result.codes.contains(code) { result.codes.append(code) }
    return wins
  }
}
