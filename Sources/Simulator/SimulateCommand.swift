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

  @Option(help: "How many seeds to run; 1000, or with --for as many as there is time for.")
  var seeds: UInt64?

  @Option(name: .customLong("for"), help: "Begin no seed after so many seconds.")
  var forSeconds: Int?

  @Option(help: "The first seed.")
  var from: UInt64 = 1

  @Option(help: "Run this seed alone.")
  var seed: UInt64?

  @Option(help: "How many processes run seeds at a time; the number of cores unless said.")
  var jobs = max(1, ProcessInfo.processInfo.activeProcessorCount)

  @Option(help: "Write what all seeds came to into this file.")
  var report: String?

  @Flag(help: "Write everything that happens to standard error; in one process.")
  var log = false

  @Option(help: "Begin no seed after this many failed; 1, or with --for 20.")
  var failuresMax: Int?

  @Option(help: "Run one seed in this many twice, the second time in a process of its own; 0 = none.")
  var twiceIn: UInt64 = 50

  @Flag(help: "Print nothing but the fingerprint of each seed; in one process.")
  var fingerprints = false

  @Flag(help: .hidden)
  var worker = false

  @Option(help: "Write the schedule of --seed, or of --schedule as it was played, into this file.")
  var record: String?

  @Option(help: "Play the schedule in this file in place of seeds.")
  var schedule: String?

  @Flag(help: "Make the schedule of --seed or --schedule, which fails, smaller, and write it to --into.")
  var shrink = false

  @Option(help: "Where --shrink writes what is left.")
  var into: String?

  #if PLANTED_BUGS
    @Option(help: "Plant a bug, and see whether it is found.")
    var plant: String?

    @Flag(help: "Print the names of all planted bugs.")
    var listPlants = false
  #endif

  /// A run of so many seeds has to meet every rare event; a shorter one says which it did not.
  private static let seedsForMarks = 1_000

  func validate() throws {
    guard seeds != 0, jobs > 0, failuresMax.map({ $0 > 0 }) ?? true, forSeconds.map({ $0 > 0 }) ?? true else {
      throw ValidationError("--seeds, --jobs, --for and --failures-max must be above zero")
    }
    guard record == nil && !shrink || (seed == nil) != (schedule == nil), shrink == (into != nil) else {
      throw ValidationError("--record and --shrink want --seed or --schedule; --shrink wants --into")
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
    if worker { return try work() }
    if schedule != nil || record != nil || shrink { return try playSchedule() }
    let campaign = try runSeeds()
    if !fingerprints {
      say(campaign.figures.description)
      say("never met: \(campaign.neverMet)")
      say("\(campaign.failures.count) failed; \(campaign.wallSeconds) seconds")
    }
    if let report {
      let text = campaign.report(
        arguments: Array(CommandLine.arguments.dropFirst()), processorSeconds: Campaign.processorSeconds)
      try Data(text.utf8).write(to: URL(fileURLWithPath: report))
    }
    if campaign.status != 0 { throw ExitCode(campaign.status) }
    guard campaign.seeds.count < SimulateCommand.seedsForMarks || campaign.figures.missing.isEmpty else {
      throw ExitCode(131)
    }
  }

  /// Runs the seeds asked for, here or in workers.
  private func runSeeds() throws -> Campaign {
    var campaign = Campaign()
    var following = seed ?? from
    let last = seed ?? seeds.map { from + $0 - 1 } ?? (forSeconds == nil ? from + 999 : .max)
    let failuresMax = failuresMax ?? (forSeconds == nil ? 1 : 20)
    let next: () -> UInt64? = {
      guard following <= last, campaign.failures.count < failuresMax,
        forSeconds.map({ campaign.wallSeconds < Double($0) }) ?? true
      else { return nil }
      defer { following += 1 }
      return following
    }
    let done: (Outcome) -> Void = { outcome in
      campaign.add(outcome)
      if fingerprints {
        say(outcome.fingerprint)
      } else if let line = outcome.failure {
        say(line)
      }
    }
    if log || fingerprints || seed != nil {
      let runner = SeedRun(
        log: log ? { say($0, to: .standardError) } : nil, twiceIn: seed == nil ? twiceIn : 0)
      while let seed = next() { done(try runner.run(seed)) }
      return campaign
    }
    var minutes = 0
    try Crew(jobs: jobs, arguments: workerArguments).run(next: next, done: done) {
      guard Int(campaign.wallSeconds) / 60 > minutes else { return }
      minutes += 1
      say(campaign.progress, to: .standardError)
    }
    return campaign
  }

  // MARK: Workers

  private var workerArguments: [String] {
    var arguments = ["--worker", "--twice-in", "\(twiceIn)"]
    #if PLANTED_BUGS
      if let plant { arguments += ["--plant", plant] }
    #endif
    return arguments
  }

  /// Runs the seeds that standard input names, a line each.
  private func work() throws {
    let runner = SeedRun(twiceIn: twiceIn)
    while let seed = readLine().flatMap(UInt64.init) {
      let line = try JSONEncoder().encode(try runner.run(seed))
      say(String(decoding: line, as: UTF8.self))
    }
  }

  /// Written at once: a run may be long, and somebody may read along.
  func say(_ line: String, to output: FileHandle = .standardOutput) {
    output.write(Data((line + "\n").utf8))
  }
}
