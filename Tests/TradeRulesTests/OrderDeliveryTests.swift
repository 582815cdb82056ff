import Testing

@testable import TradeRules

@Suite("Delivering: an order ends when all of it is with the customer")
struct OrderDeliveryTests {
  /// An order of 10 that was picked and shipped.
  private func shipped(_ bench: RuleBench) -> OrderHandle {
    let order = bench.accepted("A", [("CHAI", 10)])
    bench.does("P", order.pick(10))
    bench.does("P", order.ship(bench.newID()))
    bench.syncAll()
    return order
  }

  @Test("delivered whole, an order is closed: no more amendments, and nothing more to cancel")
  func closes() {
    let bench = RuleBench.trading(20)
    let order = shipped(bench)
    #expect(bench.order(order).state == .accepted)
    #expect(bench.does("A", order.deliver()) == Verdict(.applied, record: "SO-A-1"))
    #expect(bench.line(order).delivered == 10)
    #expect(bench.order(order).state == .closed)
    #expect(bench.fulfilment(order) == .delivered)
    #expect(bench.does("A", order.set(15, seen: 10)).codes == [.orderClosed])
    #expect(bench.does("A", order.cancel).codes == [.cancelRejectedShipped])
    #expect(bench.does("P", order.deliver()).codes == [.alreadyDelivered])
    OrderInvariants(bench).check("delivered")
  }

  @Test("what is delivered in part leaves the order open until the rest is delivered or cancelled")
  func partly() {
    let bench = RuleBench.trading(10)
    let order = bench.accepted("A", [("CHAI", 10)])
    bench.does("P", order.pick(6))
    bench.does("P", order.ship(bench.newID()))
    bench.does("P", order.deliver())
    #expect(bench.line(order).delivered == 6)
    #expect(bench.order(order).state == .accepted)
    bench.syncAll()
    #expect(bench.does("A", order.cancel).outcome == .partly)
    #expect(bench.order(order).state == .closed)
    #expect(bench.order(order).totalMinor == 7500)
    #expect(bench.level("W1", "CHAI").available == 4)
  }

  @Test("#30: a cut that arrives after the goods were delivered is refused, and a return is offered")
  func cutAfterDelivery() {
    let bench = RuleBench.trading(10)
    let order = shipped(bench)
    bench.does("P", order.deliver())
    #expect(bench.does("A", order.set(6, seen: 10)) == Verdict(.rejected, [.lineShipped], record: "SO-A-1"))
    #expect(bench.line(order).ordered == 10)
    #expect(bench.openTasks(.lineShipped).map(\.quantity) == [4])
  }

  @Test("the driver's delivery arrives before the warehouse's shipment: delivered either way, then closed")
  func deliveryFirst() {
    var order = OrderHandle(id: .none, number: "", lines: [])
    RuleBench.inBothOrders { bench in
      bench.openForTrade(10)
      order = bench.accepted("A", [("CHAI", 10)])
      bench.does("P", order.pick(10))
      bench.syncAll()
      return [
        [bench.record("P", at: .day(hour: 9), order.ship(bench.newID()))],
        [bench.record("A", at: .day(hour: 10), order.deliver([0: 10]))],
      ]
    } check: { bench, arrival in
      #expect(bench.line(order).shipped == 10)
      #expect(bench.line(order).delivered == 10)
      #expect(bench.order(order).state == .closed)
      let delivery = bench.answers[OperationID(device: "A", number: 3)]
      #expect(delivery?.codes == (arrival == .asGiven ? [] : [.deliveredBeforeShipped]))
      #expect(bench.openTasks(.deliveredBeforeShipped).isEmpty)
      OrderInvariants(bench).check("\(arrival)")
    }
  }

  @Test("more handed over than was ever shipped waits for the warehouse to say so, as one task")
  func neverShipped() {
    let bench = RuleBench.trading(10)
    let order = shipped(bench)
    #expect(bench.does("A", order.deliver([0: 8])).codes == [])
    #expect(bench.does("A2", order.deliver([0: 4])).codes == [.deliveredBeforeShipped])
    #expect(bench.does("A2", order.deliver([0: 1])).codes == [.deliveredBeforeShipped])
    #expect(bench.line(order).delivered == 10)
    let tasks = bench.openTasks(.deliveredBeforeShipped)
    #expect(tasks.map(\.quantity) == [3])
    #expect(tasks.map(\.warehouse) == ["W1"])
  }

  @Test("nothing shipped is nothing to deliver")
  func nothing() {
    let bench = RuleBench.trading(10)
    let order = bench.accepted("A", [("CHAI", 10)])
    #expect(bench.does("A", order.deliver()).codes == [.nothingShipped])
    #expect(bench.does("B", order.deliver()).codes == [.notPermitted])
  }
}

@Suite("Packing: what leaves together")
struct PackingTests {
  @Test("packed whole, an order is packed; its packages leave with the shipment that empties them")
  func packs() {
    let bench = RuleBench.trading(10)
    let order = bench.accepted("A", [("CHAI", 10)])
    #expect(bench.does("P", order.pack(bench.newID())).codes == [.nothingPicked])
    bench.does("P", order.pick(10))
    bench.does("P", order.pack(bench.newID(), [0: 6]))
    #expect(bench.fulfilment(order) == .picked)
    bench.does("P", order.pack(bench.newID()))
    #expect(bench.fulfilment(order) == .packed)
    #expect(bench.line(order).packed == 10)
    #expect(bench.all(PackageLineColumns.self).map(\.quantity).sorted() == [4, 6])
    bench.does("P", order.ship(bench.newID(), [0: 3]))
    #expect(bench.all(PackageColumns.self).map(\.shipment) == [nil, nil])
    let last = bench.newID()
    bench.does("P", order.ship(last))
    #expect(bench.all(PackageColumns.self).map(\.shipment) == [last, last])
    OrderInvariants(bench).check("packed and shipped")
  }

  @Test("more packed than is picked stands; what is put back is packed no longer")
  func facts() {
    let bench = RuleBench.trading(10)
    let order = bench.accepted("A", [("CHAI", 10)])
    bench.does("P", order.pick(4))
    let package = bench.newID()
    #expect(bench.does("P", order.pack(package, [0: 5])).codes == [.pickedShort])
    #expect(bench.does("P", order.pack(package)).codes == [.codeTaken])
    bench.does("P", order.putBack(2))
    #expect(bench.line(order).picked == 2)
    #expect(bench.line(order).packed == 2)
  }
}

@Suite("Tracking: what carriers say")
struct TrackingTests {
  private func track(
    _ shipment: RecordID, _ status: TrackingStatus, _ place: String = ""
  ) -> Filled<TrackShipment> {
    Filled {
      $0.shipment = shipment
      $0.number = "SH-W1-1"
      $0.status = status
      $0.place = place
    }
  }

  @Test("#64: delivered arrives before in transit: delivered in both orders, the late event is listed")
  func lateEvents() {
    var order = OrderHandle(id: .none, number: "", lines: [])
    var shipment = RecordID.none
    RuleBench.inBothOrders { bench in
      bench.openForTrade(10)
      order = bench.accepted("A", [("CHAI", 10)])
      shipment = bench.newID()
      bench.does("P", order.pick(10))
      bench.does("P", order.ship(shipment))
      bench.syncAll()
      return [
        [bench.record("P", stated: .day(hour: 9), track(shipment, .inTransit, "DEHAM"))],
        [bench.record("A", stated: .day(hour: 11), track(shipment, .delivered))],
      ]
    } check: { bench, _ in
      let events = bench.all(TrackingEventColumns.self)
      #expect(events.count == 2)
      #expect(TrackingStatus.of(events) == .delivered)
      #expect(bench.line(order).delivered == 10)
      #expect(bench.order(order).state == .closed)
    }
  }

  @Test("#64: the same news twice is one event; a terminal one stands against a later scan")
  func sameNews() {
    let bench = RuleBench.trading(10)
    let order = bench.accepted("A", [("CHAI", 10)])
    let shipment = bench.newID()
    bench.does("P", order.pick(6))
    bench.does("P", order.ship(shipment))
    bench.syncAll()
    bench.now = .day(hour: 14)
    bench.does("P", stated: .day(hour: 11), track(shipment, .delivered))
    #expect(bench.does("A", stated: .day(hour: 11), track(shipment, .delivered)).codes == [.trackingKnown])
    bench.does("A", stated: .day(hour: 12), track(shipment, .exception))
    let events = bench.all(TrackingEventColumns.self)
    #expect(events.count == 2)
    #expect(TrackingStatus.of(events) == .delivered)
    #expect(bench.line(order).delivered == 6)
    // Somebody delivers by hand what the carrier has said already: nothing is left to deliver.
    #expect(bench.does("P", order.deliver()).codes == [.alreadyDelivered])
    #expect(bench.does("P", track(shipment, "On the way!")).codes == [.badValue])
    let early = bench.record("P", track(bench.newID(), .inTransit))
    #expect(bench.decide(early).outcome == .held)
  }

  @Test("G19: a warehouse writes nothing on another's papers: what it ships has its own")
  func othersPapers() throws {
    let bench = RuleBench.trading(10)
    bench.addStock("W2", "CHAI", 10)
    bench.addDevice("P2", .warehouse, warehouses: ["W2"])
    let order = bench.accepted("A", [("CHAI", 10)])
    let shipment = bench.newID()
    bench.does("P", order.pick(4))
    var first = order.ship(shipment)
    (first.carrier, first.tracking) = ("DHL", "0034")
    bench.does("P", first)
    bench.does("P2", order.pick(3, warehouse: "W2"))
    var second = order.ship(shipment, warehouse: "W2")
    (second.carrier, second.tracking) = ("Nobody", "9999")
    #expect(bench.does("P2", second).outcome == .applied)
    let theirs = try #require(bench.find(ShipmentColumns.self, shipment))
    #expect(theirs.warehouse == "W1" && theirs.carrier == "DHL" && theirs.tracking == "0034")
    let own = try #require(bench.all(ShipmentColumns.self).first { $0.id != shipment })
    #expect(own.warehouse == "W2" && own.tracking == "9999")
    let parts = bench.all(ShipmentLineColumns.self)
    #expect(parts.first { $0.shipment == shipment }?.quantity == 4)
    #expect(parts.first { $0.shipment == own.id }?.quantity == 3)
  }
}
