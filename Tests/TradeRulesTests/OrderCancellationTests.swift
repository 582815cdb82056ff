import Testing

@testable import TradeRules

@Suite("Cancellations: against what already left, or is about to")
struct OrderCancellationTests {
  @Test("#34: cancelled while picked: nothing stays promised, the goods are to be put back")
  func cancelledWhilePicked() {
    let bench = RuleBench.trading(10)
    let order = bench.accepted("A", [("CHAI", 10)])
    let other = bench.accepted("B", [("CHAI", 4)])
    bench.does("P", order.pick(7))
    #expect(bench.does("A", order.cancel) == Verdict(.applied, record: "SO-A-1"))
    #expect(bench.order(order).state == .cancelled)
    #expect(bench.line(order).allocated == .zero)
    #expect(bench.line(order).cancelled == 10)
    #expect(bench.order(order).totalMinor == 0)
    #expect(bench.openTasks(.putBack).map(\.quantity) == [7])
    #expect(bench.line(other).allocated == 4)
    bench.sync("P")
    #expect(bench.does("P", order.ship(bench.newID())).codes == [.orderCancelled])
    bench.does("P", order.putBack(7))
    #expect(bench.openTasks(.putBack).isEmpty)
    #expect(bench.line(order).picked == .zero)
    #expect(bench.does("A", order.cancel).codes == [.orderCancelled])
  }

  @Test("#32: shipped at 09:30, cancelled at 10:00: shipped, whichever arrives first")
  func shippedBeforeCancelled() throws {
    var handle = OrderHandle(id: .none, number: "", lines: [])
    var cancellation = OperationID(device: "", number: 0)
    try RuleBench.inBothOrders { bench in
      bench.openForTrade(10)
      handle = bench.accepted("A", [("CHAI", 10)])
      bench.does("P", handle.pick(10))
      bench.sync("P")
      let cancel = bench.record("A", at: .day(hour: 10), handle.cancel)
      cancellation = cancel.id
      return [[cancel], [bench.record("P", at: .day(hour: 9, 30), handle.ship(bench.newID()))]]
    } check: { bench, arrival in
      #expect(bench.order(handle).state == .accepted)
      #expect(bench.line(handle).shipped == 10)
      #expect(bench.line(handle).cancelled == .zero)
      #expect(bench.order(handle).totalMinor == 12_500)
      #expect(bench.fulfilment(handle) == .shipped)
      #expect(bench.level("W1", "CHAI").onHand == .zero)
      #expect(bench.level("W1", "CHAI").allocated == .zero)
      #expect(bench.openTasks(.putBack).isEmpty)
      #expect(bench.openTasks(.shippedAfterCancel).isEmpty)
      switch arrival {
      case .asGiven:
        #expect(bench.answers[cancellation] == Verdict(.applied, record: "SO-A-1"))
        let notice = try #require(bench.notices("A").first)
        #expect(notice.code == "CANCEL_REJECTED_SHIPPED")
        #expect(notice.operation == cancellation.number)
      case .reversed:
        #expect(
          bench.answers[cancellation] == Verdict(.rejected, [.cancelRejectedShipped], record: "SO-A-1"))
      }
    }
  }

  @Test("#32: shipped in part before the cancellation: that part stays, the rest is cancelled")
  func partShippedBeforeCancelled() {
    var handle = OrderHandle(id: .none, number: "", lines: [])
    RuleBench.inBothOrders { bench in
      bench.openForTrade(10)
      handle = bench.accepted("A", [("CHAI", 10)])
      bench.does("P", handle.pick(4))
      bench.sync("P")
      return [
        [bench.record("A", at: .day(hour: 10), handle.cancel)],
        [bench.record("P", at: .day(hour: 9, 30), handle.ship(bench.newID()))],
      ]
    } check: { bench, _ in
      #expect(bench.order(handle).state == .accepted)
      #expect(bench.line(handle).shipped == 4)
      #expect(bench.line(handle).cancelled == 6)
      #expect(bench.line(handle).backordered == .zero)
      #expect(bench.level("W1", "CHAI").available == 6)
    }
  }

  @Test("#32: the same of a line that was removed before the cancellation")
  func removedButShippedBeforeCancelled() {
    var handle = OrderHandle(id: .none, number: "", lines: [])
    RuleBench.inBothOrders { bench in
      bench.openForTrade(10)
      handle = bench.accepted("A", [("CHAI", 10)])
      bench.does("P", handle.pick(10))
      bench.sync("P")
      bench.does("A", handle.remove())
      return [
        [bench.record("A", at: .day(hour: 10), handle.cancel)],
        [bench.record("P", at: .day(hour: 9, 30), handle.ship(bench.newID(), [0: 10]))],
      ]
    } check: { bench, _ in
      #expect(bench.order(handle).state == .accepted)
      #expect(bench.line(handle).shipped == 10)
      #expect(bench.openTasks(.shippedAfterCancel).isEmpty)
    }
  }

  @Test("#32: what was shipped before the cancellation opens the order, also after a shipment that was not")
  func shippedAfterAndBeforeCancelled() throws {
    let bench = RuleBench.trading(10)
    let order = bench.accepted("A", [("CHAI", 4)])
    bench.does("P", order.pick(4))
    bench.sync("P")
    let early = bench.record("P", at: .day(hour: 9, 30), order.ship(bench.newID(), [0: 2]))
    bench.now = .day(hour: 10)
    bench.does("A", order.cancel)
    bench.now = .day(hour: 10, 20)
    #expect(bench.does("P", order.ship(bench.newID(), [0: 4])).codes == [.shippedAfterCancel])
    #expect(bench.order(order).state == .cancelled)
    bench.decide(early)
    #expect(bench.order(order).state == .accepted)
    #expect(bench.notices("A").map(\.code) == ["CANCEL_REJECTED_SHIPPED"])
  }

  @Test("#33: shipped twenty minutes after a cancellation nobody there had seen: recall it")
  func shippedAfterCancelled() throws {
    let bench = RuleBench.trading(10)
    let order = bench.accepted("A", [("CHAI", 10)])
    bench.does("P", order.pick(10))
    bench.sync("P")
    bench.now = .day(hour: 10)
    bench.does("A", order.cancel)
    bench.now = .day(hour: 10, 20)
    let verdict = bench.does("P", order.ship(bench.newID()))
    #expect(verdict == Verdict(.applied, [.shippedAfterCancel], record: "SO-A-1"))
    #expect(bench.order(order).state == .cancelled)
    #expect(bench.line(order).shipped == 10)
    #expect(bench.line(order).cancelled == .zero)
    #expect(bench.level("W1", "CHAI").onHand == .zero)
    let task = try #require(bench.openTasks(.shippedAfterCancel).first)
    #expect(task.quantity == 10)
    #expect(bench.notices("A").isEmpty)
    #expect(bench.openTasks(.putBack).isEmpty)
  }

  @Test("a pick that arrives after the cancellation is booked, and to be put back")
  func pickedAfterCancelled() {
    let bench = RuleBench.trading(10)
    let order = bench.accepted("A", [("CHAI", 10)])
    bench.does("A", order.cancel)
    #expect(bench.does("P", order.pick(3)) == Verdict(.applied, [.putBack], record: "SO-A-1"))
    #expect(bench.onHand("W1", "CHAI", bin: "STAGING") == 3)
    #expect(bench.openTasks(.putBack).map(\.quantity) == [3])
  }

  @Test("a cancelled draft cannot be submitted or edited any more")
  func cancelledDraft() {
    let bench = RuleBench.trading(10)
    let order = bench.draft("A", [("CHAI", 10)])
    bench.does("A", order.cancel)
    #expect(bench.does("A2", order.submit).codes == [.orderCancelled])
    #expect(bench.does("A2", order.set(3, seen: 10)).codes == [.orderCancelled])
  }

  /// An order of 5 that is on hold, sold from a quota, and picked.
  private func heldFromQuota(_ bench: RuleBench) -> OrderHandle {
    bench.does("A", Filled<RequestQuota> { ($0.warehouse, $0.sku, $0.quantity) = ("W1", "CHAI", 5) })
    let order = bench.draft("A", [("CHAI", 5)])
    bench.does("A", order.hold)
    var submit = order.submit
    submit.covers = [
      Filled<QuotaCover> { ($0.line, $0.warehouse, $0.quantity) = (order.lines[0], "W1", 5) }
    ]
    bench.does("A", submit)
    bench.does("P", order.pick(5))
    bench.syncAll()
    return order
  }

  @Test("shipped by somebody who had not heard that it is rejected: recall it, whichever arrives first")
  func shippedAndRejected() {
    var order = OrderHandle(id: .none, number: "", lines: [])
    RuleBench.inBothOrders { bench in
      bench.openForTrade(10)
      order = heldFromQuota(bench)
      return [
        [bench.record("HQ", at: .day(hour: 10), order.reject)],
        [bench.record("P", at: .day(hour: 9, 30), order.ship(bench.newID()))],
      ]
    } check: { bench, arrival in
      #expect(bench.order(order).state == .rejected)
      #expect(bench.line(order).shipped == 5)
      #expect(bench.openTasks(.shippedAfterCancel).map(\.quantity) == [5])
      #expect(bench.openTasks(.shippedAfterCancel).map(\.warehouse) == ["W1"])
      #expect(bench.openTasks(.putBack).isEmpty)
      let second =
        arrival == .asGiven ? OperationID(device: "P", number: 2) : OperationID(device: "HQ", number: 1)
      #expect(bench.answers[second] == Verdict(.applied, [.shippedAfterCancel], record: order.number))
    }
  }

  @Test("who knows that the order is rejected has nothing to ship: what is picked is to be put back")
  func rejectedWhilePicked() {
    let bench = RuleBench.trading(10)
    let order = heldFromQuota(bench)
    #expect(bench.does("HQ", order.reject) == Verdict(.applied, record: order.number))
    #expect(bench.openTasks(.putBack).map(\.quantity) == [5])
    bench.sync("P")
    #expect(
      bench.does("P", order.ship(bench.newID())) == Verdict(.rejected, [.orderRejected], record: order.number)
    )
    #expect(bench.does("P", order.pick(2)).codes == [.putBack])
    #expect(bench.line(order).shipped == .zero)
    // What left is a fact all the same.
    #expect(bench.does("P", order.ship(bench.newID(), [0: 1])).codes == [.shippedAfterCancel])
    #expect(bench.order(order).state == .rejected)
  }

  @Test("a replica's guess of the shipment tells the same story")
  func guess() {
    let bench = RuleBench.trading(10)
    let order = bench.accepted("A", [("CHAI", 10)])
    let replica = bench.replica(of: "P")
    replica.does("P", order.pick(6))
    #expect(replica.does("P", order.ship(replica.newID())).outcome == .applied)
    #expect(replica.line(order).shipped == 6)
    #expect(replica.level("W1", "CHAI").onHand == 4)
    let agents = bench.replica(of: "A")
    #expect(agents.does("A", order.cancel).outcome == .applied)
    #expect(agents.order(order).state == .cancelled)
    #expect(agents.level("W1", "CHAI").available == 10)
  }
}
