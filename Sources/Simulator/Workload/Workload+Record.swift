import CentralStore
import ReplicaStore
import TradeRules

/// Recording what was thought of, or what a schedule has.
extension Workload {
  /// What is to be recorded as one group, made while the device's numbers are taken.
  typealias Drafts = (Numbers) throws -> [Draft]

  /// A device's numbers, and what was taken of them.
  final class Numbers {
    private let numbering: Numbering
    private(set) var taken: [String] = []

    init(_ numbering: Numbering) { self.numbering = numbering }

    func take(_ series: String) throws -> String {
      taken.append(series)
      return try numbering.take(series)
    }

    func covers(for wants: [QuotaClaims.Want]) throws -> [Filled<QuotaCover>] {
      try numbering.covers(for: wants)
    }
  }

  /// A schedule has work that came to nothing before it was known.
  private struct Unknown: Error {}

  mutating func record(_ deed: String, _ drafts: Drafts, at device: SimulatedDevice) throws {
    var group = Schedule.Group(device: device.code, deed: deed)
    defer { note(.record(group)) }
    do {
      let recorded = try device.record(in: world) { numbering in
        let numbers = Numbers(numbering)
        defer { group.takes = numbers.taken }
        let made = try drafts(numbers)
        group.work = made.map { Schedule.Work(kind: $0.kind, form: $0.form, statedAt: $0.statedAt) }
        return made
      }
      try receipts.recorded(recorded.id, on: device)
      self.recorded[deed, default: 0] += 1
    } catch { try count(error) }
  }

  /// Counts what kept a person from recording.
  ///
  /// - Throws: what keeps nobody from it but is a mistake of a program.
  mutating func count(_ error: any Error) throws {
    switch error {
    case is Refusal: refusedAtOnce += 1
    case is StorageFailure, is SimulatedDevice.Unheard, is Unknown: interrupted += 1
    default: throw error
    }
  }

  /// Records what a schedule has, if the device is there and has its rows.
  mutating func record(_ group: Schedule.Group) throws {
    guard let device = world.devices[group.device], !device.isOff,
      let state = try device.store.state(), state.checkpoint > 0
    else { return }
    let drafts: Drafts = { numbers in
      for series in group.takes { _ = try numbers.take(series) }
      guard !group.work.isEmpty else { throw Unknown() }
      return group.work.map { Draft(kind: $0.kind, form: $0.form, at: $0.statedAt) }
    }
    try record(group.deed, drafts, at: device)
  }

  /// Decides at the console what a schedule has.
  mutating func decide(_ work: Schedule.Work) throws {
    do {
      try world.decide(OwnDraft(kind: work.kind, form: work.form, statedAt: work.statedAt))
      recorded["console", default: 0] += 1
    } catch is StorageFailure {
      interrupted += 1
    }
  }
}

extension World {
  /// Decides something at the console that was filled in elsewhere.
  @discardableResult
  func decide(_ draft: OwnDraft, actor: String = "os:admin") throws -> [Verdict] {
    onDecision?(draft)
    let said = OwnDraft(
      kind: draft.kind, form: wording?.said(draft.form, of: draft.kind, at: "centre") ?? draft.form,
      statedAt: draft.statedAt)
    return try atConsole { try centre.record([said], actor: actor, at: now) }
  }
}
