/// What a seed came to grief on.
struct Finding: Error {
  /// The exit status of a run that ends with it.
  enum Kind: Int32 {
    /// A program crashed, or threw what it should not.
    case crash = 127
    /// Faults stopped, and somebody is stuck.
    case liveness = 128
    /// Something is not what it must be.
    case correctness = 129
    /// The same seed went another way.
    case nondeterminism = 130
  }

  let kind: Kind
  let checker: String
  let message: String

  init(_ checker: String, _ message: String, kind: Kind = .correctness) {
    self.kind = kind
    self.checker = checker
    self.message = message
  }

  var description: String { "kind=\(kind.rawValue) checker=\"\(checker)\" \"\(message)\"" }
}

/// Which checks were made how often.
final class Tally {
  private(set) var counts: [String: Int] = [:]

  func add(_ checker: String, _ count: Int = 1) { counts[checker, default: 0] += count }
}
