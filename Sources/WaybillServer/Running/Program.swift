import ArgumentParser
import Foundation
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
    do { command = try ServerProgram.parseAsRoot(words) } catch {
      return end(with: error, words: words, environment: environment)
    }
    let options = (command as? any Command)?.global ?? GlobalOptions.read(from: words)
    let console = Console(isJSON: options.json, environment: environment)
    do {
      if let command = command as? any Command {
        let folder = DataFolder(path: DataFolder.path(given: options.data, environment: environment))
        let status = try command.run(at: Desk(console: console, folder: folder))
        try console.requireWholeOutput()
        return status
      }
      var other = command
      try other.run()
      return .done
    } catch {
      guard ServerProgram.exitCode(for: error) != .success else {
        return end(with: error, words: words, environment: environment)
      }
      let failure = Failure(error)
      console.error(failure)
      return failure.status
    }
  }

  /// Ends a run that the parser stopped: help, a version or a completion that was asked for, or a command
  /// that is not written as it should be.
  private static func end(
    with error: any Error, words: [String], environment: [String: String]
  ) -> ExitStatus {
    let console = Console(isJSON: GlobalOptions.read(from: words).json, environment: environment)
    let failure: Failure
    if ServerProgram.exitCode(for: error) == .success {
      console.write(ServerProgram.fullMessage(for: error) + "\n")
      guard let cutOff = console.outputFailure else { return .done }
      failure = cutOff
    } else {
      failure =
        (error as? Failure)
        ?? Failure(
          .usage, CommandWords.unknownCommand(in: words) ?? ServerProgram.message(for: error),
          hint: CommandWords.helpHint(for: words))
    }
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

/// What a command works with: where its words go, and the centre it is about.
struct Desk {
  let console: Console
  let folder: DataFolder

  /// Asks the centre, which a server has or which this process opens for the moment.
  ///
  /// - Parameter creating: makes a store where there is none.
  func ask(_ request: AdminRequest, creating: Bool = false) throws -> JSONValue {
    try AdminLink(folder, creating: creating, console: console).ask(request)
  }
}
