import ReplicaStore
import TradeRules

/// What a run of the sync has to tell: the answers to work that was not answered when it began, and those that a
/// centre with another history gave anew.
struct SyncReport {
  private var open: [Int64]
  private var lastNumber: Int64
  private var notices: Set<RecordID>
  private var epoch: RecordID
  private var decisions: [Int64: String]

  /// Notes what is open before a run.
  init(_ view: ReplicaView) throws {
    open = try view.unansweredNumbers()
    lastNumber = try view.lastNumber()
    notices = Set(try view.notices().map(\.id))
    epoch = view.state.checkpointEpoch
    decisions = try view.decisions()
  }

  /// What came since this was last asked. Commands that wait at the centre come every time, while they wait.
  mutating func news(_ view: ReplicaView) throws -> (answers: [GroupAnswer], notices: [Notice]) {
    let last = try view.lastNumber()
    if last > lastNumber { open += (lastNumber + 1)...last }
    lastNumber = max(last, lastNumber)
    open = Set(open).union(try decidedAnew(view)).sorted()
    let answers = try view.answers(to: open)
    let stillOpen = Set(try view.unansweredNumbers())
    open = open.filter(stillOpen.contains)
    let news = try view.notices().filter { !notices.contains($0.id) }
    notices.formUnion(news.map(\.id))
    return (answers, news)
  }

  /// An answer never changes (G4); but a centre that was restored decides again what its backup did not have.
  private mutating func decidedAnew(_ view: ReplicaView) throws -> [Int64] {
    guard view.state.checkpointEpoch != epoch else { return [] }
    let before = decisions
    decisions = try view.decisions()
    epoch = view.state.checkpointEpoch
    return before.filter { decisions[$0.key] != $0.value }.map(\.key)
  }
}

extension GroupAnswer {
  /// Whether a person has to look at it.
  var needsAttention: Bool {
    outcome == .rejected && codes != [.workKnown] || outcome == .quarantined || outcome == .held
      || !conflicts.isEmpty
  }

  var json: JSONValue {
    let whole: JSONValue = [
      "id": .string(id.description), "kind": .string(kind.rawValue), "record": .string(record),
      "outcome": .string(outcome.rawValue), "codes": .array(codes.map(\.json)),
      "conflicts": .array(conflicts.map { .string($0.description) }), "waitingFor": .text(waitingFor),
    ]
    guard operations.count > 1 else { return whole }
    let parts: [JSONValue] = operations.map { work in
      [
        "id": .string(work.id.description), "kind": .string(work.item.kind.rawValue),
        "outcome": .text(work.answer?.outcome.rawValue), "codes": work.answer?.codes.json ?? [],
      ]
    }
    return whole.adding(["operations": .array(parts)])
  }

  /// One line and, for what needs attention, what to do next.
  func text(_ console: Console) -> String {
    let mark = outcome == .held ? "⧖" : needsAttention ? (conflicts.isEmpty ? "!" : "≠") : "·"
    let style: Console.Style? = needsAttention ? .red : nil
    var lines = [
      "\(mark) \(id)  \(kind)  \(record)  "
        + (style.map { console.styled(outcome.rawValue, $0) } ?? outcome.rawValue)
    ]
    if let waitingFor { lines.append("    waits for \(waitingFor)") }
    for code in codes {
      let entry = CodeBook.entry(for: code)
      lines.append(
        "    [\(code)] \(entry.sentence)\(needsAttention && !entry.hint.isEmpty ? " \(entry.hint)" : "")")
    }
    for conflict in conflicts { lines.append("    try: waybill conflict show \(conflict.beginning)") }
    if outcome == .rejected, needsAttention { lines.append("    try: waybill outbox show \(id)") }
    return lines.joined(separator: "\n")
  }
}

extension Record where Columns == NoticeColumns {
  var json: JSONValue {
    [
      "code": .string(self.code), "operation": .string("\(self.device)/\(self.operation)"),
      "record": .string(self.record), "quantity": self.quantity.map { .quantity($0) } ?? .null,
      "at": .instant(self.at),
    ]
  }

  var text: String {
    let sentence = CodeBook.entry(for: Code(rawValue: self.code)).sentence
    return "! \(self.device)/\(self.operation)  \(self.record)  [\(self.code)] \(sentence)"
  }
}
