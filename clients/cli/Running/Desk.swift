import ReplicaStore
import TradeRules

/// What a command works with: the replica and the console.
struct Desk {
  let console: Console
  let file: ReplicaFile

  /// Reads in one consistent view; takes no lock.
  func reading<T>(_ body: (ReplicaView) throws -> T) throws -> T { try file.reading(body) }

  /// Shows what a view has, with a footer on a terminal that says how old it is.
  func show(_ body: (ReplicaView) throws -> (document: JSONValue, text: String)) throws -> ExitStatus {
    let (document, text, footer) = try reading { view in
      let (document, text) = try body(view)
      return (document, text, console.errorIsTerminal ? try Footer(view, file: file).text : "")
    }
    console.show(document, text)
    if !footer.isEmpty, !console.isJSON { console.note(footer) }
    return .done
  }

  /// Records the work of a command and says what changed and what is next.
  func record(_ work: (ReplicaView, Numbering) throws -> Work) throws -> ExitStatus {
    var prepared: Work?
    let recorded = try file.writing { store in
      let clock = try clock(of: store)
      return try store.record(actor: Work.actor, clock: clock, random: Randomness.bytes) { view, numbering in
        let work = try work(view, numbering)
        prepared = work
        // Names may begin as negative numbers do: a bin -2B.
        return work.drafts.map {
          Draft(kind: $0.kind, form: $0.form.mappingTexts(CommandWords.entered), at: $0.statedAt)
        }
      }
    }
    if let prepared { console.show(prepared.document(of: recorded), prepared.text(of: recorded)) }
    return .done
  }

  /// What the clocks say, with what the last connection taught about them.
  func clock(of store: ReplicaStore) throws -> ClockReading {
    guard let state = try store.state() else { throw ReplicaFault.notEnrolled(path: file.path) }
    return Clocks.reading(
      offset: state.clockOffsetMilliseconds, uncertainty: state.clockUncertaintyMilliseconds)
  }
}

/// What a command records, and how it says so.
struct Work {
  /// A device has one user: its name is the device's.
  static let actor = "user"

  let drafts: [Draft]
  /// What changed, for people: `Received 24 EA of CHAI-1 into W1.`
  let sentence: String
  /// More fields for scripts: numbers and ids that were made.
  var fields: JSONValue = [:]
  /// What of an order this device's quotas cover.
  var coverage: Coverage?
  /// What somebody would do next.
  var next = "waybill sync sends it"

  func document(of recorded: Recorded) -> JSONValue {
    let head: JSONValue = [
      "operation": .string(recorded.id.description), "record": .string(recorded.record),
    ]
    let tail: JSONValue = [
      "state": "unsent", "expected": recorded.expected?.json ?? .null,
      "provisional": .bool(isProvisional(recorded)),
    ]
    let quota: JSONValue = coverage.map { ["quota": $0.json] } ?? [:]
    return head.followed(by: fields).followed(by: tail).followed(by: quota)
  }

  /// Facts stand whatever the centre knows; wishes are answered (P1), but a sale inside the quota is certain
  /// (G13) unless something is expected to put it on hold.
  private func isProvisional(_ recorded: Recorded) -> Bool {
    let facts: Set<OperationKind> = [
      PickLine.kind, PutBackLine.kind, ShipOrder.kind, PackOrder.kind, DeliverOrder.kind, TrackShipment.kind,
      RecordPayment.kind,
    ]
    let areFacts = drafts.allSatisfy { $0.kind.rawValue.hasPrefix("stock.") || facts.contains($0.kind) }
    if let coverage, coverage.isClaimed, coverage.isWhole, let expected = recorded.expected {
      let speaksAgainst = expected.codes.contains { CodeBook.entry(for: $0).status != .done }
      return expected.outcome != .applied || speaksAgainst
    }
    return !areFacts || recorded.expected == nil
  }

  func text(of recorded: Recorded) -> String {
    let isHopeless = recorded.expected?.outcome == .rejected
    // What will probably not be done is not told as done.
    let kinds = drafts.map(\.kind.rawValue).joined(separator: ", ")
    var lines = [
      isHopeless ? "Recorded \(kinds) of \(recorded.record), which will probably not be done." : sentence
    ]
    if let expected = recorded.expected {
      if isHopeless { lines.append("  The centre is expected to refuse it:") }
      if expected.outcome == .partly { lines.append("  The centre is expected to apply a part of it:") }
      for code in expected.codes {
        let entry = CodeBook.entry(for: code)
        lines.append("  \(code): \(entry.sentence)")
        if isHopeless, !entry.hint.isEmpty { lines.append("    try: \(entry.hint)") }
      }
    }
    if !isHopeless { lines += coverage?.sentences ?? [] }
    if isProvisional(recorded) { lines.append("  provisional until the centre has answered") }
    lines.append(
      "  saved as \(recorded.id) on this device; next: \(isHopeless ? "waybill sync sends it" : next)")
    return lines.joined(separator: "\n")
  }
}

extension Verdict {
  var json: JSONValue { ["outcome": .string(outcome.rawValue), "codes": .array(codes.map(\.json))] }
}

extension Code {
  var json: JSONValue { .string(rawValue) }
}

extension WordList {
  var json: JSONValue { .array(words.map(JSONValue.string)) }
}
