extension BringWork {
  /// Says whose work the rest of the group is, and refuses it when it is known already: sent by that device
  /// itself, or brought in before (#66). `WORK_NOT_DONE` where it was refused or set aside there.
  ///
  /// What follows in the group is decided as this device's own, with its role and scope, and refused what the
  /// role of the device that recorded it may not do (`OthersWork`).
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    try trade.check(Names.isWord(form.device), "device")
    try trade.check(form.number > 0, "number")
    try trade.check(form.chainHash.count == 32, "chainHash")
    let work = BroughtWork(form)
    let known = trade.entry.knownWork[work]
    if trade.entry.isFinal, trade.observe({ known != nil }) {
      var isDone = trade.observe { known == .doneOver }
      if !isDone { isDone = try hasEffect(form, in: trade) }
      throw .refused(Refusal(isDone ? .workKnown : .workNotDone, "\(form.device)/\(form.number)"))
    }
    return Verdict(.applied, record: "\(form.device)/\(form.number)")
  }

  /// Whether its device's own answer says that anything came of it.
  private static func hasEffect(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Bool {
    let outcome = try trade.find(AnswerColumns.self, form.device, form.number)?.outcome
    return outcome != .rejected && outcome != .quarantined
  }
}

/// How the centre knows work that is brought in.
public enum KnownWork: Sendable {
  /// Its device sent it: the answer says what came of it.
  case sent
  /// It was brought in before, or set aside and released: done, whatever the answer to its device is.
  case doneOver
}

/// A group of another device's work, known by the number of its last operation and the device's chain after it.
public struct BroughtWork: Hashable, Sendable {
  public let device: String
  public let number: Int64
  /// 32 bytes.
  public let hash: [UInt8]

  public init(device: String, number: Int64, hash: [UInt8]) {
    self.device = device
    self.number = number
    self.hash = hash
  }

  public init(_ form: Filled<BringWork>) {
    self.init(device: form.device, number: form.number, hash: form.chainHash)
  }
}
