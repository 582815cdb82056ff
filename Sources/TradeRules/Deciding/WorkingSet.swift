/// The rows that operations are decided on, in memory: what the host loaded and what the rules changed.
///
/// A rule reads as if everything were here; what is not makes it stop with `Interruption.needs`, the host
/// loads it and asks again. One working set may serve many groups, so a row that many of them touch is read
/// and written once.
public final class WorkingSet {
  private struct Entry {
    var stored: Row?
    var current: Row?
  }

  private struct Undo {
    let key: RowKey
    let previous: Row?
  }

  private struct Prefix: Hashable {
    let table: TableNumber
    /// The index's place among the table's.
    let index: Int
    let values: [Value]
  }

  /// The rows known to have one prefix.
  private struct Members {
    enum Loaded {
      /// Only rows changed here are known.
      case nothing
      /// All rows, those whose ordering column is at least this where a bound is given.
      case rows(from: Value?)
    }

    var loaded = Loaded.nothing
    var keys: Set<RowKey> = []
  }

  /// What this device may be sent: a row outside is unknown, not absent. Nil at the centre, which knows all.
  public let horizon: Grants?
  private var entries: [RowKey: Entry] = [:]
  private var members: [Prefix: Members] = [:]
  private var undo: [Undo] = []
  private var dirty: Set<RowKey> = []

  public init(horizon: Grants? = nil) { self.horizon = horizon }

  /// How many rows are held; the host starts anew when it grows too large.
  public var count: Int { entries.count }

  // MARK: For hosts

  /// Takes in what the store has for a key; what is already known stands.
  public func load(_ key: RowKey, _ row: Row?) {
    if entries[key] == nil { entries[key] = Entry(stored: row, current: row) }
  }

  /// Takes in all stored rows of a range.
  public func load(_ range: RowRange, _ rows: [Row]) {
    let description = range.table
    let prefix = Prefix(table: description.number, index: range.ordinal, values: range.equal)
    for row in rows {
      let key = description.key(of: row)
      load(key, row)
      // A row changed since it was stored belongs where it is now.
      if let current = entries[key]?.current, range.hasPrefix(of: current) {
        members[prefix, default: Members()].keys.insert(key)
      }
    }
    members[prefix, default: Members()].loaded = .rows(from: range.from)
  }

  /// Every row that differs from what the store has, in order of table and key.
  public func changes() -> [Change] {
    dirty.sorted().compactMap { key in
      guard let entry = entries[key], entry.stored != entry.current, let current = entry.current
      else { return nil }
      return Change(key: key, before: entry.stored, after: current)
    }
  }

  /// What changed is stored now.
  public func markStored() {
    for key in dirty {
      let current = entries[key]?.current
      entries[key]?.stored = current
    }
    dirty.removeAll(keepingCapacity: true)
    undo.removeAll(keepingCapacity: true)
  }

  /// A place to go back to.
  public struct Mark { fileprivate let depth: Int }

  public func mark() -> Mark { Mark(depth: undo.count) }

  /// Takes back every change since `mark`.
  public func rollBack(to mark: Mark) {
    while undo.count > mark.depth, let step = undo.popLast() { restore(step) }
  }

  /// The changes since `mark`, each row once with what it was then, in order of table and key.
  public func changes(since mark: Mark) -> [Change] {
    var before: [RowKey: Row?] = [:]
    for step in undo[mark.depth...] where before[step.key] == nil { before[step.key] = .some(step.previous) }
    return before.keys.sorted().compactMap { key in
      guard let after = entries[key]?.current, let previous = before[key], previous != after
      else { return nil }
      return Change(key: key, before: previous, after: after)
    }
  }

  /// Gives the rows changed since `mark` the version of the entry that changed them.
  ///
  /// - Returns: the changes, stamped.
  @discardableResult
  public func stamp(_ version: Int64, since mark: Mark) -> [Change] {
    changes(since: mark).map { change in
      entries[change.key]?.current?.version = version
      var after = change.after
      after.version = version
      return Change(key: change.key, before: change.before, after: after)
    }
  }

  private func restore(_ step: Undo) {
    guard let entry = entries[step.key] else { return }
    reindex(step.key, from: entry.current, to: step.previous)
    entries[step.key]?.current = step.previous
  }

  // MARK: For rules

  /// The row of a key, or nil when there is none.
  public func row(_ key: RowKey) throws(Interruption) -> Row? {
    guard let entry = entries[key] else { throw .needs([.row(key)]) }
    if entry.current == nil, let horizon, !isVisible(key, to: horizon) { throw .unknown }
    return entry.current
  }

  /// Asks for several rows at once, so that the host goes to the store once.
  public func prepare(_ keys: [RowKey]) throws(Interruption) {
    let missing = keys.filter { entries[$0] == nil }
    if !missing.isEmpty { throw .needs(missing.map(Need.row)) }
  }

  /// The same for rows and ranges.
  public func prepare(_ needs: [Need]) throws(Interruption) {
    let missing = needs.filter { need in
      switch need {
      case .row(let key): entries[key] == nil
      case .range(let range): !holds(range)
      }
    }
    if !missing.isEmpty { throw .needs(missing) }
  }

  private func holds(_ range: RowRange) -> Bool {
    let prefix = Prefix(table: range.table.number, index: range.ordinal, values: range.equal)
    return members[prefix].map { covers($0.loaded, range.from) } ?? false
  }

  /// The rows of a range, in the index's order.
  public func rows(_ range: RowRange) throws(Interruption) -> [Row] {
    let prefix = Prefix(table: range.table.number, index: range.ordinal, values: range.equal)
    guard let known = members[prefix], covers(known.loaded, range.from) else {
      throw .needs([.range(range)])
    }
    return known.keys.compactMap { key in entries[key]?.current.map { (key, $0) } }
      .filter { range.contains($0.1) }
      .sorted { range.orders($0.1, $0.0, before: $1.1, $1.0) }
      .map(\.1)
  }

  public func put(_ row: Row, in table: TableDescription) {
    let key = table.key(of: row)
    let previous = entries[key]?.current
    if let previous, previous.values == row.values { return }
    undo.append(Undo(key: key, previous: previous))
    reindex(key, from: previous, to: row)
    if entries[key] == nil {
      entries[key] = Entry(stored: nil, current: row)
    } else {
      entries[key]?.current = row
    }
    dirty.insert(key)
  }

  private func reindex(_ key: RowKey, from old: Row?, to new: Row?) {
    guard let table = TableDescription.numbered(key.table) else { return }
    for (ordinal, index) in table.indexes.enumerated() {
      let cells = table.indexCells[ordinal].prefix(index.equalCount)
      if let old, let new, cells.allSatisfy({ old.values[$0] == new.values[$0] }) { continue }
      func prefix(of row: Row) -> Prefix {
        Prefix(table: table.number, index: ordinal, values: cells.map { row.values[$0] })
      }
      if let old { members[prefix(of: old)]?.keys.remove(key) }
      if let new { members[prefix(of: new), default: Members()].keys.insert(key) }
    }
  }

  private func covers(_ loaded: Members.Loaded, _ wanted: Value?) -> Bool {
    guard case .rows(let from) = loaded else { return false }
    guard let from else { return true }
    guard let wanted else { return false }
    return !wanted.precedes(from)
  }

  /// Whether a row that is not here would be here if it existed.
  private func isVisible(_ key: RowKey, to horizon: Grants) -> Bool {
    if horizon.everything { return true }
    guard let table = TableDescription.numbered(key.table) else { return false }
    if let bucket = table.commonBucket { return horizon.contains(bucket) }
    if table.isCentreOnly { return true }
    // A row's key alone says where it must be only where the key names the warehouse or the device.
    guard let values = table.keyValues(of: key) else { return false }
    var probe = Row(values: table.emptyValues)
    for (column, value) in zip(table.keyColumns, values) { probe.values[column.number - 1] = value }
    return table.keyDecidesBuckets && horizon.meet(table.buckets(of: probe))
  }
}

/// One row as it was and as it is.
public struct Change: Sendable {
  public let key: RowKey
  public let before: Row?
  public let after: Row

  public init(key: RowKey, before: Row?, after: Row) {
    self.key = key
    self.before = before
    self.after = after
  }
}
