/// What else there is to tell of a record besides its events.
extension EventSentences {
  /// Two values met: both, whose they are, and which one stands.
  ///
  /// - Parameters:
  ///   - mine: what to call the author of the operation that opened the conflict.
  ///   - theirs: what to call the author of what it met.
  public static func sentence(of conflict: Conflict, mine: String, theirs: String) -> String {
    let kept = conflict.chosen == "theirs" ? conflict.theirs.text : conflict.mine.text
    let met =
      "Two values of \(conflict.field) met: \(shown(conflict.mine.text)) (\(mine), \(conflict.device)) and "
      + "\(shown(conflict.theirs.text)) (\(theirs), \(conflict.theirDevice))."
    return met + (conflict.state == .open ? " For now \(shown(kept)) stands." : " It was settled.")
  }

  /// What was asked for and not done, or not all of it; nil for an answer whose events tell it.
  public static func sentence(of answer: Answer) -> String? {
    let id = OperationID(device: answer.device, number: answer.number)
    let start: String
    switch answer.outcome {
    case .partly: start = "The centre applied a part of \(id)."
    case .rejected: start = "The centre did not apply \(id)."
    case .quarantined: start = "The centre set \(id) aside."
    default: return nil
    }
    return ([start] + reasons(of: answer).map { CodeBook.entry(for: $0).sentence }).joined(separator: " ")
  }

  /// Why an operation was not done, or not all of it; what its group suffered for is not its own reason.
  public static func reasons(of answer: Answer) -> [Code] {
    answer.codes.words.map { Code(rawValue: $0) }.filter { $0 != .groupRejected }
  }

  /// What was done with goods: `Received 5 in W1, bin MAIN.`
  public static func sentence(of movement: Movement) -> String {
    let (amount, place) = (movement.quantity.decimalText, movement.warehouse)
    let (from, to) = (movement.fromBin, movement.toBin)
    let done =
      switch movement.kind {
      case .opening where to.isEmpty: "Opened \(place) with \(amount) less in bin \(from)"
      case .opening: "Opened \(place) with \(amount) in bin \(to)"
      case .receive: "Received \(amount) in \(place), bin \(to)"
      case .move: "Moved \(amount) in \(place) from bin \(from) to \(to)"
      case .pick: "Picked \(amount) in \(place) from bin \(from)"
      case .putBack: "Put \(amount) back in \(place), bin \(to)"
      case .ship: "Shipped \(amount) from \(place)"
      case .scrap: "Scrapped \(amount) in \(place), bin \(from)"
      case .adjust where to.isEmpty: "Adjusted \(place), bin \(from), by -\(amount)"
      case .adjust: "Adjusted \(place), bin \(to), by \(amount)"
      default: "\(movement.kind) \(amount) in \(place)"
      }
    let lot = movement.lot.isEmpty ? "" : ", lot \(movement.lot)"
    return done + lot + (movement.reason.isEmpty ? "." : ": \(movement.reason).")
  }

  /// `Counted 5 in W1, bin MAIN.`
  public static func sentence(of observation: Observation) -> String {
    let lot = observation.lot.isEmpty ? "" : ", lot \(observation.lot)"
    return
      "Counted \(observation.quantity.decimalText) in \(observation.warehouse), bin \(observation.bin)\(lot)."
  }

  private static func shown(_ value: String) -> String { value.isEmpty ? "nothing" : "“\(value)”" }
}
