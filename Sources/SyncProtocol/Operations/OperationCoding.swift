public import TradeRules

/// Operations as the bytes that are made once on a device, then carried, hashed and kept verbatim: the
/// message `Operation` of `schema/waybill.proto`, fields ascending, zeros left out.
public enum OperationCoding {
  /// The bytes of an operation whose kind this program knows, and the personal texts that travel beside
  /// them, in the order of their marks in the form.
  public static func encode(_ operation: Operation) -> (bytes: [UInt8], personal: [PersonalText]) {
    guard let rule = RuleBook.rule(operation.kind) else {
      preconditionFailure("operation \(operation.id) is of kind \(operation.kind), which no rule has")
    }
    let envelope = OperationEnvelope(operation, form: rule.form.encode(operation.form))
    return (envelope.encode(), rule.form.personalTexts(of: operation.form))
  }

  /// Reads an operation whole.
  ///
  /// - Parameter personal: the texts that travelled beside the bytes, with their commitments.
  /// - Throws: `MalformedForm` when the envelope or the form in it is malformed, or its kind unknown. The
  ///   operation is then answered `MALFORMED` and set aside (#70); `envelope(of:)` tells what it was.
  public static func decode(
    _ bytes: [UInt8], personal: [PersonalText]
  ) throws(MalformedForm) -> Operation {
    try decode(try envelope(of: bytes), personal: personal)
  }

  /// Reads the form of an operation whose envelope was read before.
  public static func decode(
    _ envelope: OperationEnvelope, personal: [PersonalText]
  ) throws(MalformedForm) -> Operation {
    var operation = envelope.heading
    guard let rule = RuleBook.rule(operation.kind) else { throw .unknownKind(operation.kind.rawValue) }
    operation.form = try rule.form.decode(envelope.form, personal: personal)
    return operation
  }

  /// Reads everything but the form: enough to answer an operation whose form is malformed (#70).
  public static func envelope(of bytes: [UInt8]) throws(MalformedForm) -> OperationEnvelope {
    try OperationEnvelope(decoding: bytes)
  }
}

/// An operation whose form has not been opened.
public struct OperationEnvelope: Hashable, Sendable {
  /// The operation, its form left empty.
  public let heading: Operation
  /// The message of the operation's kind.
  public let form: [UInt8]

  init(_ heading: Operation, form: [UInt8]) {
    self.heading = heading
    self.form = form
  }

  func encode() -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(160 + form.count)
    bytes.appendBytesField(1, heading.id.device.utf8)
    bytes.appendVarintField(2, UInt64(bitPattern: heading.id.number))
    bytes.appendVarintField(3, UInt64(bitPattern: heading.group))
    bytes.appendBytesField(4, heading.kind.rawValue.utf8)
    bytes.appendVarintField(5, UInt64(bitPattern: heading.kindVersion))
    bytes.appendBytesField(6, heading.actor.utf8)
    bytes.appendBytesField(7, heading.basedOnEpoch.bytes)
    bytes.appendUnlessZero(8, UInt64(bitPattern: heading.basedOnVersion))
    if let statedAt = heading.statedAt { bytes.appendVarintField(9, statedAt.milliseconds.zigZag) }
    bytes.appendUnlessZero(10, heading.recordedAt.milliseconds.zigZag)
    bytes.appendBytesField(11, heading.clock.encode())
    if !form.isEmpty { bytes.appendBytesField(12, form) }
    return bytes
  }
}

extension ClockReading {
  fileprivate func encode() -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.appendUnlessZero(1, wall.milliseconds.zigZag)
    bytes.appendBytesField(2, bootID.bytes)
    bytes.appendUnlessZero(3, bootTimeMilliseconds.zigZag)
    bytes.appendUnlessZero(4, offsetMilliseconds.zigZag)
    bytes.appendUnlessZero(5, uncertaintyMilliseconds.zigZag)
    return bytes
  }
}

extension [UInt8] {
  fileprivate mutating func appendUnlessZero(_ number: Int, _ value: UInt64) {
    if value != 0 { appendVarintField(number, value) }
  }
}
