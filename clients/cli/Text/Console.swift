import Foundation
import Glibc
import TradeRules

/// Where a command's words go: documents and tables to standard output, all else to standard error.
struct Console: Sendable {
  enum Style: String, Sendable {
    case bold = "1"
    case red = "31"
    case yellow = "33"
    case dim = "2"
  }

  /// One JSON document instead of text.
  let isJSON: Bool
  /// No word on standard error but errors.
  let isQuiet: Bool
  let errorIsTerminal: Bool
  private let outputHasColours: Bool
  private let errorHasColours: Bool
  private let output = StandardOutput()

  init(isJSON: Bool, isQuiet: Bool, environment: [String: String]) {
    self.isJSON = isJSON
    self.isQuiet = isQuiet
    // https://no-color.org: present and not empty.
    let wantsColours = environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
    errorIsTerminal = isatty(STDERR_FILENO) == 1
    outputHasColours = wantsColours && isatty(STDOUT_FILENO) == 1
    errorHasColours = wantsColours && errorIsTerminal
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

  /// A line of a stream, whatever the form. A stream may go on for days: what cuts it off is said at once.
  func line(_ text: String) {
    let wasWhole = outputFailure == nil
    write(text + "\n")
    if wasWhole, let failure = outputFailure { note("warning[\(failure.code)]: \(failure.message)") }
  }

  /// A result in a form of its own.
  func write(_ text: String) { output.write(text) }

  /// Why the result is not all there; nil as long as it is.
  var outputFailure: Failure? { output.failure }

  /// - Throws: `Failure` when the result was cut off: whoever reads it must not take it for all of it.
  func requireWholeOutput() throws {
    if let outputFailure { throw outputFailure }
  }

  /// News beside the result: progress, footers. Not with `--quiet`.
  func note(_ text: String) {
    if !isQuiet { tell(text + "\n") }
  }

  /// Replaces the line that was shown so last; terminals only.
  func progress(_ text: String) {
    if !isQuiet, errorIsTerminal { tell("\r\u{1B}[K" + text) }
  }

  func error(_ failure: Failure) {
    let text = isJSON ? failure.json.text : failure.text { styled($0, $1, hasColours: errorHasColours) }
    tell(text + "\n")
  }

  /// Text for standard output in a style, where the terminal has styles.
  func styled(_ text: String, _ style: Style) -> String { styled(text, style, hasColours: outputHasColours) }

  private func styled(_ text: String, _ style: Style, hasColours: Bool) -> String {
    hasColours ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
  }

  /// There is nowhere left to say that standard error takes nothing.
  private func tell(_ text: String) { _ = StandardOutput.write(text, to: STDERR_FILENO) }
}
