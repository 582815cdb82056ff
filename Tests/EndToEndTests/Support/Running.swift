import Foundation

/// A program that is running. Its output goes to files, so that it never waits for a reader.
///
/// Started with `posix_spawn` and waited for by a thread of its own: Foundation's `Process` runs its children
/// through the caller's run loop, and crashed in a test that starts a thousand of them.
final class Running: @unchecked Sendable {
  // `status` and `isReaped` are guarded by `lock`; all else is constant.
  let number: pid_t
  private let folder: URL
  private let command: String
  private let finished = Latch()
  private let lock = NSLock()
  private var status: Int32 = 0
  private var isReaped = false

  init(_ program: URL, _ arguments: [String], input: String? = nil) throws {
    command = ([program.lastPathComponent] + arguments).joined(separator: " ")
    folder = FileManager.default.temporaryDirectory.appending(path: "waybill-run-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data((input ?? "").utf8).write(to: folder.appending(path: "input"))
    number = try Running.spawn(program.path(percentEncoded: false), arguments, in: folder)
    Thread.detachNewThread { [self] in reap() }
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  var isRunning: Bool { !finished.isOpen }
  var output: String { text("output") }

  func send(_ signal: Int32) {
    // Until it is reaped the number is the program's and nobody else's.
    lock.withLock { if !isReaped { Glibc.kill(number, signal) } }
  }

  /// Kills the program unless it has ended by then.
  func kill(after seconds: Double) {
    DispatchQueue.global().asyncAfter(deadline: .now() + seconds) { [weak self] in self?.send(SIGKILL) }
  }

  func ended() async -> Programs.Outcome {
    await finished.wait()
    return Programs.Outcome(
      command: command, status: lock.withLock { status }, output: output, errors: text("errors"))
  }

  /// Waits for the first line of output with a text in it; nil when the program ended without one.
  func firstLine(with text: String = "") async -> String? {
    while true {
      let lines = output.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
      if let line = lines.first(where: { text.isEmpty || $0.contains(text) }) { return String(line) }
      if finished.isOpen { return nil }
      await finished.wait(atMost: 0.02)
    }
  }

  private func text(_ name: String) -> String {
    (try? String(contentsOf: folder.appending(path: name), encoding: .utf8)) ?? ""
  }

  /// Waits for the end, then takes the status; in between nobody can mistake another program for this one.
  private func reap() {
    var end = siginfo_t()
    while waitid(P_PID, id_t(number), &end, WEXITED | WNOWAIT) != 0, errno == EINTR {}
    lock.withLock {
      var word: Int32 = 0
      while waitpid(number, &word, 0) < 0, errno == EINTR {}
      // As a shell counts: the exit status, or 128 + the signal (wait(2), "status").
      status = word & 0x7F == 0 ? word >> 8 & 0xFF : 128 + word & 0x7F
      isReaped = true
    }
    finished.open()
  }
}

extension Running {
  /// Why a program could not be started.
  private struct NotStarted: Error, CustomStringConvertible {
    let program: String
    let error: Int32
    var description: String { "\(program) could not be started: \(String(cString: strerror(error)))" }
  }

  /// Starts a program whose three streams are files of a folder.
  private static func spawn(_ program: String, _ arguments: [String], in folder: URL) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (descriptor, name) in ["input", "output", "errors"].enumerated() {
      let path = folder.appending(path: name).path(percentEncoded: false)
      let mode = name == "input" ? O_RDONLY : O_WRONLY | O_CREAT | O_TRUNC
      posix_spawn_file_actions_addopen(&actions, Int32(descriptor), path, mode, 0o600)
    }
    let words = ([program] + arguments).map { strdup($0) }
    let settings = environment.map { strdup("\($0.key)=\($0.value)") }
    defer { for pointer in words + settings { free(pointer) } }
    var number: pid_t = 0
    let error = posix_spawn(&number, program, &actions, nil, words + [nil], settings + [nil])
    guard error == 0 else { throw NotStarted(program: program, error: error) }
    return number
  }

  private static let environment: [String: String] = {
    let inherited = ProcessInfo.processInfo.environment
    return inherited.merging([
      "NO_COLOR": "1", "LC_ALL": "C.UTF-8",
      // For scripts that name the programs without a path.
      "PATH": Programs.folder.path(percentEncoded: false) + ":" + (inherited["PATH"] ?? ""),
    ]) { $1 }
  }()
}
