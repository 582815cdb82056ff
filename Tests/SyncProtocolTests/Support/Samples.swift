import TradeRules

@testable import SyncProtocol

/// One plausible message of each kind; the golden frames of version 1 say the same.
enum Samples {
  static let all: [(name: String, message: Message)] = [
    ("challenge", .challenge(challenge)), ("enrol", .enrol(enrol)), ("enrolled", .enrolled(enrolled)),
    ("hello", .hello(hello)), ("welcome", .welcome(welcome)), ("refused", .refused(refused)),
    ("push", .push(push)), ("settled", .settled(Settled(through: 42))), ("page", .page(page)),
    ("checkpoint", .checkpoint(checkpoint)), ("stored", .stored(stored)), ("fetch", .fetch(fetch)),
    ("wipe", .wipe(Wipe(through: 44, signature: bytes(64, from: 43)))),
    ("wiped", .wiped(Wiped(signature: bytes(64, from: 47)))),
    ("compare", .compare(compare)), ("summary", .summary(summary)), ("mend", .mend(mend)),
    ("surplus", .surplus(surplus)),
  ]

  static func bytes(_ count: Int, from first: UInt8) -> [UInt8] { (0..<count).map { first &+ UInt8($0) } }
  static let epoch = RecordID(high: 0x0198_0000_0000_7000, low: 0x8000_0000_0000_0001)
  static let incarnation = RecordID(high: 0x1111_1111_1111_1111, low: 0x2222_2222_2222_2222)
  static let boot = RecordID(high: 0x3333_3333_3333_3333, low: 0x4444_4444_4444_4444)

  static let challenge = Challenge(
    nonce: bytes(32, from: 0), centreKey: bytes(32, from: 64), protocolVersions: [1])
  static let enrol = Enrol(
    protocolVersion: 1, secret: bytes(15, from: 1), publicKey: bytes(32, from: 32),
    nonce: bytes(32, from: 96), appVersion: "1.0.0", signature: bytes(64, from: 128))
  static let enrolled = Enrolled(
    device: "A7", role: .agent, name: "Zoë's phone", epoch: epoch, incarnation: incarnation,
    signature: bytes(64, from: 0))
  static let hello = Hello(
    protocolVersion: 1, schemaVersion: 1, device: "A7", nonce: bytes(32, from: 7),
    incarnation: incarnation, epoch: epoch, checkpointVersion: 90_000,
    buckets: [.agent("A7"), .catalog, .device("A7"), .reference, .stock("MAD")],
    loadCursor: [1, 2, 3], firstUnsent: 41, lastRecorded: 44, chainNumber: 44,
    chainHash: bytes(32, from: 9),
    clock: DeviceClock(
      wall: Instant(milliseconds: 1_767_225_600_000), bootID: boot, bootTimeMilliseconds: 86_400_000),
    acceptsZstd: true, appVersion: "1.0.0",
    knownHead: LogHead(epoch: epoch, version: 90_000, hash: bytes(32, from: 11)),
    signature: bytes(64, from: 13))
  static let welcome = Welcome(
    epoch: epoch, centreTime: Instant(milliseconds: 1_767_225_601_000), incarnation: boot,
    grants: Grants(
      exact: [.agent("A7"), .catalog, .device("A7"), .reference, .stock("MAD")], prefixes: ["ledger/MAD/"]),
    limits: .standard, appliedThrough: 40, headVersion: 90_500, headHash: bytes(32, from: 17),
    wholeBuckets: [.stock("MAD")], loadContinues: true, signature: bytes(64, from: 19))
  static let refused = Refused(code: .notAuthorised, retryAfterMilliseconds: 60_000)
  static let push = Push(
    firstNumber: 41,
    operations: [
      RecordedOperation(
        bytes: OperationCoding.encode(edit).bytes,
        personal: [
          PersonalNote(salt: bytes(16, from: 23), text: "Zoë Núñez"),
          PersonalNote(salt: bytes(16, from: 39), text: ""),
        ])
    ], chainHash: bytes(32, from: 29), signature: bytes(64, from: 31))
  static let page = Page(
    bucket: .reference, cursor: [9, 8, 7], isSnapshot: true, isLast: true,
    body: PageBody(
      plain: PageContent.encode(
        rows: [(TableDescription.of(UnitColumns.self), units.map(\.row))],
        left: [RowKey(UnitColumns.self, "DOZ")])))
  static let checkpoint = Checkpoint(
    version: 90_500, appliedThrough: 44,
    digests: [
      Checkpoint.Digest(bucket: .agent("A7"), bytes: bytes(16, from: 37)),
      Checkpoint.Digest(bucket: .reference, bytes: bytes(16, from: 53)),
    ], centreTime: Instant(milliseconds: 1_767_225_602_000), headHash: bytes(32, from: 41))
  static let stored = Stored(pages: 3, checkpointVersion: 90_500, incarnation: boot)
  static let fetch = Fetch(buckets: [.catalog, .stock("MAD")])
  static let compare = Compare(bucket: .catalog, bits: 12, ranges: [0, 7, 255])
  static let summary = Summary(
    bucket: .catalog, bits: 12, rows: 60_000,
    digests: (0..<48).map { 0x0102_0304_0506_0700 + UInt64($0) })
  static let mend = Mend(buckets: [
    RangeRows(
      bucket: .catalog, bits: 12,
      ranges: [.init(number: 3, hashes: [1, .max]), .init(number: 4_095, hashes: [])]),
    RangeRows(bucket: .stock("MAD"), bits: 0, ranges: [.init(number: 0, hashes: [0x8000_0000_0000_0001])]),
  ])
  static let surplus = Surplus(bucket: .catalog, hashes: [1, .max])

  /// Versions go up and down; the zero is an absent cell.
  static let units = [unit("EA", 0, version: 3), unit("KG", 3, version: 90_400), unit("LT", 2, version: 5)]

  static func unit(_ code: String, _ decimals: Int64, version: Int64) -> MeasureUnit {
    var unit = MeasureUnit()
    unit.code = code
    unit.decimals = decimals
    unit.row.version = version
    return unit
  }

  /// An edit that erases a customer's phone number.
  static let edit = Operation(
    id: OperationID(device: "A7", number: 41), group: 41, kind: EditCustomer.kind, actor: "user",
    basedOnEpoch: epoch, basedOnVersion: 90_000, recordedAt: Instant(milliseconds: 1_767_225_500_000),
    clock: ClockReading(
      wall: Instant(milliseconds: 1_767_225_499_000), bootID: boot, bootTimeMilliseconds: 86_000_000,
      offsetMilliseconds: 1_000, uncertaintyMilliseconds: 50),
    form: Filled<EditCustomer> {
      $0.id = epoch
      $0.code = "C-A7-0001"
      $0.name = PersonalText("Zoë Núñez")
      $0.phone = PersonalText("")
      $0.country = "ES"
    }.form)
}
