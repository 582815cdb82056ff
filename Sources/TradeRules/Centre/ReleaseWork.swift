/// Work that was set aside and then done over on an administrator's word: it is done over once. Kept at the
/// centre only.
public struct ReleasedWorkColumns: TableColumns {
  public static let columns = Self()
  public static let number: TableNumber = 86
  public static let name = "released_work"
  public static let reach = Reach<Self>.centreOnly
  public let device = Column<String>(1, .key)
  /// Of the group's first operation.
  public let number = Column<Int64>(2, .key)
  public let last = Column<Int64>(3)
  /// The operation that released it, `centre/42`.
  public let operation = Column<String>(4)
}
public typealias ReleasedWork = Record<ReleasedWorkColumns>

/// Opens a group of the centre's own that does over what was set aside.
public struct ReleaseWork: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "work.release"
  public static let message = "ReleaseWork"
  public let device = Field<String>(1)
  /// Numbers of the device's operations, a whole group.
  public let first = Field<Int64>(2)
  public let last = Field<Int64>(3)
  public static func record(of form: Filled<Self>) -> String { "\(form.device)/\(form.first)" }
}

extension ReleaseWork {
  /// Lets what follows in its group go on: the forms that the device recorded, now as the centre's work, with
  /// answers of their own, and with what the device's role may do (`OthersWork`). The author is told.
  ///
  /// Refuses `BAD_VALUE` for numbers that are no range, `NOT_SET_ASIDE` for what is not, or was released.
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    try trade.checkIsCentre()
    try trade.check(0 < form.first && form.first <= form.last && form.last - form.first < 1000, "numbers")
    var released = try trade.find(ReleasedWorkColumns.self, form.device, form.first) ?? ReleasedWork()
    guard released.operation.isEmpty else {
      throw .refused(Refusal(.notSetAside, "\(record(of: form)) was released by \(released.operation)"))
    }
    for number in form.first...form.last {
      let answer = try trade.find(AnswerColumns.self, form.device, number)
      guard answer?.outcome == .quarantined else {
        throw .refused(Refusal(.notSetAside, "\(form.device)/\(number)"))
      }
    }
    (released.device, released.number, released.last) = (form.device, form.first, form.last)
    released.operation = trade.operation.id.description
    trade.put(released)
    trade.notify(
      OperationID(device: form.device, number: form.first), .workReleased, record: record(of: form))
    return Verdict(.applied)
  }
}
