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
    _ program: URL, _ arguments: [String], input: String? = nil, within seconds: Double = 180
  ) async throws -> Outcome {
    let started = try Running(program, arguments, input: input)
    started.kill(after: seconds)
    let outcome = await started.ended()
    if outcome.status == 128 + SIGKILL { throw Overdue(command: outcome.command) }
    return outcome
  }
}
