import Foundation

/// The two programs, as built beside this test.
enum Programs {
  static let waybill = folder.appending(path: "waybill")
  static let server = folder.appending(path: "waybill-server")

  /// The build folder: the test's own program lies there as well.
  static let folder = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent()

  /// What a program said and how it ended.
  struct Outcome: Sendable, CustomStringConvertible {
    let command: String
    /// The exit status; 128 + the signal when one ended it.
    let status: Int32
    let output: String
    let errors: String

    var description: String { "\(command) ended with \(status)\n\(output)\(errors)" }
  }

  /// Why a program could not be run to its end.
  struct Overdue: Error, CustomStringConvertible {
    let command: String
    var description: String { "\(command) did not end in time and was killed" }
  }

  /// Runs a program to its end.
  ///
  /// - Parameter seconds: after this it is killed, and the run counts as failed.
  static func run(
    _ program: URL, _ arguments: [String], input: String? = nil, within seconds: Double = 60
  ) async throws -> Outcome {
    let started = try Running(program, arguments, input: input)
    started.kill(after: seconds)
    let outcome = await started.ended()
    if outcome.status == 128 + SIGKILL { throw Overdue(command: outcome.command) }
    return outcome
  }
}

/// A program that is running. Its output goes to files, so that it never waits for a reader.
final class Running: @unchecked Sendable {
  // Process is not Sendable; every use after `init` is one that Foundation allows from any thread
  // (processIdentifier, and reading the status once the handler ran).
  private let process = Process()
  private let folder: URL
  private let command: String
  private let finished = Latch()

  init(_ program: URL, _ arguments: [String], input: String? = nil) throws {
    command = ([program.lastPathComponent] + arguments).joined(separator: " ")
    folder = FileManager.default.temporaryDirectory.appending(path: "waybill-run-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for name in ["input", "output", "errors"] {
      try Data((name == "input" ? input ?? "" : "").utf8).write(to: folder.appending(path: name))
    }
    process.executableURL = program
    process.arguments = arguments
    let inherited = ProcessInfo.processInfo.environment
    process.environment = inherited.merging([
      "NO_COLOR": "1", "LC_ALL": "C.UTF-8",
      // For scripts that name the programs without a path.
      "PATH": Programs.folder.path(percentEncoded: false) + ":" + (inherited["PATH"] ?? ""),
    ]) { $1 }
    process.standardInput = try FileHandle(forReadingFrom: folder.appending(path: "input"))
    process.standardOutput = try FileHandle(forWritingTo: folder.appending(path: "output"))
    process.standardError = try FileHandle(forWritingTo: folder.appending(path: "errors"))
    process.terminationHandler = { [finished] _ in finished.open() }
    try process.run()
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  var isRunning: Bool { !finished.isOpen }
  var number: Int32 { process.processIdentifier }
  var output: String { text("output") }

  func send(_ signal: Int32) { if isRunning { Glibc.kill(process.processIdentifier, signal) } }

  /// Kills the program unless it has ended by then.
  func kill(after seconds: Double) {
    DispatchQueue.global().asyncAfter(deadline: .now() + seconds) { [weak self] in self?.send(SIGKILL) }
  }

  func ended() async -> Programs.Outcome {
    await finished.wait()
    let status = process.terminationStatus
    return Programs.Outcome(
      command: command, status: process.terminationReason == .exit ? status : 128 + status,
      output: output, errors: text("errors"))
  }

  /// Waits for the first line of output; nil when the program ended without one.
  func firstLine() async -> String? {
    while true {
      let text = output
      if let end = text.firstIndex(of: "\n") { return String(text[..<end]) }
      if finished.isOpen { return nil }
      await finished.wait(atMost: 0.02)
    }
  }

  private func text(_ name: String) -> String {
    (try? String(contentsOf: folder.appending(path: name), encoding: .utf8)) ?? ""
  }
}

/// Something that happens once, and those who wait for it.
final class Latch: @unchecked Sendable {
  // Guarded by `lock`.
  private let lock = NSLock()
  private var hasHappened = false
  private var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
  private var next = 0

  var isOpen: Bool { lock.withLock { hasHappened } }

  func open() {
    let released = lock.withLock {
      hasHappened = true
      defer { waiting = [:] }
      return waiting
    }
    for key in released.keys.sorted() { released[key]?.resume() }
  }

  /// Returns when it has happened, or when the time is over.
  func wait(atMost seconds: Double = .infinity) async {
    await withCheckedContinuation { continuation in
      let key: Int? = lock.withLock {
        if hasHappened { return nil }
        next += 1
        waiting[next] = continuation
        return next
      }
      guard let key else { return continuation.resume() }
      guard seconds.isFinite else { return }
      DispatchQueue.global().asyncAfter(deadline: .now() + seconds) { [weak self] in
        self?.giveUp(key)
      }
    }
  }

  private func giveUp(_ key: Int) {
    lock.withLock { waiting.removeValue(forKey: key) }?.resume()
  }
}
