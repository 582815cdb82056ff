import CentralStore
import TradeRules

/// What came of an import, or would come of it.
struct ImportSummary {
  let kind: ImportKind
  let isDryRun: Bool
  /// Rows read.
  var rows = 0
  var created = 0
  var updated = 0
  var unchanged = 0
  private(set) var rejected = 0
  /// The first of the refused rows.
  private(set) var refusals: [RowRefusal] = []

  /// More are counted and not told; `--rejects` has them all.
  static let refusalsTold = 20

  init(kind: ImportKind, isDryRun: Bool) {
    self.kind = kind
    self.isDryRun = isDryRun
  }

  mutating func refuse(_ refusal: RowRefusal) {
    rejected += 1
    if refusals.count < ImportSummary.refusalsTold { refusals.append(refusal) }
  }

  /// A row that was accepted in the rehearsal and refused when it was to be done.
  mutating func refuseLate(_ identity: String, _ refusal: Refusal) {
    refuse(RowRefusal(row: 0, line: 0, Refusal(refusal.code, "\(identity) \(refusal.detail)")))
    if created > 0 { created -= 1 } else { updated -= 1 }
  }

  /// 10 when rows were refused, else 0.
  var status: ExitStatus { rejected > 0 ? .partial : .done }

  var json: JSONValue {
    [
      "kind": .string(kind.rawValue), "create": .integer(created), "update": .integer(updated),
      "unchanged": .integer(unchanged), "reject": .integer(rejected), "dryRun": .bool(isDryRun),
      "rejects": .array(refusals.map(\.json)),
    ]
  }

  var text: String {
    let would = isDryRun ? "would " : ""
    var lines = [
      "\(kind.rawValue): \(would)create \(created) · \(would)update \(updated) · unchanged \(unchanged) · "
        + "reject \(rejected)"
    ]
    lines += refusals.map { "  line \($0.line): \($0.text)" }
    if rejected > refusals.count { lines.append("  and \(rejected - refusals.count) more") }
    return lines.joined(separator: "\n")
  }
}
