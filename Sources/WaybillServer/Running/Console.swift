import Foundation
import TradeRules

/// Where a command's words go: documents and tables to standard output, all else to standard error.
struct Console: Sendable {
  /// One JSON document instead of text.
  let isJSON: Bool
  private let errorIsTerminal: Bool
  private let errorHasColours: Bool
  private let output = StandardOutput()

  init(isJSON: Bool, environment: [String: String]) {
    self.isJSON = isJSON
    errorIsTerminal = isatty(STDERR_FILENO) == 1
    // https://no-color.org: present and not empty.
    errorHasColours =
      errorIsTerminal && environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
  }

  /// Cells of a line of the terminal that standard output is; nil when it is none.
  var width: Int? {
    var size = winsize()
    guard isatty(STDOUT_FILENO) == 1 else { return nil }
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  /// The result of the command: the document, or the text for people.
  func show(_ document: JSONValue, _ text: @autoclosure () -> String) {
    let shown = isJSON ? document.text : text()
    if !shown.isEmpty { write(shown + "\n") }
  }

  /// A result in a form of its own, or a part of it.
  func write(_ text: String) { write(Array(text.utf8)) }

  func write(_ bytes: [UInt8]) { output.write(bytes) }

  /// Why the result is not all there; nil as long as it is.
  var outputFailure: Failure? { output.failure }

  /// - Throws: `Failure` when the result was cut off: whoever reads it must not take it for all of it.
  func requireWholeOutput() throws {
    if let outputFailure { throw outputFailure }
  }

  /// News beside the result.
  func note(_ text: String) { Console.tell(text + "\n") }

  /// How far a long task is: replaces the line shown so last on a terminal, else a line every few seconds.
  func progress(_ text: String, last: inout Progress) {
    let now = ContinuousClock.now
    guard now - last.shownAt >= (errorIsTerminal ? .milliseconds(100) : .seconds(3)) else { return }
    last.shownAt = now
    last.isOpen = errorIsTerminal
    Console.tell(errorIsTerminal ? "\r\u{1B}[K" + text : text + "\n")
  }

  /// Ends a line of progress, so that what follows stands on its own.
  func endProgress(_ last: inout Progress) {
    if last.isOpen { Console.tell("\r\u{1B}[K") }
    last.isOpen = false
  }

  struct Progress {
    fileprivate var shownAt = ContinuousClock.now
    fileprivate var isOpen = false
  }

  func error(_ failure: Failure) {
    let text =
      isJSON
      ? failure.json.text : failure.text { errorHasColours ? "\u{1B}[31m\($0)\u{1B}[0m" : $0 }
    Console.tell(text + "\n")
  }

  /// Says something beside the result. There is nowhere left to say that standard error takes nothing.
  static func tell(_ text: String) { _ = StandardOutput.write(Array(text.utf8), to: STDERR_FILENO) }
}
