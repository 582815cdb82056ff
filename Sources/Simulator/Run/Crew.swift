import Foundation
import Glibc

/// Processes of this program that run one seed after the other, so that a crash costs one seed and all cores
/// are busy. Each takes the next seed when it is done with one.
final class Crew {
  /// One process, told seeds on its standard input, a line each, and answering with an `Outcome` each.
  private final class Worker {
    let process = Process()
    let input = Pipe()
    let output = Pipe()
    var said: [UInt8] = []
    /// What it works on, and since when; nil when it is idle.
    var seed: UInt64?
    var since = ContinuousClock.now

    init(_ program: URL, _ arguments: [String]) throws {
      process.executableURL = program
      process.arguments = arguments
      process.standardInput = input
      process.standardOutput = output
      try process.run()
    }

    var descriptor: Int32 { output.fileHandleForReading.fileDescriptor }

    func begin(_ seed: UInt64) {
      self.seed = seed
      since = .now
      // One that is gone says so by the end of what it says.
      try? input.fileHandleForWriting.write(contentsOf: Data("\(seed)\n".utf8))
    }

    /// Reads what there is; false when there will be no more.
    func listen() -> Bool {
      var buffer = [UInt8](repeating: 0, count: 1 << 16)
      let count = read(descriptor, &buffer, buffer.count)
      if count > 0 { said += buffer[..<count] }
      return count > 0 || (count < 0 && errno == EINTR)
    }

    func end() {
      try? input.fileHandleForWriting.close()
      process.waitUntilExit()
      try? output.fileHandleForReading.close()
    }
  }

  /// A seed that takes longer never comes to its end.
  private static let longest = Duration.seconds(900)

  private let program: URL
  private let arguments: [String]
  private let jobs: Int

  /// - Parameter arguments: what the program is told to work as a worker.
  init(jobs: Int, arguments: [String]) throws {
    guard let program = Bundle.main.executableURL else { throw CocoaError(.fileNoSuchFile) }
    self.program = program
    self.arguments = arguments
    self.jobs = jobs
    signal(SIGPIPE, SIG_IGN)
  }

  /// Runs seeds until there are no more of them.
  ///
  /// - Parameters:
  ///   - next: the next seed; nil = no more.
  ///   - done: told of each that came to its end.
  ///   - pulse: called about once a second.
  func run(next: () -> UInt64?, done: (Outcome) -> Void, pulse: () -> Void) throws {
    var workers: [Worker] = []
    while workers.count < jobs, let seed = next() { workers.append(try hire(for: seed)) }
    while !workers.isEmpty {
      let polled = workers.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
      var ready = polled
      poll(&ready, nfds_t(ready.count), 1_000)
      pulse()
      for (position, worker) in workers.enumerated() {
        let isOver = worker.since + Crew.longest < .now
        if isOver { kill(worker.process.processIdentifier, SIGKILL) }
        guard ready[position].revents != 0 || isOver else { continue }
        let isAlive = worker.listen() && !isOver
        guard let outcome = try Crew.outcome(of: worker, isAlive: isAlive, isOver: isOver) else { continue }
        done(outcome)
        worker.seed = nil
        guard let seed = next() else { continue }
        if isAlive { worker.begin(seed) } else { workers[position] = try hire(for: seed) }
        if !isAlive { worker.end() }
      }
      for worker in workers where worker.seed == nil { worker.end() }
      workers.removeAll { $0.seed == nil }
    }
  }

  private func hire(for seed: UInt64) throws -> Worker {
    let worker = try Worker(program, arguments)
    worker.begin(seed)
    return worker
  }

  /// What became of its seed; nil while it works on it.
  private static func outcome(of worker: Worker, isAlive: Bool, isOver: Bool) throws -> Outcome? {
    guard let seed = worker.seed else { return nil }
    if isOver { return .died(seed, .liveness, saying: "") }
    if let line = worker.said.firstIndex(of: UInt8(ascii: "\n")),
      let outcome = try? JSONDecoder().decode(Outcome.self, from: Data(worker.said[..<line]))
    {
      worker.said.removeSubrange(...line)
      return outcome
    }
    if isAlive { return nil }
    let said = String(decoding: worker.said, as: UTF8.self)
    return .died(seed, .crash, saying: said.trimmingCharacters(in: .whitespacesAndNewlines))
  }
}
