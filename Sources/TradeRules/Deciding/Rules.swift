/// Decides operations. Pure: rows, circumstances and the operation in; changed rows and a verdict out.
public enum Rules {
  /// Rises with every release that changes behaviour; kept in each log entry, so that replay knows the rules of
  /// the day.
  public static let version: Int64 = 1

  /// Decides a group: all of it applies, or none of it does.
  ///
  /// On return the working set holds the group's effects; when the group was refused or threw, it holds what
  /// it held before.
  ///
  /// - Returns: one verdict an operation, in order.
  /// - Throws: `.needs`, `.unknown` and `.waits` as `OperationForm.decide`; never `.refused`.
  public static func decide(
    _ group: [Operation], on view: WorkingSet, in entry: Entry, observing observations: Observations
  ) throws(Interruption) -> [Verdict] {
    var deliberation = Deliberation(of: group, on: view, in: entry, observing: observations)
    do throws(Interruption) {
      return try deliberation.goOn()
    } catch {
      deliberation.giveUp()
      throw error
    }
  }

  static func decide(
    _ operation: Operation, on view: WorkingSet, in entry: Entry, _ observations: Observations
  ) throws(Interruption) -> Verdict {
    // What comes from a device that is out of use changes nothing, and is not lost (G17).
    if entry.isFinal, let code = entry.device.quarantine {
      return Verdict(.quarantined, [code], record: recordName(operation))
    }
    guard let rule = RuleBook.rule(operation.kind) else {
      throw .refused(Refusal(.malformed, "no operation is called \(operation.kind)"))
    }
    try Permissions.check(entry.device.role, operation.kind)
    let trade = Trade(operation, on: view, in: entry, observations)
    let mark = view.mark()
    var verdict = try rule.decide(operation.form, trade)
    try Promises.settle(trade)
    try trade.checkSizes(since: mark)
    for code in trade.flags where !verdict.codes.contains(code) { verdict.codes.append(code) }
    if verdict.record.isEmpty { verdict.record = recordName(operation) }
    if entry.isFinal, try clockIsSuspect(trade) { verdict.codes.append(.clockSuspect) }
    return verdict
  }

  /// What a person calls the record an operation is about.
  public static func recordName(_ operation: Operation) -> String {
    RuleBook.rule(operation.kind)?.record(operation.form) ?? ""
  }

  /// Whether the device's clock was further off than settings allow (scenario #65).
  private static func clockIsSuspect(_ trade: Trade) throws(Interruption) -> Bool {
    guard trade.role != .centre else { return false }
    let limit = try trade.setting(.clockSuspectMilliseconds)
    let offset = trade.operation.clock.offsetMilliseconds
    let clamped = trade.recordedAt.milliseconds(since: trade.operation.recordedAt)
    return offset.magnitude > limit.magnitude || clamped.magnitude > limit.magnitude
  }
}
