import CentralStore
import Glibc
import TradeRules
import WebSocketTransport

/// Why a command ended without doing what was asked.
struct Failure: Error, Hashable {
  let code: Code
  /// The particulars; the code book has the sentence.
  let detail: String
  /// What to do next; nil = what the code book says.
  let hint: String?
  let details: JSONValue
  /// The whole sentence, where somebody else made it.
  private var given: String?
  /// What to say instead of the code book's sentence.
  private var sentence: String?
  /// Whether the same command can be given again without looking; nil = what the code book says.
  private var isRepeatable: Bool?

  init(_ code: Code, _ detail: String = "", hint: String? = nil, details: JSONValue = [:]) {
    self.code = code
    self.detail = detail
    self.hint = hint
    self.details = details
  }

  /// Arguments that make no sense together or are not of the form needed.
  static func usage(_ detail: String) -> Failure { Failure(.usage, detail) }

  private var entry: CodeEntry { CodeBook.entry(for: code) }

  /// The same code always gives the same status.
  var status: ExitStatus { entry.status }

  /// What a server's answer says failed.
  init(passedOn code: Code, message: String, hint: String?, details: JSONValue) {
    self.init(code, hint: hint, details: details)
    given = message
  }

  /// - Parameter number: why standard output took no more (errno(3)). What was done stands.
  init(cuttingOffOutput number: Int32) {
    self.init(
      number == ENOSPC || number == EDQUOT ? .diskFull : .ioFailed, String(cString: strerror(number)),
      hint: "What was done stands. See where standard output goes, then look before you do it again.")
    sentence = "Standard output took only a part of the result."
    isRepeatable = false
  }

  /// One sentence, with the particulars.
  var message: String {
    if let given { return given }
    let sentence = sentence ?? entry.sentence
    guard !detail.isEmpty else { return sentence }
    return (sentence.hasSuffix(".") ? String(sentence.dropLast()) : sentence) + ": \(detail)"
  }

  var json: JSONValue {
    [
      "error": [
        "code": .string(code.rawValue), "message": .string(message),
        "hint": .string(hint ?? entry.hint), "retryable": .bool(isRepeatable ?? entry.isRetryable),
        "details": details,
      ]
    ]
  }

  /// `error[CODE]: what failed`, then what to try.
  func text(styled: (String) -> String) -> String {
    let hint = hint ?? entry.hint
    return styled("error[\(code)]") + ": \(message)" + (hint.isEmpty ? "" : "\n  try: \(hint)")
  }
}

extension Failure {
  /// What any error means to whoever gave the command.
  init(_ error: any Error) {
    switch error {
    case let failure as Failure: self = failure
    case let error as TransportError: self.init(error)
    case let error as any ReadingError:
      self.init(.fileUnusable, error.message, hint: error.hint, details: ["reason": .string(error.code)])
    case let error as AmbiguousKey:
      let records = error.found.map { "\($0.kind.rawValue) \($0.name)" }
      self.init(.ambiguousKey, records.joined(separator: ", "), details: ["records": .strings(records)])
    default:
      let explained = CentralStore.explanation(of: error)
      self.init(explained.code, explained.detail)
    }
  }

  private init(_ error: TransportError) {
    switch error {
    case .certificateUnusable(let file, _):
      self.init(.fileUnusable, error.description, hint: "", details: ["file": .string(file)])
    case .addressUnavailable, .badURL: self.init(.cannotListen, error.description)
    default: self.init(.cannotListen, error.description, hint: "")
    }
  }
}
