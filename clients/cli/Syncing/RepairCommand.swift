import ArgumentParser
import ReplicaStore
import TradeRules

struct Repair: Command {
  static let configuration = CommandConfiguration(
    commandName: "repair", abstract: "Reads the whole replica and mends what is damaged; needs no link.",
    discussion: """
      Examples:
        waybill repair

      Every sync does the same first, for a large replica once a day. Damaged rows are fetched again at the next
      sync; a damaged file is made anew from what can be read of it, and kept aside until rows leave this device.
      Unsent work is kept; what of it cannot be read is named.
      """)
  @OptionGroup var global: GlobalOptions

  func run(at desk: Desk) throws -> ExitStatus {
    guard desk.file.exists else { throw ReplicaFault.notEnrolled(path: desk.file.path) }
    let lock = try desk.file.lockSync()
    defer { lock.release() }
    let (store, mending) = try desk.file.openSound(
      at: Clocks.now, isAsked: true, random: Randomness.bytes)
    try store.close()
    desk.console.show(mending.json, mending.text)
    return mending.needsAttention ? .attention : .done
  }
}

extension Desk {
  /// The replica to sync with, read from end to end.
  ///
  /// - Parameter isDamaged: whether it is known to be; then it is made anew at once.
  func openSound(isDamaged: Bool) throws -> (store: ReplicaStore, mending: Mending) {
    guard isDamaged else { return try file.openSound(at: Clocks.now, random: Randomness.bytes) }
    let report = try file.rebuild(at: Clocks.now, random: Randomness.bytes)
    return (try file.openToSync(), .rebuilt(report))
  }

  /// Says what was mended, beside the result.
  func tell(_ mending: Mending) { if !mending.isSound { console.note(mending.text) } }

  /// Says that files are gone which were kept aside.
  func tell(removed files: [String]) {
    for file in files where !file.hasSuffix("-wal") {
      console.note("removed \(file): rows in it have left this device")
    }
  }
}

extension Mending {
  var isSound: Bool { if case .sound = self { true } else { false } }

  /// Whether somebody has to record something again.
  var needsAttention: Bool {
    guard case .rebuilt(let report) = self else { return false }
    return !report.lost.isEmpty || report.mayLackMore
  }

  var json: JSONValue {
    switch self {
    case .sound: return ["state": "sound"]
    case .refetching(let buckets): return ["state": "mended", "buckets": .strings(buckets.map(\.name))]
    case .rebuilt(let report):
      return [
        "state": "rebuilt", "buckets": .strings(report.suspects.map(\.name)), "unsent": .integer(report.kept),
        "renumbered": .array(
          report.renumbered.map {
            ["was": .string($0.was.description), "operation": .string($0.now.description)]
          }
        ),
        "lost": .array(
          report.lost.map {
            ["id": .string($0.id.description), "kind": .text($0.kind), "record": .text($0.record)]
          }), "mayLackMore": .bool(report.mayLackMore),
        "aside": .string(report.aside),
      ]
    }
  }

  var text: String {
    switch self {
    case .sound: return "Everything in the replica can be read and is what it should be."
    case .refetching(let buckets):
      return "Rows of \(buckets.map(\.name).joined(separator: ", ")) are damaged; the next sync fetches them."
    case .rebuilt(let report):
      var lines = [
        "The replica's file was damaged and was made anew; \(report.kept) unsent operations are kept.",
        "  the damaged file: \(report.aside)",
        "  it is kept until rows leave this device; copy it elsewhere to have it for longer",
      ]
      for moved in report.renumbered { lines.append("  \(moved.was) is now \(moved.now)") }
      for lost in report.lost {
        let what = [lost.kind, lost.record].compactMap { $0 }.joined(separator: " ")
        lines.append(
          "  [OPERATION_UNREADABLE] \(lost.id)\(what.isEmpty ? ", of which nothing can be read" : " " + what)"
            + ": record it again")
      }
      if report.mayLackMore {
        lines.append("  how many operations there were cannot be read: look whether your last ones are there")
      }
      return lines.joined(separator: "\n")
    }
  }
}
