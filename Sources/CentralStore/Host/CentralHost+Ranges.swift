import GRDB
import SyncProtocol
import SyncSession
import TradeRules
import TradeTables

/// Mending replicas by range: digests of ranges while they look for what differs, then the rows they lack
/// (docs/PROTOCOL.md, "Repair").
extension CentralHost {
  /// How often one connection may have ranges mended: a replica whose digests never agree would ask for ever.
  static let mendsMax = 8

  func summarise(_ compare: Compare, for number: ConnectionNumber, at now: Instant) throws {
    try requireGranted([compare.bucket], to: number)
    if let open = ranges.questions.first(where: {
      $0.connection == number && $0.compare.bucket == compare.bucket
    }) {
      // A search that began anew may ask the same again; who asks more before it is answered would fill memory.
      guard open.compare == compare else {
        throw ProtocolViolation(expected: "one question about a bucket at a time", found: "another")
      }
      return
    }
    ranges.questions.append((number, compare))
    if ranges.sums[compare.bucket] == nil {
      ranges.sums[compare.bucket] = RangeWork.Summing(walk: BucketWalk(compare.bucket), usedAt: now)
    }
  }

  func mend(_ mend: Mend, for number: ConnectionNumber) throws {
    try requireGranted(mend.buckets.map(\.bucket), to: number)
    connections[number]?.mends += 1
    guard connections[number]?.mends ?? 0 <= CentralHost.mendsMax else {
      throw ProtocolViolation(expected: "an end of mending", found: "the same ranges again and again")
    }
    ranges.mends.append(
      RangeWork.Mending(
        connection: number,
        parts: mend.buckets.map { rows in
          RangeWork.Mending.Part(
            walk: BucketWalk(rows.bucket), bits: rows.bits, wanted: Set(rows.ranges.map(\.number)),
            unmet: Set(rows.ranges.flatMap(\.hashes)))
        }))
  }

  private func requireGranted(_ buckets: [Bucket], to number: ConnectionNumber) throws {
    guard let connection = connections[number], connection.standing == .active else {
      throw ProtocolViolation(expected: "nothing but work", found: "a device out of use that compares")
    }
    let granted = Set(store.index.buckets(grantedBy: connection.grants))
    guard let other = buckets.first(where: { !granted.contains($0) }) else { return }
    throw ProtocolViolation(expected: "buckets that are granted", found: other.name)
  }

  // MARK: Turns

  /// Does as much as one turn may take.
  func workOnRanges(at now: Instant) {
    ranges.tidy({ connections[$0]?.standing == .active }, at: now)
    var rowsLeft = limits.comparedRowsPerTurn
    while rowsLeft > 0, !ranges.isIdle, halted == nil {
      if let (number, compare) = ranges.questions.first {
        attempt(for: number) { try workOnSums(for: number, compare, &rowsLeft, at: now) }
      } else if let mending = ranges.mends.first {
        attempt(for: mending.connection) { try workOnMending(mending, &rowsLeft, at: now) }
      } else if let proving = ranges.proofs.first {
        attempt(for: proving.connection) { try workOnProof(proving, &rowsLeft) }
      }
    }
    if !ranges.isIdle { orders.append(.wake(at: now.advanced(byMilliseconds: 1))) }
  }

  /// A store that fails ends the one connection it was read for.
  private func attempt(for number: ConnectionNumber, _ work: () throws -> Void) {
    do { try work() } catch {
      refuse(number, StoreTrouble.code(of: error), retryAfter: 5_000)
      note(error)
      ranges.forget(number)
    }
  }

  private func workOnSums(
    for number: ConnectionNumber, _ compare: Compare, _ rowsLeft: inout Int, at now: Instant
  ) throws {
    let bucket = compare.bucket
    var summing = ranges.sums[bucket] ?? RangeWork.Summing(walk: BucketWalk(bucket), usedAt: now)
    // The sums are changed in place: half a megabyte is not copied a turn.
    ranges.sums[bucket] = nil
    summing.usedAt = now
    if !summing.walk.isComplete {
      var hasher = RowHasher()
      rowsLeft -= try store.read { db in
        try summing.walk.step(rowsLeft, in: db) { key, row, table in
          summing.sums.add(hasher.hash(row, at: key, of: table), at: key)
        }
      }
    }
    guard summing.walk.isComplete else {
      ranges.sums[bucket] = summing
      return
    }
    guard summing.sums.agree(with: store.index.digest(of: bucket)) else {
      guard summing.isProved else { throw CentralHost.rotten(bucket) }
      // A commit that failed half way is not in them: they are made anew.
      ranges.sums[bucket] = RangeWork.Summing(walk: BucketWalk(bucket), usedAt: now)
      return
    }
    summing.isProved = true
    let digests = summing.sums.parts(bits: compare.bits, of: compare.bits == 8 ? nil : compare.ranges)
    let rows = Int64(summing.sums.rows)
    ranges.sums[bucket] = summing
    ranges.questions.removeFirst()
    // An answer costs its turn something, or many of them would come at once.
    rowsLeft -= digests.count
    send(.summary(Summary(bucket: bucket, bits: compare.bits, rows: rows, digests: digests)), to: number)
  }

  private func workOnMending(
    _ mending: RangeWork.Mending, _ rowsLeft: inout Int, at now: Instant
  ) throws {
    var mending = mending
    guard let place = mending.parts.firstIndex(where: { !$0.isDone }) else {
      ranges.mends.removeFirst()
      return try finish(mending, at: now)
    }
    var hasher = RowHasher()
    var part = mending.parts[place]
    rowsLeft -= try store.read { db in
      try part.walk.step(rowsLeft, in: db) { key, row, table in
        let hash = hasher.hash(row, at: key, of: table)
        part.digest.add(hash)
        guard part.wanted.contains(KeyRange.number(KeyRange.number(of: key), bits: part.bits)) else { return }
        if part.unmet.remove(hash.short) == nil { part.lacking.append(key) }
      }
    }
    if part.walk.isComplete { try requireSound(part.walk.bucket, reckoned: part.digest) }
    mending.parts[place] = part
    ranges.mends[0] = mending
  }

  // MARK: Rows that rotted here

  /// Reads a bucket that a device takes whole again and again: rows that rotted here would never agree with their
  /// digest, and it would ask for them for ever.
  private func workOnProof(_ proving: RangeWork.Proving, _ rowsLeft: inout Int) throws {
    var (proving, hasher) = (proving, RowHasher())
    rowsLeft -= try store.read { db in
      try proving.walk.step(rowsLeft, in: db) { key, row, table in
        proving.digest.add(hasher.hash(row, at: key, of: table))
      }
    }
    ranges.proofs[0] = proving
    guard proving.walk.isComplete else { return }
    try requireSound(proving.walk.bucket, reckoned: proving.digest)
    ranges.proofs.removeFirst()
  }

  /// - Parameter digest: of the bucket's rows as they were read, some a turn.
  /// - Throws: `StoreFault` when the rows are not those of the bucket's digest: it ends all deciding (G23).
  private func requireSound(_ bucket: Bucket, reckoned digest: BucketDigest) throws {
    if digest == store.index.digest(of: bucket) { return }
    // A commit that failed half way is not in it: one view of all the rows says who is right.
    var (walk, found, hasher) = (BucketWalk(bucket), BucketDigest.zero, RowHasher())
    try store.read { db in
      while !walk.isComplete {
        _ = try walk.step(limits.comparedRowsPerTurn, in: db) { key, row, table in
          found.add(hasher.hash(row, at: key, of: table))
        }
      }
    }
    guard found == store.index.digest(of: bucket) else { throw CentralHost.rotten(bucket) }
  }

  private static func rotten(_ bucket: Bucket) -> StoreFault {
    StoreFault(.corrupt, doing: "compare", detail: "rows of \(bucket) differ from their digest")
  }

  // MARK: Answers

  /// Says what is too much and sends what is missing; what was committed meanwhile follows as changes.
  private func finish(_ mending: RangeWork.Mending, at now: Instant) throws {
    let number = mending.connection
    guard var connection = connections[number], let device = connection.device else { return }
    for part in mending.parts {
      let hashes = part.isBeyond ? [] : part.unmet.sorted()
      send(.surplus(Surplus(bucket: part.walk.bucket, hashes: hashes)), to: number)
    }
    let whole = Set(mending.parts.filter(\.isBeyond).map(\.walk.bucket))
    let lacking = Dictionary(
      mending.parts.map { ($0.walk.bucket, $0.lacking) }, uniquingKeysWith: { first, _ in first })
    let download =
      connection.download
      ?? Download(of: store.index.buckets(grantedBy: connection.grants), changedAfter: connection.current)
    connection.download = download.mending(lacking, whole: whole)
    connections[number] = connection
    // Their walks ended before the end.
    ranges.proofs += whole.sorted().map { RangeWork.Proving(connection: number, walk: BucketWalk($0)) }
    let rows = mending.parts.reduce(0) { $0 + max($1.lacking.count, $1.unmet.count) }
    try report(mending.parts.map(\.walk.bucket), rows: rows, of: device, at: now)
  }

  /// Takes note that a replica differed: in the log, and with the device.
  ///
  /// - Parameter rows: how many differed; nil = the buckets go whole.
  func report(_ buckets: [Bucket], rows: Int?, of device: String, at now: Instant) throws {
    let names = buckets.map(\.name).joined(separator: " ")
    let detail = rows.map { "\($0) rows of \(names)" } ?? "\(names), sent whole"
    orders.append(.report(.digestMismatch, device: device, detail: detail))
    guard var session = try store.session(of: device) else { return }
    session.mends += 1
    session.lastMendAt = now
    try store.store([session])
  }
}
