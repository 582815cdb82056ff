import Testing

@testable import TradeRules

@Suite("Orders: what a new one says and costs")
struct OrderCreationTests {
  @Test("a new order takes name, address, currency, agent and warehouse from its customer and its device")
  func defaults() {
    let bench = RuleBench.trading(5)
    let handle = bench.draft("A", [("CHAI", 2), ("MATE", 3)])
    let order = bench.order(handle)
    #expect(order.state == .draft)
    #expect(order.customerName.text == "Customer C-ANA")
    #expect(order.deliveryAddress.text == "1 First Street")
    #expect(order.currency == "EUR")
    #expect(order.agent == "ANA")
    #expect(order.warehouse == "W1")
    #expect(order.warehouses.isEmpty)
    // 25.00 + 9.9999 rounded half away from zero.
    #expect(order.totalMinor == 3500)
    #expect(bench.line(handle, 1).unitPrice == UnitPrice(tenThousandths: 33_333))
    #expect(bench.line(handle, 1).agent == "ANA")
  }

  @Test("an order for a customer who has not arrived waits, and is made when the customer comes")
  func waitsForCustomer() {
    let bench = RuleBench.trading(5)
    let customer = bench.newID()
    let (handle, form) = bench.newOrder("SO-A2-1", of: "C-ANA", [("CHAI", 1)])
    var early = form
    early.customer = customer
    #expect(bench.does("A2", early).outcome == .held)
    #expect(bench.does("A2", handle.submit).outcome == .held)
    bench.does(
      "A",
      Filled<CreateCustomer> {
        $0.id = customer
        $0.code = "C-NEW"
        $0.name = PersonalText("New")
        $0.currency = "EUR"
      })
    #expect(bench.order(handle).customerCode == "C-NEW")
    #expect(bench.order(handle).state == .accepted)
  }

  @Test("an order and its submission in one group apply whole or not at all")
  func oneGroup() {
    let bench = RuleBench.trading(5)
    let (handle, form) = bench.newOrder("SO-A-1", of: "C-ANA", [("CHAI", 1)])
    let good = bench.group([bench.record("A", form), bench.record("A", handle.submit)])
    #expect(bench.decide(good).map(\.outcome) == [.applied, .applied])
    #expect(bench.order(handle).state == .accepted)
    let (empty, emptyForm) = bench.newOrder("SO-A-2", of: "C-ANA", [])
    let bad = bench.group([bench.record("A", emptyForm), bench.record("A", empty.submit)])
    #expect(bench.decide(bad).map(\.codes) == [[.groupRejected], [.orderEmpty]])
    #expect(bench.find(OrderColumns.self, empty.id) == nil)
  }

  @Test("a number, a product or a quantity that cannot be is refused with its code")
  func refusals() {
    let bench = RuleBench.trading(5)
    _ = bench.draft("A", [("CHAI", 1)])
    func code(_ number: String, _ lines: [(sku: String, quantity: Quantity)]) -> [Code] {
      bench.does("A", bench.newOrder(number, of: "C-ANA", lines).form).codes
    }
    #expect(code("SO-A-1", [("CHAI", 1)]) == [.codeTaken])
    #expect(code("SO-A-2", [("NONE", 1)]) == [.unknownSku])
    #expect(code("SO-A-3", [("CHAI", 0)]) == [.badQuantity])
    #expect(code("SO-A-4", [("CHAI", Quantity(thousandths: 500))]) == [.badQuantity])
    bench.addProduct("FREE")
    #expect(code("SO-A-5", [("FREE", 1)]) == [.priceMissing])
    let empty = bench.draft("A", [], number: "SO-A-6")
    #expect(bench.does("A", empty.submit).codes == [.orderEmpty])
    let (_, nowhere) = bench.newOrder("SO-A-7", of: "C-ANA", [("CHAI", 1)], warehouse: "W9")
    #expect(bench.does("A", nowhere).codes == [.unknownWarehouse])
  }

  @Test("the customer's list comes before the company's, the larger quantity's price before the smaller's")
  func priceChoice() {
    let bench = RuleBench.trading(5)
    bench.addPrice("CHAI", 110_000, minQuantity: 10)
    bench.addPrice("CHAI", 90_000, list: "VIP")
    bench.addCustomer("C-VIP", agent: "ANA", priceList: "VIP")
    bench.syncAll()
    func price(_ customer: String, _ sku: String, _ quantity: Quantity) -> Int64 {
      let (handle, form) = bench.newOrder("SO-\(bench.version)", of: customer, [(sku, quantity)])
      bench.does("A", form)
      return bench.line(handle).unitPrice.tenThousandths
    }
    #expect(price("C-ANA", "CHAI", 9) == 125_000)
    #expect(price("C-ANA", "CHAI", 10) == 110_000)
    #expect(price("C-VIP", "CHAI", 10) == 90_000)
    #expect(price("C-VIP", "MATE", 1) == 33_333)
  }

  @Test("a price by hand is noted; below the floor it holds the order for headquarters")
  func manualPrices() {
    let bench = RuleBench.trading(5)
    bench.does(
      "centre",
      Filled<ChangeSetting> {
        $0.name = Settings.priceFloorPerMille.rawValue
        $0.amount = 800
      })
    let (handle, form) = bench.newOrder(
      "SO-A-1", of: "C-ANA", [("CHAI", 1), ("CHAI", 1)], prices: [100_000, 99_999])
    #expect(bench.does("A", form).codes == [.priceManual, .priceBelowFloor])
    #expect(bench.does("A", handle.submit).codes == [.priceBelowFloor])
    #expect(bench.order(handle).state == .submitted)
    #expect(bench.does("HQ", handle.release).outcome == .applied)
    #expect(bench.order(handle).state == .accepted)
  }

  @Test("#44: a price that changed behind the device's back is honoured for 72 hours, then reviewed")
  func oldPrices() {
    for (hours, code) in [(71, Code.priceVersionOld), (73, .priceReview)] {
      let bench = RuleBench.trading(5)
      let change = Instant.day(hour: 9)
      bench.addPrice("CHAI", 110_000, from: change)
      bench.now = change.advanced(byMilliseconds: Int64(hours) * 3_600_000)
      let (handle, form) = bench.newOrder("SO-A-1", of: "C-ANA", [("CHAI", 2)])
      #expect(bench.does("A", form).codes == [code])
      #expect(bench.line(handle).unitPrice == UnitPrice(tenThousandths: 125_000))
      let submitted = bench.does("A", handle.submit)
      #expect(submitted.codes == (code == .priceReview ? [.priceReview] : []))
      #expect(bench.order(handle).state == (code == .priceReview ? .submitted : .accepted))
      #expect(bench.does("HQ", handle.release).codes == (code == .priceReview ? [] : [.notOnHold]))
    }
  }

  @Test("#44: recorded before the new price took effect, the old one holds however late it arrives")
  func priceOfItsTime() {
    let bench = RuleBench.trading(5)
    let (handle, form) = bench.newOrder("SO-A-1", of: "C-ANA", [("CHAI", 2)])
    let recorded = bench.record("A", at: .day(hour: 8, 30), form)
    bench.addPrice("CHAI", 110_000, from: .day(hour: 9))
    bench.now = Instant.day(hour: 9).advanced(byMilliseconds: 30 * 86_400_000)
    #expect(bench.decide(recorded).codes.contains(.priceReview) == false)
    #expect(bench.line(handle).unitPrice == UnitPrice(tenThousandths: 125_000))
  }

  @Test("#47: a blocked customer's order is kept on hold until headquarters releases it")
  func blockedCustomer() {
    let bench = RuleBench.trading(5)
    let handle = bench.draft("A", [("CHAI", 2)])
    bench.does(
      "HQ",
      Filled<EditCustomer> {
        $0.id = bench.customer("C-ANA").id
        $0.code = "C-ANA"
        $0.status = "blocked"
      })
    #expect(bench.does("A", handle.submit) == Verdict(.applied, [.customerBlocked], record: "SO-A-1"))
    #expect(bench.order(handle).state == .submitted)
    #expect(bench.level("W1", "CHAI").allocated == .zero)
    #expect(bench.does("HQ", handle.release).outcome == .applied)
    #expect(bench.line(handle).allocated == 2)
  }

  @Test("totals are sums of rounded lines in the currency's own decimals")
  func totals() {
    func line(_ quantity: Int64, _ price: Int64) -> OrderLine {
      var line = OrderLine()
      line.ordered = Quantity(thousandths: quantity)
      line.unitPrice = UnitPrice(tenThousandths: price)
      return line
    }
    // 0.005 each: rounded before they are added.
    let halves = [line(1000, 50), line(1000, 50)]
    #expect(OrderTotals.totalMinor(of: halves, exponent: 2) == 2)
    #expect(OrderTotals.totalMinor(of: [line(1500, 10_000)], exponent: 0) == 2)
    #expect(OrderTotals.totalMinor(of: [line(1500, 10_000)], exponent: 3) == 1500)
    #expect(OrderTotals.totalMinor(of: [line(.max, .max)], exponent: 2) == nil)
  }

  @Test("a replica shows its order at once, priced and numbered")
  func guess() {
    let bench = RuleBench.trading(5)
    let replica = bench.replica(of: "A")
    let (handle, form) = replica.newOrder("SO-A-1", of: "C-ANA", [("CHAI", 2)])
    #expect(replica.does("A", form).outcome == .applied)
    #expect(replica.order(handle).totalMinor == 2500)
    #expect(replica.does("A", handle.set(3, seen: 2)).outcome == .applied)
    #expect(replica.does("A", handle.submit).outcome == .applied)
    #expect(replica.line(handle).allocated == 3)
  }
}
