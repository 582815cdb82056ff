import GRDB
import TradeRules
import TradeTables

/// Which of the device's own pending work has to be decided again when a checkpoint is applied.
///
/// Work that looked at nothing the checkpoint changes comes out as it did, and its effects stay where they are.
/// Work that shares a row with other work, one of them having changed it, is decided again together with it: a
/// row is put back to what it was before all of them. What is settled leaves the same way. When in doubt
/// everything is put back and decided again.
///
/// Valid inside the transaction that applies the checkpoint.
struct Rebase {
  private let db: Database
  private let groups: [Outbox.Pending]
  /// Rows that pending work changed and that are not put back, with their numbers.
  private var covered: [RowKey: UInt64] = [:]
  private var concerned: Set<UInt64> = []
  private(set) var isWhole = false
  /// At some 40 bytes each, a few megabytes.
  static let concernedMax = 100_000

  init(_ db: Database) throws {
    self.db = db
    groups = try Outbox.pendingGroups(in: db)
    if groups.isEmpty || groups.contains(where: { $0.footprint == nil }) {
      try takeAllBack()
    } else {
      for key in try BaseImages.keys(in: db) { covered[key] = Footprint.number(of: key) }
    }
  }

  /// Puts everything back: all pending work is decided again.
  mutating func takeAllBack() throws {
    guard !isWhole else { return }
    isWhole = true
    (covered, concerned) = ([:], [])
    if !PlantedBug.isPlanted(.guessNotPutBack) { try BaseImages.restoreAll(in: db) }
  }

  /// Puts one row back that the checkpoint is about to change.
  mutating func uncover(_ key: RowKey) throws {
    guard !isWhole, covered.removeValue(forKey: key) != nil, !PlantedBug.isPlanted(.guessNotPutBack)
    else { return }
    try BaseImages.restore([key], in: db)
  }

  /// Takes note of a change that the checkpoint makes; nil stands for no row.
  ///
  /// Of so many that they would fill a phone's memory no note is taken: then all pending work is decided again.
  mutating func note(_ old: TradeRules.Row?, _ new: TradeRules.Row?, in table: TableDescription) throws {
    guard !isWhole, let row = new ?? old else { return }
    guard concerned.count < Rebase.concernedMax else { return try takeAllBack() }
    concerned.insert(Footprint.number(of: table.key(of: row)))
    for number in Footprint.ranges(from: old, to: new, in: table) { concerned.insert(number) }
  }

  /// Decides again what has to be, once the outbox knows what is settled.
  mutating func decideAnew(_ state: ReplicaState) throws {
    let pending = try Outbox.pendingGroups(in: db)
    let known = Set(groups.map(\.group))
    let device = Footprint.number(of: RowKey(DeviceColumns.self, state.device))
    // A centre that was restored may have forgotten work that had its answer.
    if concerned.contains(device) || !pending.allSatisfy({ known.contains($0.group) }) { try takeAllBack() }
    if isWhole { return try decide(pending, state) }
    let still = Set(pending.map(\.group))
    let settled = Set(groups.map(\.group)).subtracting(still)
    let ties = Ties(groups, concerned: concerned, settled: settled)
    try putBack(ties.changed)
    let affected = pending.filter { ties.affected.contains($0.group) }
    guard try decide(affected, state, apartFrom: ties) else {
      try takeAllBack()
      return try decide(pending, state)
    }
  }

  private mutating func putBack(_ numbers: Set<UInt64>) throws {
    let keys = covered.filter { numbers.contains($0.value) }.map(\.key)
    if !PlantedBug.isPlanted(.guessNotPutBack) { try BaseImages.restore(keys, in: db) }
    for key in keys { covered[key] = nil }
  }

  private func decide(_ groups: [Outbox.Pending], _ state: ReplicaState) throws {
    _ = try decide(groups, state, apartFrom: nil)
  }

  /// - Returns: false when a decision went where the rest has been; then nothing is written.
  private func decide(
    _ groups: [Outbox.Pending], _ state: ReplicaState, apartFrom ties: Ties?
  ) throws -> Bool {
    guard !groups.isEmpty else { return true }
    let guess = try Guess(db, state: state)
    var footprints: [(group: Int64, footprint: Footprint)] = []
    for group in groups {
      let items = try Outbox.items(group.group...group.last, in: db)
      let operations = items.compactMap(\.operation)
      guard operations.count == items.count else { continue }
      _ = try guess.decide(operations)
      guard let footprint = guess.footprint else { continue }
      if let ties, ties.rest(isTouchedBy: footprint) { return false }
      footprints.append((group.group, footprint))
    }
    try guess.store()
    for (group, footprint) in footprints { try Outbox.keep(footprint, of: group, in: db) }
    return true
  }
}

/// What ties pending work together: rows and ranges that one group changed and another looked at or changed.
private struct Ties {
  /// Groups that have to be decided again, settled ones among them.
  private(set) var affected: Set<Int64> = []
  /// What they changed.
  private(set) var changed: Set<UInt64> = []
  private var seenByRest: Set<UInt64> = []
  private var changedByRest: Set<UInt64> = []

  init(_ groups: [Outbox.Pending], concerned: Set<UInt64>, settled: Set<Int64>) {
    let roots = Ties.roots(of: groups)
    var affectedRoots: Set<Int> = []
    for (place, group) in groups.enumerated() {
      guard let footprint = group.footprint else { continue }
      let isConcerned =
        settled.contains(group.group) || !footprint.seen.isDisjoint(with: concerned)
        || !footprint.changed.isDisjoint(with: concerned)
      if isConcerned { affectedRoots.insert(roots[place]) }
    }
    for (place, group) in groups.enumerated() {
      guard let footprint = group.footprint else { continue }
      if affectedRoots.contains(roots[place]) {
        affected.insert(group.group)
        changed.formUnion(footprint.changed)
      } else {
        seenByRest.formUnion(footprint.seen)
        changedByRest.formUnion(footprint.changed)
      }
    }
  }

  /// Whether a new decision went where groups that are not decided again have been.
  func rest(isTouchedBy footprint: Footprint) -> Bool {
    !footprint.seen.isDisjoint(with: changedByRest) || !footprint.changed.isDisjoint(with: changedByRest)
      || !footprint.changed.isDisjoint(with: seenByRest)
  }

  /// For each group the first place of those it is tied to.
  private static func roots(of groups: [Outbox.Pending]) -> [Int] {
    var parents = Array(groups.indices)
    func root(_ place: Int) -> Int {
      var place = place
      while parents[place] != place {
        parents[place] = parents[parents[place]]
        place = parents[place]
      }
      return place
    }
    func tie(_ one: Int, _ other: Int) {
      let (first, second) = (root(one), root(other))
      parents[max(first, second)] = min(first, second)
    }
    var changers: [UInt64: Int] = [:]
    for (place, group) in groups.enumerated() {
      for number in group.footprint?.changed ?? [] {
        if let changer = changers[number] { tie(place, changer) } else { changers[number] = place }
      }
    }
    for (place, group) in groups.enumerated() {
      for number in group.footprint?.seen ?? [] {
        if let changer = changers[number] { tie(place, changer) }
      }
    }
    return groups.indices.map(root)
  }
}
