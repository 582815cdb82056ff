import Testing

@testable import TradeRules

@Suite("Money: payments are facts, credit follows")
struct PaymentTests {
  /// An accepted order of 200.00 EUR.
  private func order(_ bench: RuleBench) -> OrderHandle {
    let order = bench.accepted("A", [("CHAI", 16)])
    #expect(bench.order(order).totalMinor == 20_000)
    return order
  }

  private func account(_ bench: RuleBench, _ order: OrderHandle) -> OrderAccount? {
    bench.find(OrderAccountColumns.self, order.id)
  }

  private func credit(_ bench: RuleBench, _ currency: String = "EUR") -> Int64 {
    bench.find(CustomerAccountColumns.self, bench.customer("C-ANA").id, currency)?.creditMinor ?? 0
  }

  private func state(_ bench: RuleBench, _ order: OrderHandle) -> PaymentState {
    PaymentState.of(bench.order(order), account(bench, order))
  }

  @Test("an order is unpaid, part paid, paid, part refunded, refunded, as the money comes and goes")
  func states() {
    let bench = RuleBench.trading(20)
    let order = order(bench)
    #expect(state(bench, order) == .unpaid)
    #expect(bench.does("A", order.pay(bench.newID(), 5_000)) == Verdict(.applied, record: "SO-A-1"))
    #expect(state(bench, order) == .partPaid)
    bench.does("A", order.pay(bench.newID(), 15_000))
    #expect(state(bench, order) == .paid)
    bench.does("A", order.refund(bench.newID(), 1_000, .bank))
    #expect(state(bench, order) == .partRefunded)
    bench.does("A", order.refund(bench.newID(), 19_000, .bank))
    #expect(state(bench, order) == .refunded)
    #expect(credit(bench) == 0)
  }

  @Test("#59: paid in cash and by bank: 400 paid of 200, 200 to the customer's credit, a task, no refund")
  func overpaid() {
    var order = OrderHandle(id: .none, number: "", lines: [])
    RuleBench.inBothOrders { bench in
      bench.openForTrade(20)
      order = self.order(bench)
      return [
        [bench.record("A", order.pay(bench.newID(), 20_000, .cash))],
        [bench.record("HQ", order.pay(bench.newID(), 20_000, .bank, reference: "TX-1"))],
      ]
    } check: { bench, arrival in
      let second = OperationID(device: arrival == .asGiven ? "HQ" : "A", number: arrival == .asGiven ? 1 : 3)
      #expect(bench.answers[second]?.codes == [.overpaid])
      #expect(account(bench, order)?.paidMinor == 40_000)
      #expect(account(bench, order)?.creditMinor == 20_000)
      #expect(credit(bench) == 20_000)
      #expect(bench.openTasks(.overpaid).count == 1)
      #expect(bench.all(PaymentColumns.self).map(\.kind) == [.payment, .payment])
    }
  }

  @Test("one payment recorded on two devices is one payment; its reference is what it is known by")
  func sameReference() {
    let bench = RuleBench.trading(20)
    let order = order(bench)
    bench.does("A", order.pay(bench.newID(), 20_000, .bank, reference: "TX-1"))
    let again = bench.does("HQ", order.pay(bench.newID(), 20_000, .bank, reference: "TX-1"))
    #expect(again == Verdict(.applied, [.paymentKnown], record: "SO-A-1"))
    #expect(account(bench, order)?.paidMinor == 20_000)
    // The same reference with another amount is another fact, and somebody has to look.
    let other = bench.does("HQ", order.pay(bench.newID(), 500, .bank, reference: "TX-1"))
    #expect(other.codes == [.referenceReused, .overpaid])
    #expect(bench.openTasks(.referenceReused).count == 1)
    #expect(account(bench, order)?.paidMinor == 20_500)
  }

  @Test("credit pays another order, and not more than there is of it")
  func payWithCredit() {
    let bench = RuleBench.trading(40)
    let first = order(bench)
    bench.does("A", first.pay(bench.newID(), 26_000))
    let second = bench.accepted("A", [("CHAI", 4)], number: "SO-A-2")
    #expect(bench.does("A", second.pay(bench.newID(), 6_100, .credit)).codes == [.creditShort])
    #expect(bench.does("A", second.pay(bench.newID(), 5_000, .credit)).outcome == .applied)
    #expect(state(bench, second) == .paid)
    #expect(credit(bench) == 1_000)
    bench.does("HQ", first.refund(bench.newID(), 1_000, .bank))
    #expect(credit(bench) == 0)
  }

  @Test("a cancelled order's money is the customer's credit; a raise takes it back")
  func creditFollows() {
    let bench = RuleBench.trading(20)
    let order = order(bench)
    bench.does("A", order.pay(bench.newID(), 20_000))
    bench.does("A", order.set(8, seen: 16))
    #expect(credit(bench) == 10_000)
    #expect(bench.openTasks(.overpaid).count == 1)
    bench.does("A", order.set(16, seen: 8))
    #expect(credit(bench) == 0)
    #expect(bench.openTasks(.overpaid).isEmpty)
    bench.does("A", order.cancel)
    #expect(credit(bench) == 20_000)
    #expect(state(bench, order) == .paid)
    bench.does("HQ", order.refund(bench.newID(), 20_000, .bank))
    #expect(credit(bench) == 0)
    #expect(state(bench, order) == .refunded)
  }

  @Test("#61: refunded by headquarters and by the agent in cash: cash that is out stands, the other does not")
  func refundedTwice() {
    var order = OrderHandle(id: .none, number: "", lines: [])
    RuleBench.inBothOrders { bench in
      bench.openForTrade(20)
      order = self.order(bench)
      bench.does("A", order.pay(bench.newID(), 20_000))
      bench.syncAll()
      return [
        [bench.record("HQ", order.refund(bench.newID(), 20_000, .bank))],
        [bench.record("A", order.refund(bench.newID(), 20_000, .cash))],
      ]
    } check: { bench, arrival in
      let (hq, agent) = (OperationID(device: "HQ", number: 1), OperationID(device: "A", number: 4))
      switch arrival {
      case .asGiven:
        #expect(bench.answers[hq]?.outcome == .applied)
        #expect(bench.answers[agent]?.codes == [.refundExceedsCaptured])
        #expect(bench.answers[agent]?.outcome == .applied)
        #expect(bench.openTasks(.refundExceedsCaptured).count == 1)
        #expect(account(bench, order)?.refundedMinor == 40_000)
      case .reversed:
        #expect(bench.answers[agent]?.codes == [])
        #expect(bench.answers[hq]?.outcome == .rejected)
        #expect(bench.answers[hq]?.codes == [.refundExceedsCaptured])
        #expect(account(bench, order)?.refundedMinor == 20_000)
      }
      #expect(state(bench, order) == .refunded)
    }
  }

  @Test("#61: no refund makes credit of money that never came in, paid out or not")
  func creditFromNothing() {
    let bench = RuleBench.trading(20)
    let order = order(bench)
    var refund = order.refund(bench.newID(), 5_000, .credit)
    refund.isPaidOut = true
    #expect(bench.does("A", refund) == Verdict(.rejected, [.refundExceedsCaptured], record: "SO-A-1"))
    #expect(credit(bench) == 0)
    bench.does("A", order.pay(bench.newID(), 5_000))
    #expect(bench.does("A", refund) == Verdict(.applied, record: "SO-A-1"))
    #expect(credit(bench) == 5_000)
  }

  @Test("#45: the rate moved between order and payment: the order stays, the difference is kept")
  func rateMoved() throws {
    let bench = RuleBench.trading(20)
    func note(_ rate: String, _ asOf: Instant) {
      bench.does(
        "centre",
        Filled<SetExchangeRate> {
          $0.from = "JPY"
          $0.to = "EUR"
          $0.asOf = asOf
          $0.ratio = Ratio(decimal: rate) ?? .one
        })
    }
    note("0.006", .day(hour: 1))
    let order = order(bench)
    note("0.0062", .day(hour: 12))
    bench.now = .day(hour: 15)
    let verdict = bench.does("A", order.pay(bench.newID(), 30_000, .bank, currency: "JPY"))
    #expect(verdict.codes == [])
    let payment = try #require(bench.all(PaymentColumns.self).first)
    // 30,000 yen are 186.00 euros now and were 180.00 when the order was made.
    #expect(payment.orderMinor == 18_600)
    #expect(payment.differenceMinor == 600)
    #expect(payment.rate.decimalText == "0.0062")
    #expect(bench.order(order).totalMinor == 20_000)
    #expect(state(bench, order) == .partPaid)
    // The bank's own rate stands where somebody gives it.
    bench.does("A", order.pay(bench.newID(), 1_000, .bank, currency: "JPY", rate: "0.007"))
    // 186.00 as before and 7.00 more.
    #expect(account(bench, order)?.paidMinor == 19_300)
  }

  @Test("money of a currency nobody has a rate for is recorded all the same, and somebody is asked")
  func noRate() {
    let bench = RuleBench.trading(20)
    let order = order(bench)
    let verdict = bench.does("A", order.pay(bench.newID(), 30_000, .cash, currency: "JPY"))
    #expect(verdict == Verdict(.applied, [.rateMissing], record: "SO-A-1"))
    #expect(bench.all(PaymentColumns.self).map(\.amountMinor) == [30_000])
    #expect(bench.openTasks(.rateMissing).count == 1)
    #expect(state(bench, order) == .unpaid)
  }

  @Test("what is no money is refused: nothing, less than nothing, an unknown way, another agent's order")
  func refusals() {
    let bench = RuleBench.trading(20)
    let order = order(bench)
    #expect(bench.does("A", order.pay(bench.newID(), 0)).codes == [.badValue])
    #expect(bench.does("A", order.pay(bench.newID(), -5)).codes == [.badValue])
    #expect(bench.does("A", order.pay(bench.newID(), 5, "shells")).codes == [.badValue])
    #expect(bench.does("A", order.pay(bench.newID(), 5, currency: "XXX")).codes == [.unknownCurrency])
    #expect(bench.does("B", order.pay(bench.newID(), 5)).codes == [.notPermitted])
    #expect(bench.does("P", order.pay(bench.newID(), 5)).codes == [.notPermitted])
    let id = bench.newID()
    bench.does("A", order.pay(id, 5))
    #expect(bench.does("A", order.pay(id, 5)).codes == [.codeTaken])
  }

  @Test("a warehouse that picks an order sees none of its money")
  func hidden() {
    let bench = RuleBench.trading(20)
    let order = order(bench)
    bench.does("A", order.pay(bench.newID(), 20_000))
    #expect(bench.replica(of: "P").all(OrderColumns.self).count == 1)
    #expect(bench.replica(of: "P").all(PaymentColumns.self).isEmpty)
    #expect(bench.replica(of: "P").all(OrderAccountColumns.self).isEmpty)
    #expect(bench.replica(of: "A").all(PaymentColumns.self).count == 1)
  }

  @Test("an agent's replica guesses what a payment comes to")
  func guessed() {
    let bench = RuleBench.trading(20)
    let order = order(bench)
    let replica = bench.replica(of: "A")
    #expect(replica.does("A", order.pay(bench.newID(), 25_000)).codes == [.overpaid])
    #expect(state(replica, order) == .paid)
    #expect(credit(replica) == 5_000)
  }
}

@Suite("Payments from a file")
struct PaymentImportTests {
  private func row(
    _ reference: String, _ order: String, _ tenThousandths: Int64, _ currency: String = "EUR"
  ) -> Filled<PaymentEntry> {
    Filled {
      $0.reference = reference
      $0.order = order
      $0.method = .bank
      $0.amount = UnitPrice(tenThousandths: tenThousandths)
      $0.currency = currency
    }
  }

  private func run(_ bench: RuleBench, _ rows: Filled<PaymentEntry>...) -> [RowOutcome] {
    bench.does("centre", Filled<ImportPayments> { $0.rows = rows }).rows
  }

  @Test("each payment is booked once, however often its file is read; one that changed is refused")
  func once() {
    let bench = RuleBench.trading(20)
    let order = bench.accepted("A", [("CHAI", 16)])
    bench.does("A", order.pay(bench.newID(), 5_000, .bank, reference: "TX-2"))
    #expect(
      run(bench, row("TX-1", "SO-A-1", 1_500_000), row("TX-2", "SO-A-1", 500_000)) == [.created, .unchanged])
    let account: OrderAccount? = bench.find(OrderAccountColumns.self, order.id)
    #expect(account?.paidMinor == 20_000)
    #expect(run(bench, row("TX-1", "SO-A-1", 1_500_000)) == [.unchanged])
    let changed = run(bench, row("TX-1", "SO-A-1", 1_600_000))
    #expect(changed == [.rejected(Refusal(.codeTaken, "TX-1 was imported with other values"))])
    #expect(bench.all(PaymentColumns.self).count == 2)
  }

  @Test("a row for an order nobody has, of an unknown currency or finer than a cent is refused alone")
  func refusals() {
    let bench = RuleBench.trading(20)
    bench.accepted("A", [("CHAI", 16)])
    let outcomes = run(
      bench, row("TX-1", "SO-X-9", 10_000), row("TX-2", "SO-A-1", 10_000, "XXX"),
      row("TX-3", "SO-A-1", 10_001), row("TX-4", "SO-A-1", 10_000))
    #expect(
      outcomes == [
        .rejected(Refusal(.unknownOrder, "SO-X-9")), .rejected(Refusal(.unknownCurrency, "XXX")),
        .rejected(Refusal(.badValue, "amount")), .created,
      ])
  }
}

extension OrderHandle {
  func pay(
    _ id: RecordID, _ amountMinor: Int64, _ method: PaymentMethod = .cash, currency: String? = nil,
    rate: String? = nil, reference: String? = nil
  ) -> Filled<RecordPayment> {
    Filled {
      $0.id = id
      $0.order = self.id
      $0.number = number
      $0.method = method
      $0.amountMinor = amountMinor
      $0.currency = currency
      $0.rate = rate.flatMap { Ratio(decimal: $0) }
      $0.reference = reference
    }
  }

  func refund(_ id: RecordID, _ amountMinor: Int64, _ method: PaymentMethod) -> Filled<RefundPayment> {
    Filled {
      $0.id = id
      $0.order = self.id
      $0.number = number
      $0.method = method
      $0.amountMinor = amountMinor
      $0.isPaidOut = method == .cash
    }
  }
}
