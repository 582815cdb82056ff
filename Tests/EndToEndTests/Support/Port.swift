import Foundation
import Synchronization

/// Ports for centres that are closed and opened again.
///
/// They lie below those Linux gives to connections that ask for any (ip(7), `ip_local_port_range`): while a centre
/// is closed, a test's connection to another one could be given its port, and it would not open again.
enum Port {
  private static let all: ClosedRange<UInt16> = 20_000...28_000
  private static let given = Mutex<Set<UInt16>>([])

  /// A port nobody uses now, and no other test of this run is given.
  static func free() throws -> UInt16 {
    try given.withLock { given in
      // At random, for two runs on one machine.
      for _ in 0..<1_000 {
        let port = UInt16.random(in: all)
        if isFree(port), given.insert(port).inserted { return port }
      }
      throw Surprise("no free port")
    }
  }

  private static func isFree(_ port: UInt16) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }
}
