import Testing

@testable import TradeRules

@Suite("Quotas: stock set aside for one device")
struct QuotaTests {
  private func grant(_ quantity: Quantity, to device: String) -> Filled<GrantQuota> {
    Filled { ($0.device, $0.sku, $0.warehouse, $0.quantity) = (device, "CHAI", "W1", quantity) }
  }

  private func request(_ quantity: Quantity, at warehouse: String = "W1") -> Filled<RequestQuota> {
    Filled { ($0.sku, $0.warehouse, $0.quantity) = ("CHAI", warehouse, quantity) }
  }

  private func giveBack(_ quantity: Quantity) -> Filled<ReturnQuota> {
    Filled { ($0.sku, $0.warehouse, $0.quantity) = ("CHAI", "W1", quantity) }
  }

  private func writeOff(_ device: String, _ quantity: Quantity? = nil) -> Filled<WriteOffQuota> {
    Filled {
      ($0.device, $0.sku, $0.warehouse, $0.quantity) = (device, "CHAI", "W1", quantity)
      $0.reason = PersonalText("phone lost")
    }
  }

  /// An order of a device that claims so much of its quota for its only line.
  private func sale(
    _ bench: RuleBench, _ device: String, _ quantity: Quantity, claiming claim: Quantity, _ ordinal: Int = 1
  ) -> (handle: OrderHandle, group: [Operation]) {
    let (handle, form) = bench.newOrder(
      "SO-\(device)-\(ordinal)", of: device == "B" ? "C-BEN" : "C-ANA", [("CHAI", quantity)],
      warehouse: "W1")
    let submit = Filled<SubmitOrder> {
      ($0.order, $0.number) = (handle.id, handle.number)
      $0.covers = [
        Filled<QuotaCover> { ($0.line, $0.warehouse, $0.quantity) = (handle.lines[0], "W1", claim) }
      ]
    }
    return (handle, bench.group([bench.record(device, form), bench.record(device, submit)]))
  }

  private func blocking(_ customer: Customer) -> Filled<EditCustomer> {
    Filled {
      ($0.id, $0.code) = (customer.id, customer.code)
      ($0.status, $0.statusSeen) = ("blocked", "active")
    }
  }

  private func quota(_ bench: RuleBench, _ device: String = "A") -> Quota {
    bench.find(QuotaColumns.self, device, "CHAI", "W1") ?? Quota()
  }

  // MARK: Setting aside

  @Test("what is set aside is not available to anybody else, and never more than there is")
  func grants() {
    let bench = RuleBench.trading(10)
    #expect(bench.does("centre", grant(6, to: "A")).outcome == .applied)
    #expect(bench.level("W1", "CHAI").setAside == 6)
    #expect(bench.level("W1", "CHAI").available == 4)
    let bens = bench.accepted("B", [("CHAI", 5)])
    #expect(bench.line(bens).allocated == 4)
    #expect(bench.does("centre", grant(1, to: "A")).codes == [.quotaShort])
    #expect(bench.does("centre", grant(1, to: "X")).codes == [.unknownRecord])
    #expect(bench.does("A", grant(1, to: "A")).codes == [.notPermitted])
  }

  @Test("nothing is set aside for a device that is out of use, or whose role sells nothing")
  func grantsToNobody() {
    let bench = RuleBench.trading(10)
    #expect(bench.does("centre", grant(1, to: "P")).codes == [.notPermitted])
    for state in [DeviceState.retired, .lost] {
      bench.does("centre", Filled<ChangeDeviceState> { ($0.device, $0.state) = ("A", state) })
      #expect(bench.does("centre", grant(1, to: "A")).codes == [.wrongDeviceState])
    }
    #expect(bench.level("W1", "CHAI").setAside == .zero)
  }

  @Test("a request gets what nobody else was promised; what it cannot see a device does not count on")
  func requests() {
    let bench = RuleBench.trading(10)
    _ = bench.accepted("B", [("CHAI", 7)])
    #expect(bench.replica(of: "A").does("A", request(2)).codes == ["UNKNOWN"])
    #expect(bench.does("A", request(2)).outcome == .applied)
    #expect(bench.does("A", request(2)) == Verdict(.partly, [.quotaShort], record: "CHAI"))
    #expect(quota(bench).granted == 3)
    let refused = bench.does("A", request(1))
    #expect(refused.outcome == .rejected && refused.codes == [.quotaShort])
    #expect(bench.does("A", request(1, at: "W2")).codes == [.notPermitted])
  }

  @Test("what is given back serves who waits, and no more than is left can be given back")
  func returns() {
    let bench = RuleBench.trading(10)
    bench.does("centre", grant(8, to: "A"))
    let bens = bench.accepted("B", [("CHAI", 5)])
    #expect(bench.line(bens).backordered == 3)
    #expect(bench.does("A", giveBack(2)).outcome == .applied)
    #expect(bench.line(bens).backordered == 1)
    #expect(quota(bench).free == 6)
    #expect(bench.does("A", giveBack(7)) == Verdict(.partly, [.quotaExceeded], record: "CHAI"))
    #expect(bench.line(bens).backordered == .zero)
    #expect(bench.does("A", giveBack(1)).codes == [.quotaExceeded])
    #expect(bench.level("W1", "CHAI").setAside == .zero)
  }

  // MARK: Selling

  @Test("G13: sold inside the quota, counted short and sold to others meanwhile: promised all the same")
  func insideStands() {
    let bench = RuleBench.trading(10)
    bench.does("centre", grant(6, to: "A"))
    bench.sync("A")
    let (anas, group) = sale(bench, "A", 6, claiming: 6)
    let bens = bench.accepted("B", [("CHAI", 4)])
    bench.does("P", Filled<CountStock>.of(3, bin: "MAIN"))
    // The count takes Ben's promise away and leaves what is set aside.
    #expect(bench.line(bens).allocated == .zero)
    #expect(bench.level("W1", "CHAI").setAside == 6)
    let verdicts = bench.decide(group)
    #expect(verdicts[1] == Verdict(.applied, [], record: "SO-A-1"))
    #expect(bench.line(anas).allocated == 6)
    #expect(bench.level("W1", "CHAI").available == -3)
    bench.does("P", Filled<CountStock>.of(1, bin: "MAIN"))
    #expect(bench.line(anas).allocated == 6)
    #expect(quota(bench).spent == 6)
  }

  @Test("half inside, half outside: the inside is promised, the outside waits its turn")
  func halfInside() {
    let bench = RuleBench.trading(6)
    bench.does("centre", grant(4, to: "A"))
    _ = bench.accepted("B", [("CHAI", 2)])
    let (handle, group) = sale(bench, "A", 6, claiming: 4)
    #expect(bench.decide(group)[1].codes == [.allocationShort])
    #expect(bench.line(handle).allocated == 4)
    #expect(bench.line(handle).backordered == 2)
  }

  @Test("the same units claimed twice are promised once")
  func claimedTwice() {
    let bench = RuleBench.trading(5)
    bench.does("centre", grant(5, to: "A"))
    let first = sale(bench, "A", 5, claiming: 5)
    let second = sale(bench, "A", 4, claiming: 4, 2)
    #expect(bench.decide(first.group)[1].codes == [])
    #expect(bench.decide(second.group)[1].codes == [.quotaExceeded, .allocationShort])
    #expect(bench.line(second.handle).allocated == .zero)
    #expect(bench.line(first.handle).allocated == 5)
    #expect(quota(bench).spent == 5)
  }

  @Test("G19: a device that claims another's quota gets nothing of it")
  func anothersQuota() {
    let bench = RuleBench.trading(5)
    bench.does("centre", grant(5, to: "A"))
    let (handle, group) = sale(bench, "B", 5, claiming: 5)
    #expect(bench.decide(group)[1].codes == [.quotaExceeded, .allocationShort])
    #expect(bench.line(handle).allocated == .zero)
    #expect(quota(bench).free == 5)
  }

  @Test("a sale on hold has spent its quota: nobody else gets the goods, a release promises the rest")
  func onHold() {
    let bench = RuleBench.trading(5)
    bench.does("centre", grant(3, to: "A"))
    bench.does("centre", blocking(bench.customer("C-ANA")))
    let (handle, group) = sale(bench, "A", 4, claiming: 3)
    #expect(bench.decide(group)[1].codes == [.customerBlocked])
    #expect(bench.order(handle).state == .submitted)
    #expect(bench.line(handle).allocated == 3)
    #expect(quota(bench).free == .zero)
    #expect(bench.line(bench.accepted("B", [("CHAI", 3)])).allocated == 2)
    bench.does("HQ", handle.release)
    #expect(bench.order(handle).state == .accepted)
    #expect(bench.line(handle).allocated == 3)
    #expect(bench.line(handle).backordered == 1)
  }

  @Test("a sale on hold is picked elsewhere: the quota's goods stay its own until it is accepted")
  func onHoldPickedElsewhere() {
    let bench = RuleBench.trading(5)
    bench.addStock("W2", "CHAI", 5)
    bench.does("centre", grant(3, to: "A"))
    bench.does("centre", blocking(bench.customer("C-ANA")))
    let (handle, group) = sale(bench, "A", 3, claiming: 3)
    bench.decide(group)
    bench.does("HQ", handle.pick(3, warehouse: "W2"))
    #expect(bench.level("W1", "CHAI").allocated == 3)
    #expect(bench.level("W2", "CHAI").allocated == .zero)
    #expect(bench.openTasks(.overPicked).map(\.quantity) == [3])
    bench.does("HQ", handle.release)
    #expect(bench.level("W1", "CHAI").allocated == .zero)
    #expect(bench.level("W2", "CHAI").allocated == 3)
    #expect(bench.openTasks(.overPicked).isEmpty)
  }

  @Test("what is cancelled goes to everybody, not back into the quota")
  func cancelled() {
    let bench = RuleBench.trading(5)
    bench.does("centre", grant(5, to: "A"))
    let (handle, group) = sale(bench, "A", 5, claiming: 5)
    bench.decide(group)
    let bens = bench.accepted("B", [("CHAI", 5)])
    #expect(bench.line(bens).backordered == 5)
    bench.does("A", handle.cancel)
    #expect(bench.line(bens).allocated == 5)
    #expect(quota(bench).free == .zero)
  }

  @Test("raising a submitted line inside the quota is promised like a sale")
  func raised() {
    let bench = RuleBench.trading(5)
    bench.does("centre", grant(5, to: "A"))
    let (handle, group) = sale(bench, "A", 2, claiming: 2)
    bench.decide(group)
    var raise = handle.set(4, seen: 2)
    raise.covers = [
      Filled<QuotaCover> { ($0.line, $0.warehouse, $0.quantity) = (handle.lines[0], "W1", 2) }
    ]
    #expect(bench.does("A", raise).codes == [])
    #expect(bench.line(handle).allocated == 4)
    #expect(quota(bench).free == 1)
  }

  // MARK: Writing off

  @Test("written off, then sold: the sale takes ordinary stock, and what is not there becomes a task")
  func writtenOff() {
    let bench = RuleBench.trading(5)
    bench.does("centre", grant(5, to: "A"))
    bench.sync("A")
    let (handle, group) = sale(bench, "A", 4, claiming: 4)
    #expect(bench.does("centre", writeOff("A")).outcome == .applied)
    #expect(bench.notices("A").map(\.code) == ["QUOTA_WRITTEN_OFF"])
    let bens = bench.accepted("B", [("CHAI", 3)])
    #expect(bench.line(bens).allocated == 3)
    #expect(bench.decide(group)[1].codes == [.quotaWrittenOff, .allocationShort])
    #expect(bench.line(handle).allocated == 2)
    let tasks = bench.openTasks(.quotaWrittenOff)
    #expect(tasks.map(\.quantity) == [2])
    #expect(tasks.map(\.owner) == [.admin])
    #expect(bench.does("A", giveBack(1)).codes == [.quotaWrittenOff])
  }

  @Test("sold, then written off: only what is unsold can be")
  func soldFirst() {
    let bench = RuleBench.trading(5)
    bench.does("centre", grant(5, to: "A"))
    let (handle, group) = sale(bench, "A", 4, claiming: 4)
    bench.decide(group)
    #expect(bench.does("centre", writeOff("A", 2)).codes == [.quotaExceeded])
    #expect(bench.does("centre", writeOff("A")).outcome == .applied)
    #expect(quota(bench).writtenOff == 1)
    #expect(bench.does("centre", writeOff("A")).codes == [.quotaExceeded])
    #expect(bench.line(handle).allocated == 4)
  }

  // MARK: On the device

  @Test("without sight of the stock a device promises what is inside its quota")
  func blind() {
    let bench = RuleBench.trading(5)
    bench.addDevice("Z", .agent, agent: "ANA")
    bench.does("centre", grant(5, to: "Z"))
    let phone = bench.replica(of: "Z")
    let (handle, group) = sale(phone, "Z", 5, claiming: 5)
    #expect(phone.decide(group)[1] == Verdict(.applied, [], record: "SO-Z-1"))
    #expect(phone.order(handle).state == .accepted)
    #expect(phone.line(handle).allocated == 5)
    #expect(quota(phone, "Z").free == .zero)
  }

  @Test("claims follow the lines in their order, from where the order is served")
  func claims() {
    func quota(_ warehouse: String, _ quantity: Quantity) -> Quota {
      var quota = Quota()
      (quota.device, quota.sku, quota.warehouse, quota.granted) = ("A", "CHAI", warehouse, quantity)
      return quota
    }
    let lines = (1...3).map { RecordID(high: 9, low: $0) }
    func want(_ line: Int, _ quantity: Quantity, at warehouse: String) -> QuotaClaims.Want {
      QuotaClaims.Want(line: lines[line], sku: "CHAI", warehouse: warehouse, quantity: quantity)
    }
    let covers = QuotaClaims.covers(
      for: [want(0, 4, at: "W1"), want(1, 4, at: "W1"), want(2, 2, at: "")],
      from: [quota("W1", 6), quota("W2", 3)])
    #expect(covers.map(\.line) == lines)
    #expect(covers.map(\.warehouse) == ["W1", "W1", "W2"])
    #expect(covers.map(\.quantity) == [4, 2, 2])
  }
}
