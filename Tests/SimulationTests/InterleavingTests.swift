import Foundation
import Testing
import TradeRules

@testable import Simulator

/// Two devices and seven events, told in every order there is; in the end everybody comes back.
@Suite("Every order of a few events")
struct InterleavingTests {
  /// What happens to one device, in this order; of the other's events any number may come between.
  enum Event { case works, returns, loses, restarts, centreRestarts }

  static let first: [Event] = [.works, .returns, .loses]
  static let second: [Event] = [.works, .returns, .restarts, .centreRestarts]

  /// How many milliseconds lie between two events: a message takes one, so that a talk is met at its start,
  /// in its handshake and in its upload. `WAYBILL_EVERY_CALL=1` meets it at each of its first moments.
  static let pauses: [Int64] =
    ProcessInfo.processInfo.environment["WAYBILL_EVERY_CALL"] == nil ? [3] : Array(0...9)

  /// Every way to merge two sequences, as whether it is the first's turn.
  static func merges(_ first: Int, _ second: Int) -> [[Bool]] {
    guard first > 0, second > 0 else { return [[Bool](repeating: first > 0, count: first + second)] }
    return merges(first - 1, second).map { [true] + $0 } + merges(first, second - 1).map { [false] + $0 }
  }

  @Test("#26 G4 G10 two orders for the last five, in any order of events: five are promised, three wait")
  func lastStock() throws {
    try inEveryOrder(of: "A1", "B1", stock: 5) { shop in
      var orders: [PlacedOrder] = []
      return Script(
        works: { orders.append(try $0.orders(("CHAI", 4))) },
        check: {
          let lines = try orders.map { try shop.centre.line($0) }
          #expect(lines.map(\.allocated).reduce(.zero, +) == 5)
          #expect(lines.map(\.backordered).reduce(.zero, +) == 3)
        })
    }
  }

  @Test(
    "#52 G4 G10 two devices change one phone number, in any order of events: one value, the other offered")
  func oneField() throws {
    try inEveryOrder(of: "A1", "A2", stock: 5) { shop in
      var saw: [String: String] = [:]
      return Script(
        works: { person in
          saw[person.code] = try person.books.customer("C-ANA")?.phone.text
          try person.notes("C-ANA", phone: "+49 30 \(person.code)")
        },
        check: {
          let phone = try shop.centre.customer("C-ANA")?.phone.text
          let conflicts = try shop.centre.all(ConflictColumns.self)
          // Who saw the other's number meant to replace it; who did not is offered the choice.
          let isKnowing = saw.values.contains { $0 != "+49 30 100" }
          #expect(conflicts.count == (isKnowing ? 0 : 1))
          #expect(["+49 30 A1", "+49 30 A2"].contains(phone))
        })
    }
  }

  @Test(
    "#29 #32 G4 G10 a cancellation against a pick, in any order of events: nothing lost or promised twice")
  func cancelAgainstPick() throws {
    try inEveryOrder(of: "A1", "P1", stock: 5) { shop in
      let order = try shop.ana.orders(("CHAI", 4))
      try shop.settle()
      var picked: Quantity = .zero
      return Script(
        works: { person in
          guard person.code == "P1" else {
            try person.cancels(order)
            return
          }
          // Who sees the cancellation leaves the goods where they are.
          if try person.books.order(order)?.state == .cancelled { return }
          try person.picks(4, of: order)
          picked = 4
        },
        check: {
          #expect(try shop.centre.order(order)?.state == .cancelled)
          #expect(try shop.centre.level().onHand == 5)
          #expect(try shop.centre.level().allocated == .zero)
          let putBack = try shop.centre.all(TaskColumns.self).filter { $0.isOpen && $0.kind == .putBack }
          #expect(putBack.map(\.quantity).reduce(.zero, +) == picked)
        })
    }
  }

  /// What is done in a story, once on each device, and what has come of it in the end.
  struct Script {
    let works: (Person) throws -> Void
    let check: () throws -> Void
  }

  private func inEveryOrder(
    of first: String, _ second: String, stock: Quantity, _ story: (Shop) throws -> Script
  ) throws {
    var told = 0
    for pause in Self.pauses {
      for turns in Self.merges(Self.first.count, Self.second.count) {
        let shop = try Shop([("CHAI", stock)], staffed: ["A1", first, second].uniqued)
        let script = try story(shop)
        try shop.cutOff(Person(shop, first), Person(shop, second))
        var (ahead, behind) = (Self.first[...], Self.second[...])
        for isFirst in turns {
          let event = isFirst ? ahead.removeFirst() : behind.removeFirst()
          try happen(event, to: Person(shop, isFirst ? first : second), in: shop, script)
          try shop.world.run(milliseconds: pause)
        }
        try shop.expectAllIsWell()
        try script.check()
        told += 1
      }
    }
    #expect(told == 35 * Self.pauses.count)
  }

  private func happen(_ event: Event, to person: Person, in shop: Shop, _ script: Script) throws {
    switch event {
    case .works: try script.works(person)
    case .returns: try shop.world.setOnline(person.code, true)
    case .loses: try shop.world.setOnline(person.code, false)
    case .restarts: try shop.world.restart(person.code)
    case .centreRestarts: try shop.world.restartCentre()
    }
  }
}

extension [String] {
  /// Each once, where it is first.
  fileprivate var uniqued: [String] {
    enumerated().filter { firstIndex(of: $0.element) == $0.offset }.map(\.element)
  }
}
