import Glibc
import ReplicaStore
import TradeRules
import WebSocketTransport

/// Why a command ended without doing what was asked.
struct Failure: Error, Hashable {
  let code: Code
  /// The particulars; the code book has the sentence.
  let detail: String
  /// What to do next; nil = what the code book says.
  var hint: String?
  var details: JSONValue = [:]
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

  /// What the centre gave as its reason: a full disk is its own then, and not this device's.
  init(saidByCentre code: Code) {
    switch code {
    case .diskFull:
      self.init(code, hint: Failure.centreHint)
      sentence = "The centre's disk is full; it takes nothing for now."
    case .ioFailed:
      self.init(code, hint: Failure.centreHint)
      sentence = "The centre's disk did not do what it was asked; it takes nothing for now."
    default: self.init(code)
    }
  }

  /// The last of the room on this device's disk is for what its people record.
  static let noRoomForRows = Failure(noRoom: "for what the centre sends")

  /// - Parameter detail: for what, or where and how much there is.
  private init(noRoom detail: String, details: JSONValue = [:]) {
    self.init(.diskFull, detail, details: details)
    sentence = "There is too little room on this device's disk."
  }

  /// - Parameter number: why standard output took no more (errno(3)). What was done stands, also what was recorded.
  init(cuttingOffOutput number: Int32) {
    self.init(
      number == ENOSPC || number == EDQUOT ? .diskFull : .ioFailed, String(cString: strerror(number)),
      hint: "What was done stands. See where standard output goes, then look before you do it again.")
    sentence = "Standard output took only a part of the result."
    isRepeatable = false
  }

  private static let centreHint =
    "Your work is safe on this device and is sent by the next waybill sync; tell an administrator."

  /// Arguments that make no sense together or are not of the form needed.
  static func usage(_ detail: String) -> Failure { Failure(.usage, detail) }

  private var entry: CodeEntry { CodeBook.entry(for: code) }

  /// The same code always gives the same status.
  var status: ExitStatus { entry.status }

  /// One sentence, with the particulars.
  var message: String {
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
  func text(_ styled: (String, Console.Style) -> String) -> String {
    let hint = hint ?? entry.hint
    return styled("error[\(code)]", .red) + ": \(message)" + (hint.isEmpty ? "" : "\n  try: \(hint)")
  }
}

extension Failure {
  /// What any error means to whoever gave the command.
  init(_ error: any Error, replica path: String) {
    switch error {
    case let failure as Failure: self = failure
    case let refusal as Refusal: self.init(refusal.code, refusal.detail)
    case let fault as ReplicaFault: self.init(fault, replica: path)
    case let error as TransportError: self.init(error)
    default:
      let explained = ReplicaFault.explanation(of: error)
      self.init(explained.code, explained.detail, details: ["replica": .string(path)])
    }
  }

  private init(_ fault: ReplicaFault, replica path: String) {
    switch fault {
    case .notEnrolled: self.init(.notEnrolled, path, details: ["replica": .string(path)])
    case .alreadyEnrolled: self.init(.alreadyEnrolled, path, details: ["replica": .string(path)])
    case .busy(let holder): self.init(.replicaBusy, holder, details: ["holder": .string(holder)])
    case .io(_, let number):
      let explained = ReplicaFault.explanation(of: fault)
      self.init(explained.code, explained.detail, details: ["errno": .integer(Int64(number))])
    case .full(let folder, let free):
      self.init(
        noRoom: "\(folder) has \(free / 1_000_000) MB left", details: ["freeBytes": .integer(free)])
    case .noRecord(let code, let key): self.init(code, key, details: ["key": .string(key)])
    case .ambiguous(let key): self.init(.ambiguousKey, key, details: ["key": .string(key)])
    }
  }

  /// A connection, a certificate and a wrong address are told apart.
  init(_ error: TransportError) {
    switch error {
    case .badURL, .plaintextRefused: self.init(.usage, error.description, hint: "")
    case .certificateRefused: self.init(.centreUntrusted, error.description)
    case .certificateUnusable(let file, let cause):
      self.init(
        .fileUnusable, "\(file): \(cause)",
        hint: "Name a PEM file of certificates: waybill sync --ca FILE, or --ca FILE of waybill enroll.",
        details: ["file": .string(file)])
    default: self.init(.noLink, error.description)
    }
  }
}
