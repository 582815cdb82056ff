import GRDB
import SyncProtocol
import SyncSession
import TradeRules
import TradeTables

/// Enrolment and the handshake.
extension CentralHost {
  // MARK: Enrolment

  func enrol(_ enrol: Enrol, from number: ConnectionNumber, at now: Instant) throws {
    guard let connection = connections[number] else { return }
    let secretHash = Hashing.sha256(enrol.secret)
    guard let invitation = try store.find(InvitationColumns.self, secretHash),
      let invited = try store.find(DeviceColumns.self, invitation.device)
    else { return refuse(number, .codeInvalid) }
    // The answer to a spent code may have been lost: the same key gets it again.
    if !(invitation.isSpent && invited.publicKey == enrol.publicKey) {
      let form = Filled<EnrolDevice> {
        $0.secretHash = secretHash
        $0.publicKey = enrol.publicKey
      }
      let verdicts = try recordOwn([OwnDraft(form)], actor: "rule", at: now)
      guard verdicts.allSatisfy({ $0.outcome == .applied }) else { return refuse(number, .codeInvalid) }
    }
    guard let device = try store.find(DeviceColumns.self, invitation.device) else {
      return refuse(number, .codeInvalid)
    }
    var session = try store.session(of: device.code) ?? newSession(of: device.code)
    if session.incarnation == .none { session.incarnation = newToken() }
    try store.store([session])
    let enrolled = Enrolled(
      device: device.code, role: device.role, name: device.name, epoch: store.epoch,
      incarnation: session.incarnation)
    send(try connection.session.enrolled(enrolled, answering: enrol, signedBy: key), to: number)
  }

  private func newSession(of device: String) -> DeviceSession {
    DeviceSession(device: device, incarnation: newToken(), chainHash: OperationChain.start)
  }

  private func newToken() -> RecordID {
    RecordID(
      derivedFrom: PlantedBug.isPlanted(.tokenFromLog) ? Array(store.head.hash.prefix(16)) : random(16))
  }

  // MARK: Handshake

  func welcome(_ hello: Hello, from number: ConnectionNumber, at now: Instant) throws {
    guard var connection = connections[number] else { return }
    guard ProtocolVersion.supported.contains(hello.protocolVersion), hello.acceptsZstd else {
      return refuse(number, .upgradeRequired)
    }
    // Unknown and wrongly signed devices get the same answer after the same work.
    let device = try store.find(DeviceColumns.self, hello.device)
    let publicKey = device.map(\.publicKey) ?? key.publicKey
    guard connection.session.isProved(hello, by: publicKey), let device, device.state != .invited,
      var session = try store.session(of: device.code)
    else { return refuse(number, .notAuthorised) }
    // What an older connection still had to say came late: the device has moved on.
    let isLate = number < lastWelcomed[device.code] ?? 0
    guard !isLate || PlantedBug.isPlanted(.lateHandshakeTaken) else {
      return drop(number, .replaced, reason: "the device connected again")
    }
    if let halted { return refuse(number, halted.code, retryAfter: CentralHost.haltRetryMilliseconds) }
    guard try hasSeenThisLog(hello), mayFollow(hello, session) else {
      return refuse(number, .historyDiffers, retryAfter: ReplicaSession.historyRetryMilliseconds)
    }
    if let refusal = device.state.refusal {
      note(hello, &session, at: now)
      try store.store([session])
      return revoke(number, refusal)
    }
    guard try admitIncarnation(of: hello, &session) else {
      try store.store([session])
      return refuse(number, .replicaForked)
    }
    note(hello, &session, at: now)
    try store.store([session])
    replaceOlder(connection: number, of: device.code)
    // A device that is out of use hands over what it has, and gets no rows.
    let grants = device.state == .active ? device.grants : .nothing
    let download = try planDownload(for: grants, hello: hello)
    let welcome = self.welcome(for: session, grants, download, at: now)
    send(try connection.session.welcome(welcome, answering: hello, signedBy: key), to: number)
    lastWelcomed[device.code] = number
    connection.device = device.code
    connection.grants = grants
    connection.scope = device.grants
    connection.standing = device.state
    connection.lastRecorded = hello.lastRecorded
    connection.download = device.state == .active ? download : nil
    connection.current = sameHistory(hello) ? hello.checkpointVersion : 0
    connection.checkpointSentAt = Instant(milliseconds: 0)
    connections[number] = connection
    orders.append(.trust(number))
  }

  /// What a hello tells administrators about the device.
  private func note(_ hello: Hello, _ session: inout DeviceSession, at now: Instant) {
    session.lastSeenAt = now
    session.unsent = max(0, hello.lastRecorded - session.appliedThrough)
    session.clockOffsetMilliseconds = now.milliseconds(since: hello.clock.wall)
    session.appVersion = hello.appVersion
  }

  /// Whether the newest entry the device has seen is in this log, or lies in a part that a restore is known to
  /// have lost. Otherwise an older file was put in the place of the store, or its log was changed (G21): what
  /// would be decided on it nobody could rely on. Whether a history that this log does not know is newer or older,
  /// the device knows, which has left the older ones.
  ///
  /// Of a history that a restore ended nothing is relied on any more: an older file may have gone on under its name
  /// before it was restored. Then administrators hear of it, and the device takes everything anew.
  private func hasSeenThisLog(_ hello: Hello) throws -> Bool {
    guard let seen = hello.knownHead, store.epochs.covers(seen.version, of: seen.epoch) else { return true }
    if try store.read({ db in try LogStore.entry(seen.version, in: db) })?.hash == seen.hash { return true }
    guard seen.epoch != store.epoch else { return false }
    orders.append(
      .report(
        .historyDiffers, device: hello.device, detail: "version \(seen.version), before the last restore"))
    return true
  }

  private func sameHistory(_ hello: Hello) -> Bool { hello.epoch == store.epoch }

  /// Tells one life of a replica's file from another (#66): the token shown must be the current one, or the
  /// previous one when the welcome that carried the current was lost. The device's chain must go on from
  /// what the centre has.
  private func admitIncarnation(of hello: Hello, _ session: inout DeviceSession) throws -> Bool {
    // Nobody has shown one since a restore: the first to come goes on.
    let isKnown = session.incarnation == .none || showsToken(hello, of: session)
    let extendsOurs = hello.lastRecorded >= session.appliedThrough
    let sharesOurs = try chainAgrees(hello, session)
    guard isKnown, extendsOurs, sharesOurs else {
      session.isForked = true
      return false
    }
    // The welcome may be lost: then it is shown again.
    session.previousIncarnation = hello.incarnation
    session.incarnation = newToken()
    return true
  }

  private func showsToken(_ hello: Hello, of session: DeviceSession) -> Bool {
    hello.incarnation == session.incarnation || hello.incarnation == session.previousIncarnation
  }

  /// Whether a replica of a history that this store never had may follow this one: only where it is the device's one
  /// file, for all that is known. Else this store is an older one put in place (G21), or the replica a copy (#66).
  private func mayFollow(_ hello: Hello, _ session: DeviceSession) -> Bool {
    store.epochs.knows(hello.epoch) || session.incarnation == .none || showsToken(hello, of: session)
  }

  private func chainAgrees(_ hello: Hello, _ session: DeviceSession) throws -> Bool {
    let number = hello.chainNumber
    guard number > 0, number <= session.appliedThrough else { return true }
    let id = OperationID(device: session.device, number: number)
    return try store.read { db in try LogStore.chainHash(of: id, in: db) } == hello.chainHash
  }

  /// The newer connection of a device wins; a half-open one never blocks it.
  private func replaceOlder(connection number: ConnectionNumber, of device: String) {
    for other in connections.keys.sorted() where other != number && connections[other]?.device == device {
      drop(other, .replaced, reason: "the device connected again")
    }
  }

  private func welcome(
    for session: DeviceSession, _ grants: Grants, _ download: Download, at now: Instant
  ) -> Welcome {
    let isTooFar = PlantedBug.isPlanted(.appliedTooFar)
    return Welcome(
      epoch: store.epoch, centreTime: now, incarnation: session.incarnation, grants: grants,
      limits: UploadLimits(
        batchBytes: limits.batchBytesMax, creditBytes: limits.creditBytes,
        batchOperations: limits.operationsPerBatchMax),
      appliedThrough: session.appliedThrough + (isTooFar ? session.unsent : 0),
      headVersion: store.head.version, headHash: store.head.hash,
      wholeBuckets: download.legs.filter(\.isSnapshot).map(\.bucket), loadContinues: download.isResumed)
  }

  /// The version at which a download of a whole bucket begins.
  private func base(of bucket: Bucket) -> Int64 {
    pages.base(of: bucket, head: store.head.version, horizon: store.index.horizon(of: bucket))
  }

  /// What the replica has to be sent: it goes on where it stopped, takes what changed since its checkpoint,
  /// or takes whole the buckets it does not hold.
  private func planDownload(for grants: Grants, hello: Hello) throws -> Download {
    let granted = store.index.buckets(grantedBy: grants)
    let isKnown = sameHistory(hello) && hello.checkpointVersion <= store.head.version
    let stored = isKnown ? hello.loadCursor.flatMap(Download.init(cursor:)) : nil
    // Among the pages that are stored may be some of a bucket that was taken away since, or rows of which it is
    // forgotten that they left: it starts anew.
    let resumed = stored.flatMap { download in
      download.legs.allSatisfy { leg in
        grants.contains(leg.bucket) && leg.position.isWithin(store.index.horizon(of: leg.bucket))
      } ? download : nil
    }
    let positions = Dictionary(
      (resumed?.legs ?? []).map { ($0.bucket, $0.position) }, uniquingKeysWith: { first, _ in first })
    let held = Set(hello.buckets)
    return Download(
      legs: granted.map { bucket in
        let holds =
          bucket == ChangeIndex.everything ? hello.holdsEverything : held.contains(bucket)
        let since = hello.checkpointVersion + (PlantedBug.isPlanted(.cursorTooFar) ? 1 : 0)
        let changes = Download.Position.delta(through: since, after: nil)
        let hasChanges =
          isKnown && holds && hello.checkpointVersion > 0
          && changes.isWithin(store.index.horizon(of: bucket))
        let start = hasChanges ? changes : .snapshot(base: base(of: bucket), after: nil)
        return Download.Leg(bucket: bucket, position: positions[bucket] ?? start)
      }, isResumed: resumed != nil)
  }
}
