/// A change of a line's quantity, and whom it meets: other devices' changes its author had not seen.
///
/// A removal counts as the quantity zero, so every disagreement about a line is one about a number.
struct LineMeeting {
  /// The quantity its author saw.
  let seen: Quantity
  let line: OrderLine
  let number: String

  init(_ seen: Quantity, of sheet: OrderSheet, _ index: Int, in trade: Trade) throws(Interruption) {
    self.seen = seen
    line = sheet.lines[index]
    number = sheet.order.number
  }

  /// Another device's edit of the quantity that this operation's author had not seen.
  func unseenEdit(in trade: Trade) throws(Interruption) -> Rival? {
    try unseen(OrderLine.orderedColumn, in: trade)
  }

  /// Another device's removal that this operation's author had not seen. A replica keeps no stamps: there a
  /// row newer than what the operation was based on tells as much.
  func unseenRemoval(in trade: Trade) throws(Interruption) -> Rival? {
    guard trade.entry.isFinal else {
      return line.row.version > trade.operation.basedOnVersion ? Rival(FieldStamp()) : nil
    }
    return try unseen(OrderLine.isRemovedColumn, in: trade)
  }

  private func unseen(
    _ column: ColumnDescription, in trade: Trade
  ) throws(Interruption) -> Rival? {
    guard trade.entry.isFinal,
      let stamp = try FieldStamps.find(column.number, of: line.key, in: trade),
      stamp.changedVersion > trade.operation.basedOnVersion, stamp.device != trade.operation.id.device
    else { return nil }
    return Rival(stamp)
  }

  /// Keeps both quantities for a person to choose between; one open conflict for one pair of devices.
  func keep(
    _ code: Code, mine: Quantity, theirs: Quantity, minesStands: Bool, against rival: Rival,
    _ places: [Bucket], in trade: Trade
  ) throws(Interruption) -> RecordID {
    let (mine, theirs) = (PersonalText(mine.text), PersonalText(theirs.text))
    trade.tell(code.rawValue, of: number, PersonalText("line \(line.line)"), places: places)
    for var known in try LineMeeting.openConflicts(of: line, in: trade) where known.code == code.rawValue {
      if known.device == trade.operation.id.device, known.theirDevice == rival.operation.device {
        (known.mine, known.theirs) = (mine, theirs)
        known.chosen = minesStands ? "mine" : "theirs"
      } else if known.device == rival.operation.device, known.theirDevice == trade.operation.id.device {
        (known.mine, known.theirs) = (theirs, mine)
        known.chosen = minesStands ? "theirs" : "mine"
      } else {
        continue
      }
      trade.put(known)
      return known.id
    }
    return trade.openConflict(
      OrderLine.orderedColumn, of: line.key, called: number, places: places, code: code,
      base: PersonalText(seen.text), mine: mine, theirs: theirs,
      chosen: minesStands ? "mine" : "theirs", theirDevice: rival.operation.device,
      theirActor: rival.actor
    ).id
  }

  static func openConflicts(of line: OrderLine, in trade: Trade) throws(Interruption) -> [Conflict] {
    try trade.all(
      ConflictColumns.self, "conflict_record", Int64(line.key.table), line.key.bytes, ConflictState.open)
  }
}

/// The other side of a disagreement.
struct Rival {
  let operation: OperationID
  let actor: String
  let recordedAt: Instant

  init(_ stamp: FieldStamp) {
    operation = OperationID(device: stamp.device, number: stamp.operation)
    actor = stamp.actor
    recordedAt = stamp.recordedAt
  }

  /// Later recordings win; a tie goes to the higher operation (P4).
  func isOlder(than trade: Trade) -> Bool {
    recordedAt != trade.recordedAt ? recordedAt < trade.recordedAt : operation < trade.operation.id
  }
}

extension Record where Columns == OrderLineColumns {
  static var orderedColumn: ColumnDescription { column("ordered") }
  static var isRemovedColumn: ColumnDescription { column("isRemoved") }

  private static func column(_ name: String) -> ColumnDescription {
    guard let column = TableDescription.of(OrderLineColumns.self).column(named: name) else {
      preconditionFailure("order lines have no column \(name)")
    }
    return column
  }
}
