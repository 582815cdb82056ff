import Foundation

/// An address that leads to another one of this machine until so many bytes have come back; from then on, and for
/// whoever comes second, it leads nowhere.
final class Relay: Sendable {
  private let port: UInt16

  /// - Parameter bytesMax: how many come back.
  init(to target: UInt16, cutAfter bytesMax: Int) throws {
    let port = try Port.free()
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    let isBound = Relay.withAddress(of: port) { bind(listener, $0, $1) == 0 }
    guard isBound, listen(listener, 1) == 0 else { throw Surprise("no relay at port \(port)") }
    self.port = port
    Thread.detachNewThread { Relay.carry(listener, target, bytesMax) }
  }

  var address: String { "ws://127.0.0.1:\(port)/sync" }

  private static func carry(_ listener: Int32, _ target: UInt16, _ bytesMax: Int) {
    let near = accept(listener, nil, nil)
    close(listener)
    let far = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { for descriptor in [near, far] { close(descriptor) } }
    guard near >= 0, withAddress(of: target, { connect(far, $0, $1) == 0 }) else { return }
    var ends = [near, far].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    var buffer = [UInt8](repeating: 0, count: 4_096)
    var left = bytesMax
    while left > 0, poll(&ends, nfds_t(ends.count), -1) > 0 {
      for (from, to) in [(0, 1), (1, 0)] where ends[from].revents != 0 {
        let most = from == 1 ? min(left, buffer.count) : buffer.count
        let count = read(ends[from].fd, &buffer, most)
        guard count > 0, send(ends[to].fd, buffer, count, Int32(MSG_NOSIGNAL)) == count else { return }
        if from == 1 { left -= count }
      }
    }
  }

  private static func withAddress<T>(
    of port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> T
  ) -> T {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }
}
