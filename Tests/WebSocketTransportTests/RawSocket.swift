import Glibc
import Testing

/// A peer that does exactly what a test says, and nothing on its own.
final class RawSocket {
  private let descriptor: Int32

  init(port: Int) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    try #require(descriptor >= 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let code = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    try #require(code == 0)
  }

  deinit {
    close(descriptor)
  }

  func write(_ text: String) {
    write(Array(text.utf8))
  }

  func write(_ bytes: [UInt8]) {
    // A server that hung up is one of the things tests provoke.
    _ = bytes.withUnsafeBytes {
      send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
    }
  }

  /// The next bytes; empty at the end of the stream, or when nothing came for half a minute.
  func read() -> [UInt8] {
    var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&waiting, 1, 30_000) == 1 else { return [] }
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    return count > 0 ? Array(buffer.prefix(count)) : []
  }

  /// Reads until the bytes satisfy `isEnough`, or the stream ends.
  func read(until isEnough: ([UInt8]) -> Bool) -> [UInt8] {
    var bytes: [UInt8] = []
    while !isEnough(bytes) {
      let more = read()
      if more.isEmpty { break }
      bytes += more
    }
    return bytes
  }

  /// Reads one HTTP answer: the head, and as much body as it announces.
  func readAnswer(hasBody: Bool = true) -> (head: String, body: [UInt8]) {
    let separator = Array("\r\n\r\n".utf8)
    var headEnd = 0
    let bytes = read { bytes in
      guard let range = bytes.firstRange(of: separator) else { return false }
      headEnd = range.upperBound
      let head = String(decoding: bytes[..<headEnd], as: UTF8.self)
      return !hasBody || bytes.count - headEnd >= Self.contentLength(of: head)
    }
    return (
      String(decoding: bytes.prefix(headEnd), as: UTF8.self), Array(bytes.dropFirst(headEnd))
    )
  }

  private static func contentLength(of head: String) -> Int {
    for line in head.lowercased().split(separator: "\r\n") {
      let name = "content-length: "
      if line.hasPrefix(name) { return Int(line.dropFirst(name.count)) ?? 0 }
    }
    return 0
  }

  /// Asks for the upgrade and returns the answer's head.
  func upgrade(path: String = "/sync", headers: [String]) -> String {
    let lines = [
      "GET \(path) HTTP/1.1", "Host: 127.0.0.1", "Upgrade: websocket", "Connection: Upgrade",
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13",
    ]
    write((lines + headers).joined(separator: "\r\n") + "\r\n\r\n")
    return readAnswer(hasBody: false).head
  }

  /// A WebSocket that says nothing but what it is told to.
  static func webSocket(port: Int) throws -> RawSocket {
    let socket = try RawSocket(port: port)
    let head = socket.upgrade(headers: ["Sec-WebSocket-Protocol: \(subprotocol)"])
    try #require(head.hasPrefix("HTTP/1.1 101"))
    return socket
  }

  /// A masked frame (RFC 6455 §5.2), payload at most 125 bytes.
  static func frame(opcode: UInt8, isFinal: Bool = true, _ payload: [UInt8]) -> [UInt8] {
    let mask: [UInt8] = [0x12, 0x34, 0x56, 0x78]
    let masked = payload.enumerated().map { $1 ^ mask[$0 & 3] }
    return [(isFinal ? 0x80 : 0) | opcode, 0x80 | UInt8(payload.count)] + mask + masked
  }

  /// The head of a masked binary frame that announces `count` bytes.
  static func announcement(of count: UInt64) -> [UInt8] {
    let length = (0..<8).map { UInt8(truncatingIfNeeded: count >> (56 - 8 * UInt64($0))) }
    return [0x82, 0x80 | 127] + length + [0, 0, 0, 0]
  }

  /// Reads unmasked short frames until the close frame and returns its code; 0 if none comes.
  func readCloseCode() -> UInt16 {
    let bytes = read { Self.closeCode(in: $0) != nil }
    return Self.closeCode(in: bytes) ?? 0
  }

  private static func closeCode(in bytes: [UInt8]) -> UInt16? {
    var position = 0
    while position + 2 <= bytes.count {
      let length = Int(bytes[position + 1] & 0x7f)
      if bytes[position] == 0x88, position + 4 <= bytes.count {
        return UInt16(bytes[position + 2]) << 8 | UInt16(bytes[position + 3])
      }
      position += 2 + length
    }
    return nil
  }
}
