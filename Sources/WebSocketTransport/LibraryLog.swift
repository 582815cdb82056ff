internal import CLibWebSockets
internal import Glibc

/// Takes libwebsockets' warnings and errors to whoever owns the loop that caused them, instead of
/// to standard error.
///
/// The library has one log function for the whole process; whose line it is follows from the thread
/// it is written on.
final class LibraryLog {
  private let write: (@Sendable (String) -> Void)?
  /// The last lines: the only place where libwebsockets says why TLS failed.
  private var recent: [String] = []

  init(_ write: (@Sendable (String) -> Void)?) {
    self.write = write
  }

  /// Runs `body` with this thread's lines coming here.
  func catching<Result>(_ body: () throws -> Result) rethrows -> Result {
    Self.install
    let before = pthread_getspecific(Self.key)
    pthread_setspecific(Self.key, Unmanaged.passUnretained(self).toOpaque())
    defer { pthread_setspecific(Self.key, before) }
    return try body()
  }

  /// A line of our own among the library's.
  func note(_ line: String) {
    write?(line)
  }

  /// The last line that contains one of `words`, or else the last line.
  func lastLine(mentioning words: [String]) -> String? {
    recent.last { line in words.contains { line.contains($0) } } ?? recent.last
  }

  fileprivate func add(_ line: String) {
    recent.append(line)
    if recent.count > 8 { recent.removeFirst() }
    write?(line)
  }

  /// Which `LibraryLog` is catching on a thread.
  fileprivate static let key: pthread_key_t = {
    var key = pthread_key_t()
    pthread_key_create(&key, nil)
    return key
  }()

  private static let install: Void = {
    lws_set_log_level(LLL_ERR | LLL_WARN, emitLibraryLine)
  }()
}

private func emitLibraryLine(level: Int32, line: UnsafePointer<CChar>?) {
  guard let line, let log = pthread_getspecific(LibraryLog.key) else { return }
  var text = Substring(String(cString: line))
  while text.last?.isNewline == true { text.removeLast() }
  Unmanaged<LibraryLog>.fromOpaque(log).takeUnretainedValue().add(String(text))
}
