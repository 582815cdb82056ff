import Foundation

/// Many seeds, one after the other, and what they came to.
struct Campaign {
  struct Outcome {
    /// The line that reports the failure; nil when all went well.
    var failure: String?
    let fingerprint: String
  }

  let log: ((String) -> Void)?
  /// One seed in this many is run again by a process of its own; 0 = none.
  let twiceIn: UInt64
  private(set) var figures = Figures()
  private(set) var failed = 0
  /// The exit status: the highest of any failure.
  private(set) var status: Int32 = 0

  init(log: ((String) -> Void)? = nil, twiceIn: UInt64 = 0) {
    self.log = log
    self.twiceIn = twiceIn
  }

  mutating func run(_ seed: UInt64) throws -> Outcome {
    CrashReport.announce(seed: seed)
    let simulation = try Simulation(seed: seed, log: log)
    var finding = simulation.run()
    figures += simulation.figures
    let fingerprint = Campaign.fingerprint(of: simulation)
    if finding == nil, twiceIn > 0, seed % twiceIn == 0, let again = try Campaign.runElsewhere(seed) {
      figures.twice += 1
      if again != fingerprint {
        finding = Finding(
          "determinism", "another process went from \(fingerprint) to \(again)", kind: .nondeterminism)
      }
    }
    guard let finding else { return Outcome(failure: nil, fingerprint: fingerprint) }
    failed += 1
    status = max(status, finding.kind.rawValue)
    return Outcome(failure: Campaign.report(finding, simulation), fingerprint: fingerprint)
  }

  static func fingerprint(of simulation: Simulation) -> String {
    "\(simulation.seed) \(String(simulation.trace.hash, radix: 16))"
  }

  private static func report(_ finding: Finding, _ simulation: Simulation) -> String {
    """
    FAIL kind=\(finding.kind.rawValue) phase=\(simulation.phase) checker="\(finding.checker)" \
    seed=\(simulation.seed) "\(finding.message)" replay: waybill-simulate --seed \(simulation.seed) --log
    """
  }

  /// The fingerprint of a seed run by this program in another process, whose sets and dictionaries have
  /// another order; nil when the program cannot be found.
  private static func runElsewhere(_ seed: UInt64) throws -> String? {
    guard let program = Bundle.main.executableURL else { return nil }
    let process = Process()
    process.executableURL = program
    process.arguments = ["--seed", "\(seed)", "--fingerprints"]
    var environment = ProcessInfo.processInfo.environment
    environment["SWIFT_DETERMINISTIC_HASHING"] = nil
    process.environment = environment
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let said = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: said, as: UTF8.self).split(separator: "\n").first.map(String.init)
  }
}
