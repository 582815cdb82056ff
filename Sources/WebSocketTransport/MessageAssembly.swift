/// Puts one connection's incoming messages together, and stops at the limits before buffering what
/// would break them.
struct MessageAssembly {
  /// What libwebsockets hands over at a time: some payload bytes of one frame.
  struct Chunk {
    let bytes: UnsafeRawBufferPointer
    /// Bytes of the same frame still to come.
    let remainingInFrame: Int
    /// The frame is the last of its message and nothing of it is missing.
    let endsMessage: Bool
    let isBinary: Bool
  }

  enum Outcome: Equatable {
    case incomplete
    case complete([UInt8])
    case refused(Ending)
  }

  private var buffer: [UInt8] = []
  private var fragments = 0

  /// Adds a chunk. After `refused` the connection must close and nothing more may be added.
  mutating func add(_ chunk: Chunk, bytesMax: Int, fragmentsMax: Int) -> Outcome {
    guard chunk.isBinary else {
      return refuse(CloseCode.unsupportedData, "only binary messages are understood")
    }
    // A frame may announce up to 2^63 bytes (RFC 6455 §5.2): the sum must not wrap.
    let (soFar, _) = buffer.count.addingReportingOverflow(chunk.bytes.count)
    let (announced, overflow) = soFar.addingReportingOverflow(chunk.remainingInFrame)
    guard !overflow, announced <= bytesMax else {
      return refuse(CloseCode.messageTooBig, "a message may have \(bytesMax) bytes")
    }
    if chunk.remainingInFrame == 0 { fragments += 1 }
    guard fragments <= fragmentsMax else {
      return refuse(CloseCode.policyViolation, "a message may have \(fragmentsMax) fragments")
    }
    if chunk.endsMessage && buffer.isEmpty {
      fragments = 0
      return .complete([UInt8](chunk.bytes))
    }
    if buffer.capacity < announced { buffer.reserveCapacity(announced) }
    buffer.append(contentsOf: chunk.bytes)
    guard chunk.endsMessage else { return .incomplete }
    defer { self = MessageAssembly() }
    return .complete(buffer)
  }

  private mutating func refuse(_ code: UInt16, _ reason: String) -> Outcome {
    self = MessageAssembly()
    return .refused(Ending(code: code, reason: reason))
  }
}
