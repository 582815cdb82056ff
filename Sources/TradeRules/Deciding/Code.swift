/// A stable word for a result: API, exit status, filter and test at once. `CodeBook` says what it means.
public struct Code: Word {
  public let rawValue: String
  public init(rawValue: String) { self.rawValue = rawValue }
}

/// What a code tells a person and a program.
public struct CodeEntry: Sendable {
  public let code: Code
  /// One sentence: what happened.
  public let sentence: String
  /// What to do next; empty when there is nothing to do.
  public let hint: String
  /// Whether the same command may succeed later without anybody changing anything.
  public let isRetryable: Bool
  /// Of a command that ends with this code.
  public let status: ExitStatus
  /// It can never become right: a replica refuses the command and records nothing.
  public let isRefusedAtOnce: Bool
}

/// How a command ended (docs/RULES.md, "Exit statuses").
public enum ExitStatus: Int32, Sendable {
  case done = 0
  case unexpected = 1
  case usage = 2
  case notFound = 3
  case notPermitted = 4
  case attention = 5
  case validation = 6
  case needsLink = 7
  case rejectedByCentre = 8
  case replicaBusy = 9
  case partial = 10
  case interrupted = 130
}
