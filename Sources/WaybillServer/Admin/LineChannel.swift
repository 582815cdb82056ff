import Foundation
import TradeRules

/// One end of the control socket: lines of JSON, each one message.
///
/// Belongs to one thread.
final class LineChannel {
  private let descriptor: Int32
  private var unread: [UInt8] = []

  /// A chunk of an import with long texts is some hundred kilobytes; beyond this a line is refused.
  static let lineBytesMax = 16 << 20

  /// Takes over the descriptor.
  init(_ descriptor: Int32) { self.descriptor = descriptor }

  deinit { close(descriptor) }

  /// The next line without its end; nil when the other end has closed.
  func readLine() throws -> [UInt8]? {
    var searched = 0
    while true {
      if let end = unread[searched...].firstIndex(of: 0x0A) {
        defer { unread.removeFirst(end + 1) }
        return Array(unread[..<end])
      }
      searched = unread.count
      guard searched <= LineChannel.lineBytesMax else { throw Failure(.malformed, "the line has no end") }
      guard let more = ByteSource.read(descriptor) else {
        throw DataFolder.failure("read the control socket")
      }
      if more.isEmpty { return nil }
      unread += more
    }
  }

  func writeLine(_ line: [UInt8]) throws {
    var rest = (line + [0x0A])[...]
    while !rest.isEmpty {
      let sent = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      if sent < 0 {
        if errno == EINTR { continue }
        throw DataFolder.failure("write to the control socket")
      }
      rest = rest.dropFirst(sent)
    }
  }

  /// Whoever is at the other end of a connected socket (unix(7), SO_PEERCRED).
  var peerUser: uid_t? {
    // `struct ucred`, which Swift does not see: process, user, group.
    var credentials: [UInt32] = [0, 0, 0]
    var length = socklen_t(MemoryLayout<UInt32>.size * credentials.count)
    let status = getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &length)
    return status == 0 ? credentials[1] : nil
  }
}

/// The address of a folder's control socket.
enum ControlAddress {
  /// Calls `body` with an address for bind(2) or connect(2).
  ///
  /// An address has room for 107 bytes; through the open folder's own name in /proc any path fits.
  static func with<Result>(
    _ folder: DataFolder, _ body: (UnsafePointer<sockaddr>, socklen_t) throws -> Result
  ) throws -> Result {
    let directory = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard directory >= 0 else { throw DataFolder.failure("open \(folder.path)") }
    defer { close(directory) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let path = Array("/proc/self/fd/\(directory)/\(DataFolder.socketName)".utf8)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
    return try withUnsafePointer(to: &address) { pointer in
      try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        try body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
  }

  static func makeSocket() throws -> Int32 {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw DataFolder.failure("make a socket") }
    return descriptor
  }
}
