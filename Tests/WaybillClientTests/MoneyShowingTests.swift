import Testing
import TradeRules

@testable import ReplicaStore
@testable import WaybillClient

@Suite("Who is shown what was paid, and whom goods are bought from")
struct MoneyShowingTests {
  /// An order of agent MIRA that warehouse W1 picks, paid in part; a warehouse is not sent the payment.
  private func order(on desk: Desktop, paid: Int64?) throws -> Order {
    var order = Order()
    order.id = RecordID(high: 5, low: 1)
    (order.number, order.state, order.currency) = ("SO-A7-0001", .accepted, "EUR")
    (order.totalMinor, order.agent, order.warehouses) = (5_000, "MIRA", ["W1"])
    order.orderedAt = Desktop.syncedAt
    (order.customerCode, order.customerName) = ("C-1", PersonalText("Müller"))
    try desk.put(order)
    if let paid {
      var account = OrderAccount()
      (account.order, account.paidMinor, account.agent) = (order.id, paid, "MIRA")
      try desk.put(account)
    }
    return order
  }

  private func shownPayments(of order: Order, on desk: Desktop) throws -> (document: JSONValue, text: String)
  {
    try desk.store.view { PaymentsShown(reading: try $0.payments(of: order), view: $0).shown }
  }

  @Test("a warehouse is told that payments are not visible to it, not that nothing was paid (G15)")
  func warehouse() throws {
    let desk = try Desktop("W1", .warehouse)
    let order = try order(on: desk, paid: nil)
    let shown = try shownPayments(of: order, on: desk)
    #expect(shown.text == "SO-A7-0001  payments are not visible to this device")
    #expect(shown.document["visible"] == false && shown.document["state"] == .null)
    try desk.look { view in
      let reading = try view.reading(order)
      #expect(reading.payment == nil)
      let text = OrderShown(
        reading: reading, console: Console(isJSON: false, isQuiet: true, environment: [:])
      ).shown
      #expect(!text.text.contains("unpaid"))
      #expect(text.document["payment"] == .null && text.document["paidMinor"] == .null)
      let refusal = #expect(throws: Refusal.self) {
        _ = try view.report(ReportRequest(.receivables), at: Desktop.syncedAt)
      }
      #expect(refusal?.code == .notPermitted)
    }
  }

  @Test("an agent is told what was paid, and what the customers still owe")
  func agent() throws {
    let desk = try Desktop()
    let order = try order(on: desk, paid: 2_000)
    let shown = try shownPayments(of: order, on: desk)
    #expect(shown.document["visible"] == true && shown.document["state"] == "part paid")
    try desk.look { view in
      #expect(try view.reading(order).payment == .partPaid)
      let now = Desktop.syncedAt.advanced(byMilliseconds: 45 * 86_400_000)
      let rows = try view.report(ReportRequest(.receivables), at: now)["rows"]?.array ?? []
      #expect(rows.map { $0["upTo60"]?["amountMinor"] } == [3_000])
    }
  }

  @Test("receivables are a table with bars, and a file that names the currency once")
  func receivables() throws {
    let desk = try Desktop()
    _ = try order(on: desk, paid: 2_000)
    try desk.look { view in
      let request = ReportRequest(.receivables)
      let text = ReportText(try view.report(request, at: Desktop.syncedAt), columns: request.columns)
      #expect(
        text.csv.split(separator: "\r\n") == [
          "customer,name,orders,owed,currency,up_to30,up_to60,up_to90,older,credit,prepaid",
          "C-1,Müller,1,30.00,EUR,30.00,0.00,0.00,0.00,0.00,0.00",
        ])
      #expect(
        text.table(width: nil) == """
          CUSTOMER  NAME    ORDERS       OWED  0-30 DAYS
          C-1       Müller       1  30.00 EUR      30.00

          Total  30.00 EUR
          """)
    }
  }

  @Test("suppliers are found by their codes")
  func suppliers() throws {
    let desk = try Desktop("W1", .warehouse)
    for (code, name) in [("TEA", "Tea & Co"), ("RICE", "Rice Brothers")] {
      var supplier = Supplier()
      (supplier.code, supplier.name, supplier.status) = (code, name, .active)
      try desk.put(supplier)
    }
    let codes = try desk.store.view { try $0.suppliers().map(\.code) }
    #expect(codes == ["RICE", "TEA"])
    let found = try desk.store.view { view in try [" TEA ", "SALT"].map { try view.supplier($0)?.name } }
    #expect(found == ["Tea & Co", nil])
  }
}
