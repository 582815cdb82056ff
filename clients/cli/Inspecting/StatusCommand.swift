import ArgumentParser
import ReplicaStore
import TradeRules

struct Status: Command {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Last sync, unsent work, what needs attention, how old the stock is.",
    discussion: "Examples:\n  waybill status\n  waybill status --json")
  @OptionGroup var global: GlobalOptions

  func run(at desk: Desk) throws -> ExitStatus {
    let report = try desk.reading { try StatusReport($0, file: desk.file, now: Clocks.now) }
    desk.console.show(report.document, report.text(console: desk.console))
    return .done
  }
}

/// The four numbers a person needs, and where they come from.
struct StatusReport {
  /// Hours after which somebody should have synced.
  static let staleAfterHours: Int64 = 24
  /// Unsent operations beyond which a sync takes a while.
  static let manyUnsent: Int64 = 100
  /// Incidents told in JSON, and in the text.
  static let incidentsMax = 100
  static let incidentsShown = 3

  private let state: ReplicaState
  private let unsent: (count: Int64, oldest: Instant?)
  private let attention: AttentionCounts
  private let incidents: [Incident]
  private let incidentCount: Int64
  private let bytes: Int64
  private let isSyncing: Bool
  private let lacksLink: Bool
  private let now: Instant

  init(_ view: ReplicaView, file: ReplicaFile, now: Instant) throws {
    state = view.state
    unsent = try view.unsent()
    attention = try view.attention()
    incidents = try view.incidents(limit: StatusReport.incidentsMax)
    incidentCount = try view.incidentCount()
    bytes = try view.storeBytes()
    isSyncing = file.isSyncing
    lacksLink = file.isSyncingWithoutLink
    self.now = now
  }

  /// `syncing` while a program holds the link, `connecting` while it has none, the centre's word while it refuses the
  /// device, `stale` when nobody has synced for long, else `idle`.
  private var stateName: String {
    if !state.refusedWith.isEmpty {
      return state.refusedWith.lowercased().replacing("device_", with: "").replacing("replica_", with: "")
    }
    if isSyncing { return lacksLink ? "connecting" : "syncing" }
    return isStale ? "stale" : "idle"
  }

  private var isStale: Bool {
    guard let synced = state.lastSyncAt else { return true }
    return now.milliseconds(since: synced) > StatusReport.staleAfterHours * 3_600_000
  }

  var document: JSONValue {
    [
      "device": .string(state.device), "role": .string(state.role.rawValue), "state": .string(stateName),
      "lastSyncAt": .instant(state.lastSyncAt), "checkpoint": .integer(state.checkpoint),
      "unsent": .integer(unsent.count),
      "attention": [
        "rejected": .integer(attention.rejected), "conflicts": .integer(attention.conflicts),
        "held": .integer(attention.held),
      ],
      "stockAsOf": .instant(state.lastSyncAt), "clockOffsetMs": .integer(state.clockOffsetMilliseconds),
      "epoch": .string(state.epoch.description), "name": .string(state.name), "url": .string(state.url),
      "head": .integer(state.headVersion), "oldestUnsentAt": .instant(unsent.oldest),
      "storeBytes": .integer(bytes),
      "refusedWith": state.refusedWith.isEmpty ? .null : .string(state.refusedWith),
      "incidents": .array(
        incidents.map { ["at": .instant($0.at), "code": $0.code.json, "detail": .string($0.detail)] }),
      "incidentCount": .integer(incidentCount),
    ]
  }

  func text(console: Console) -> String {
    var lines = ["Replica    \(state.device) (\(state.role) \(state.name))  \(stateName)"]
    if let synced = state.lastSyncAt {
      let line = "Last sync  \(Times.local(synced, now: now)) (\(Times.ago(synced, now: now)))"
      lines.append(
        (isStale ? console.styled(line, .yellow) : line) + ", checkpoint \(state.checkpoint), \(state.url)")
    } else {
      lines.append(console.styled("Last sync  never", .yellow) + ", \(state.url)")
    }
    let many = unsent.count > StatusReport.manyUnsent
    var sending = "Unsent     \(unsent.count) operations"
    if let oldest = unsent.oldest { sending += "; oldest \(Times.ago(oldest, now: now))" }
    if many { sending += "; sending may take longer than usual" }
    lines.append(many ? console.styled(sending, .yellow) : sending)
    let counts = "\(attention.rejected) rejected · \(attention.conflicts) conflicts · \(attention.held) held"
    lines.append(
      attention.total == 0
        ? "Attention  \(counts)" : console.styled("Attention  \(counts)", .red) + "  -> \(next)")
    lines.append("Stock      \(state.lastSyncAt.map { "as of \(Times.ago($0, now: now))" } ?? "never seen")")
    let offset = Decimals.text(state.clockOffsetMilliseconds, decimals: 3)
    let megabytes = Decimals.text(bytes / 100_000, decimals: 1, showing: 1)
    lines.append("Clock      \(offset) s behind the centre's at the last sync    Store \(megabytes) MB")
    return (lines + incidentLines).joined(separator: "\n")
  }

  private var incidentLines: [String] {
    let shown = incidents.prefix(StatusReport.incidentsShown)
    var lines = shown.map { incident in
      let mark = incident.code == .operationUnreadable ? "Lost       " : "Mended     "
      return mark + "\(Times.local(incident.at, now: now)) \(incident.code) \(incident.detail)"
    }
    let more = incidentCount - Int64(shown.count)
    if more > 0 { lines.append("           and \(more) more: waybill status --json") }
    return lines
  }

  private var next: String {
    attention.rejected + attention.held > 0 ? "waybill outbox list" : "waybill conflict list"
  }
}
