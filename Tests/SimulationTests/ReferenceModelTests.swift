import GRDB
import Testing
import TradeRules

@testable import CentralStore
@testable import Simulator

@Suite("The model of the rules by another hand")
struct ReferenceModelTests {
  /// A morning: an order promised and one short, a count, a quota, a customer with a new phone.
  private func morning() throws -> Shop {
    let shop = try Shop([("CHAI", 10), ("MATE", 20)])
    try shop.waitUntil(9)
    let order = try shop.ana.orders(("CHAI", 6))
    try shop.settle()
    try shop.ben.orders(("CHAI", 6))
    try shop.ana.record(
      Filled<RequestQuota> { ($0.sku, $0.warehouse, $0.quantity) = ("MATE", "W1", 5) })
    try shop.ana.notes("C-ANA", phone: "+49 30 1234")
    try shop.settle()
    try shop.pia.picks(4, of: order)
    try shop.settle()
    try shop.pia.ships(order)
    try shop.pia.counts(3)
    try shop.settle()
    return shop
  }

  private func finding(in shop: Shop) throws -> Finding? {
    try shop.world.store.read { db in
      do {
        try ReferenceModel().follow(db).check(db)
        return nil
      } catch let finding as Finding { return finding }
    }
  }

  @Test("G29 on an ordinary day the log, read by another hand, gives the centre's rows")
  func ordinaryDay() throws {
    let shop = try morning()
    let finding = try finding(in: shop)
    #expect(finding == nil, "\(finding?.message ?? "")")
  }

  /// What somebody changes behind the centre's back.
  enum Meddling: String, CaseIterable, Sendable {
    case promise = "UPDATE allocation SET quantity = quantity + 1000"
    case balance = "UPDATE stock SET on_hand = on_hand - 1000"
    case state = "UPDATE sales_order SET state = 'closed' WHERE number = 'SO-B1-0001'"
    case quota = "UPDATE quota SET granted = granted + 1000"
    case phone = "UPDATE customer SET phone = '+49 30 4321' WHERE code = 'C-ANA'"
  }

  @Test(
    "G29 a promise, a balance, an order's state, a quota or a customer's phone that no work made so is noticed",
    arguments: Meddling.allCases)
  func changedBehindItsBack(_ meddling: Meddling) throws {
    let shop = try morning()
    try shop.world.store.database.write { db in
      try db.execute(sql: meddling.rawValue)
      #expect(db.changesCount > 0, "there is such a row")
    }
    #expect(try finding(in: shop)?.checker == "model")
  }
}
