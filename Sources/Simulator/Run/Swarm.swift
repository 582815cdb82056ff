import SyncSession
import TradeRules

/// What one seed draws: who there is, how much they do, and what goes wrong how often.
///
/// Each kind of fault is off in half of the seeds, so that not all of them are equally stormy: a defect that
/// shows only on calm days, or only in one kind of storm, has its chance.
struct Swarm {
  enum Fault: String, CaseIterable {
    case delays, stalls, breaks, halfOpenLinks, refusals, repeats
    case offline, absences, clocks
    case centreCrashes, deviceCrashes, centreDisks, deviceDisks
  }

  /// A device and its person.
  struct Seat {
    let code: String
    let role: Role
    var agent: String?
    var territory: String?
    var warehouses: [String] = []
  }

  /// Everybody there may be. The first two always are: an agent and somebody who handles goods.
  static let seats = [
    Seat(code: "A1", role: .agent, agent: "ANA", warehouses: ["W1"]),
    Seat(code: "P1", role: .warehouse, warehouses: ["W1"]),
    Seat(code: "A2", role: .agent, agent: "ANA", warehouses: ["W1", "W2"]),
    Seat(code: "B1", role: .agent, agent: "BEN", territory: "NORTH", warehouses: ["W2"]),
    Seat(code: "Q1", role: .warehouse, warehouses: ["W1"]),
    Seat(code: "V1", role: .warehouse, warehouses: ["W2", "W1"]),
    Seat(code: "N1", role: .agent, territory: "NORTH"),
    Seat(code: "HQ", role: .admin),
  ]

  private(set) var faults: [Fault] = []
  private(set) var seats: [Seat] = []
  /// How many things people do.
  private(set) var deeds: Int
  private(set) var network = NetworkFaults.none
  /// The centre's: often so small that everything comes in pieces.
  private(set) var limits = SyncLimits()
  /// Whether stores lie on simulated disks: slower, and in a quarter of the seeds.
  private(set) var hasDisks = false
  /// The deed at which somebody copies a replica's file; nil in most seeds.
  private(set) var copiesAt: Int?
  /// What administrators do once in years.
  private(set) var operators = OperatorPlan()

  init(seed: UInt64) {
    var random = Random(seed: seed, "swarm")
    faults = Fault.allCases.filter { _ in random.chance(500) }
    deeds = random.number(30...120)
    seats = Array(Swarm.seats.prefix(2))
    var others = Array(Swarm.seats.dropFirst(2))
    for _ in 0..<random.number(0...4) {
      seats.append(others.remove(at: random.number(0...others.count - 1)))
    }
    if has(.delays) {
      network.delayMin = Int64(random.number(0...30))
      network.delayMean = Int64(random.number(30...300))
    }
    if has(.stalls) { network.stallsPerMille = random.number(1...20) }
    if has(.breaks) { network.breaksPerMille = random.number(1...60) }
    if has(.halfOpenLinks) { network.halfOpenPerMille = random.number(100...900) }
    if has(.refusals) { network.refusalsPerMille = random.number(50...500) }
    if random.chance(500) { limits = Swarm.tightLimits(&random) }
    hasDisks = random.chance(250)
    if random.chance(50) { copiesAt = random.number(0...deeds - 1) }
    operators = OperatorPlan(
      seed: seed, deeds: deeds, devices: seats.map(\.code), hasCopies: copiesAt != nil)
  }

  private static func tightLimits(_ random: inout Random) -> SyncLimits {
    var limits = SyncLimits()
    limits.operationsPerBatchMax = random.pick([1, 3, 20, 500]) ?? 500
    limits.batchBytesMax = random.pick([1_024, 4_096, 256 * 1_024]) ?? 4_096
    limits.creditBytes = limits.batchBytesMax * (random.pick([1, 2, 4]) ?? 4)
    limits.pageRowsMax = random.pick([2, 5, 40, 2_000]) ?? 40
    limits.pageBytes = random.pick([300, 3_000, 256 * 1_024]) ?? 3_000
    limits.pagesInFlightMax = random.pick([1, 2, 6]) ?? 6
    return limits
  }

  func has(_ fault: Fault) -> Bool { faults.contains(fault) }

  /// How often programs and disks fail in this seed.
  func mishaps(seed: UInt64) -> Mishaps {
    var random = Random(seed: seed, "swarm/mishaps")
    var mishaps = Mishaps(seed: seed)
    if has(.centreCrashes) { mishaps.centreCrashesPerMille = random.number(1...20) }
    if has(.deviceCrashes) { mishaps.deviceCrashesPerMille = random.number(1...20) }
    if has(.centreDisks) { mishaps.centreDisksPerMille = random.number(1...20) }
    if has(.deviceDisks) { mishaps.deviceDisksPerMille = random.number(1...20) }
    if has(.repeats) { mishaps.repeatsPerMille = random.number(50...500) }
    return mishaps
  }

  var description: String {
    let people = seats.map(\.code).joined(separator: " ")
    let pages = "pages of \(limits.pageRowsMax) rows, \(limits.pagesInFlightMax) in flight"
    let batches = "batches of \(limits.operationsPerBatchMax) operations"
    return """
      \(deeds) deeds of \(people); faults: \(faults.map(\.rawValue).joined(separator: " ")); \(pages), \(batches)\
      \(hasDisks ? ", on disks" : "")\(operators.description)
      """
  }
}
