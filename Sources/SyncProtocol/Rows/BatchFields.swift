/// The fields of a message that is read by hand, asked for in ascending order; each may be there once.
struct BatchFields {
  private var cursor: ByteCursor
  private let message: String
  private var next: (field: Int, wireType: UInt64)?
  /// Of the fields read or passed over, and of those read.
  private var lastField = 0
  private var lastKnownField = 0
  private var isMalformed = false

  init(_ bytes: [UInt8], _ range: Range<Int>, of message: String) {
    cursor = ByteCursor(bytes, range)
    self.message = message
    advance()
  }

  /// A number; 0 when it is not there.
  mutating func varint(
    _ field: Int, _ name: String, _ bounds: ClosedRange<UInt64>
  ) throws(ProtocolViolation) -> UInt64 {
    var number: UInt64 = 0
    if try isNext(field) {
      guard next?.wireType == 0, let found = cursor.varint() else { throw malformed() }
      number = found
      advance()
    }
    guard bounds.contains(number) else {
      throw ProtocolViolation(
        expected: "\(message).\(name) in \(bounds.lowerBound) … \(bounds.upperBound)", found: "\(number)")
    }
    return number
  }

  /// Where a field's bytes are; empty when it is not there.
  mutating func chunk(_ field: Int, _ name: String) throws(ProtocolViolation) -> Range<Int> {
    try item(field) ?? 0..<0
  }

  /// One more item of a repeated field; nil when there is none.
  mutating func item(_ field: Int) throws(ProtocolViolation) -> Range<Int>? {
    guard try isNext(field) else { return nil }
    guard next?.wireType == 2, let range = cursor.chunk() else { throw malformed() }
    advance()
    return range
  }

  /// Passes over what only a newer program knows.
  mutating func finish() throws(ProtocolViolation) {
    guard try !isNext(.max) else { throw malformed() }
  }

  /// Whether `field` comes next; fields before it are unknown ones and passed over.
  private mutating func isNext(_ field: Int) throws(ProtocolViolation) -> Bool {
    while let next, next.field < field {
      // A field that was read already comes again, or one comes too late to be read.
      guard next.field >= lastField, next.field != lastKnownField,
        cursor.skip(wireType: next.wireType) != nil
      else { throw malformed() }
      lastField = next.field
      advance()
    }
    guard !isMalformed else { throw malformed() }
    guard next?.field == field else { return false }
    (lastField, lastKnownField) = (field, field)
    return true
  }

  private mutating func advance() {
    next = nil
    guard !cursor.isAtEnd else { return }
    next = cursor.tag()
    isMalformed = next == nil
  }

  private func malformed() -> ProtocolViolation {
    ProtocolViolation(expected: "a well-formed \(message)", found: "malformed bytes")
  }
}
