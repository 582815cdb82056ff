/// The rows that operations are decided on, in memory: what the host loaded and what the rules changed.
///
/// A rule reads as if everything were here; what is not makes it stop with `Interruption.needs`, the host
/// loads it and asks again. One working set may serve many groups, so a row that many of them touch is read
/// and written once.
public final class WorkingSet {
  /// One key and what is known of its row.
  private struct Slot {
    let key: RowKey
    var stored: Row?
    var current: Row?
    var isDirty = false
    /// The last count of changes that came by here.
    var lastCount = 0
  }

  private struct Undo {
    let slot: Int
    let previous: Row?
  }

  /// What this device may be sent: a row outside is unknown, not absent. Nil at the centre, which knows all.
  public let horizon: Grants?
  /// What is looked at and changed from here on, for a host that wants to know.
  public var footprint: Footprint?
  private var numbers = KeyNumbers()
  private var slots: [Slot] = []
  private var prefixes = RangeMembers()
  private var undo: [Undo] = []
  private var dirty: [Int] = []
  private var countsOfChanges = 0
  /// Room for the bytes of a key that is looked up.
  private var scratch: [UInt8] = []

  public init(horizon: Grants? = nil) {
    self.horizon = horizon
    scratch.reserveCapacity(256)
  }

  /// How many rows are held; the host starts anew when it grows too large.
  public var count: Int { max(slots.count, prefixes.count) }

  // MARK: For hosts

  /// Whether a row, or its absence, is known.
  public func knows(_ key: RowKey) -> Bool { slot(of: key) != nil }

  /// Takes in what the store has for a key; what is already known stands.
  public func load(_ key: RowKey, _ row: Row?) {
    if slot(of: key) == nil { _ = add(key, row, row) }
  }

  /// Takes in all stored rows of a range.
  public func load(_ range: RowRange, _ rows: [Row]) {
    let prefix = prefixes.number(of: range, &scratch)
    for row in rows {
      let key = range.table.key(of: row)
      let place = slot(of: key) ?? add(key, row, row)
      // A row changed since it was stored belongs where it is now.
      if let current = slots[place].current, range.hasPrefix(of: current) {
        prefixes.put(place, at: prefix)
      }
    }
    prefixes.markLoaded(prefix, from: range.from)
  }

  /// Every row that differs from what the store has, in order of table and key.
  public func changes() -> [Change] {
    var changes: [Change] = []
    changes.reserveCapacity(dirty.count)
    for place in inKeyOrder(dirty, { $0 }) {
      guard let current = slots[place].current, slots[place].stored != current else { continue }
      changes.append(Change(key: slots[place].key, before: slots[place].stored, after: current))
    }
    return changes
  }

  /// What changed is stored now.
  public func markStored() {
    for place in dirty {
      slots[place].stored = slots[place].current
      slots[place].isDirty = false
    }
    dirty.removeAll(keepingCapacity: true)
    undo.removeAll(keepingCapacity: true)
  }

  /// A place to go back to.
  public struct Mark { fileprivate let depth: Int }

  public func mark() -> Mark { Mark(depth: undo.count) }

  /// Takes back every change since `mark`.
  public func rollBack(to mark: Mark) {
    while undo.count > mark.depth, let step = undo.popLast() {
      reindex(step.slot, from: slots[step.slot].current, to: step.previous)
      slots[step.slot].current = step.previous
    }
  }

  /// The changes since `mark`, each row once with what it was then, in order of table and key.
  public func changes(since mark: Mark) -> [Change] {
    steps(since: mark).compactMap { step in
      guard let after = slots[step.slot].current, step.previous != after else { return nil }
      return Change(key: slots[step.slot].key, before: step.previous, after: after)
    }
  }

  /// Whether a row changed since `mark` has become too large to be sent to anybody (`RowLimits`).
  func hasTooLargeRow(since mark: Mark) -> Bool {
    undo[mark.depth...].contains { step in
      guard let row = slots[step.slot].current else { return false }
      let key = slots[step.slot].key
      guard key.bytes.count > RowLimits.keyBytesMax || row.textBytes > RowLimits.rowBytesMax else {
        return false
      }
      // What never leaves the centre fits no page and need not.
      return !(TableDescription.numbered(key.table)?.isCentreOnly ?? false)
    }
  }

  /// Gives the rows changed since `mark` the version of the entry that changed them. What is stamped is
  /// decided: it is not taken back any more.
  ///
  /// - Returns: the changes, stamped.
  @discardableResult
  public func stamp(_ version: Int64, since mark: Mark) -> [Change] {
    let steps = steps(since: mark)
    undo.removeLast(undo.count - mark.depth)
    return steps.compactMap { step in
      guard let after = slots[step.slot].current, step.previous != after else { return nil }
      let stamped = Row(values: after.values, version: version, unknown: after.unknown)
      slots[step.slot].current = stamped
      return Change(key: slots[step.slot].key, before: step.previous, after: stamped)
    }
  }

  /// The first change of each row since `mark`, in order of table and key.
  private func steps(since mark: Mark) -> [Undo] {
    countsOfChanges += 1
    var steps: [Undo] = []
    for step in undo[mark.depth...] where slots[step.slot].lastCount != countsOfChanges {
      slots[step.slot].lastCount = countsOfChanges
      steps.append(step)
    }
    return inKeyOrder(steps) { $0.slot }
  }

  /// Sorts by the rows' keys. Most differ in what fits one number, which is much faster to compare.
  private func inKeyOrder<T>(_ items: [T], _ place: (T) -> Int) -> [T] {
    items.map { item in (head: slots[place(item)].key.head, item: item) }
      .sorted { one, other in
        one.head != other.head
          ? one.head < other.head : slots[place(one.item)].key < slots[place(other.item)].key
      }
      .map { $0.item }
  }

  // MARK: For rules

  /// The row of a key, or nil when there is none.
  public func row(_ key: RowKey) throws(Interruption) -> Row? {
    guard let place = slot(of: key) else { throw .needs([.row(key)]) }
    return try row(at: place)
  }

  /// The row of a key given by its parts, in order of the table's key columns.
  func row(_ table: TableNumber, _ parts: [any ColumnValue]) throws(Interruption) -> Row? {
    scratch.removeAll(keepingCapacity: true)
    for part in parts { RowKey.append(part.value, to: &scratch) }
    let number = scratch.withUnsafeBytes { numbers.number(of: $0, in: table) }
    guard let number else { throw .needs([.row(RowKey(table: table, bytes: Array(scratch)))]) }
    return try row(at: number)
  }

  private func row(at place: Int) throws(Interruption) -> Row? {
    if footprint != nil { footprint?.see(Footprint.number(of: slots[place].key)) }
    if let row = slots[place].current { return row }
    if let horizon, !isVisible(slots[place].key, to: horizon) { throw .unknown }
    return nil
  }

  /// Asks for several rows at once, so that the host goes to the store once.
  public func prepare(_ keys: [RowKey]) throws(Interruption) {
    let missing = keys.filter { slot(of: $0) == nil }
    if !missing.isEmpty { throw .needs(missing.map(Need.row)) }
  }

  /// The same for rows and ranges.
  public func prepare(_ needs: [Need]) throws(Interruption) {
    let missing = needs.filter { need in
      switch need {
      case .row(let key): slot(of: key) == nil
      case .range(let range): prefixes.loaded(range, &scratch) == nil
      }
    }
    if !missing.isEmpty { throw .needs(missing) }
  }

  /// The rows of a range, in the index's order.
  public func rows(_ range: RowRange) throws(Interruption) -> [Row] {
    guard let prefix = prefixes.loaded(range, &scratch) else { throw .needs([.range(range)]) }
    prefixes.tidy(prefix) { places in
      places.removeAll { slots[$0].current.map { !range.hasPrefix(of: $0) } ?? true }
      places.sort { one, other in
        guard let first = slots[one].current, let second = slots[other].current else { return one < other }
        return range.orders(first, slots[one].key, before: second, slots[other].key)
      }
    }
    if footprint != nil { noteSeen(range, prefixes.places(at: prefix)) }
    return prefixes.places(at: prefix).compactMap { place in
      slots[place].current.flatMap { range.isInBounds($0) ? $0 : nil }
    }
  }

  public func put(_ row: Row, in table: TableDescription) {
    scratch.removeAll(keepingCapacity: true)
    table.appendKey(of: row, to: &scratch)
    let known = scratch.withUnsafeBytes { numbers.number(of: $0, in: table.number) }
    let place = known ?? add(RowKey(table: table.number, bytes: Array(scratch)), nil, nil)
    if let current = slots[place].current, current.values == row.values { return }
    undo.append(Undo(slot: place, previous: slots[place].current))
    if footprint != nil { noteChanged(place, to: row, in: table) }
    reindex(place, from: slots[place].current, to: row)
    slots[place].current = row
    guard !slots[place].isDirty else { return }
    slots[place].isDirty = true
    dirty.append(place)
  }

  private func slot(of key: RowKey) -> Int? {
    key.bytes.withUnsafeBytes { numbers.number(of: $0, in: key.table) }
  }

  private func add(_ key: RowKey, _ stored: Row?, _ current: Row?) -> Int {
    slots.append(Slot(key: key, stored: stored, current: current))
    return numbers.add(key.bytes, in: key.table)
  }

  /// Lists a row under the prefixes it has now. Where it has lain before is tidied when somebody looks.
  private func reindex(_ place: Int, from old: Row?, to new: Row?) {
    guard let table = TableDescription.numbered(slots[place].key.table) else { return }
    for ordinal in table.indexes.indices {
      if table.isAlike(old, new, in: ordinal) { continue }
      if let old { prefixes.leave(table, ordinal, old, &scratch) }
      if let new { prefixes.enter(place, table, ordinal, new, &scratch) }
    }
  }

  private func noteSeen(_ range: RowRange, _ places: [Int]) {
    RangeMembers.spell(range, to: &scratch)
    footprint?.see(Footprint.number(ofRange: scratch, in: range.table.number))
    for place in places { footprint?.see(Footprint.number(of: slots[place].key)) }
  }

  private func noteChanged(_ place: Int, to row: Row, in table: TableDescription) {
    footprint?.change(Footprint.number(of: slots[place].key))
    for number in Footprint.ranges(from: slots[place].current, to: row, in: table) {
      footprint?.change(number)
    }
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
