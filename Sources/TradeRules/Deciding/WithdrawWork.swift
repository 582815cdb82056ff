/// Gives up operations of one's own that wait for a record: they are answered instead of waiting on.
public struct WithdrawWork: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "work.withdraw"
  public static let message = "WithdrawWork"
  /// Numbers of the device's own operations, a whole group.
  public let first = Field<Int64>(1)
  public let last = Field<Int64>(2)
  public static func record(of form: Filled<Self>) -> String { "operation \(form.first)" }
}

extension WithdrawWork {
  /// Marks held operations of the same device as withdrawn; the centre then answers them `WITHDRAWN`.
  ///
  /// Refuses `BAD_VALUE` for numbers that are no range, `NOT_HELD` when none of them waits.
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    let device = trade.operation.id.device
    try trade.check(0 < form.first && form.first <= form.last && form.last - form.first < 1000, "numbers")
    var isHeld = false
    for number in form.first...form.last {
      guard var held = try trade.find(HeldColumns.self, device, number), !held.waitingFor.isEmpty else {
        continue
      }
      held.withdrawnBy = trade.operation.id.description
      trade.put(held)
      isHeld = true
    }
    guard isHeld else { throw .refused(Refusal(.notHeld, "\(device)/\(form.first)")) }
    return Verdict(.applied)
  }
}
