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

  /// Both nil in most seeds.
  private(set) var restores: Restores?
  private(set) var dismissal: Dismissal?

  private static let perMille = 1000

  /// Nothing of it.
  init() {}

  /// - Parameters:
  ///   - deeds: how many things people do in this seed.
  ///   - devices: those that there are.
  ///   - hasCopies: whether somebody copies a replica's file: after a restore nobody could tell it from the
  ///     original.
  init(seed: UInt64, deeds: Int, devices: [String], hasCopies: Bool) {
    if !hasCopies { drawRestores(seed, deeds) }
    var random = Random(seed: seed, "swarm/dismissals")
    guard random.chance(OperatorPlan.perMille), let device = random.pick(devices) else { return }
    let isLost = random.chance(500)
    // What a lost device did since the backup is wiped with it.
    dismissal = Dismissal(
      device: device, at: random.number(0...deeds - 1), isLost: isLost && restores == nil,
      isRepeated: random.chance(500))
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
    return text
  }
}
