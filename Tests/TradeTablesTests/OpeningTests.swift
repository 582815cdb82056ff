import Foundation
import GRDB
import Schema
import Testing
import TradeRules
import TradeTables

/// A folder that goes away with the test.
final class Folder {
  let path: String

  init() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "tables-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    path = folder.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { "\(path)/\(name)" }
}

@Suite("A store is opened only if it is one, and then keeps what it acknowledges")
struct OpeningTests {
  private static let centre = StoreFormat(.centre, version: 1)
  private static let replica = StoreFormat(.replica, version: 1)

  private func fault(_ body: () throws -> Void) -> StoreFault? {
    #expect(throws: StoreFault.self) { try body() }
  }

  private func pool(_ path: String, create: Bool = true) throws -> DatabasePool {
    try TradeDatabase.openPool(at: path, as: Self.centre, create: create) { db, _ in try World.tables(db) }
  }

  private func queue(_ path: String, create: Bool = true, version: Int = 1) throws -> DatabaseQueue {
    try TradeDatabase.openQueue(
      at: path, as: StoreFormat(.replica, version: version), create: create
    ) { db, found in
      if found < 1 { try World.tables(db) }
      if found < 2, version >= 2 { try db.execute(sql: "CREATE TABLE later (x INTEGER NOT NULL) STRICT") }
    }
  }

  @Test("a store whose making was killed half-way is made anew (G1)")
  func makingCutShort() throws {
    let folder = try Folder()
    let (making, left) = (folder.file("making"), folder.file("left"))
    try DatabaseQueue(path: making).writeWithoutTransaction { db in
      // As it is before it has a log, with pages in the file that the journal can take back.
      try db.execute(sql: "PRAGMA cache_size = 1; BEGIN IMMEDIATE; CREATE TABLE half (x BLOB)")
      for _ in 1...50 { try db.execute(sql: "INSERT INTO half VALUES (randomblob(4000))") }
      for suffix in ["", "-journal"] {
        try FileManager.default.copyItem(atPath: making + suffix, toPath: left + suffix)
      }
      try db.execute(sql: "ROLLBACK")
    }
    #expect(throws: (any Error).self) {
      try TradeDatabase.openReadOnly(at: left, as: Self.replica)
    }
    #expect(fault { _ = try queue(left, create: false) }?.reason == .missing)
    let store = try queue(left)
    #expect(try store.read { try !$0.tableExists("half") })
    #expect(try store.read { try String.fetchOne($0, sql: "PRAGMA integrity_check") } == "ok")
  }

  @Test("every commit of a centre and of a replica waits for the disk (G1)")
  func commitsAreDurable() throws {
    let folder = try Folder()
    let writers: [any DatabaseWriter] = [try pool(folder.file("c")), try queue(folder.file("r"))]
    for writer in writers {
      let settings = try writer.writeWithoutTransaction { db in
        [
          try String.fetchOne(db, sql: "PRAGMA synchronous"),
          try String.fetchOne(db, sql: "PRAGMA journal_mode"),
          try String.fetchOne(db, sql: "PRAGMA trusted_schema"),
          try String.fetchOne(db, sql: "PRAGMA cell_size_check"),
          try String.fetchOne(db, sql: "PRAGMA mmap_size"),
        ]
      }
      #expect(settings == ["2", "wal", "0", "1", "0"])
      // Still so after the connection did some work.
      try writer.write {
        try TradeTables.write([(key: RowKey(UnitColumns.self, "EA"), row: unit("EA"))], in: $0)
      }
      #expect(try writer.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA synchronous") } == 2)
    }
  }

  private func unit(_ code: String) -> TradeRules.Row {
    var unit = MeasureUnit()
    unit.code = code
    return unit.row
  }

  @Test("what was written is there after the file is opened again")
  func reopening() throws {
    let folder = try Folder()
    let key = RowKey(UnitColumns.self, "EA")
    do {
      let store = try queue(folder.file("r"))
      try store.write { try TradeTables.write([(key: key, row: unit("EA"))], in: $0) }
    }
    let again = try queue(folder.file("r"), create: false)
    #expect(try again.read { try TradeTables.row(key, in: $0) } == unit("EA"))
    let reader = try TradeDatabase.openReadOnly(at: folder.file("r"), as: Self.replica)
    #expect(try reader.read { try TradeTables.row(key, in: $0) } == unit("EA"))
    let refused = fault {
      try StoreFault.explaining("write") { try reader.write { _ = try TradeTables.delete(key, in: $0) } }
    }
    #expect(refused?.reason == .ioFailed)
  }

  @Test("a path with nothing there is said to be wrong, and stays empty")
  func missingFile() throws {
    let folder = try Folder()
    #expect(fault { _ = try queue(folder.file("r"), create: false) }?.reason == .missing)
    #expect(
      fault { _ = try TradeDatabase.openReadOnly(at: folder.file("r"), as: Self.replica) }?.reason == .missing
    )
    #expect(!FileManager.default.fileExists(atPath: folder.file("r")))
  }

  @Test("a centre's file is not a replica's, and the other way round")
  func wrongKind() throws {
    let folder = try Folder()
    _ = try pool(folder.file("c"))
    _ = try queue(folder.file("r"))
    #expect(
      fault { _ = try queue(folder.file("c")) }?.reason == .wrongKind(expected: .replica, found: .centre))
    #expect(
      fault { _ = try pool(folder.file("r")) }?.reason == .wrongKind(expected: .centre, found: .replica))
  }

  @Test("another program's files are left exactly as they are")
  func foreignFiles() throws {
    let folder = try Folder()
    try Data("dear diary, this is no database at all".utf8).write(to: URL(filePath: folder.file("text")))
    try DatabaseQueue(path: folder.file("other")).write { try $0.execute(sql: "CREATE TABLE mine (x)") }
    for name in ["text", "other"] {
      let before = try Data(contentsOf: URL(filePath: folder.file(name)))
      #expect(fault { _ = try queue(folder.file(name)) }?.reason == .notAStore)
      #expect(fault { _ = try pool(folder.file(name)) }?.reason == .notAStore)
      #expect(try Data(contentsOf: URL(filePath: folder.file(name))) == before)
    }
  }

  @Test("an upgraded file is upgraded once; the older program then refuses it and says so")
  func versions() throws {
    let folder = try Folder()
    do { _ = try queue(folder.file("r")) }
    do {
      let upgraded = try queue(folder.file("r"), version: 2)
      #expect(try upgraded.read { try $0.tableExists("later") })
    }
    do { _ = try queue(folder.file("r"), version: 2) }
    let refused = fault { _ = try queue(folder.file("r"), version: 1) }
    #expect(refused?.reason == .newer(version: 2, known: 1))
    #expect(refused?.mayPass == false)
  }

  @Test("an upgrade that fails leaves the file as it was")
  func failedUpgrade() throws {
    let folder = try Folder()
    let failed = fault {
      _ = try TradeDatabase.openQueue(at: folder.file("r"), as: Self.replica, create: true) { db, _ in
        try World.tables(db)
        try db.execute(sql: "CREATE TABLE unit (code TEXT) STRICT")
      }
    }
    #expect(failed?.reason == .other)
    let store = try queue(folder.file("r"))
    #expect(
      try store.read { try TradeTables.scan(TableDescription.of(UnitColumns.self), limit: 1, in: $0) } == [])
  }

  @Test("two programs writing one file: the second is told it is busy, and that it may pass")
  func busy() throws {
    let folder = try Folder()
    let first = try queue(folder.file("r"))
    let second = try TradeDatabase.openQueue(
      at: folder.file("r"), as: Self.replica, create: false, options: StoreOptions(busyTimeoutSeconds: 0)
    ) { _, _ in }
    try first.inDatabase { db in
      try db.execute(sql: "BEGIN IMMEDIATE")
      let busy = fault { try StoreFault.explaining("record an operation") { try second.write { _ in } } }
      #expect(busy?.reason == .busy)
      #expect(busy?.mayPass == true)
      #expect(busy?.description.hasPrefix("cannot record an operation: ") == true)
      try db.execute(sql: "ROLLBACK")
    }
  }

  @Test("a full disk is called full and not damage")
  func full() throws {
    let folder = try Folder()
    let store = try queue(folder.file("r"))
    try store.writeWithoutTransaction { try $0.execute(sql: "PRAGMA max_page_count = 200") }
    let table = TableDescription.of(ProductColumns.self)
    let rows = (0..<4_000).map { number in
      var product = Product()
      (product.sku, product.description) = ("P\(number)", String(repeating: "x", count: 200))
      return product.row
    }
    let full = fault {
      try StoreFault.explaining("load") {
        try store.write { try TradeTables.write(table.keyed(rows), in: $0) }
      }
    }
    #expect(full?.reason == .full)
    #expect(try store.read { try TradeTables.scan(table, limit: 1, in: $0) } == [])
  }

  @Test("an fsync that failed leaves the outcome open; a failed write does not")
  func unknownOutcome() {
    let fsync = StoreFault(DatabaseError(resultCode: .SQLITE_IOERR_FSYNC), doing: "commit")
    let write = StoreFault(DatabaseError(resultCode: .SQLITE_IOERR_WRITE), doing: "commit")
    #expect(fsync.reason == .ioFailed && fsync.leavesOutcomeUnknown)
    #expect(write.reason == .ioFailed && !write.leavesOutcomeUnknown)
  }

  @Test("a checkpoint empties the write-ahead log, unless somebody reads")
  func checkpoint() throws {
    let folder = try Folder()
    let store = try pool(folder.file("c"))
    let rows = [(key: RowKey(UnitColumns.self, "EA"), row: unit("EA"))]
    try store.write { try TradeTables.write(rows, in: $0) }
    #expect(try TradeDatabase.checkpoint(store, .truncate))
    let size = try FileManager.default.attributesOfItem(atPath: folder.file("c-wal"))[.size] as? Int
    #expect(size == 0)
    let snapshot = try store.makeSnapshot()
    try store.write {
      try TradeTables.write([(key: RowKey(UnitColumns.self, "KGM"), row: unit("KGM"))], in: $0)
    }
    #expect(try snapshot.read { try TradeTables.row(RowKey(UnitColumns.self, "KGM"), in: $0) } == nil)
    #expect(try !TradeDatabase.checkpoint(store, .passive))
  }
}
