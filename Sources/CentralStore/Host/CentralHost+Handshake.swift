import Foundation
import GRDB
import SyncProtocol
import SyncSession
import TradeRules
import TradeTables

/// Enrolment and the handshake.
extension CentralHost {
  // MARK: Enrolment

  func enrol(_ enrol: WireEnrol, from number: ConnectionNumber, at now: Instant) throws {
    guard let connection = connections[number] else { return }
    let secretHash = Hashing.sha256(Array(enrol.secret))
    guard let invitation = try store.find(InvitationColumns.self, secretHash),
      let invited = try store.find(DeviceColumns.self, invitation.device)
    else { return refuse(number, .codeInvalid) }
    // The answer to a spent code may have been lost: the same key gets it again.
    if !(invitation.isSpent && invited.publicKey == Array(enrol.publicKey)) {
      let form = Filled<EnrolDevice> {
        $0.secretHash = secretHash
        $0.publicKey = Array(enrol.publicKey)
      }
      let verdicts = try recordOwn([OwnDraft(form)], actor: "rule", at: now)
      guard verdicts.allSatisfy({ $0.outcome == .applied }) else { return refuse(number, .codeInvalid) }
    }
    guard let device = try store.find(DeviceColumns.self, invitation.device) else {
      return refuse(number, .codeInvalid)
    }
    let session = try store.session(of: device.code) ?? newSession(of: device.code)
    try store.store([session])
    var enrolled = WireEnrolled()
    enrolled.device = device.code
    enrolled.role = device.role.rawValue
    enrolled.name = device.name
    enrolled.epoch = Data(store.epoch.bytes)
    enrolled.incarnation = Data(session.incarnation.bytes)
    send(try connection.session.enrolled(enrolled, answering: enrol, signedBy: key), to: number)
  }

  private func newSession(of device: String) -> DeviceSession {
    DeviceSession(device: device, incarnation: newToken(), chainHash: OperationChain.start)
  }

  private func newToken() -> RecordID { RecordID(derivedFrom: random(16)) }

  // MARK: Handshake

  func welcome(_ hello: WireHello, from number: ConnectionNumber, at now: Instant) throws {
    guard var connection = connections[number] else { return }
    guard ProtocolVersion.supported.contains(Int(hello.protocolVersion)) else {
      return refuse(number, .upgradeRequired)
    }
    // Unknown and wrongly signed devices get the same answer after the same work.
    let device = try store.find(DeviceColumns.self, hello.device)
    let publicKey = device.map(\.publicKey) ?? key.publicKey
    guard connection.session.isProved(hello, by: publicKey), let device, device.state == .active,
      var session = try store.session(of: device.code)
    else { return refuse(number, .notAuthorised) }
    guard try admitIncarnation(of: hello, &session) else {
      try store.store([session])
      return refuse(number, .replicaForked)
    }
    session.lastSeenAt = now
    session.unsent = max(0, Int64(hello.lastRecorded) - session.appliedThrough)
    session.clockOffsetMilliseconds = now.milliseconds(since: Instant(milliseconds: hello.clock.wall))
    session.appVersion = hello.appVersion
    try store.store([session])
    replaceOlder(connection: number, of: device.code)
    let download = try planDownload(for: device.grants, hello: hello)
    let welcome = self.welcome(for: session, device.grants, download, at: now)
    send(try connection.session.welcome(welcome, answering: hello, signedBy: key), to: number)
    connection.device = device.code
    connection.grants = device.grants
    connection.download = download
    connection.current = sameHistory(hello) ? Int64(hello.checkpointVersion) : 0
    connection.checkpointSentAt = Instant(milliseconds: 0)
    connections[number] = connection
    orders.append(.trust(number))
  }

  private func sameHistory(_ hello: WireHello) -> Bool { Array(hello.epoch) == store.epoch.bytes }

  /// Tells one life of a replica's file from another (#66): the token shown must be the current one, or the
  /// previous one when the welcome that carried the current was lost. The device's chain must go on from
  /// what the centre has.
  private func admitIncarnation(of hello: WireHello, _ session: inout DeviceSession) throws -> Bool {
    let shown = RecordID(bytes: Array(hello.incarnation)) ?? .none
    let isKnown = shown == session.incarnation || shown == session.previousIncarnation
    let extendsOurs = Int64(hello.lastRecorded) >= session.appliedThrough
    let sharesOurs = try chainAgrees(hello, session)
    guard !sameHistory(hello) || isKnown, extendsOurs, sharesOurs else {
      session.isForked = true
      return false
    }
    session.previousIncarnation = isKnown ? shown : nil
    session.incarnation = newToken()
    return true
  }

  private func chainAgrees(_ hello: WireHello, _ session: DeviceSession) throws -> Bool {
    let number = Int64(hello.chainNumber)
    guard number > 0, number <= session.appliedThrough else { return true }
    let id = OperationID(device: session.device, number: number)
    return try store.read { db in try LogStore.chainHash(of: id, in: db) } == Array(hello.chainHash)
  }

  /// The newer connection of a device wins; a half-open one never blocks it.
  private func replaceOlder(connection number: ConnectionNumber, of device: String) {
    for other in connections.keys.sorted() where other != number && connections[other]?.device == device {
      drop(other, .replaced, reason: "the device connected again")
    }
  }

  private func welcome(
    for session: DeviceSession, _ grants: Grants, _ download: Download, at now: Instant
  ) -> WireWelcome {
    var welcome = WireWelcome()
    welcome.epoch = Data(store.epoch.bytes)
    welcome.centreTime = now.milliseconds
    welcome.incarnation = Data(session.incarnation.bytes)
    welcome.grants.buckets = grants.exact.map(\.name)
    welcome.grants.prefixes = grants.prefixes
    welcome.grants.everything = grants.everything
    welcome.limits.batchBytes = UInt32(limits.batchBytesMax)
    welcome.limits.creditBytes = UInt32(limits.creditBytes)
    welcome.limits.batchOperations = UInt32(limits.operationsPerBatchMax)
    welcome.appliedThrough = UInt64(session.appliedThrough)
    welcome.headVersion = UInt64(store.head.version)
    welcome.headHash = Data(store.head.hash)
    welcome.wholeBuckets = download.legs.filter(\.isSnapshot).map(\.bucket.name)
    return welcome
  }

  /// What the replica has to be sent: it goes on where it stopped, takes what changed since its checkpoint,
  /// or takes whole the buckets it does not hold.
  private func planDownload(for grants: Grants, hello: WireHello) throws -> Download {
    let granted = store.index.buckets(grantedBy: grants)
    let isKnown = sameHistory(hello) && Int64(hello.checkpointVersion) <= store.head.version
    let resumed = isKnown ? Download(cursor: Array(hello.loadCursor)) : nil
    let positions = Dictionary(
      (resumed?.legs ?? []).map { ($0.bucket, $0.position) }, uniquingKeysWith: { first, _ in first })
    let held = Set(hello.buckets.map { Bucket($0) })
    return Download(
      legs: granted.map { bucket in
        let holds =
          bucket == ChangeIndex.everything ? hello.holdsEverything : held.contains(bucket)
        let start: Download.Position =
          isKnown && holds && hello.checkpointVersion > 0
          ? .delta(through: Int64(hello.checkpointVersion), after: nil)
          : .snapshot(base: store.head.version, after: nil)
        return Download.Leg(bucket: bucket, position: positions[bucket] ?? start)
      })
  }
}

extension Download.Leg {
  var isSnapshot: Bool { if case .snapshot = position { true } else { false } }
}
