import GRDB
import Testing
import TradeRules

@testable import CentralStore
@testable import Simulator

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
