import Foundation
import SyncSession
import Testing
import TradeRules

@testable import CentralStore
@testable import Simulator

/// What may happen to a message and those who wait for it.
enum Mishap: String, CaseIterable, Sendable {
  case linkBreaks, centreRestarts, deviceRestarts
  /// The device notices, the centre does not.
  case linkIsHalfOpen

  /// Every message meets one mishap; in a thorough run (`WAYBILL_THOROUGH=1`) it meets all of them.
  func meets(_ message: Int) -> Bool {
    if ProcessInfo.processInfo.environment["WAYBILL_THOROUGH"] == "1" { return true }
    return Mishap.allCases.firstIndex(of: self) == message % Mishap.allCases.count
  }
}

@Suite("Interruptions at every single message")
struct InterruptionTests {
  @Test(
    "G4 G7 a day's work comes to the same whichever message is lost, and with whom",
    arguments: Mishap.allCases)
  func daysWork(mishap: Mishap) throws {
    let undisturbed = try Interruption(nil).tell { try InterruptionTests.work($0) }
    #expect(undisturbed.messages > 15)
    for message in 1...undisturbed.messages where mishap.meets(message) {
      let disturbed = try Interruption(mishap, at: message).tell { try InterruptionTests.work($0) }
      #expect(disturbed.outcome == undisturbed.outcome, "\(mishap) at message \(message)")
    }
  }

  @Test(
    "G1 G7 a new device enrols and loads whichever message is lost, and with whom", arguments: Mishap.allCases
  )
  func firstLoad(mishap: Mishap) throws {
    let undisturbed = try Interruption(nil).tell(staffed: ["A1"]) { try InterruptionTests.hire($0) }
    #expect(undisturbed.messages > 15)
    for message in 1...undisturbed.messages where mishap.meets(message) {
      let disturbed = try Interruption(mishap, at: message).tell(staffed: ["A1"]) {
        try InterruptionTests.hire($0)
      }
      #expect(disturbed.outcome == undisturbed.outcome, "\(mishap) at message \(message)")
    }
  }

  /// An agent and a picker work offline, come back, and go on online.
  private static func work(_ shop: Shop) throws {
    try shop.cutOff(shop.ana, shop.pia)
    let order = try shop.ana.orders(("CHAI", 4), ("MATE", 1))
    try shop.ana.notes("C-ANA", phone: "+49 30 200")
    try shop.ana.sets(order, to: 6)
    try shop.pia.receives(5)
    try shop.pia.moves(3, to: "B-1")
    try shop.pia.counts(90)
    try shop.reconnect(shop.ana)
    try shop.reconnect(shop.pia)
    try shop.pia.picks(6, of: order)
    try shop.pia.ships(order)
    try shop.settle()
    try shop.ana.cancels(order)
    try shop.settle()
  }

  private static func hire(_ shop: Shop) throws {
    try shop.ana.orders(("CHAI", 4))
    try shop.settle()
    try shop.hire("P1")
    try shop.settle()
  }
}

/// One telling of a story in which one message meets a mishap.
private final class Interruption {
  private let mishap: Mishap?
  private let unlucky: Int
  private var carried = 0

  init(_ mishap: Mishap?, at message: Int = 0) {
    self.mishap = mishap
    unlucky = message
  }

  func tell(
    staffed: [String] = ["A1", "P1"], _ story: (Shop) throws -> Void
  ) throws -> (outcome: Outcome, messages: Int) {
    // Small pages, so that there is much to lose between them.
    var limits = SyncLimits()
    limits.pageRowsMax = 100
    limits.operationsPerBatchMax = 2
    let shop = try Shop(staffed: staffed, limits: limits)
    let world = shop.world
    world.onArrival = { [unowned self] delivery in
      self.carried += 1
      return self.carried == self.unlucky ? try self.meet(delivery, in: world) : .arrives
    }
    try story(shop)
    world.onArrival = nil
    if mishap == nil { try shop.expectAllIsWell() }
    // The same outcome adds up as well; what may differ is what the replicas have.
    for code in world.devices.keys.sorted() { try shop.expectSameRows(Person(shop, code)) }
    return (try Outcome(shop), carried)
  }

  private func meet(_ delivery: Network.Delivery, in world: World) throws -> Network.Fate {
    let code = world.network.device(of: delivery.link)
    guard let device = world.devices[code] else { return .arrives }
    switch mishap {
    case nil: return .arrives
    case .linkBreaks: return .breaksLink
    case .centreRestarts: try world.restartCentre()
    case .deviceRestarts: try world.restart(code)
    case .linkIsHalfOpen: try world.breakLink(of: device, halfOpen: true)
    }
    return .vanishes
  }
}
