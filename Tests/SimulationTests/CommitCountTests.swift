import GRDB
import Testing
import TradeRules

@testable import CentralStore
@testable import Simulator

/// Makes the next transaction that writes end as if a constraint did not hold.
private final class Stumbling: TransactionObserver {
  private var changes: Int
  private let connection: Database
  private(set) var hasStumbled = false

  init(_ db: Database) { (connection, changes) = (db, db.totalChangesCount) }

  func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { true }
  func databaseDidChange(with event: DatabaseEvent) {}
  func databaseWillCommit() throws {
    guard !hasStumbled, connection.totalChangesCount > changes else { return }
    hasStumbled = true
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

  @Test("what cannot be written for one device keeps nobody's work of the same moment from being decided")
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
