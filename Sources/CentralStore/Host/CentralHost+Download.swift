import SyncProtocol
import SyncSession
import TradeRules
import TradeTables

/// Rows going out: pages to those who catch up, changes to those who are live.
extension CentralHost {
  // MARK: Catching up

  /// Sends pages to every replica that has room for some, and the checkpoint when nothing is newer.
  func pumpDownloads(at now: Instant) {
    for number in connections.keys.sorted() {
      do { try pump(number, at: now) } catch {
        refuse(number, StoreTrouble.code(of: error), retryAfter: 5_000)
        note(error)
      }
    }
  }

  private func pump(_ number: ConnectionNumber, at now: Instant) throws {
    guard var connection = connections[number], var download = connection.download,
      !ranges.isProving(for: number)
    else { return }
    let takesWhole = try !download.hasWhole || hasHandedIn(connection)
    while connection.session.hasRoom(forPages: 1, limits) {
      guard
        let piece = try download.nextPiece(
          from: store, limits: limits, cache: &pages, takesWhole: takesWhole)
      else {
        if download.hasWhole { break }
        if download.include(store.index.buckets(grantedBy: connection.grants)) { continue }
        connection.download = nil
        connections[number] = connection
        try sendCheckpoint(to: number, buckets: store.index.buckets(grantedBy: connection.grants), at: now)
        return
      }
      if piece.saysNothing { continue }
      let page = Page(
        bucket: piece.bucket, cursor: download.cursor, isSnapshot: piece.isSnapshot, isLast: piece.isLast,
        body: piece.body)
      send(.page(page), to: number)
      connection.session.sentPage(bytes: piece.body.bytes.count)
    }
    connection.download = download
    connections[number] = connection
    if PlantedBug.isPlanted(.checkpointBeforePages) { try sendCheckpoint(to: number, buckets: [], at: now) }
  }

  /// Whether what the device had recorded when it connected is decided or held: only then is it sent whole
  /// buckets, so that what it sees has its own work.
  private func hasHandedIn(_ connection: Connection) throws -> Bool {
    guard connection.lastRecorded > 0, let device = connection.device else { return true }
    return try store.session(of: device)?.appliedThrough ?? 0 >= connection.lastRecorded
  }

  func sendWhole(_ buckets: [Bucket], to number: ConnectionNumber, at now: Instant) throws {
    guard var connection = connections[number], let device = connection.device,
      connection.standing == .active
    else { return }
    connection.wholeSends += 1
    // A replica whose digests never agree would ask for ever.
    guard connection.wholeSends <= 3 else {
      return drop(number, .protocolViolation, reason: "\(device) asks for the same buckets again and again")
    }
    let asked = Set(buckets)
    let granted = store.index.buckets(grantedBy: connection.grants)
    connection.download = Download(
      legs: granted.map { bucket in
        let whole = asked.contains(bucket)
        return Download.Leg(
          bucket: bucket,
          position: whole
            ? .snapshot(base: store.head.version, after: nil)
            : .delta(through: connection.acknowledged, after: nil))
      })
    connections[number] = connection
    let again = asked.intersection(granted).intersection(fetched[device] ?? [])
    fetched[device, default: []].formUnion(asked.intersection(granted))
    ranges.proofs += again.sorted().map {
      RangeWork.Proving(connection: number, walk: BucketWalk($0))
    }
    try report(buckets, rows: nil, of: device, at: now)
  }

  /// Takes note of how far a replica has come; `keepHeard` writes it down.
  func note(_ stored: Stored, from number: ConnectionNumber, at now: Instant) throws {
    guard var connection = connections[number], let device = connection.device else { return }
    guard stored.checkpointVersion > connection.acknowledged || stored.incarnation != nil else { return }
    connection.acknowledged = max(connection.acknowledged, stored.checkpointVersion)
    connections[number] = connection
    guard var session = try heard[device] ?? store.session(of: device) else { return }
    let showsToken = stored.incarnation == session.incarnation
    let isNews =
      session.checkpoint < stored.checkpointVersion
      || (showsToken && session.previousIncarnation != nil)
    guard isNews else { return }
    if showsToken { session.previousIncarnation = nil }
    session.checkpoint = max(session.checkpoint, stored.checkpointVersion)
    session.lastSyncAt = now
    session.lastSeenAt = now
    heard[device] = session
  }

  /// Writes down how far replicas have come: in one transaction however many said so.
  func keepHeard() {
    let sessions = heard.sorted { $0.key < $1.key }.map(\.value)
    heard = [:]
    do { try store.store(sessions) } catch { note(error) }
  }

  // MARK: Live

  /// Tells every live replica of a commit: a bucket's changes are encoded once however many listen, and a
  /// small checkpoint for each makes them whole.
  func publish(_ commit: CentralStore.Commit, at now: Instant) {
    recall(commit)
    ranges.take(commit.changes)
    var audiences: [Bucket: [ConnectionNumber]] = [:]
    var changed = ChangedBuckets(commit.changes)
    for bucket in changed.buckets { pages.count(changed.count(in: bucket), changedIn: bucket) }
    pages.count(commit.changes.count, changedIn: ChangeIndex.everything)
    for number in connections.keys.sorted() {
      guard let connection = connections[number], connection.device != nil, connection.download == nil
      else { continue }
      let concerned =
        connection.grants.everything
        ? (commit.changes.isEmpty ? [] : [ChangeIndex.everything])
        : changed.buckets.filter {
          connection.grants.contains($0) || PlantedBug.isPlanted(.rowsOutOfScope)
        }
      guard !concerned.isEmpty else { continue }
      do {
        let frames = try concerned.flatMap { try changed.frames(for: $0) }
        let bytes = frames.reduce(0) { $0 + $1.count }
        guard connection.session.hasRoom(forPages: frames.count, bytes: bytes, limits) else {
          // Too slow for live changes, or too many of them: it catches up from what it has.
          catchUp(number)
          continue
        }
      } catch {
        refuse(number, StoreTrouble.code(of: error), retryAfter: 5_000)
        note(error)
        continue
      }
      for bucket in concerned { audiences[bucket, default: []].append(number) }
    }
    sendChanges(changed, to: audiences, at: now)
  }

  private func sendChanges(
    _ changed: ChangedBuckets, to audiences: [Bucket: [ConnectionNumber]], at now: Instant
  ) {
    var concerned: [ConnectionNumber: [Bucket]] = [:]
    for bucket in audiences.keys.sorted() {
      let audience = audiences[bucket] ?? []
      for frame in changed.made[bucket] ?? [] {
        orders.append(.send(frame, to: audience))
        for number in audience { connections[number]?.session.sentPage(bytes: frame.count) }
      }
      for number in audience { concerned[number, default: []].append(bucket) }
    }
    for number in concerned.keys.sorted() {
      do { try sendCheckpoint(to: number, buckets: concerned[number] ?? [], at: now) } catch {
        refuse(number, StoreTrouble.code(of: error), retryAfter: 5_000)
        note(error)
      }
    }
  }

  private func catchUp(_ number: ConnectionNumber) {
    guard var connection = connections[number] else { return }
    connection.download = Download(
      of: store.index.buckets(grantedBy: connection.grants), changedAfter: connection.current)
    connections[number] = connection
  }

  // MARK: Checkpoints

  private func sendCheckpoint(
    to number: ConnectionNumber, buckets: [Bucket], at now: Instant
  ) throws {
    guard var connection = connections[number], let device = connection.device else { return }
    let checkpoint = Checkpoint(
      version: store.head.version, appliedThrough: try store.session(of: device)?.appliedThrough ?? 0,
      digests: buckets.map { Checkpoint.Digest(bucket: $0, bytes: store.index.digest(of: $0).bytes) },
      centreTime: now, headHash: store.head.hash)
    send(.checkpoint(checkpoint), to: number)
    connection.current = store.head.version
    connection.checkpointSentAt = now
    connections[number] = connection
  }

  /// Replicas with nothing changed in their scope hear of the head at most every ten seconds.
  func sendIdleCheckpoints(at now: Instant) {
    var next: Instant?
    for number in connections.keys.sorted() {
      guard let connection = connections[number], connection.standing == .active, connection.device != nil,
        connection.download == nil, connection.current < store.head.version
      else { continue }
      let due = connection.checkpointSentAt.advanced(byMilliseconds: limits.idleCheckpointMilliseconds)
      if due <= now {
        do { try sendCheckpoint(to: number, buckets: [], at: now) } catch {
          refuse(number, StoreTrouble.code(of: error), retryAfter: 5_000)
          note(error)
        }
      } else {
        next = min(next ?? due, due)
      }
    }
    if let next, !PlantedBug.isPlanted(.idleNotWoken) { orders.append(.wake(at: next)) }
  }
}

/// The changes of one commit by bucket.
private struct ChangedBuckets {
  let buckets: [Bucket]
  private let changes: [IndexedChange]
  /// Positions of the changes that each bucket has or lost.
  private var positions: [Bucket: (has: [Int], lost: [Int])] = [:]
  /// The frames that somebody asked for.
  private(set) var made: [Bucket: [[UInt8]]] = [:]

  init(_ changes: [IndexedChange]) {
    self.changes = changes
    for (position, change) in changes.enumerated() {
      for bucket in change.buckets { positions[bucket, default: ([], [])].has.append(position) }
      for bucket in change.left { positions[bucket, default: ([], [])].lost.append(position) }
    }
    buckets = positions.keys.sorted()
  }

  func count(in bucket: Bucket) -> Int { positions[bucket].map { $0.has.count + $0.lost.count } ?? 0 }

  /// The bucket's changes as encoded pages, as many as they take; made once.
  mutating func frames(for bucket: Bucket) throws(PageTooLarge) -> [[UInt8]] {
    if let frames = made[bucket] { return frames }
    let frames = try makeFrames(for: bucket)
    made[bucket] = frames
    return frames
  }

  private func makeFrames(for bucket: Bucket) throws(PageTooLarge) -> [[UInt8]] {
    let all = bucket == ChangeIndex.everything
    let (has, lost) = all ? (Array(changes.indices), []) : positions[bucket] ?? ([], [])
    var rows: [(table: TableDescription, rows: [TradeRules.Row])] = []
    for position in has {
      let change = changes[position]
      if rows.last?.table.number == change.table.number {
        rows[rows.count - 1].rows.append(change.row)
      } else {
        rows.append((change.table, [change.row]))
      }
    }
    let left = lost.map { changes[$0].key }
    return try PageContent.encodePages(rows: rows, left: left).map { content throws(PageTooLarge) in
      let body = try PageBody(content, compressing: true)
      return Message.page(Page(bucket: bucket, cursor: [], isSnapshot: false, body: body)).encode()
    }
  }
}
