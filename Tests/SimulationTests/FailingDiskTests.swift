import Foundation
import GRDBSQLite
import Testing
import TradeRules

@testable import Simulator

/// A short story told again and again; each time something goes wrong at the next call that changes a disk.
@Suite("Disks that fail")
struct FailingDiskTests {
  enum Victim: String, CaseIterable { case centre, tablet }

  /// Each how many-th call is tried; `WAYBILL_EVERY_CALL=1` tries all, and lets each fail once and for good.
  private static let stride =
    ProcessInfo.processInfo.environment["WAYBILL_EVERY_CALL"] == nil ? 19 : 1

  @Test(
    "G1 G4 G7 the power goes at any write, cut or sync: what was acknowledged is there, whole, and everybody goes on by himself",
    arguments: Victim.allCases)
  func powerCuts(_ victim: Victim) throws {
    let calls = try Story(victim, nil).callsTold()
    try #require(calls > 50, "the story is too short to say anything")
    var cuts = 0
    for call in Swift.stride(from: 0, to: calls, by: FailingDiskTests.stride) {
      let story = try Story(victim, SimulatedDisk.Plan(powerCutAt: call))
      try story.tellAndCheck("power cut at call \(call) of \(victim)")
      cuts += try story.storage.powerCuts
    }
    #expect(cuts > 0)
  }

  @Test(
    "G22 a disk that is full or fails at any call, once or for good: nothing acknowledged is lost, work goes on when it is mended",
    arguments: Victim.allCases)
  func failingCalls(_ victim: Victim) throws {
    let calls = try Story(victim, nil).callsTold()
    var failures = 0
    for (round, call) in Swift.stride(from: 0, to: calls, by: FailingDiskTests.stride).enumerated() {
      for times in FailingDiskTests.stride == 1 ? [1, 100_000] : [round % 2 == 0 ? 1 : 100_000] {
        var plan = SimulatedDisk.Plan(failsAt: call)
        plan.failures = times
        plan.code = [SQLITE_FULL, DiskCode.write, DiskCode.fsync][round % 3]
        let story = try Story(victim, plan)
        try story.tellAndCheck("code \(plan.code) at call \(call) of \(victim), \(times) times")
        failures += try story.storage.failures
      }
    }
    #expect(failures > 0)
  }
}

/// A tablet that receives, counts and picks, an agent who sells, a console that changes prices.
private final class Story {
  let world: World
  private let inspector: Inspector
  private let victim: FailingDiskTests.Victim
  private let plan: SimulatedDisk.Plan?

  init(_ victim: FailingDiskTests.Victim, _ plan: SimulatedDisk.Plan?) throws {
    self.victim = victim
    self.plan = plan
    world = try World(seed: 5, hasDisks: true)
    inspector = Inspector(world)
    world.witness = { [unowned inspector] happening in try inspector.see(happening) }
    try Simulator.Shop.open(in: world)
    try world.addDevice("P1", .warehouse, warehouses: ["W1"])
    try world.addDevice("A1", .agent, agent: "ANA", warehouses: ["W1"])
    try world.run(milliseconds: 5_000)
  }

  var storage: Storage {
    get throws {
      switch victim {
      case .centre: world.storage
      case .tablet: try #require(world.devices["P1"]).storage
      }
    }
  }

  /// How often the story changes the victim's disk when nothing goes wrong.
  func callsTold() throws -> Int {
    let disk = try #require(try storage.disk)
    let before = disk.calls
    try tell()
    return disk.calls - before
  }

  func tellAndCheck(_ what: String) throws {
    try storage.script(plan)
    do {
      try tell()
      try storage.script(nil)
      #expect(try world.settle(within: Simulation.patience), "\(what): somebody is stuck")
      try inspector.checkAll()
    } catch let finding as Finding {
      Issue.record("\(what): \(finding.checker): \(finding.message)")
    }
  }

  private func tell() throws {
    for round in 1...3 {
      try act("P1") { Filled<ReceiveStock> { self.fill(&$0, round) } }
      try act("P1") {
        Filled<CountStock> {
          ($0.warehouse, $0.sku, $0.bin, $0.quantity) = ("W1", "CHAI", "MAIN", Quantity(Int64(20 + round)))
        }
      }
      try attempt {
        try self.world.decide(Simulator.Shop.prices(of: ["CHAI"], tenThousandths: Int64(90_000 + round)))
      }
      try world.run(milliseconds: 12_000)
    }
  }

  private func fill(_ form: inout Filled<ReceiveStock>, _ round: Int) {
    (form.warehouse, form.sku, form.bin, form.quantity) = ("W1", "MATE", "A-01", Quantity(Int64(round)))
  }

  private func act<F: OperationForm>(_ code: String, _ form: () -> Filled<F>) throws {
    let device = try #require(world.devices[code])
    try attempt {
      let recorded = try device.record(form(), in: self.world)
      try self.inspector.receipts.recorded(recorded.id, on: device)
    }
    try world.run(milliseconds: 300)
  }

  /// What fails was not acknowledged, and nobody tries again.
  private func attempt(_ body: () throws -> Void) throws {
    do { try body() } catch is StorageFailure {} catch is SimulatedDevice.Unheard {}
  }
}
