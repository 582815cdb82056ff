import Foundation

/// Unpacks gzip by streaming it through `gzip -dc`, the program of the base system.
///
/// One thread feeds the program and drains it: it waits with `poll` until either can go on, so
/// neither side can wait for the other for ever, whatever the sizes.
final class GzipStream {
  private let path: String
  private let process = Process()
  private let unpacked = Pipe()
  private let complaints = Pipe()
  private var input: Int32 = -1
  private var waiting: ArraySlice<UInt8> = []
  private var ended = false

  /// Starts the program.
  ///
  /// - Parameters:
  ///   - path: The packed file, for messages.
  ///   - program: Reads gzip on standard input and writes what it holds, told `-dc`.
  /// - Throws: `gzipUnavailable`.
  init(path: String, program: String = "/usr/bin/gzip") throws(ByteSourceError) {
    self.path = path
    // A socket and not a pipe: `send` can be told not to raise SIGPIPE when the program has gone,
    // which would end ours. Both ends close on exec, or the program would hold its own input open.
    var ends: [Int32] = [-1, -1]
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
      throw .gzipUnavailable(path: path, reason: String(cString: strerror(errno)))
    }
    input = ends[0]
    defer { close(ends[1]) }
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = ["-dc"]
    process.environment = ["LC_ALL": "C"]
    process.standardInput = FileHandle(fileDescriptor: ends[1], closeOnDealloc: false)
    process.standardOutput = unpacked
    process.standardError = complaints
    do {
      try process.run()
    } catch {
      throw .gzipUnavailable(path: path, reason: error.localizedDescription)
    }
  }

  deinit {
    // A program left in the middle ends by itself when nobody reads its output. No signal: one sent
    // to a child of a thread that blocks signals, as those of Dispatch do, would never arrive.
    closeInput()
    try? unpacked.fileHandleForReading.close()
    // Foundation keeps the process, and through it the pipes, until its end has been seen.
    process.waitUntilExit()
    try? complaints.fileHandleForReading.close()
  }

  /// The next unpacked bytes, never an empty array; `nil` at the end.
  ///
  /// - Parameter packed: Gives the next packed bytes; `nil` at their end.
  /// - Throws: What `packed` throws; `gzipFailed`, at the latest in place of `nil`.
  func nextChunk(
    packed: () throws(ByteSourceError) -> [UInt8]?
  ) throws(ByteSourceError) -> [UInt8]? {
    while !ended {
      if waiting.isEmpty && input >= 0 {
        if let more = try packed() { waiting = more[...] } else { closeInput() }
      }
      guard try waitUntilReady() else { continue }
      let bytes = ByteSource.read(unpacked.fileHandleForReading.fileDescriptor)
      guard let bytes else { throw .gzipFailed(path: path, reason: lastReason()) }
      if !bytes.isEmpty { return bytes }
      ended = true
      try finish(packed: packed)
    }
    return nil
  }

  /// Sends what the program takes; true once it has bytes for us or has closed its output.
  private func waitUntilReady() throws(ByteSourceError) -> Bool {
    let output = unpacked.fileHandleForReading.fileDescriptor
    var watched = [
      pollfd(fd: output, events: Int16(POLLIN), revents: 0),
      // A negative descriptor is passed over (poll(2)).
      pollfd(fd: input, events: Int16(POLLOUT), revents: 0),
    ]
    guard poll(&watched, nfds_t(watched.count), -1) >= 0 else {
      if errno == EINTR { return false }
      throw .gzipFailed(path: path, reason: lastReason())
    }
    if watched[1].revents != 0 { sendWaiting() }
    return watched[0].revents != 0
  }

  private func sendWaiting() {
    let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
    let sent = waiting.withUnsafeBytes { send(input, $0.baseAddress, $0.count, flags) }
    if sent >= 0 {
      waiting = waiting.dropFirst(sent)
    } else if errno != EAGAIN && errno != EINTR {
      // The program has gone; why is in its exit status, read once its output has ended.
      waiting = []
      closeInput()
    }
  }

  private func finish(packed: () throws(ByteSourceError) -> [UInt8]?) throws(ByteSourceError) {
    closeInput()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      let said = (try? complaints.fileHandleForReading.readToEnd()) ?? nil
      let text = said.flatMap { String(data: $0, encoding: .utf8) } ?? ""
      let reason = text.split(whereSeparator: \.isNewline).map {
        $0.trimmingCharacters(in: .whitespaces)
      }
      let status = "gzip ended with status \(process.terminationStatus)"
      let saying = reason.filter { !$0.isEmpty }.joined(separator: "; ")
      throw .gzipFailed(path: path, reason: saying.isEmpty ? status : saying)
    }
    // The program may stop before padding at the file's end; a hash of the file needs that too.
    while try packed() != nil {}
  }

  private func closeInput() {
    if input >= 0 { close(input) }
    input = -1
  }

  private func lastReason() -> String { String(cString: strerror(errno)) }
}
