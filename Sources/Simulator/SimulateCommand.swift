import ArgumentParser
import Foundation

@main
struct SimulateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "waybill-simulate",
    abstract: "Torments the hosts of the centre and of devices in simulated time.",
    discussion: """
      Everything that happens in a run follows from its seed. A run that fails prints the command that repeats \
      it. Exit status: 0 all is well, 127 a crash, 128 somebody is stuck, 129 something is wrong, 130 a seed \
      went two ways.
      """)

  @Option(help: "How many seeds to run.")
  var seeds: UInt64 = 100

  @Option(help: "The first seed.")
  var from: UInt64 = 1

  @Option(help: "Run this seed alone.")
  var seed: UInt64?

  @Flag(help: "Write everything that happens to standard error.")
  var log = false

  @Option(help: "Go on after this many failed seeds.")
  var failuresMax = 1

  func run() throws {
    var figures = Figures()
    var failed = 0
    var status: Int32 = 0
    let start = ContinuousClock.now
    let first = seed ?? from
    let last = seed ?? from + max(1, seeds) - 1
    for number in first...last {
      let simulation = try Simulation(seed: number, log: log ? { write($0) } : nil)
      let finding = simulation.run()
      figures += simulation.figures
      guard let finding else { continue }
      report(finding, simulation)
      status = max(status, finding.kind.rawValue)
      failed += 1
      if failed >= failuresMax { break }
    }
    let time = ContinuousClock.now - start
    print(figures.description)
    print("\(failed) failed; \(time)")
    if status != 0 { throw ExitCode(status) }
  }

  private func report(_ finding: Finding, _ simulation: Simulation) {
    print(
      """
      FAIL kind=\(finding.kind.rawValue) phase=\(simulation.phase) checker="\(finding.checker)" \
      seed=\(simulation.seed) "\(finding.message)" replay: waybill-simulate --seed \(simulation.seed) --log
      """)
  }

  private func write(_ line: String) { FileHandle.standardError.write(Data((line + "\n").utf8)) }
}
