import Testing

@testable import Simulator

/// Whole days made up by chance, with every fault the simulator knows, then quiet.
@Suite("Whatever the day brings, everything adds up in the evening")
struct RandomWorldTests {
  @Test(
    "G1 G4 G5 G8 G10 G12 a random day of faults: nothing is lost or doubled, everybody is up to date by itself",
    arguments: 1...3 as ClosedRange<UInt64>)
  func day(_ seed: UInt64) throws {
    let finding = try Simulation(seed: seed).run()
    #expect(finding == nil, "seed \(seed): \(finding.map { "\($0.checker): \($0.message)" } ?? "")")
  }

  @Test("G29 the same seed tells the same story, down to the bytes that were sent")
  func repeatable() throws {
    let stories = try (0..<2).map { _ in
      let simulation = try Simulation(seed: 7)
      #expect(simulation.run() == nil)
      return simulation.trace.hash
    }
    #expect(stories[0] == stories[1])
  }
}
