import TradeRules

/// What one seed draws of what administrators do once in years: each in one seed of ten.
struct OperatorPlan {
  /// The centre's store is copied before one deed, and that copy takes its place before others.
  struct Restores {
    let backupAt: Int
    let restoresAt: [Int]
    /// How long nobody can connect meanwhile, milliseconds.
    let downtime: Int64
  }

  /// A device is put out of use before some deed, and done with before another.
  struct Dismissal {
    let device: String
    let at: Int
    let isLost: Bool
    /// Whether administrators do it again when a restore undid it.
    let isRepeated: Bool
  }

  /// All nil in most seeds.
  private(set) var restores: Restores?
  private(set) var dismissal: Dismissal?
  /// The device whose disk changes rows in the evening; nil in most seeds.
  private(set) var rotting: String?

  private static let perMille = 100

  /// Nothing of it.
  init() {}

  /// - Parameters:
  ///   - deeds: how many things people do in this seed.
  ///   - devices: those that there are.
  ///   - hasCopies: whether somebody copies a replica's file: after a restore, or once the original
  ///     is out of use, it would be told something else.
  init(seed: UInt64, deeds: Int, devices: [String], hasCopies: Bool) {
    drawRot(seed, devices)
    if hasCopies { return }
    drawRestores(seed, deeds)
    var random = Random(seed: seed, "swarm/dismissals")
    guard random.chance(OperatorPlan.perMille), let device = random.pick(devices) else { return }
    let isLost = random.chance(500)
    // What a lost device did since the backup is wiped with it.
    dismissal = Dismissal(
      device: device, at: random.number(0...deeds - 1), isLost: isLost && restores == nil,
      isRepeated: random.chance(500))
  }

  private mutating func drawRot(_ seed: UInt64, _ devices: [String]) {
    var random = Random(seed: seed, "swarm/rot")
    if random.chance(OperatorPlan.perMille) { rotting = random.pick(devices) }
  }

  private mutating func drawRestores(_ seed: UInt64, _ deeds: Int) {
    var random = Random(seed: seed, "swarm/restores")
    if random.chance(OperatorPlan.perMille) {
      let backup = random.number(0...deeds - 2)
      let first = random.number(backup + 1...deeds - 1)
      // Now and then it has to be done twice.
      let second = random.chance(250) ? [random.number(first...deeds - 1)] : []
      restores = Restores(
        backupAt: backup, restoresAt: [first] + second.filter { $0 != first },
        downtime: random.chance(500) ? 0 : Int64(random.number(0...3_600_000)))
    }
  }

  var description: String {
    var text = ""
    if let restores { text += ", backed up at \(restores.backupAt), restored at \(restores.restoresAt)" }
    if let dismissal { text += ", \(dismissal.device) put out of use at \(dismissal.at)" }
    if let rotting { text += ", \(rotting)'s rows rot" }
    return text
  }
}
