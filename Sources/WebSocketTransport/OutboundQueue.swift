/// Messages waiting for one connection, cut into frames as the socket takes them.
struct OutboundQueue {
  /// The next frame to write: a whole message, or a fragment of one (RFC 6455 §5.4).
  struct Piece {
    let message: OutboundMessage
    let range: Range<Int>
    var isFirst: Bool { range.lowerBound == 0 }
    var isLast: Bool { range.upperBound == message.bytes.count }
  }

  private var messages: [OutboundMessage] = []
  /// Messages before this index are written: removing them one by one would move all the others.
  private var head = 0
  private var bytesWrittenOfHead = 0
  private var wasHigh = false

  /// Payload bytes not yet written.
  private(set) var bytes = 0

  var isEmpty: Bool { head == messages.count }

  /// Adds a message; `low` is the mark that arms `hasDrained`.
  mutating func append(_ message: OutboundMessage, low: Int) {
    messages.append(message)
    bytes += message.bytes.count
    if bytes >= low { wasHigh = true }
  }

  /// The next frame, at most `bytesMax` of payload unless the message would then need more than 32
  /// fragments: a receiver like ourselves takes 64 at most.
  func next(bytesMax: Int) -> Piece? {
    guard head < messages.count else { return nil }
    let message = messages[head]
    let size = max(bytesMax, (message.bytes.count + 31) / 32)
    let end = min(message.bytes.count, bytesWrittenOfHead + size)
    return Piece(message: message, range: bytesWrittenOfHead..<end)
  }

  /// Takes note that `piece` is written.
  mutating func wrote(_ piece: Piece) {
    bytes -= piece.range.count
    bytesWrittenOfHead = piece.range.upperBound
    guard piece.isLast else { return }
    head += 1
    bytesWrittenOfHead = 0
    if head == messages.count {
      messages.removeAll(keepingCapacity: messages.capacity <= 8)
      head = 0
    } else if head >= 256 {
      messages.removeFirst(head)
      head = 0
    }
  }

  /// True once after the queue has reached `low` and fallen below it again.
  mutating func hasDrained(low: Int) -> Bool {
    guard wasHigh, bytes < low else { return false }
    wasHigh = false
    return true
  }

  /// Drops the messages of which nothing was written yet.
  mutating func removeWaiting() {
    let begun = bytesWrittenOfHead > 0 ? [messages[head]] : []
    messages = begun
    head = 0
    bytes = begun.reduce(-bytesWrittenOfHead) { $0 + $1.bytes.count }
  }

  /// Drops everything and says how many bytes that were. A message whose first fragments are out
  /// stays unfinished: the only thing that may follow is a close frame.
  mutating func removeAll() -> Int {
    let dropped = bytes
    self = OutboundQueue()
    return dropped
  }
}
