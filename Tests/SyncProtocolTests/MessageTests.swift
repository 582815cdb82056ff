import SwiftProtobuf
import Testing
import TradeRules

@testable import SyncProtocol

@Suite("Messages are checked at the door")
struct MessageTests {
  /// Encodes an envelope as a careless or hostile peer would.
  private func frame(_ fill: (inout WireEnvelope) -> Void) throws -> [UInt8] {
    try WireEnvelope.with(fill).serializedBytes()
  }

  private func expectViolation(
    _ field: String, _ location: SourceLocation = #_sourceLocation, _ fill: (inout WireEnvelope) -> Void
  ) throws {
    let bytes = try frame(fill)
    let violation = #expect(throws: ProtocolViolation.self, sourceLocation: location) {
      try Message.decode(bytes)
    }
    #expect(
      violation?.expected.contains(field) == true, "\(violation?.expected ?? "")", sourceLocation: location)
    #expect(violation?.closeCode == .protocolViolation, sourceLocation: location)
  }

  @Test("every message comes back as it was sent")
  func roundTrip() throws {
    for (name, message) in Samples.all { #expect(try Message.decode(message.encode()) == message, "\(name)") }
  }

  @Test("what a newer program adds to a message is passed over (G24)")
  func unknownFieldsAreTolerated() throws {
    // Field 90 of the envelope's message, and field 91 of the envelope.
    for (name, message) in Samples.all {
      var envelope = try WireEnvelope(serializedBytes: message.encode())
      let extra: [UInt8] = [0xD2, 0x05, 3, 1, 2, 3]
      try envelope.merge(serializedBytes: extra)
      #expect(try Message.decode(envelope.serializedBytes()) == message, "\(name)")
    }
    var hello = Samples.hello.wire
    try hello.merge(serializedBytes: [0xD0, 0x05, 7] as [UInt8])
    #expect(try Message.decode(frame { $0.hello = hello }) == .hello(Samples.hello))
  }

  @Test("a message that this version does not have breaks the session")
  func unknownMessage() {
    #expect(throws: ProtocolViolation.self) { try Message.decode([0xF2, 0x07, 0]) }
    #expect(throws: ProtocolViolation.self) { try Message.decode([]) }
  }

  @Test("a message beyond a megabyte is not even read")
  func oversizeMessage() {
    let violation = #expect(throws: ProtocolViolation.self) {
      try Message.decode([UInt8](repeating: 0, count: WireLimits.frameBytesMax + 1))
    }
    #expect(violation?.closeCode == .messageTooBig)
  }

  @Test("a challenge without its 32 random bytes, its key or a version is no challenge")
  func challengeBounds() throws {
    let good = Samples.challenge.wire
    for length in [0, 31, 33] {
      try expectViolation("challenge.nonce") {
        $0.challenge = good
        $0.challenge.nonce = .of([UInt8](repeating: 1, count: length))
      }
      try expectViolation("challenge.centre_key") {
        $0.challenge = good
        $0.challenge.centreKey = .of([UInt8](repeating: 1, count: length))
      }
    }
    for versions in [[], Array(1...17), [2, 1], [1, 1]] as [[UInt32]] {
      try expectViolation("protocol_versions") {
        $0.challenge = good
        $0.challenge.protocolVersions = versions
      }
    }
  }

  @Test("a hello whose numbers contradict each other is refused")
  func helloBounds() throws {
    let good = Samples.hello.wire
    let faults: [(String, (inout WireHello) -> Void)] = [
      ("hello.device", { $0.device = "" }), ("hello.device", { $0.device = "A\n7" }),
      ("hello.device", { $0.device = String(repeating: "A", count: 33) }),
      ("hello.incarnation", { $0.incarnation = .of([1]) }), ("hello.epoch", { $0.epoch = .of([]) }),
      ("hello.checkpoint_version", { $0.checkpointVersion = .max }),
      ("hello.buckets", { $0.buckets = [String(repeating: "b", count: 97)] }),
      ("hello.buckets", { $0.buckets = (0...4096).map { "b\($0)" } }),
      ("hello.load_cursor", { $0.loadCursor = .of([UInt8](repeating: 0, count: 16 << 10 + 1)) }),
      ("hello.first_unsent", { $0.firstUnsent = 0 }), ("first_unsent", { $0.firstUnsent = 46 }),
      ("hello.last_recorded", { $0.lastRecorded = UInt64(Int64.max) }),
      ("chain_number", { $0.chainNumber = 45 }), ("chain_hash", { $0.chainNumber = 0 }),
      ("hello.chain_hash", { $0.chainHash = .of([0]) }), ("hello.clock", { $0.clearClock() }),
      ("hello.clock.boot_time", { $0.clock.bootTime = .max }),
      ("hello.app_version", { $0.appVersion = "" }), ("hello.signature", { $0.signature = .of([]) }),
      ("hello.known_head.hash", { $0.knownHead.hash = .of([1]) }),
      ("holds_everything", { $0.holdsEverything = true }),
    ]
    for (field, fault) in faults {
      try expectViolation(field) {
        $0.hello = good
        fault(&$0.hello)
      }
    }
  }

  @Test("an enrolment needs the whole secret, a key and a proof")
  func enrolmentBounds() throws {
    let faults: [(String, (inout WireEnrol) -> Void)] = [
      ("enrol.secret", { $0.secret = .of([UInt8](repeating: 1, count: 14)) }),
      ("enrol.secret", { $0.secret = .of([UInt8](repeating: 1, count: 65)) }),
      ("enrol.public_key", { $0.publicKey = .of([1]) }), ("enrol.nonce", { $0.nonce = .of([1]) }),
      ("enrol.app_version", { $0.appVersion = String(repeating: "v", count: 129) }),
      ("enrol.signature", { $0.signature = .of([UInt8](repeating: 0, count: 63)) }),
    ]
    for (field, fault) in faults {
      try expectViolation(field) {
        $0.enrol = Samples.enrol.wire
        fault(&$0.enrol)
      }
    }
    try expectViolation("enrolled.role") {
      $0.enrolled = Samples.enrolled.wire
      $0.enrolled.role = ""
    }
  }

  @Test("a welcome cannot ask for batches that the protocol forbids")
  func welcomeBounds() throws {
    let faults: [(String, (inout WireWelcome) -> Void)] = [
      ("limits.batch_bytes", { $0.limits.batchBytes = 1023 }),
      ("limits.batch_bytes", { $0.limits.batchBytes = 256 << 10 + 1 }),
      ("limits.credit_bytes", { $0.limits.creditBytes = $0.limits.batchBytes - 1 }),
      ("limits.batch_operations", { $0.limits.batchOperations = 0 }),
      ("limits.batch_operations", { $0.limits.batchOperations = 501 }),
      ("welcome.head_hash", { $0.headHash = .of([]) }),
      ("welcome.applied_through", { $0.appliedThrough = .max }),
      ("grants.prefixes", { $0.grants.prefixes = [""] }), ("whole_buckets", { $0.wholeBuckets = ["\u{7F}"] }),
    ]
    for (field, fault) in faults {
      try expectViolation(field) {
        $0.welcome = Samples.welcome.wire
        fault(&$0.welcome)
      }
    }
  }

  @Test("a push carries 1 to 500 operations and at most 256 KiB")
  func pushBounds() throws {
    let one = Samples.push.wire.operations
    let faults: [(String, (inout WirePush) -> Void)] = [
      ("push.operations", { $0.operations = [] }),
      ("push.operations", { $0.operations = Array(repeating: one[0], count: 501) }),
      ("push.first_number", { $0.firstNumber = 0 }), ("push.first_number", { $0.firstNumber = .max }),
      ("push.chain_hash", { $0.chainHash = .of([1]) }), ("push.signature", { $0.signature = .of([1]) }),
      ("operation", { $0.operations[0].operation = .of([]) }),
      ("personal.salt", { $0.operations[0].personal[0].salt = .of([1]) }),
      (
        "bytes of operations",
        { $0.operations[0].personal[0].text = String(repeating: "x", count: 256 << 10) }
      ),
    ]
    for (field, fault) in faults {
      try expectViolation(field) {
        $0.push = Samples.push.wire
        fault(&$0.push)
      }
    }
  }

  @Test("credit counts operations, salts and texts, the same on both sides")
  func creditBytes() {
    let note = PersonalNote(salt: [UInt8](repeating: 0, count: 16), text: "Zoë")
    let push = Push(
      firstNumber: 7,
      operations: [
        RecordedOperation(bytes: [1, 2, 3], personal: [note, note]), RecordedOperation(bytes: [4]),
      ], chainHash: [])
    #expect(push.creditBytes == 3 + 2 * (16 + 4) + 1)
    #expect(push.lastNumber == 8)
  }

  @Test("a download's messages keep their bounds")
  func downloadBounds() throws {
    try expectViolation("page.bucket") { $0.page = .with { $0.isLast = true } }
    try expectViolation("rows or rows_zstd") {
      $0.page = Samples.page.wire
      $0.page.rowsZstd = .of([1])
    }
    try expectViolation("rows_size") {
      $0.page = Samples.page.wire
      $0.page.rowsSize = 1
    }
    try expectViolation("rows_size") {
      $0.page = .with {
        $0.bucket = "catalog"
        $0.rowsZstd = .of([1])
        $0.rowsSize = UInt32(WireLimits.pageBytesMax + 1)
      }
    }
    try expectViolation("digests ascending") {
      $0.checkpoint = Samples.checkpoint.wire
      $0.checkpoint.digests.reverse()
    }
    try expectViolation("digests.digest") {
      $0.checkpoint = Samples.checkpoint.wire
      $0.checkpoint.digests[0].digest = .of([1])
    }
    try expectViolation("stored.incarnation") { $0.stored = .with { $0.incarnation = .of([1]) } }
    try expectViolation("fetch.buckets") { $0.fetch = .init() }
    try expectViolation("refused.retry_after_ms") {
      $0.refused = .with {
        $0.code = "STORE_BUSY"
        $0.retryAfterMs = 86_400_001
      }
    }
    try expectViolation("wipe.signature") { $0.wipe = .with { $0.through = 1 } }
    try expectViolation("wiped.signature") { $0.wiped = .init() }
    try expectViolation("settled.through") { $0.settled = .with { $0.through = .max } }
  }

  @Test("ranges, their digests and their rows keep their bounds")
  func repairBounds() throws {
    let compares: [(String, (inout WireCompare) -> Void)] = [
      ("compare.bucket", { $0.bucket = "" }), ("compare.bits", { $0.bits = 10 }),
      ("compare.bits", { $0.bits = 20 }), ("ranges", { $0.ranges = [] }),
      ("ranges", { $0.ranges = [256] }), ("ranges", { $0.ranges = [3, 0] }),
      ("ranges", { $0.ranges = [255, 1] }), ("ranges", { $0.ranges = Array(repeating: 1, count: 257) }),
      ("ranges", { $0.bits = 8 }), ("ranges", { $0.ranges = [1, .max] }),
    ]
    for (field, fault) in compares {
      try expectViolation(field) {
        $0.compare = Samples.compare.wire
        fault(&$0.compare)
      }
    }
    try expectViolation("summary.digests") {
      $0.summary = Samples.summary.wire
      $0.summary.digests.append(0)
    }
    try expectViolation("summary.digests") {
      $0.summary = Samples.summary.wire
      $0.summary.bits = 8
      $0.summary.digests = .of([UInt8](repeating: 1, count: 257 * 8))
    }
    let rows: [(String, (inout WireRangeRows) -> Void)] = [
      ("mend.buckets.bits", { $0.bits = 4 }), ("mend.buckets.ranges", { $0.ranges = [4_096] }),
      ("a count for each range", { $0.counts = [2] }), ("as many hashes", { $0.counts = [2, 1] }),
      ("as many hashes", { $0.counts = [.max, .max] }), ("mend.buckets.hashes", { $0.hashes.append(0) }),
    ]
    for (field, fault) in rows {
      try expectViolation(field) {
        $0.mend = Samples.mend.wire
        fault(&$0.mend.buckets[0])
      }
    }
    try expectViolation("mend.buckets") { $0.mend = .init() }
    try expectViolation("buckets ascending") {
      $0.mend = Samples.mend.wire
      $0.mend.buckets.reverse()
    }
    try expectViolation("mend: at most 65536 rows") {
      $0.mend = Samples.mend.wire
      $0.mend.buckets[0].counts = [65_536, 0]
      $0.mend.buckets[0].hashes = .of([UInt8](repeating: 1, count: 65_536 * 8))
    }
    try expectViolation("surplus.hashes") {
      $0.surplus = Samples.surplus.wire
      $0.surplus.hashes = .of([1])
    }
  }

  @Test("the best common version is the highest one, and none is none")
  func versions() {
    #expect(ProtocolVersion.best(of: [1, 2, 3]) == 1)
    #expect(ProtocolVersion.best(of: [7]) == nil)
  }

  @Test("every close code has a reason that fits a close frame (RFC 6455 §5.5)")
  func closeReasons() {
    for code in CloseCode.allCases { #expect((1...123).contains(code.reason.utf8.count), "\(code)") }
  }
}
