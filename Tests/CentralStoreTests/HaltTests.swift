import GRDB
import GRDBSQLite
import SyncSession
import Testing
import TradeRules

@testable import CentralStore

@Suite("A centre that cannot trust its disk")
struct HaltTests {
  /// Makes the next transaction of a store that writes end as SQLite would say.
  private final class Failing: TransactionObserver {
    private let connection: SQLiteConnection?
    var code: ResultCode?

    init(_ store: CentralStore) {
      connection = store.database.unsafeReentrantWrite { db in db.sqliteConnection }
      store.database.unsafeReentrantWrite { [unowned self] db in
        db.add(transactionObserver: self, extent: .databaseLifetime)
      }
    }

    func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { false }
    func databaseDidChange(with event: DatabaseEvent) {}
    func databaseDidCommit(_ db: Database) {}
    func databaseDidRollback(_ db: Database) {}
    func databaseWillCommit() throws {
      // GRDB tells of the end of a transaction that only read as well.
      guard let code, sqlite3_txn_state(connection, "main") == SQLITE_TXN_WRITE else { return }
      self.code = nil
      throw DatabaseError(resultCode: code, message: "as if")
    }
  }

  private func product(_ name: String) -> Filled<EditProduct> {
    Filled {
      $0.sku = "CHAI"
      $0.name = name
    }
  }

  @Test("G23 damage that SQLite meets ends all deciding until the store is restored")
  func damageHalts() throws {
    let centre = try TestCentre()
    try centre.openForTrade()
    let failing = Failing(centre.store)
    failing.code = .SQLITE_CORRUPT
    let head = centre.store.head
    #expect(throws: DatabaseError.self) { try centre.own(product("Tea")) }
    #expect(centre.host.halted?.code == .storeCorrupt)
    // The disk answers again, and still nothing is decided on what it has.
    #expect(throws: Halt.self) { try centre.own(product("Tea")) }
    centre.host.resume()
    #expect(throws: Halt.self) { try centre.own(product("Tea")) }
    #expect(centre.store.head == head)
  }

  @Test("G22 a full disk is waited for: what was refused is decided once there is room")
  func fullDisk() throws {
    let centre = try TestCentre()
    try centre.openForTrade()
    let failing = Failing(centre.store)
    failing.code = .SQLITE_FULL
    #expect(throws: DatabaseError.self) { try centre.own(product("Tea")) }
    #expect(centre.host.lastFailure == .diskFull)
    _ = centre.host.halt(Halt(.diskFull, "the disk"))
    #expect(throws: Halt.self) { try centre.own(product("Tea")) }
    centre.host.resume()
    #expect(try centre.own(product("Tea")).outcome == .applied)
    #expect(try centre.queries.verify(deep: true).allSatisfy(\.isOK))
  }

  @Test("G2 after a failed fsync the file is opened anew and believed again; nothing is half there")
  func failedSync() throws {
    let database = try CentralStore.inMemory().database
    var opened = 0
    let store = try CentralStore(database) {
      opened += 1
      return try CentralStore.inMemory().database
    }
    let host = CentralHost(store: store, key: try SigningKey(seed: [UInt8](repeating: 7, count: 32))) {
      [UInt8](repeating: 1, count: $0)
    }
    try host.foundIfNew(at: Instant(milliseconds: 0))
    let failing = Failing(store)
    failing.code = .SQLITE_IOERR_FSYNC
    let setting = Filled<ChangeSetting> {
      $0.name = Settings.priceFloorPerMille.rawValue
      $0.amount = 5
    }
    #expect(throws: DatabaseError.self) {
      try host.record([OwnDraft(setting)], actor: "os:anna", at: Instant(milliseconds: 1))
    }
    #expect(opened == 1)
    // What counts is what the file says now: here one that never had a beginning.
    #expect(store.head == .empty)
    #expect(store.epoch == .none)
  }

  @Test("G23 reading the store again finds a row, an operation or an entry that changed by itself")
  func scrub() throws {
    for sql in [
      "UPDATE product SET name = 'rot' WHERE sku = 'CHAI'",
      "UPDATE log_operation SET bytes = zeroblob(length(bytes)) WHERE number = 2 AND device = 'centre'",
      "UPDATE log_entry SET received_at = received_at + 1 WHERE version = 3",
    ] {
      let centre = try TestCentre()
      try centre.openForTrade()
      #expect(try centre.queries.scrub() == nil)
      try centre.store.database.write { try $0.execute(sql: sql) }
      #expect(try centre.queries.scrub()?.isOK == false, "\(sql)")
    }
  }
}
