import Foundation
import TradeRules

/// Where a command's words go: documents and tables to standard output, all else to standard error.
struct Console: Sendable {
  /// One JSON document instead of text.
  let isJSON: Bool
  private let errorIsTerminal: Bool
  private let errorHasColours: Bool

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
    if !shown.isEmpty { Console.write(shown + "\n", to: STDOUT_FILENO) }
  }

  /// News beside the result.
  func note(_ text: String) { Console.write(text + "\n", to: STDERR_FILENO) }

  /// How far a long task is: replaces the line shown so last on a terminal, else a line every few seconds.
  func progress(_ text: String, last: inout Progress) {
    let now = ContinuousClock.now
    guard now - last.shownAt >= (errorIsTerminal ? .milliseconds(100) : .seconds(3)) else { return }
    last.shownAt = now
    last.isOpen = errorIsTerminal
    Console.write(errorIsTerminal ? "\r\u{1B}[K" + text : text + "\n", to: STDERR_FILENO)
  }

  /// Ends a line of progress, so that what follows stands on its own.
  func endProgress(_ last: inout Progress) {
    if last.isOpen { Console.write("\r\u{1B}[K", to: STDERR_FILENO) }
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
    Console.write(text + "\n", to: STDERR_FILENO)
  }

  /// Writes all of it. A reader that went away wants nothing more: the rest is dropped, and the command's
  /// work stands.
  static func write(_ text: String, to descriptor: Int32) { write(Array(text.utf8), to: descriptor) }

  static func write(_ bytes: [UInt8], to descriptor: Int32) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if written < 0 {
        if errno == EINTR { continue }
        return
      }
      rest = rest.dropFirst(written)
    }
  }
}
