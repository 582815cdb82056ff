import Testing
import TradeRules

@testable import CentralStore
@testable import Simulator

@Suite struct FirstDayTests {
  @Test("a new device enrols, loads its rows and is current")
  func enrolment() throws {
    let world = try World(seed: 1)
    try world.addDevice("A1", .agent, agent: "ANA")
    #expect(try world.settle())
    let device = try #require(world.devices["A1"])
    #expect(device.host.progress.checkpoint == world.store.head.version)
  }
}
