internal import Glibc

/// The far end of a socket.
struct NetworkAddress {
  /// Whom a limit per address counts together: one IPv4 address, or one IPv6 /64, which is what a
  /// single customer commonly gets.
  struct Group: Hashable {
    let isIPv6: Bool
    let bits: UInt64
  }

  let group: Group
  /// `192.0.2.7:51234` or `[2001:db8::7]:51234`.
  let text: String

  /// The peer of a connected socket; nil if it is gone already, or not TCP.
  init?(peerOf socket: Int32) {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let code = withUnsafeMutablePointer(to: &storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        getpeername(socket, $0, &length)
      }
    }
    guard code == 0 else { return nil }
    let bytes = withUnsafeBytes(of: &storage) { Array($0) }
    self.init(family: Int32(storage.ss_family), socketAddress: bytes)
  }

  /// Reads a `sockaddr_in` or `sockaddr_in6` (ip(7), ipv6(7)): port at 2, address at 4 or 8.
  init?(family: Int32, socketAddress bytes: [UInt8]) {
    let port = Int(bytes[2]) << 8 | Int(bytes[3])
    switch family {
    case AF_INET:
      self.init(version4: bytes[4..<8], port: port)
    case AF_INET6:
      let address = bytes[8..<24]
      // A listener for both families sees IPv4 peers as ::ffff:a.b.c.d (RFC 4291 §2.5.5.2).
      if address.prefix(12).elementsEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]) {
        self.init(version4: address.suffix(4), port: port)
      } else {
        self.init(version6: address, port: port)
      }
    default: return nil
    }
  }

  private init(version4 address: ArraySlice<UInt8>, port: Int) {
    group = Group(isIPv6: false, bits: Self.bits(address))
    text = "\(Self.text(address, family: AF_INET)):\(port)"
  }

  private init(version6 address: ArraySlice<UInt8>, port: Int) {
    group = Group(isIPv6: true, bits: Self.bits(address.prefix(8)))
    text = "[\(Self.text(address, family: AF_INET6))]:\(port)"
  }

  private static func bits(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reduce(0) { $0 << 8 | UInt64($1) }
  }

  private static func text(_ address: ArraySlice<UInt8>, family: Int32) -> String {
    var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    let found = address.withUnsafeBytes {
      inet_ntop(family, $0.baseAddress, &buffer, socklen_t(buffer.count))
    }
    return found.map { String(cString: $0) } ?? "?"
  }
}

/// What a host in a configuration or a URL is.
enum HostKind {
  case version4
  case version6
  case name

  init(_ host: String) {
    var storage = in6_addr()
    if inet_pton(AF_INET, host, &storage) == 1 {
      self = .version4
    } else if inet_pton(AF_INET6, host, &storage) == 1 {
      self = .version6
    } else {
      self = .name
    }
  }

  /// True if packets to `host` cannot leave this machine.
  static func isLoopback(_ host: String) -> Bool {
    switch HostKind(host) {
    case .version4: host.hasPrefix("127.")
    case .version6: host == "::1"
    case .name: host.lowercased() == "localhost"
    }
  }
}

/// Tries to listen on an address, to learn why libwebsockets could not: it only says that it failed.
func errorListening(on host: String?, port: Int) -> Int32? {
  var hints = addrinfo()
  hints.ai_flags = AI_PASSIVE
  hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
  var list: UnsafeMutablePointer<addrinfo>?
  guard getaddrinfo(host, String(port), &hints, &list) == 0, let first = list?.pointee else {
    return EADDRNOTAVAIL
  }
  defer { freeaddrinfo(list) }
  let descriptor = socket(first.ai_family, first.ai_socktype, first.ai_protocol)
  guard descriptor >= 0 else { return errno }
  defer { close(descriptor) }
  var yes: Int32 = 1
  setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
  return bind(descriptor, first.ai_addr, first.ai_addrlen) == 0 ? nil : errno
}
