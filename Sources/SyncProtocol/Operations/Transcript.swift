public import TradeRules

/// The exact bytes that are signed and hashed, for every signature and every link of this protocol.
///
/// Each is a purpose with its version, then fields, all length-prefixed, so that no two different
/// conversations have the same bytes. Pure: keys and hashing are the session's.
public enum Transcript {
  /// The hash of a device's chain before its first operation.
  public static let chainStart = [UInt8](repeating: 0, count: 32)

  /// Signed by the new device's key.
  public static func enrol(_ challenge: Challenge, _ enrol: Enrol) -> [UInt8] {
    var fields = TranscriptFields("waybill/enrol/v1")
    fields.append(challenge)
    fields.append(UInt64(enrol.protocolVersion))
    fields.append(enrol.secret)
    fields.append(enrol.publicKey)
    fields.append(enrol.nonce)
    fields.append(enrol.appVersion)
    return fields.bytes
  }

  /// Signed by the centre's key: the answer and all that led to it.
  public static func enrolled(_ challenge: Challenge, _ enrol: Enrol, _ enrolled: Enrolled) -> [UInt8] {
    var fields = TranscriptFields("waybill/enrolled/v1")
    fields.append(Transcript.enrol(challenge, enrol))
    fields.append(enrol.signature)
    fields.append(enrolled.device)
    fields.append(enrolled.role.rawValue)
    fields.append(enrolled.name)
    fields.append(enrolled.epoch.bytes)
    fields.append(enrolled.incarnation.bytes)
    return fields.bytes
  }

  /// Signed by the device's key.
  public static func hello(_ challenge: Challenge, _ hello: Hello) -> [UInt8] {
    var fields = TranscriptFields("waybill/session/v1")
    fields.append(challenge)
    fields.append(UInt64(hello.protocolVersion))
    fields.append(UInt64(hello.schemaVersion))
    fields.append(hello.device)
    fields.append(hello.nonce)
    fields.append(hello.incarnation.bytes)
    fields.append(hello.epoch.bytes)
    fields.append(hello.checkpointVersion)
    fields.append(hello.buckets.map(\.name))
    fields.append(hello.holdsEverything ? 1 : 0 as UInt64)
    fields.append(hello.loadCursor ?? [])
    fields.append(hello.firstUnsent)
    fields.append(hello.lastRecorded)
    fields.append(hello.chainNumber)
    fields.append(hello.chainHash)
    fields.append(hello.clock.wall.milliseconds)
    fields.append(hello.clock.bootID.bytes)
    fields.append(hello.clock.bootTimeMilliseconds)
    fields.append(hello.acceptsZstd ? 1 : 0 as UInt64)
    fields.append(hello.appVersion)
    if let head = hello.knownHead {
      fields.append(head.epoch.bytes)
      fields.append(head.version)
      fields.append(head.hash)
    }
    return fields.bytes
  }

  /// Signed by the centre's key: the answer and all that led to it.
  public static func welcome(_ challenge: Challenge, _ hello: Hello, _ welcome: Welcome) -> [UInt8] {
    var fields = TranscriptFields("waybill/welcome/v1")
    fields.append(Transcript.hello(challenge, hello))
    fields.append(hello.signature)
    fields.append(welcome.epoch.bytes)
    fields.append(welcome.centreTime.milliseconds)
    fields.append(welcome.incarnation.bytes)
    fields.append(welcome.grants.exact.map(\.name))
    fields.append(welcome.grants.prefixes)
    fields.append(welcome.grants.everything ? 1 : 0 as UInt64)
    fields.append(UInt64(welcome.limits.batchBytes))
    fields.append(UInt64(welcome.limits.creditBytes))
    fields.append(UInt64(welcome.limits.batchOperations))
    fields.append(welcome.appliedThrough)
    fields.append(welcome.headVersion)
    fields.append(welcome.headHash)
    fields.append(welcome.wholeBuckets.map(\.name))
    fields.append(welcome.loadContinues ? 1 : 0 as UInt64)
    return fields.bytes
  }

  /// Signed by the centre's key: good on this connection alone.
  public static func wipe(_ challenge: Challenge, _ hello: Hello, _ wipe: Wipe) -> [UInt8] {
    var fields = TranscriptFields("waybill/wipe/v1")
    fields.append(Transcript.hello(challenge, hello))
    fields.append(hello.signature)
    fields.append(wipe.through)
    return fields.bytes
  }

  /// Signed by the device's key, for the last time.
  public static func wiped(_ challenge: Challenge, _ hello: Hello, _ wipe: Wipe) -> [UInt8] {
    var fields = TranscriptFields("waybill/wiped/v1")
    fields.append(Transcript.wipe(challenge, hello, wipe))
    fields.append(wipe.signature)
    return fields.bytes
  }

  /// Signed by the device's key: one signature for every operation up to the last of a push.
  public static func push(
    device: String, epoch: RecordID, lastNumber: Int64, chainHash: [UInt8]
  ) -> [UInt8] {
    var fields = TranscriptFields("waybill/push/v1")
    fields.append(device)
    fields.append(epoch.bytes)
    fields.append(lastNumber)
    fields.append(chainHash)
    return fields.bytes
  }

  /// Hashed (SHA-256) to the next hash of a device's chain.
  ///
  /// - Parameter commitments: of the personal notes beside the operation, in their order; the texts
  ///   themselves never enter the chain.
  public static func link(
    previous: [UInt8], operation: [UInt8], commitments: [[UInt8]]
  ) -> [UInt8] {
    var fields = TranscriptFields("waybill/operation/v1")
    fields.append(previous)
    fields.append(operation)
    fields.append(UInt64(commitments.count))
    for commitment in commitments { fields.append(commitment) }
    return fields.bytes
  }

  /// Hashed (SHA-256) to the commitment that stands for a personal text.
  public static func commitment(_ note: PersonalNote) -> [UInt8] {
    var fields = TranscriptFields("waybill/personal/v1")
    fields.append(note.salt)
    fields.append(note.text)
    return fields.bytes
  }
}

/// Fields one after another, each behind its length: 4 bytes, most significant first. Numbers are 8 bytes,
/// most significant first; a list is its count, then its items.
private struct TranscriptFields {
  private(set) var bytes: [UInt8] = []

  init(_ purpose: String) { append(purpose) }

  mutating func append(_ field: some Collection<UInt8>) {
    appendBigEndian(UInt32(field.count))
    bytes.append(contentsOf: field)
  }

  mutating func append(_ text: String) { append(text.utf8) }

  mutating func append(_ number: UInt64) {
    appendBigEndian(UInt32(8))
    appendBigEndian(number)
  }

  mutating func append(_ number: Int64) { append(UInt64(bitPattern: number)) }

  mutating func append(_ names: [String]) {
    append(UInt64(names.count))
    for name in names { append(name) }
  }

  mutating func append(_ challenge: Challenge) {
    append(challenge.nonce)
    append(challenge.centreKey)
    append(UInt64(challenge.protocolVersions.count))
    for version in challenge.protocolVersions { append(UInt64(version)) }
  }

  private mutating func appendBigEndian(_ number: some FixedWidthInteger) {
    withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
  }
}
