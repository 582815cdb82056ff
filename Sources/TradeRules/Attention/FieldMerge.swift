/// What came of merging an edit into a record.
struct MergeResult {
  /// Conflicts opened or brought up to date.
  var conflicts: [RecordID] = []
  var codes: [Code] = []
  /// Names of the fields the edit changed.
  var changedFields: [String] = []
  /// Whether some value of the edit does not stand.
  var hasLost = false

  /// `partly` when the edit lost a field.
  var outcome: Outcome { hasLost ? .partly : .applied }

  func verdict(record: String = "") -> Verdict {
    Verdict(outcome, codes, record: record, conflicts: conflicts)
  }
}

/// Field-by-field merging of edits made without seeing each other (P4, #35, #52).
///
/// In an edit form the new value of a field has its column's number, the value its author saw that number
/// plus 32.
enum FieldMerge {
  /// Between a column's number and that of the value seen.
  static let seenOffset = 32

  /// Applies every field of an edit form that the record's table merges; the caller puts the record.
  ///
  /// - Parameters:
  ///   - name: what a person calls the record.
  ///   - whole: the record in whose life it is told, where that is another one.
  ///   - places: the record's buckets, for conflicts and history.
  ///   - isAlias: whether the author edited another record that has become this one: what this one has, and
  ///     they did not see, is kept in a conflict (#51).
  static func apply<C: TableColumns>(
    _ form: Form, to record: inout Record<C>, called name: String, toldOf whole: String? = nil,
    places: [Bucket], isAlias: Bool = false, in trade: Trade
  ) throws(Interruption) -> MergeResult {
    var result = MergeResult()
    for column in TableDescription.of(C.self).columns {
      guard column.isMergeable, case .value(let given)? = form[column.number] else { continue }
      let new = column.normal(given)
      var seen = PersonalText("")
      if case .value(let value)? = form[column.number + seenOffset] {
        seen = FieldText.text(of: value, in: column)
      }
      let edit = FieldEdit(
        column: column, key: record.key, name: name, whole: whole ?? name, places: places, seen: seen,
        isAlias: isAlias, new: new,
        current: record.row.values[column.number - 1])
      if try edit.decide(&result, in: trade) {
        record.row.values[column.number - 1] = new
        try FieldStamps.note(column.number, of: record.key, in: trade)
        result.changedFields.append(column.name)
      }
    }
    tell(result, of: whole ?? name, about: whole == nil ? "" : " of \(name)", places: places, in: trade)
    return result
  }

  private static func tell(
    _ result: MergeResult, of name: String, about part: String, places: [Bucket], in trade: Trade
  ) {
    guard !result.changedFields.isEmpty else { return }
    let kind = trade.operation.kind.rawValue
    let fields = PersonalText(result.changedFields.joined(separator: ", ") + part)
    trade.tell(kind, of: name, fields, places: places)
  }
}

/// One field of an edit.
private struct FieldEdit {
  let column: ColumnDescription
  let key: RowKey
  let name: String
  /// The record in whose life it is told.
  let whole: String
  let places: [Bucket]
  let seen: PersonalText
  let isAlias: Bool
  let new: Value
  let current: Value

  /// Whether the new value is to be written.
  func decide(_ result: inout MergeResult, in trade: Trade) throws(Interruption) -> Bool {
    // A replica knows of nobody else's edits: it shows the person's own value until the centre decides.
    guard trade.entry.isFinal,
      let theirs = try FieldStamps.find(column.number, of: key, in: trade) ?? (isAlias ? FieldStamp() : nil),
      isConcurrent(with: theirs, in: trade)
    else { return isPersonal || new != current }
    if isSame(in: trade) { return false }
    let wins = isMerged && theirs.isOlder(than: trade)
    let conflict = try keep(against: theirs, wins: wins, in: trade)
    if !result.conflicts.contains(conflict) { result.conflicts.append(conflict) }
    let code: Code = isMerged ? .fieldConflict : .sensitiveConflict
    if !result.codes.contains(code) { result.codes.append(code) }
    if !wins { result.hasLost = true }
    trade.tell(code.rawValue, of: whole, PersonalText(column.name), places: places)
    return wins
  }

  /// Whether the author could not know the value that stands.
  private func isConcurrent(with theirs: FieldStamp, in trade: Trade) -> Bool {
    if theirs.changedVersion > trade.operation.basedOnVersion,
      theirs.device != trade.operation.id.device
    {
      return true
    }
    guard isAlias else { return false }
    let text = FieldText.text(of: current, in: column)
    return trade.observe { !text.text.isEmpty && text.text != seen.text }
  }

  private var isMerged: Bool { if case .merged = column.role { true } else { false } }

  /// A personal value is written even where it says the same: replay cannot tell.
  private var isPersonal: Bool { if case .personal = new { true } else { false } }

  private func isSame(in trade: Trade) -> Bool {
    guard case .personal(let mine) = new, case .personal(let theirs) = current else {
      return new == current
    }
    return trade.observeEqual(mine, theirs)
  }

  /// Keeps both values; one conflict for one pair of devices, whoever edits again.
  private func keep(
    against theirs: FieldStamp, wins: Bool, in trade: Trade
  ) throws(Interruption) -> RecordID {
    let device = trade.operation.id.device
    let open = try trade.all(
      ConflictColumns.self, "conflict_record", Int64(key.table), key.bytes, ConflictState.open)
    for var conflict in open where conflict.field == column.name {
      if conflict.device == device, conflict.theirDevice == theirs.device {
        conflict.mine = FieldText.text(of: new, in: column)
        conflict.theirs = FieldText.text(of: current, in: column)
        conflict.actor = trade.operation.actor
        conflict.chosen = wins ? "mine" : "theirs"
      } else if conflict.device == theirs.device, conflict.theirDevice == device {
        conflict.mine = FieldText.text(of: current, in: column)
        conflict.theirs = FieldText.text(of: new, in: column)
        conflict.theirActor = trade.operation.actor
        conflict.chosen = wins ? "theirs" : "mine"
      } else {
        continue
      }
      trade.put(conflict)
      return conflict.id
    }
    return trade.openConflict(
      column, of: key, called: name, places: places, code: isMerged ? .fieldConflict : .sensitiveConflict,
      base: seen, mine: FieldText.text(of: new, in: column), theirs: FieldText.text(of: current, in: column),
      chosen: wins ? "mine" : "theirs", theirDevice: theirs.device, theirActor: theirs.actor
    ).id
  }
}

extension Trade {
  /// Keeps two values of one field for a person to choose between (P3).
  ///
  /// - Parameter chosen: `mine` or `theirs`, whichever stands for now; *mine* is this operation's.
  func openConflict(
    _ column: ColumnDescription, of key: RowKey, called name: String, places: [Bucket], code: Code,
    base: PersonalText, mine: PersonalText, theirs: PersonalText, chosen: String, theirDevice: String,
    theirActor: String
  ) -> Conflict {
    var conflict = Conflict()
    conflict.id = derivedID("conflict")
    conflict.kind = TableDescription.numbered(key.table)?.name ?? ""
    conflict.code = code.rawValue
    conflict.record = name
    conflict.table = Int64(key.table)
    conflict.recordKey = key.bytes
    conflict.field = column.name
    conflict.base = base
    conflict.mine = mine
    conflict.theirs = theirs
    conflict.chosen = chosen
    conflict.state = .open
    conflict.device = operation.id.device
    conflict.actor = operation.actor
    conflict.theirDevice = theirDevice
    conflict.theirActor = theirActor
    conflict.openedAt = entry.receivedAt
    conflict.places = WordList(places.map(\.name))
    put(conflict)
    return conflict
  }
}

extension ColumnDescription {
  var isMergeable: Bool {
    switch role {
    case .merged, .sensitive: true
    case .plain, .key: false
    }
  }

  /// An emptied field of a column that may be null is null.
  fileprivate func normal(_ value: Value) -> Value {
    isOptional && value == .text("") ? .null : value
  }
}

extension Record where Columns == FieldStampColumns {
  /// Later recordings win; a tie goes to the higher operation (P4).
  fileprivate func isOlder(than trade: Trade) -> Bool {
    if self.recordedAt != trade.recordedAt { return self.recordedAt < trade.recordedAt }
    return OperationID(device: self.device, number: self.operation) < trade.operation.id
  }
}
