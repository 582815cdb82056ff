import ArgumentParser
import Foundation

/// Schedules on the command line.
extension SimulateCommand {
  /// Plays a schedule, or a seed to make one of it, writes it, and makes it smaller where it fails.
  func playSchedule() throws {
    let simulation: Simulation
    let log: ((String) -> Void)? = log ? { say($0, to: .standardError) } : nil
    if let schedule {
      simulation = try Simulation(try Schedule(file: schedule), log: log)
    } else {
      simulation = try Simulation(seed: seed ?? from, log: log)
    }
    CrashReport.announce(seed: simulation.seed)
    let finding = simulation.run()
    if let record { try simulation.schedule.write(to: record) }
    say(SeedRun.fingerprint(of: simulation))
    guard let finding else {
      if shrink {
        throw ValidationError(
          "nothing failed when it was played once; what only a twin or a second process shows cannot be shrunk"
        )
      }
      return
    }
    say("FAIL " + finding.description)
    if shrink, let into {
      var shrinker = Shrinker(keeping: finding)
      // Whoever has no patience left finds what there is.
      shrinker.found = { try? $0.write(to: into) }
      let small = shrinker.shrink(simulation.schedule)
      try small.write(to: into)
      say("\(small.events) of \(simulation.schedule.events) events are left after \(shrinker.plays) plays")
    }
    throw ExitCode(finding.kind.rawValue)
  }
}

extension Schedule {
  /// Reads a schedule from a file.
  init(file path: String) throws { try self.init(parsing: String(contentsOfFile: path, encoding: .utf8)) }

  func write(to path: String) throws {
    try Data(description.utf8).write(to: URL(fileURLWithPath: path))
  }
}
