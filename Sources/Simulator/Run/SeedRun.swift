import Foundation

/// What one seed came to, as a worker tells it: one line of JSON.
struct Outcome: Codable {
  let seed: UInt64
  /// Of everything that happened; empty when the process died on the way.
  var fingerprint = ""
  /// The line that reports the failure; nil when all went well.
  var failure: String?
  /// The exit status of the failure; 0 when all went well.
  var status: Int32 = 0
  var figures = Figures()
}

extension Outcome {
  /// Of a seed whose process died, or does not come to an end.
  ///
  /// - Parameter said: what the process had to say about it; empty = nothing.
  static func died(_ seed: UInt64, _ kind: Finding.Kind, saying said: String) -> Outcome {
    let told = said.isEmpty ? "FAIL kind=\(kind.rawValue) checker=\"process\" seed=\(seed)" : said
    var outcome = Outcome(
      seed: seed, failure: "\(told) replay: waybill-simulate --seed \(seed) --log", status: kind.rawValue)
    outcome.figures.seeds = 1
    return outcome
  }
}

/// Runs one seed in this process.
struct SeedRun {
  var log: ((String) -> Void)?
  /// One seed in this many is run again by a process of its own; 0 = none.
  var twiceIn: UInt64 = 0

  func run(_ seed: UInt64) throws -> Outcome {
    CrashReport.announce(seed: seed)
    let simulation = try Simulation(seed: seed, log: log)
    var finding = simulation.run() ?? TwinWorlds.finding(of: simulation)
    var outcome = Outcome(
      seed: seed, fingerprint: SeedRun.fingerprint(of: simulation), figures: simulation.figures)
    if finding == nil, twiceIn > 0, seed % twiceIn == 0, let again = try SeedRun.runElsewhere(seed) {
      outcome.figures.twice += 1
      if again != outcome.fingerprint {
        finding = Finding(
          "determinism", "another process went from \(outcome.fingerprint) to \(again)",
          kind: .nondeterminism)
      }
    }
    guard let finding else { return outcome }
    outcome.failure = SeedRun.report(finding, simulation)
    outcome.status = finding.kind.rawValue
    return outcome
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
