import CentralStore
import GRDB
import TradeRules

import struct Foundation.Data

/// What must have come of the centre's log, by another hand: it replays the log by the documents alone
/// (RULES.md), in the plainest way, and holds the outcome against the centre's rows (C1).
///
/// Where the documents leave something open it takes over what the centre answered, and counts that.
final class ReferenceModel {
  private var version: Int64 = 0
  private var hash: [UInt8] = []
  /// When each entry came in.
  var receivedAt: [Int64: Int64] = [:]
  var decided: [OperationID: ModelDeed] = [:]
  /// Conflicts in which somebody has chosen.
  var chosen: Set<RecordID> = []
  var held: Set<OperationID> = []
  var devices: [String: ModelDevice] = [:]
  var settings: [String: Int64] = [:]
  /// The histories of this log, by the first entry that is theirs alone.
  var epochs: [(id: RecordID, first: Int64)] = []
  // Stock.
  var facts: [ModelPlace: [ModelFact]] = [:]
  var balances: [ModelPlace: Int64] = [:]
  var onHand: [ModelGoods: Int64] = [:]
  /// Where a product ever was, or was promised from.
  var levels: Set<ModelGoods> = []
  var openings: [ModelPlace: Int64] = [:]
  var expiries: [String: String] = [:]
  // Orders and who has what set aside.
  var orders: [RecordID: ModelOrder] = [:]
  var lines: [RecordID: ModelLine] = [:]
  var shipments: [RecordID: ModelShipment] = [:]
  var quotas: [ModelQuota.Key: ModelQuota] = [:]
  /// Goods whose promises are to be looked at when the operation is done.
  var unsettled: Set<ModelGoods> = []
  /// Products whose promises are taken over.
  var doubtful: Set<String> = []
  /// Lines that began to wait with the operation.
  var queued: [RecordID] = []
  // Records edited by several people.
  var records: [ModelRecord: ModelFields] = [:]
  /// Which value of a field stood when two edits of it met.
  var met: [ModelRecord: [Int: String]] = [:]
  /// The same of two quantities of a line.
  var metQuantities: [RecordID: Int64] = [:]
  var customers: [RecordID: ModelCustomer] = [:]
  /// Whose customers are by the company's file, by their codes.
  var filed: [String: (agent: String?, territory: String?)] = [:]
  var warehouses: [String] = []
  /// What was counted since somebody last asked.
  var counts: [String: Int] = [:]

  func count(_ what: String, _ number: Int = 1) { counts["model: \(what)", default: 0] += number }

  /// Takes in what the log has more than before; begins anew when it is another log.
  func follow(_ db: Database) throws -> ReferenceModel {
    let known = try Data.fetchOne(
      db, sql: "SELECT hash FROM log_entry WHERE version = ?", arguments: [version])
    if version > 0, known.map({ Array($0) }) != hash { return try ReferenceModel().follow(db) }
    for entry in try ModelEntry.read(after: version, in: db) {
      guard entry.version == version + 1 else { throw Finding("model", "no entry \(version + 1) in the log") }
      (version, hash) = (entry.version, entry.hash)
      receivedAt[version] = entry.receivedAt
      try take(entry, in: db)
    }
    return self
  }

  private func take(_ entry: ModelEntry, in db: Database) throws {
    if entry.isHeld {
      // It may be held again for another record, not after it was answered.
      for deed in entry.deeds {
        held.insert(deed.id)
        guard decided[deed.id] == nil else {
          throw Finding("model", "\(deed.id) is held in entry \(entry.version), and was decided before (G2)")
        }
      }
      return count("held", entry.deeds.count)
    }
    let isDone = entry.deeds.allSatisfy(\.stands)
    guard isDone || entry.deeds.allSatisfy({ !$0.stands }) else {
      throw Finding("model", "a part of entry \(entry.version) was done and a part refused (#69)")
    }
    for var deed in entry.deeds {
      guard decided[deed.id] == nil else { throw Finding("model", "\(deed.id) was decided twice (G2)") }
      held.remove(deed.id)
      setTimes(of: &deed)
      decided[deed.id] = deed
      // What other operations of a refused group would have done first is not known to this one.
      let isAlone = entry.deeds.count == 1 || devices[deed.id.device]?.isOutOfUse ?? false
      guard isDone || isAlone else {
        count("receipts taken over")
        continue
      }
      let forecast = try play(deed, in: db)
      try settle(deed)
      try hold(deed, against: forecast)
    }
  }

  private func setTimes(of deed: inout ModelDeed) {
    guard let operation = deed.operation else { return }
    deed.basedOn = min(seen(by: operation), deed.version - 1)
    let recorded = max(operation.recordedAt.milliseconds, receivedAt[deed.basedOn] ?? .min)
    deed.recordedAt = min(recorded, deed.receivedAt)
    deed.occurredAt = min(operation.statedAt?.milliseconds ?? deed.recordedAt, deed.receivedAt)
  }

  /// What its author had seen, as far as this history has it (decision 0010).
  private func seen(by operation: Operation) -> Int64 {
    guard let place = epochs.firstIndex(where: { $0.id == operation.basedOnEpoch }) else {
      return epochs.last.map { $0.first - 1 } ?? 0
    }
    let isPresent = place == epochs.count - 1
    return isPresent
      ? operation.basedOnVersion : min(operation.basedOnVersion, epochs[place + 1].first - 1)
  }

  // MARK: Answers

  /// What the documents say of the answer to an operation.
  enum Forecast: Equatable {
    /// Nothing that this model knows.
    case open
    /// Something of it is done.
    case stands
    case done(partly: Bool)
    /// With one of these codes.
    case refused([String])
    /// Work of a device that is out of use (G17).
    case quarantined(String)
  }

  private func hold(_ deed: ModelDeed, against forecast: Forecast) throws {
    let isAsSaid: Bool
    switch forecast {
    case .open: return count("receipts taken over")
    case .stands: isAsSaid = deed.stands
    case .done(let partly): isAsSaid = deed.outcome == (partly ? "partly" : "applied")
    case .refused(let codes):
      isAsSaid = deed.outcome == "rejected" && (deed.codes.first.map { codes.contains($0) } ?? false)
    case .quarantined(let code): isAsSaid = deed.outcome == "quarantined" && deed.codes == [code]
    }
    count("receipts")
    guard isAsSaid else {
      throw Finding(
        "model",
        "\(deed.id) \(deed.operation?.kind.rawValue ?? "?") in entry \(deed.version): the model says "
          + "\(forecast), the centre \(deed.outcome) \(deed.codes)")
    }
  }
}

/// What a device sees and works for.
struct ModelDevice {
  var role: String
  var state = "invited"
  var agents: [String]
  var territories: [String]
  var warehouses: [String]
  /// What it had before, and since when it has the present.
  var formerAgents: [String] = []
  var formerTerritories: [String] = []
  var formerWarehouses: [String] = []
  var since: Int64 = 0

  var isOutOfUse: Bool { ["retired", "lost", "wiped"].contains(state) }
  var seesAll: Bool { ["admin", "auditor", "finance"].contains(role) }
  /// With what it had before, for who had not heard of the change (#25, #71).
  func known(to deed: ModelDeed) -> ModelDevice {
    var device = self
    guard deed.basedOn < since else { return device }
    device.agents += formerAgents
    device.territories += formerTerritories
    device.warehouses += formerWarehouses
    return device
  }
  var handlesGoods: Bool { ["picker", "receiver", "lead", "warehouse"].contains(role) }
}
