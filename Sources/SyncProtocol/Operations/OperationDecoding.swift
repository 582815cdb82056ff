import TradeRules

extension OperationEnvelope {
  /// Reads an envelope: known fields ascending, each once; fields of a newer program are passed over.
  init(decoding bytes: [UInt8]) throws(MalformedForm) {
    var fields = try EnvelopeFields(bytes, 0..<bytes.count)
    let device = try fields.text(1, "device", through: WireLimits.deviceBytesMax)
    let number = try fields.count(2, "number", from: 1)
    let group = try fields.count(3, "group", from: 1)
    guard group <= number else { throw .wrongType("group") }
    let kind = try fields.text(4, "kind", through: WireLimits.nameBytesMax)
    let kindVersion = try fields.count(5, "kind_version", from: 1)
    let actor = try fields.text(6, "actor", through: WireLimits.nameBytesMax)
    let epoch = try fields.id(7, "based_on_epoch")
    let version = try fields.count(8, "based_on_version", from: 0)
    let statedAt = try fields.moment(9, "stated_at")
    let recordedAt = try fields.moment(10, "recorded_at") ?? Instant(milliseconds: 0)
    guard let clock = try fields.chunk(11, "clock") else { throw .missing("clock") }
    let form = try fields.chunk(12, "form")
    try fields.finish()
    heading = Operation(
      id: OperationID(device: device, number: number), group: group, kind: OperationKind(rawValue: kind),
      kindVersion: kindVersion, actor: actor, basedOnEpoch: epoch, basedOnVersion: version,
      statedAt: statedAt, recordedAt: recordedAt, clock: try ClockReading(decoding: bytes, clock),
      form: Form())
    self.form = form.map { Array(bytes[$0]) } ?? []
  }
}

extension ClockReading {
  fileprivate init(decoding bytes: [UInt8], _ range: Range<Int>) throws(MalformedForm) {
    var fields = try EnvelopeFields(bytes, range)
    let wall = try fields.signed(1, "clock.wall") ?? 0
    let bootID = try fields.id(2, "clock.boot_id")
    let bootTime = try fields.signed(3, "clock.boot_time") ?? 0
    let offset = try fields.signed(4, "clock.offset") ?? 0
    let uncertainty = try fields.signed(5, "clock.uncertainty") ?? 0
    try fields.finish()
    self.init(
      wall: Instant(milliseconds: wall), bootID: bootID, bootTimeMilliseconds: bootTime,
      offsetMilliseconds: offset, uncertaintyMilliseconds: uncertainty)
  }
}

/// The fields of one message, asked for in ascending order.
private struct EnvelopeFields {
  private var cursor: ByteCursor
  private var next: (field: Int, wireType: UInt64)?
  private var lastField = 0

  init(_ bytes: [UInt8], _ range: Range<Int>) throws(MalformedForm) {
    cursor = ByteCursor(bytes, range)
    try advance()
  }

  mutating func text(_ field: Int, _ name: String, through most: Int) throws(MalformedForm) -> String {
    guard let range = try chunk(field, name), !range.isEmpty else { throw .missing(name) }
    guard range.count <= most, let text = String(validating: cursor.bytes[range], as: UTF8.self),
      !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F })
    else { throw .badText(name) }
    return text
  }

  mutating func id(_ field: Int, _ name: String) throws(MalformedForm) -> RecordID {
    guard let range = try chunk(field, name) else { throw .missing(name) }
    guard let id = RecordID(bytes: cursor.bytes[range]) else { throw .wrongType(name) }
    return id
  }

  mutating func count(_ field: Int, _ name: String, from least: Int64) throws(MalformedForm) -> Int64 {
    guard let number = Int64(exactly: try varint(field, name) ?? 0), number >= least else {
      throw .wrongType(name)
    }
    return number
  }

  mutating func signed(_ field: Int, _ name: String) throws(MalformedForm) -> Int64? {
    try varint(field, name).map { Int64(zigZag: $0) }
  }

  /// A moment that somebody will want to read.
  mutating func moment(_ field: Int, _ name: String) throws(MalformedForm) -> Instant? {
    guard let moment = try signed(field, name).map({ Instant(milliseconds: $0) }) else { return nil }
    guard Instant.range.contains(moment) else { throw .outOfBounds(name) }
    return moment
  }

  mutating func chunk(_ field: Int, _ name: String) throws(MalformedForm) -> Range<Int>? {
    guard try isNext(field) else { return nil }
    guard next?.wireType == 2 else { throw .wrongType(name) }
    guard let range = cursor.chunk() else { throw .truncated }
    try advance()
    return range
  }

  /// Passes over what only a newer program knows; a known field here came out of order.
  mutating func finish() throws(MalformedForm) {
    guard try !isNext(.max) else { return }
  }

  private mutating func varint(_ field: Int, _ name: String) throws(MalformedForm) -> UInt64? {
    guard try isNext(field) else { return nil }
    guard next?.wireType == 0 else { throw .wrongType(name) }
    guard let number = cursor.varint() else { throw .truncated }
    try advance()
    return number
  }

  /// Whether `field` comes next; fields before it are unknown ones and passed over.
  private mutating func isNext(_ field: Int) throws(MalformedForm) -> Bool {
    while let next, next.field < field {
      guard cursor.skip(wireType: next.wireType) != nil else { throw .truncated }
      try advance()
    }
    return next?.field == field
  }

  private mutating func advance() throws(MalformedForm) {
    next = nil
    guard !cursor.isAtEnd else { return }
    guard let tag = cursor.tag() else { throw .badTag }
    // One encoding an operation: what is hashed is what is meant.
    guard tag.field > lastField else { throw .outOfOrder }
    lastField = tag.field
    next = tag
  }
}
