internal import CLibWebSockets
internal import Glibc

/// libwebsockets' process-wide state, and what has to be done once or one at a time because of it.
enum Library {
  /// Makes TLS usable in this process; once, before the first context that needs it.
  ///
  /// A context created with `DO_SSL_GLOBAL_INIT` replaces the process-wide slot in which OpenSSL
  /// remembers connections, and a TLS handshake under way on another thread then no longer finds
  /// its own. So one context with that option exists for a moment to set the slot, and the real
  /// ones do without; only their virtual hosts have it.
  static func prepareTLS() {
    prepareTLSOnce
  }

  private static let prepareTLSOnce: Void = {
    var info = lws_context_creation_info()
    info.port = CONTEXT_PORT_NO_LISTEN
    info.options =
      UInt64(LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT) | UInt64(LWS_SERVER_OPTION_EXPLICIT_VHOSTS)
    info.fd_limit_per_thread = 8
    // nil leaves TLS unprepared; the virtual host that needs it then fails and says so.
    if let context = lws_create_context(&info) { lws_context_destroy(context) }
  }()

  /// Raises the soft limit of open files to `count`, as far as the hard limit allows, and returns
  /// what it is then.
  ///
  /// libwebsockets sizes its table of connections by the soft limit and falls back to 2,560 above
  /// ten million, so a limit beyond a million is brought down to one.
  static func openFiles(atLeast count: Int) -> Int {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return count }
    let million: rlim_t = 1 << 20
    let wanted = min(max(limit.rlim_cur, rlim_t(clamping: count)), million, limit.rlim_max)
    if wanted != limit.rlim_cur {
      var changed = limit
      changed.rlim_cur = wanted
      if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &changed) == 0 {
        limit = changed
      }
    }
    return Int(clamping: limit.rlim_cur)
  }
}

/// C strings and tables that libwebsockets keeps pointers to: alive from before the context's
/// creation until after its end.
final class KeptMemory {
  private var strings: [UnsafeMutablePointer<CChar>] = []
  private var tables: [UnsafeMutableRawPointer] = []

  func string(_ text: String) -> UnsafePointer<CChar>? {
    guard let copy = strdup(text) else { return nil }
    strings.append(copy)
    return UnsafePointer(copy)
  }

  /// A table of `rows`, with an empty row after them if the C side looks for one.
  func table<Row>(_ rows: [Row], end: Row? = nil) -> UnsafeMutablePointer<Row> {
    let all = rows + (end.map { [$0] } ?? [])
    let table = UnsafeMutablePointer<Row>.allocate(capacity: all.count)
    table.initialize(from: all, count: all.count)
    tables.append(UnsafeMutableRawPointer(table))
    return table
  }

  deinit {
    for string in strings { free(string) }
    // Rows are plain C structs: nothing in them needs deinitialising.
    for table in tables { table.deallocate() }
  }
}

/// The buffer from which a loop writes: room for a frame header, then the payload.
final class Scratch {
  private static let headroom = clws_pre()
  private var base: UnsafeMutablePointer<UInt8>
  private(set) var capacity: Int

  init(capacity: Int) {
    self.capacity = capacity
    base = .allocate(capacity: Self.headroom + capacity)
  }

  /// Where the payload starts; `capacity` bytes.
  var payload: UnsafeMutablePointer<UInt8> { base + Self.headroom }

  /// Copies `bytes` in and returns where they start.
  func fill(_ bytes: ArraySlice<UInt8>) -> UnsafeMutablePointer<UInt8> {
    if bytes.count > capacity {
      base.deallocate()
      capacity = bytes.count
      base = .allocate(capacity: Self.headroom + capacity)
    }
    bytes.withUnsafeBufferPointer { source in
      if let start = source.baseAddress {
        payload.update(from: start, count: source.count)
      }
    }
    return payload
  }

  deinit {
    base.deallocate()
  }
}
