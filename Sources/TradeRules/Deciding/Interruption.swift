/// Why a rule stopped before it had an answer.
public enum Interruption: Error, Sendable {
  /// The host must load these and ask again.
  case needs([Need])
  /// A replica cannot see a row that matters: the operation is recorded and its outcome left open.
  case unknown
  /// The operation waits for a record that has not arrived yet.
  case waits(for: RowKey, called: String)
  case refused(Refusal)
}

public enum Need: Sendable {
  case row(RowKey)
  case range(RowRange)
}

/// A business refusal: a value that is stored and sent back.
public struct Refusal: Error, Hashable, Sendable {
  public let code: Code
  /// The particulars, for the sentence.
  public let detail: String

  public init(_ code: Code, _ detail: String = "") {
    self.code = code
    self.detail = detail
  }
}

/// What an operation came to.
public struct Verdict: Hashable, Sendable {
  public var outcome: Outcome
  public var codes: [Code]
  /// What a person calls the record it was about.
  public var record: String
  public var conflicts: [RecordID]
  /// What came of each row of an import, in the file's order; empty for anything else.
  public var rows: [RowOutcome] = []
  /// The particulars of a refusal, for whoever gave the command; no part of the answer.
  public var detail = ""

  public init(_ outcome: Outcome, _ codes: [Code] = [], record: String = "", conflicts: [RecordID] = []) {
    self.outcome = outcome
    self.codes = codes
    self.record = record
    self.conflicts = conflicts
  }
}
