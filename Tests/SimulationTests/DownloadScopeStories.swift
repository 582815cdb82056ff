import SyncProtocol
import SyncSession
import Testing
import TradeRules

@testable import CentralStore
@testable import Simulator

@Suite("A scope changes in the middle of a download")
struct DownloadScopeStories {
  /// What may happen to a device's scope.
  enum Change: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case widened, narrowed, swapped, thereAndBack
    var testDescription: String { rawValue }

    func make(for person: Person, in shop: Shop) throws {
      switch self {
      case .widened: try shop.rescope(person, warehouses: ["W1", "W2"])
      case .narrowed: try shop.rescope(person, warehouses: ["W1"])
      case .swapped: try shop.rescope(person, warehouses: ["W2"])
      case .thereAndBack:
        try shop.rescope(person, warehouses: ["W2"])
        try shop.decide(Filled<ImportStock> { $0.rows = [Shop.opening("MATE", 3, at: "W1")] })
        try shop.rescope(person, warehouses: ["W1"])
      }
    }

    var result: [String] {
      switch self {
      case .widened: ["W1", "W2"]
      case .narrowed, .thereAndBack: ["W1"]
      case .swapped: ["W2"]
      }
    }
  }

  /// Pages so small that every download takes many.
  private static let smallPages: SyncLimits = {
    var limits = SyncLimits()
    limits.pageRowsMax = 20
    limits.pagesInFlightMax = 1
    return limits
  }()

  /// Makes a change when the n-th page arrives at a device, and cuts its link then if told to.
  private func changeAt(
    page: Int, of code: String, in shop: Shop, cutting: Bool, _ change: @escaping () throws -> Void
  ) -> () -> Int {
    var pages = 0
    shop.world.onArrival = { delivery in
      guard case .device(code) = delivery.end, !delivery.closes,
        case .page = try Message.decode(delivery.bytes)
      else { return .arrives }
      pages += 1
      guard pages == page else { return .arrives }
      try change()
      return cutting ? .breaksLink : .arrives
    }
    return { pages }
  }

  @Test(
    "G15 a scope that changes between two pages of a first load, with or without a cut there, ends in exactly its rows",
    arguments: Change.allCases, 1...9)
  func duringFirstLoad(change: Change, page: Int) throws {
    for cutting in [false, true] {
      let shop = try Shop.withTwoWarehouses(staffed: ["A1"], limits: DownloadScopeStories.smallPages)
      let person = Person(shop, "P1")
      let pages = changeAt(page: page, of: "P1", in: shop, cutting: cutting) {
        try change.make(for: person, in: shop)
      }
      let first = change == .narrowed ? ["W1", "W2"] : ["W1"]
      try shop.world.addDevice("P1", .warehouse, warehouses: first)
      try shop.settle()
      #expect(pages() >= page)
      #expect(try person.warehouses == change.result)
      #expect(try shop.incidents(on: person) == [])
      try shop.expectAllIsWell()
    }
  }

  @Test(
    "G15 the same while a device that was away for weeks catches up", arguments: Change.allCases, 1...6)
  func duringCatchUp(change: Change, page: Int) throws {
    for cutting in [false, true] {
      let shop = try Shop.withTwoWarehouses(staffed: ["A1", "P1"], limits: DownloadScopeStories.smallPages)
      if change == .narrowed {
        try shop.rescope(shop.pia, warehouses: ["W1", "W2"])
        try shop.settle()
      }
      try shop.cutOff(shop.pia)
      for _ in 0..<8 { try shop.ana.orders(("CHAI", 1)) }
      for sku in ["MATE", "CHAI"] {
        try shop.decide(Filled<ImportStock> { $0.rows = [Shop.opening(sku, 9, at: "W2")] })
      }
      try shop.settle()
      try shop.pia.receives(5)
      let pages = changeAt(page: page, of: "P1", in: shop, cutting: cutting) {
        try change.make(for: shop.pia, in: shop)
      }
      try shop.world.setOnline("P1", true)
      try shop.settle()
      #expect(pages() > 0)
      // The change may have come with a page that was not needed.
      if pages() < page { try change.make(for: shop.pia, in: shop) }
      shop.world.onArrival = nil
      try shop.settle()
      #expect(try shop.pia.warehouses == change.result)
      #expect(try shop.centre.onHand() == 105)
      #expect(try shop.incidents(on: shop.pia) == [])
      try shop.expectAllIsWell()
    }
  }

  // MARK: Pages that others were sent before

  @Test(
    "G8 a customer who changed hands since a page was read for somebody else is here as now, not as then",
    arguments: [true, false])
  func olderPage(isNew: Bool) throws {
    let shop = try Shop.withTwoWarehouses(staffed: ["A1"])
    try move(toAgent: "BEN", territory: "NORTH", in: shop)
    try shop.world.addDevice("N1", .agent, territory: "NORTH")
    try shop.settle()
    let shared = shop.world.centre.pages.shared
    try shop.cutOff(shop.ana)
    try move(toAgent: "ANA", territory: "SOUTH", in: shop)
    let person = isNew ? Person(shop, "A9") : shop.ana
    if isNew {
      try shop.world.addDevice("A9", .agent, agent: "ANA", territory: "NORTH")
      try shop.settle()
    } else {
      try shop.rescope(shop.ana, agent: "ANA", territory: "NORTH", warehouses: ["W1"])
      try shop.reconnect(shop.ana)
    }
    #expect(shop.world.centre.pages.shared > shared)
    #expect(try person.customers.contains("C-MOVED"))
    #expect(try shop.incidents(on: person) == [])
    try shop.reconnect(shop.ana)
    try shop.expectAllIsWell()
  }

  private func move(toAgent agent: String, territory: String, in shop: Shop) throws {
    var row = Shop.customer("C-MOVED", of: agent, 77)
    row.territory = territory
    let moved = row
    try shop.decide(Filled<ImportCustomers> { $0.rows = [moved] })
  }
}
