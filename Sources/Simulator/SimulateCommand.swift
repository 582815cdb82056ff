import ArgumentParser
import Foundation
import TradeRules

@main
struct SimulateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "waybill-simulate",
    abstract: "Torments the hosts of the centre and of devices in simulated time.",
    discussion: """
      Everything that happens in a run follows from its seed. A run that fails prints the command that repeats \
      it. Exit status: 0 all is well, 127 a crash, 128 somebody is stuck, 129 something is wrong, 130 a seed \
      went two ways, 131 a long run never met some rare event it has to.
      """)

  @Option(help: "How many seeds to run.")
  var seeds: UInt64 = 1_000

  @Option(help: "The first seed.")
  var from: UInt64 = 1

  @Option(help: "Run this seed alone.")
  var seed: UInt64?

  @Flag(help: "Write everything that happens to standard error.")
  var log = false

  @Option(help: "Stop after this many failed seeds.")
  var failuresMax = 1

  @Option(help: "Run one seed in this many twice, the second time in a process of its own; 0 = none.")
  var twiceIn: UInt64 = 50

  @Flag(help: "Print nothing but the fingerprint of each seed.")
  var fingerprints = false

  #if PLANTED_BUGS
    @Option(help: "Plant a bug, and see whether it is found.")
    var plant: String?

    @Flag(help: "Print the names of all planted bugs.")
    var listPlants = false
  #endif

  /// A run of so many seeds has to meet every rare event.
  private static let seedsForMarks = 1_000

  func validate() throws {
    guard seeds > 0, failuresMax > 0 else {
      throw ValidationError("--seeds and --failures-max must be above zero")
    }
  }

  func run() throws {
    #if PLANTED_BUGS
      if listPlants {
        for bug in PlantedBug.allCases { say(bug.rawValue) }
        return
      }
      if let plant {
        guard let bug = PlantedBug(rawValue: plant) else {
          throw ValidationError("no bug is called \(plant)")
        }
        PlantedBug.planted = Set(bug.companions + [bug])
      }
    #endif
    let first = seed ?? from
    var campaign = Campaign(
      log: log ? { say($0, to: .standardError) } : nil, twiceIn: seed == nil ? twiceIn : 0)
    let start = ContinuousClock.now
    for number in first...(seed ?? from + seeds - 1) {
      let outcome = try campaign.run(number)
      if fingerprints {
        say(outcome.fingerprint)
      } else if let line = outcome.failure {
        say(line)
      }
      if campaign.failed >= failuresMax { break }
    }
    if !fingerprints {
      say(campaign.figures.description)
      say("\(campaign.failed) failed; \(ContinuousClock.now - start)")
    }
    if campaign.status != 0 { throw ExitCode(campaign.status) }
    let missing = campaign.figures.missing
    guard campaign.figures.seeds < SimulateCommand.seedsForMarks || missing.isEmpty else {
      say("never met: \(missing.joined(separator: "; "))")
      throw ExitCode(131)
    }
  }

  /// Written at once: a run may be long, and somebody may read along.
  private func say(_ line: String, to output: FileHandle = .standardOutput) {
    output.write(Data((line + "\n").utf8))
  }
}
