/// What may happen to programs and their disks between any two events.
struct Mishaps {
  /// Of 1,000 times that a program handles events, how many end in a crash, and in how many its disk fails.
  var centreCrashesPerMille = 0
  var deviceCrashesPerMille = 0
  var centreDisksPerMille = 0
  var deviceDisksPerMille = 0
  /// Of 1,000 batches of operations how many reach the centre a second time, now or later.
  var repeatsPerMille = 0
  private var random: Random

  init(seed: UInt64) { random = Random(seed: seed, "mishaps") }

  /// What becomes of one program while it handles events.
  struct Fate {
    /// The transaction that fails, counted from zero.
    var failingTransaction: Int?
    /// It crashes when it has handled them, and says nothing of what it wanted to say.
    var crashes = false
    /// How much of it was said all the same before the crash, in 1,000.
    var saidPerMille = 0
    /// How long it stays down, milliseconds.
    var downtime: Int64 = 0
    /// What goes wrong on a simulated disk meanwhile; nil = nothing.
    var plan: SimulatedDisk.Plan?
  }

  mutating func fateOfCentre() -> Fate { fate(centreCrashesPerMille, centreDisksPerMille) }
  mutating func fateOfDevice() -> Fate { fate(deviceCrashesPerMille, deviceDisksPerMille) }

  private mutating func fate(_ crashes: Int, _ disks: Int) -> Fate {
    var fate = Fate()
    if random.chance(disks) { fate.failingTransaction = Int(random.next() % 6) }
    guard random.chance(crashes) else { return fate }
    fate.crashes = true
    if random.chance(500) { fate.saidPerMille = Int(random.next() % 1_001) }
    fate.downtime = random.chance(500) ? Int64(random.next() % 60_000) : 0
    // A crash in the middle of a transaction: the transaction never was.
    if random.chance(300) { fate.failingTransaction = Int(random.next() % 6) }
    return fate
  }

  /// How long after a batch its double arrives, milliseconds; nil when it has none.
  mutating func repetition() -> Int64? {
    guard random.chance(repeatsPerMille) else { return nil }
    return random.chance(500) ? 0 : Int64(random.next() % 10_000)
  }
}

/// How often what went wrong.
struct MishapCounts {
  var centreCrashes = 0
  var deviceCrashes = 0
  var repeats = 0
}
