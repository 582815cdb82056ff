/// Makes a schedule that comes to grief smaller, as long as it comes to grief on the same.
///
/// Delta debugging (A. Zeller, R. Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", IEEE
/// Transactions on Software Engineering 28(2), 2002): first without faults, then without devices, then
/// without what people did, then with simpler settings and pauses; again from the beginning until nothing
/// can be left out.
struct Shrinker {
  private let kind: Finding.Kind
  private let checker: String
  /// How often a schedule was played.
  private(set) var plays = 0
  private let playsMax: Int
  /// Told of each schedule that still fails, the best so far.
  var found: (Schedule) -> Void = { _ in }

  /// - Parameters:
  ///   - finding: what it has to come to grief on: the same checker, the same kind.
  ///   - playsMax: after so many plays the best so far will do.
  init(keeping finding: Finding, playsMax: Int = 5_000) {
    (kind, checker, self.playsMax) = (finding.kind, finding.checker, playsMax)
  }

  /// - Parameter schedule: comes to grief on the finding.
  mutating func shrink(_ schedule: Schedule) -> Schedule {
    var best = withoutUnreached(schedule)
    var before: Schedule
    repeat {
      before = best
      best = withoutFaults(best)
      best = withoutDevices(best)
      best = withoutItems(best)
      best = withSimplerSettings(best)
      best = withSimplerPauses(best)
    } while best != before && plays < playsMax
    return best
  }

  /// Whether it still comes to grief on the same.
  private mutating func fails(_ schedule: Schedule) -> Bool {
    guard plays < playsMax else { return false }
    plays += 1
    guard let finding = try? Simulation(schedule).run() else { return false }
    let isSame = finding.kind == kind && finding.checker == checker
    if isSame { found(schedule) }
    return isSame
  }

  /// The first of several that does, or what there was.
  private mutating func first(_ candidates: [Schedule], else schedule: Schedule) -> Schedule {
    for candidate in candidates where candidate != schedule && fails(candidate) { return candidate }
    return schedule
  }

  // MARK: What is left out

  /// Faults that nothing came to any more.
  private func withoutUnreached(_ schedule: Schedule) -> Schedule {
    guard let simulation = try? Simulation(schedule), simulation.run() != nil else { return schedule }
    var reached = schedule
    reached.faults = simulation.schedule.faults
    return reached
  }

  private mutating func withoutFaults(_ schedule: Schedule) -> Schedule {
    var best = schedule
    best.delays = [:]
    if !fails(best) {
      best = schedule
      for who in schedule.delays.keys.sorted() {
        var quick = best
        quick.delays[who] = nil
        best = first([quick], else: best)
      }
    }
    let faults = minimise(best.faults) { faults in
      var candidate = best
      candidate.faults = faults
      return candidate
    }
    best.faults = faults
    return best
  }

  private mutating func withoutDevices(_ schedule: Schedule) -> Schedule {
    var best = schedule
    for seat in schedule.seats.reversed() {
      var candidate = best
      candidate.seats.removeAll { $0.code == seat.code }
      candidate.items.removeAll { $0.device == seat.code }
      candidate.faults.removeAll { $0.who == seat.code }
      candidate.delays[seat.code] = nil
      best = first([candidate], else: best)
    }
    return best
  }

  private mutating func withoutItems(_ schedule: Schedule) -> Schedule {
    var best = schedule
    best.items = minimise(schedule.items) { items in
      var candidate = schedule
      candidate.items = items
      return candidate
    }
    return best
  }

  private mutating func withSimplerSettings(_ schedule: Schedule) -> Schedule {
    var best = schedule
    var candidate = best
    candidate.hasDisks = false
    best = first([candidate], else: best)
    candidate = best
    candidate.limits = Schedule(seed: 0).limits
    best = first([candidate], else: best)
    candidate = best
    candidate.delayMin = 1
    return first([candidate], else: best)
  }

  /// Pauses that follow each other become one, and shorter.
  private mutating func withSimplerPauses(_ schedule: Schedule) -> Schedule {
    var best = schedule
    for position in schedule.items.indices.dropLast().reversed() {
      guard case .wait(let time) = best.items[position], case .wait(let more) = best.items[position + 1]
      else { continue }
      var candidate = best
      candidate.items.replaceSubrange(position...position + 1, with: [.wait(time + more)])
      best = first([candidate], else: best)
    }
    for (position, item) in best.items.enumerated() {
      guard case .wait(let time) = item else { continue }
      let simpler: [Int64] = [0, 1_000, 20_000, 60_000, 600_000, 7_200_000].filter { $0 < time }
      let candidates = simpler.map { time in
        var candidate = best
        candidate.items[position] = .wait(time)
        return candidate
      }
      best = first(candidates, else: best)
    }
    return best
  }

  // MARK: ddmin

  /// As few of the parts as still come to grief, so that without any single one of them nothing would.
  private mutating func minimise<Part>(_ all: [Part], _ schedule: ([Part]) -> Schedule) -> [Part] {
    if all.isEmpty || fails(schedule([])) { return [] }
    var parts = all
    var count = 2
    while parts.count > 1 {
      let size = (parts.count + count - 1) / count
      let chunks = stride(from: 0, to: parts.count, by: size).map { $0..<min($0 + size, parts.count) }
      if let chunk = firstChunk(chunks, where: { schedule(Array(parts[$0])) }) {
        parts = Array(parts[chunk])
        count = 2
      } else if count > 2, let chunk = firstChunk(chunks, where: { schedule(parts.without($0)) }) {
        parts = parts.without(chunk)
        count -= 1
      } else if size == 1 {
        break
      } else {
        count = min(parts.count, count * 2)
      }
    }
    return parts
  }

  private mutating func firstChunk(
    _ chunks: [Range<Int>], where schedule: (Range<Int>) -> Schedule
  ) -> Range<Int>? {
    for chunk in chunks where fails(schedule(chunk)) { return chunk }
    return nil
  }
}

extension Array {
  fileprivate func without(_ chunk: Range<Int>) -> [Element] {
    Array(self[..<chunk.lowerBound] + self[chunk.upperBound...])
  }
}

extension Schedule.Item {
  /// Whose it is; nil = nobody's.
  fileprivate var device: String? {
    switch self {
    case .wait, .retry, .decide, .backup, .restore: nil
    case .clock(let code, _), .offline(let code), .off(let code), .back(let code), .reboot(let code, _),
      .copy(let code), .ids(let code, _), .dismiss(let code, _), .rot(let code), .giveUp(let code, _),
      .again(let code, _):
      code
    case .record(let group): group.device
    }
  }
}
