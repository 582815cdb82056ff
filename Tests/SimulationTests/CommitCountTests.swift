import GRDB
import SyncProtocol
import SyncSession
import Testing
import TradeRules

@testable import CentralStore
@testable import Simulator

/// Makes the next transactions that write end as if a constraint did not hold.
private final class Stumbling: TransactionObserver {
  private var changes: Int
  private let connection: Database
  private var times: Int
  var hasStumbled: Bool { times == 0 }

  init(_ db: Database, times: Int = 1) {
    (connection, changes, self.times) = (db, db.totalChangesCount, times)
  }

  func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { true }
  func databaseDidChange(with event: DatabaseEvent) {}
  func databaseWillCommit() throws {
    guard times > 0, connection.totalChangesCount > changes else { return }
    times -= 1
    throw DatabaseError(resultCode: .SQLITE_CONSTRAINT, message: "as if")
  }
  func databaseDidCommit(_ db: Database) { changes = db.totalChangesCount }
  func databaseDidRollback(_ db: Database) { changes = db.totalChangesCount }
}

/// Counts what a store writes for good.
private final class Commits: TransactionObserver {
  private(set) var count = 0
  private var changes: Int

  init(_ db: Database) { changes = db.totalChangesCount }

  func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { true }
  func databaseDidChange(with event: DatabaseEvent) {}
  func databaseDidCommit(_ db: Database) {
    // A transaction that only read ends so as well.
    if db.totalChangesCount > changes { count += 1 }
    changes = db.totalChangesCount
  }
  func databaseDidRollback(_ db: Database) { changes = db.totalChangesCount }
}

@Suite("What the centre writes, it writes for many at once")
struct CommitCountTests {
  @Test("six devices that say in one moment how far they have come cost the centre one write")
  func stored() throws {
    let shop = try Shop(staffed: ["A1", "A2", "B1", "P1", "P2", "HQ"])
    let commits = try shop.world.store.database.write { db in
      let commits = Commits(db)
      db.add(transactionObserver: commits)
      return commits
    }
    try shop.decide(
      Filled<EditProduct> {
        $0.sku = "CHAI"
        $0.name = "Chai for everybody"
      })
    #expect(commits.count == 1)
    try shop.settle()
    #expect(commits.count == 2)
    for code in ["A1", "B1", "HQ"] {
      #expect(try shop.centre.session(of: code) == shop.world.store.head.version)
    }
    try shop.expectAllIsWell()
  }

  @Test("when the commit of all fails, each device's work is decided by itself, and nobody is turned away")
  func eachAlone() throws {
    let shop = try Shop(staffed: ["A1", "P1"])
    let links = [shop.ana.device.link, shop.pia.device.link]
    let stumbling = try shop.world.store.database.write { db in
      let stumbling = Stumbling(db)
      db.add(transactionObserver: stumbling)
      return stumbling
    }
    let order = try shop.ana.orders(("CHAI", 4))
    try shop.pia.receives(1)
    try shop.world.run(milliseconds: 1_000)
    #expect(stumbling.hasStumbled)
    // Nobody was turned away, as all would have been with the commit of all.
    #expect([shop.ana.device.link, shop.pia.device.link] == links)
    #expect(try shop.centre.order(order)?.state == .accepted)
    #expect(try shop.centre.onHand() == 101)
    try shop.expectAllIsWell()
  }

  // MARK: A lot at once

  /// Two pickers who each sent six receipts that reach the centre, three to a commit, in one moment.
  private func crowd() throws -> (shop: Shop, arriving: [CentralHost.Event]) {
    var limits = SyncLimits()
    limits.operationsPerCommitMax = 3
    let shop = try Shop(staffed: ["P1", "P2"], limits: limits)
    var arriving: [CentralHost.Event] = []
    shop.world.onArrival = { delivery in
      guard case .centre = delivery.end, !delivery.closes,
        case .push = try Message.decode(delivery.bytes)
      else { return .arrives }
      arriving.append(.received(delivery.link, delivery.bytes))
      return .vanishes
    }
    for quantity in 1...6 {
      try shop.pia.receives(Quantity(Int64(quantity)))
      try shop.quim.receives(10)
      try shop.world.run(milliseconds: 100)
    }
    shop.world.onArrival = nil
    #expect(arriving.count == 12)
    return (shop, arriving)
  }

  private func decided(_ device: String, in shop: Shop) throws -> [Int64] {
    try shop.centre.read {
      try Int64.fetchAll(
        $0, sql: "SELECT first_number FROM log_entry WHERE device = ? ORDER BY version", arguments: [device])
    }
  }

  @Test("G26 G6 what many send in one moment is decided in several commits, each device's in its order")
  func slices() throws {
    let (shop, arriving) = try crowd()
    let commits = try shop.world.store.database.write { db in
      let commits = Commits(db)
      db.add(transactionObserver: commits)
      return commits
    }
    shop.world.centreInbox += arriving
    try shop.world.run(milliseconds: 1)
    #expect(commits.count >= 4)
    for device in ["P1", "P2"] { #expect(try decided(device, in: shop) == Array(1...6)) }
    #expect(try shop.centre.onHand() == 100 + 21 + 60)
    try shop.expectAllIsWell()
  }

  @Test("G6 work that could not be written keeps what its device sent behind it waiting, and nobody else's")
  func sliceFails() throws {
    let (shop, arriving) = try crowd()
    // Once for all of the first commit, once for the first device alone.
    let stumbling = try shop.world.store.database.write { db in
      let stumbling = Stumbling(db, times: 2)
      db.add(transactionObserver: stumbling)
      return stumbling
    }
    shop.world.centreInbox += arriving
    try shop.world.run(milliseconds: 1)
    #expect(stumbling.hasStumbled)
    #expect(try decided("P1", in: shop) == [])
    #expect(try decided("P2", in: shop) == Array(1...6))
    try shop.settle()
    #expect(try decided("P1", in: shop) == Array(1...6))
    #expect(try shop.centre.onHand() == 100 + 21 + 60)
    try shop.expectAllIsWell()
  }
}

extension Books {
  /// The checkpoint that the centre knows of a device.
  fileprivate func session(of device: String) throws -> Int64? {
    try read {
      try Int64.fetchOne(
        $0, sql: "SELECT checkpoint FROM device_session WHERE device = ?", arguments: [device])
    }
  }
}
