/// A peer's mistake. The session ends with `closeCode`; nothing of the message was acted upon.
public struct ProtocolViolation: Error, Hashable, Sendable, CustomStringConvertible {
  /// What the protocol asks for: "hello.nonce of 32 bytes".
  public let expected: String
  /// What came instead. Counts and numbers only, never a peer's text.
  public let found: String
  public let closeCode: CloseCode

  public init(expected: String, found: String, closeCode: CloseCode = .protocolViolation) {
    self.expected = expected
    self.found = found
    self.closeCode = closeCode
  }

  public var description: String { "expected \(expected), found \(found)" }
}
