/// What chance does to links, programs and disks. Everything that may go wrong is asked for here: it is drawn
/// and noted, or it is what a schedule says.
final class Fates {
  typealias Kind = Schedule.Fault.Kind
  typealias Parameters = [String: Int64]

  private struct Source: Hashable {
    let kind: Kind
    let who: String
  }

  /// Whether things go wrong at all now. While not, times that they could are not counted.
  var isAwake = true
  /// What a schedule says, by source and ordinal; nil = chance decides.
  private let script: [Source: [Int: Parameters]]?
  private let scriptedDelays: [String: [Int64]]
  private var ordinals: [Source: Int] = [:]
  private var sent: [String: Int] = [:]
  /// What went wrong, in order.
  private(set) var happened: [Schedule.Fault] = []
  /// What each message took longer, by device.
  private(set) var delays: [String: [Int64]] = [:]

  /// Chance decides.
  init() {
    script = nil
    scriptedDelays = [:]
  }

  /// A schedule decides.
  init(_ schedule: Schedule) {
    var script: [Source: [Int: Parameters]] = [:]
    for fault in schedule.faults {
      script[Source(kind: fault.kind, who: fault.who), default: [:]][fault.ordinal] = fault.parameters
    }
    self.script = script
    scriptedDelays = schedule.delays
  }

  var isScripted: Bool { script != nil }

  /// Whether something goes wrong this time.
  ///
  /// - Parameter draw: lets chance decide.
  /// - Returns: how exactly; nil = it does not.
  func ask(_ kind: Kind, of who: String, _ draw: () -> Parameters?) -> Parameters? {
    guard counts(who) else { return isScripted ? nil : draw() }
    let source = Source(kind: kind, who: who)
    let ordinal = ordinals[source, default: 0] + 1
    ordinals[source] = ordinal
    let answer = if let script { script[source]?[ordinal] } else { draw() }
    guard let answer else { return nil }
    happened.append(Schedule.Fault(kind: kind, who: who, ordinal: ordinal, parameters: answer))
    return answer
  }

  /// On a link that is gone nothing goes wrong any more.
  private func counts(_ who: String) -> Bool { isAwake && !who.isEmpty }

  /// How much longer than others a message takes, milliseconds.
  ///
  /// - Parameter draw: lets chance decide; nil = messages are not delayed.
  func delay(of who: String, _ draw: () -> Int64?) -> Int64 {
    guard isScripted else {
      guard let delay = draw() else { return 0 }
      if counts(who) { delays[who, default: []].append(delay) }
      return delay
    }
    guard counts(who), let delays = scriptedDelays[who] else { return 0 }
    let position = sent[who, default: 0]
    sent[who] = position + 1
    return position < delays.count ? delays[position] : 0
  }
}

extension Mishaps.Fate {
  /// As a schedule has it; nil when nothing happens.
  var parameters: Fates.Parameters? {
    var parameters: Fates.Parameters = [:]
    if crashes { parameters["down"] = downtime }
    if saidPerMille > 0 { parameters["said"] = Int64(saidPerMille) }
    if let failingTransaction { parameters["transaction"] = Int64(failingTransaction) }
    if let cut = plan?.powerCutAt { parameters["cut"] = Int64(cut) }
    if let plan, let readFailsAt = plan.readFailsAt {
      parameters["read"] = Int64(readFailsAt)
      parameters["calls"] = Int64(plan.failures)
    }
    if let plan, let failsAt = plan.failsAt {
      parameters["call"] = Int64(failsAt)
      parameters["calls"] = Int64(plan.failures)
      parameters["code"] = Int64(plan.code)
    }
    return parameters.isEmpty ? nil : parameters
  }

  init(_ parameters: Fates.Parameters) {
    crashes = parameters["down"] != nil
    downtime = parameters["down"] ?? 0
    saidPerMille = Int(parameters["said"] ?? 0)
    failingTransaction = parameters["transaction"].map(Int.init)
    var plan = SimulatedDisk.Plan()
    plan.powerCutAt = parameters["cut"].map(Int.init)
    plan.failsAt = parameters["call"].map(Int.init)
    plan.readFailsAt = parameters["read"].map(Int.init)
    plan.failures = Int(parameters["calls"] ?? 1)
    plan.code = Int32(truncatingIfNeeded: parameters["code"] ?? Int64(DiskCode.write))
    self.plan = plan
  }
}

extension Random {
  /// Where the stream is, as a schedule has it.
  var parameters: Fates.Parameters {
    [
      "a": Int64(bitPattern: state.0), "b": Int64(bitPattern: state.1), "c": Int64(bitPattern: state.2),
      "d": Int64(bitPattern: state.3),
    ]
  }

  /// Goes on where a stream was.
  init(_ parameters: Fates.Parameters) {
    let words = ["a", "b", "c", "d"].map { UInt64(bitPattern: parameters[$0] ?? 0) }
    state = (words[0], words[1], words[2], words[3])
  }
}
