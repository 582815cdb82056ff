/// What some seeds came to in numbers.
struct Figures: Codable {
  var seeds = 0
  /// Simulated.
  var milliseconds: Int64 = 0
  var operations = 0
  /// Seeds that were run a second time, elsewhere.
  var twice = 0
  var refusedAtOnce = 0
  var messages = 0
  var faults: [String: Int] = [:]
  var deeds: [String: Int] = [:]
  var checks: [String: Int] = [:]
  /// The centre's answers by outcome and code.
  var answers: [String: Int] = [:]
  /// Rare events met.
  var marks: [String: Int] = [:]

  static func += (one: inout Figures, other: Figures) {
    one.seeds += other.seeds
    one.milliseconds += other.milliseconds
    one.operations += other.operations
    one.twice += other.twice
    one.refusedAtOnce += other.refusedAtOnce
    one.messages += other.messages
    one.faults.merge(other.faults, uniquingKeysWith: +)
    one.deeds.merge(other.deeds, uniquingKeysWith: +)
    one.checks.merge(other.checks, uniquingKeysWith: +)
    one.answers.merge(other.answers, uniquingKeysWith: +)
    one.marks.merge(other.marks, uniquingKeysWith: +)
  }

  var description: String {
    """
    \(seeds) seeds (\(twice) of them twice), \(milliseconds / 3_600_000) simulated hours, \(operations) operations \
    (\(refusedAtOnce) more refused at once), \(messages) messages
    faults:  \(Figures.list(faults))
    deeds:   \(Figures.list(deeds))
    answers: \(Figures.list(answers))
    checks:  \(Figures.list(checks))
    marks:   \(Figures.list(marks))
    """
  }

  /// Rare events that were never met: marks, answers with a code, kinds of faults.
  var missing: [String] {
    Mark.allCases.map(\.rawValue).filter { marks[$0] == nil }
      + Mark.codes.filter { answers[$0] == nil }
      + faults.keys.sorted().filter { faults[$0] == 0 }
  }

  private static func list(_ counts: [String: Int]) -> String {
    counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
  }
}
