import GRDB
import SyncSession
import Testing
import TradeRules
import TradeTables

import struct Foundation.Data

@testable import CentralStore
@testable import ReplicaStore
@testable import Simulator

/// What holds at the end of every story, whatever happened in it.
extension Shop {
  /// Everybody comes back, and everything adds up: all are up to date, every replica has exactly the centre's
  /// rows of its scope (G8), every operation has exactly one answer or is held (G4, G5), the ledger gives the
  /// balances (G12), the log's chain holds (G21).
  func expectAllIsWell(_ location: SourceLocation = #_sourceLocation) throws {
    for code in world.devices.keys.sorted() where world.devices[code]?.mayConnect == false {
      try world.setOnline(code, true)
    }
    try settle(location)
    for code in world.devices.keys.sorted() {
      let person = Person(self, code)
      #expect(
        try person.device.isCurrent(with: world.store.head.version), "\(code) is current",
        sourceLocation: location)
      try expectSameRows(person, location)
      try expectSameDigests(person, location)
      try expectAnswers(person, location)
    }
    #expect(try centre.read(TradeTables.digests).byBucket == keptDigests, sourceLocation: location)
    try expectLedgerAddsUp(location)
    try expectChainHolds(location)
  }

  // MARK: Rows

  /// G8: the confirmed rows of a replica are the centre's rows of its scope.
  func expectSameRows(_ person: Person, _ location: SourceLocation = #_sourceLocation) throws {
    let grants = try scope(of: person)
    var hasher = RowHasher()
    var (wanted, found): ([RowKey: RowHash], [RowKey: RowHash]) = ([:], [:])
    for table in TableDescription.all where !table.isCentreOnly {
      try centre.read { db in
        try TradeTables.visit(table, in: db) { row in
          guard grants.meet(table.buckets(of: row)) else { return }
          wanted[table.key(of: row)] = hasher.hash(row, of: table)
        }
      }
      try person.books.read { db in
        try BaseImages.visitConfirmed(table, in: db) { row in
          found[table.key(of: row)] = hasher.hash(row, of: table)
        }
      }
    }
    #expect(wanted.count > 0, sourceLocation: location)
    let differing = Set(wanted.keys).union(found.keys).filter { wanted[$0] != found[$0] }.sorted()
    let names = differing.map { TableDescription.numbered($0.table)?.name ?? "" }
    #expect(names == [], "\(person.code) has the centre's rows", sourceLocation: location)
  }

  /// What the centre grants, which is what the replica goes by.
  private func scope(of person: Person) throws -> Grants {
    let state = try #require(try person.device.store.state())
    let row = try centre.find(DeviceColumns.self, key: RowKey(DeviceColumns.self, state.device))
    let grants = try #require(row).grants
    #expect(state.grants == grants, "\(person.code)")
    return grants
  }

  private var keptDigests: [Bucket: BucketDigest] {
    world.store.index.states.filter { $0.key != ChangeIndex.everything && $0.value.digest != .zero }
      .mapValues(\.digest)
  }

  /// The digests a replica keeps, those of its rows read anew, and the centre's are the same.
  func expectSameDigests(_ person: Person, _ location: SourceLocation = #_sourceLocation) throws {
    let grants = try scope(of: person)
    let digests = try person.books.read { try BaseImages.confirmedDigests(in: $0) }
    if grants.everything {
      #expect(digests.all == world.store.index.digest(of: ChangeIndex.everything), sourceLocation: location)
      return
    }
    for bucket in world.store.index.buckets(grantedBy: grants) {
      let wanted = world.store.index.digest(of: bucket)
      #expect(digests[bucket] == wanted, "\(bucket) of \(person.code)", sourceLocation: location)
      let kept = try person.books.read { db in
        try GRDB.Row.fetchOne(db, sql: "SELECT digest FROM bucket WHERE name = ?", arguments: [bucket.name])
          .map { Array($0["digest"] as Data) }
      }
      #expect(
        kept ?? BucketDigest.zero.bytes == wanted.bytes, "\(bucket) of \(person.code)",
        sourceLocation: location)
    }
  }

  // MARK: Answers

  /// G4, G5: what was acknowledged to a person is in the outbox, what is in the outbox was decided once, or
  /// waits for a record that is named.
  private func expectAnswers(_ person: Person, _ location: SourceLocation) throws {
    let items = try person.books.read { try Outbox.items(after: 0, limit: .max, in: $0) }
    let device = try #require(try person.device.store.state()).device
    #expect(items.map(\.number) == Array(1..<Int64(items.count) + 1), sourceLocation: location)
    for id in person.device.acknowledged {
      #expect(items.contains { $0.number == id.number }, "\(id) was acknowledged", sourceLocation: location)
    }
    for item in items {
      let id = OperationID(device: device, number: item.number)
      let answered = try centre.answer(to: id) != nil
      let held = try centre.find(HeldColumns.self, key: RowKey(HeldColumns.self, device, item.number))
      let waits = held.map { !$0.waitingFor.isEmpty } ?? false
      #expect(answered != waits, "\(id) is answered or held", sourceLocation: location)
      let isGivenUp = answered && item.state == .withdrawn
      #expect(
        isGivenUp || item.state == (waits ? .held : .answered), "\(id) as the device sees it",
        sourceLocation: location)
      #expect(try decisions(of: id) == (answered ? 1 : 0), "\(id) is decided once", sourceLocation: location)
    }
  }

  /// How many entries of the log decided an operation.
  func decisions(of id: OperationID) throws -> Int {
    try centre.read { db in
      try Int.fetchOne(
        db,
        sql: """
          SELECT count(*) FROM log_entry
          WHERE kind = 'decided' AND device = ? AND ? BETWEEN first_number AND last_number
          """,
        arguments: [id.device, id.number])
    } ?? 0
  }

  // MARK: Ledger

  /// G12: at the centre, and at each device that holds the ledger.
  private func expectLedgerAddsUp(_ location: SourceLocation) throws {
    #expect(try Reckoning(centre).faults() == [], "at the centre", sourceLocation: location)
    for code in world.devices.keys.sorted() {
      let state = try #require(try world.devices[code]?.store.state())
      guard state.role.worksInWarehouses || state.role == .admin else { continue }
      let faults = try Reckoning(Person(self, code).books).faults(promises: state.role == .admin)
      #expect(faults == [], "on \(code)", sourceLocation: location)
    }
  }

  // MARK: Log

  /// G21: every entry's hash follows from the one before and from what it says.
  private func expectChainHolds(_ location: SourceLocation) throws {
    var hash = LogEnd.empty.hash
    var version: Int64 = 0
    for entry in try centre.read({ try LogStore.entries(from: 1, limit: .max, in: $0) }) {
      version += 1
      #expect(entry.version == version, sourceLocation: location)
      let operations = try centre.read { try LogStore.operations(of: entry, in: $0) }
      #expect(
        entry.chained(after: hash, operations: operations.map(\.chainHash)) == entry.hash,
        "entry \(version)", sourceLocation: location)
      hash = entry.hash
    }
    #expect(world.store.head.hash == hash, sourceLocation: location)
  }
}
