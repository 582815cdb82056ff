import ArgumentParser
import Foundation
import ReplicaStore
import TradeRules

/// One run of the program: from words to an exit status.
enum Program {
  static let version = "0.1.0"

  /// Runs the command that `words` (without the program's own name) give.
  static func run(
    _ words: [String], environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> ExitStatus {
    let words = CommandWords.arranged(words)
    let command: any ParsableCommand
    do { command = try Waybill.parseAsRoot(words) } catch {
      return end(with: error, words: words, environment: environment)
    }
    let options = (command as? any Command)?.global ?? GlobalOptions.read(from: words)
    let console = Console(isJSON: options.json, isQuiet: options.quiet, environment: environment)
    let path = ReplicaFile.path(given: options.replica, environment: environment)
    do {
      if let command = command as? any Command {
        let status = try command.run(at: Desk(console: console, file: ReplicaFile(path)))
        try console.requireWholeOutput()
        return status
      }
      var other = command
      try other.run()
      return .done
    } catch {
      guard Waybill.exitCode(for: error) != .success else {
        return end(with: error, words: words, environment: environment)
      }
      let failure = Failure(error, replica: path)
      console.error(failure)
      return failure.status
    }
  }

  /// Ends a run that the parser stopped: help, a version or a completion that was asked for, or a command
  /// that is not written as it should be.
  private static func end(
    with error: any Error, words: [String], environment: [String: String]
  ) -> ExitStatus {
    let options = GlobalOptions.read(from: words)
    let console = Console(isJSON: options.json, isQuiet: options.quiet, environment: environment)
    var failure: Failure
    if Waybill.exitCode(for: error) == .success {
      console.write(Waybill.fullMessage(for: error) + "\n")
      guard let cutOff = console.outputFailure else { return .done }
      failure = cutOff
    } else {
      failure = (error as? Failure) ?? Failure(.usage, Waybill.message(for: error))
    }
    if failure.hint == nil { failure.hint = Suggestion.hint(for: words) }
    console.error(failure)
    return failure.status
  }
}

/// One command: its words are parsed into it, then it runs once.
protocol Command: ParsableCommand {
  var global: GlobalOptions { get }
  /// Does the work and shows the result.
  ///
  /// - Returns: `done`, or what else the result means to scripts.
  func run(at desk: Desk) throws -> ExitStatus
}
