@testable import TradeRules

/// A small world to try rules in: rows in memory, decided exactly as a host decides them.
///
/// Every group meets the loop "needs → load → again"; its changes get the next version. Devices are
/// offline unless a test says otherwise: what they record is based on what they saw at their last `sync`.
final class RuleBench {
  /// Rows by key, table by table, as a store has them.
  private var tables: [TableNumber: [RowKey: Row]] = [:]
  private(set) var version: Int64 = 0
  /// Final answers by operation.
  private(set) var answers: [OperationID: Verdict] = [:]
  /// Groups that wait for a record, oldest first.
  private(set) var held: [(key: RowKey, group: [Operation])] = []
  /// What the decisions learned from personal texts, by the id of the group's first operation.
  private(set) var observed: [OperationID: [Bool]] = [:]
  /// How often the last group had to be read for before it was decided.
  private(set) var readings = 0
  var now = Instant.day(hour: 8)

  private let horizon: Grants?
  private let isFinal: Bool
  /// One working set for all groups, as a busy host keeps it; nil = a new one for each.
  private var kept: WorkingSet?
  private var receivedAt: [Int64: Instant] = [:]
  private var numbers: [String: Int64] = [:]
  private var seen: [String: Int64] = [:]
  private var fresh: UInt64 = 0

  /// - Parameter keepsOneWorkingSet: all groups share one working set instead of a fresh one each.
  init(keepsOneWorkingSet: Bool = false) {
    horizon = nil
    isFinal = true
    kept = keepsOneWorkingSet ? WorkingSet() : nil
  }

  private init(replicaOf centre: RuleBench, _ grants: Grants) {
    horizon = grants
    isFinal = false
    now = centre.now
    version = centre.version
    numbers = centre.numbers
    seen = centre.seen
    fresh = centre.fresh
    for table in TableDescription.all {
      tables[table.number] = centre.tables[table.number]?.filter { grants.meet(table.buckets(of: $0.value)) }
    }
  }

  /// The world as a device's replica has it after a sync: what its grants show, decisions are guesses.
  func replica(of device: String) -> RuleBench {
    let row: Device? = find(DeviceColumns.self, device)
    return RuleBench(replicaOf: self, row?.grants ?? .nothing)
  }

  // MARK: Recording

  /// The operation a device would record now, based on what it last saw. Not decided yet.
  ///
  /// - Parameters:
  ///   - at: what its corrected clock says; nil = the truth.
  ///   - stated: when a person says it happened.
  func record<F: OperationForm>(
    _ device: String, at: Instant? = nil, stated: Instant? = nil, uncertainty: Int64 = 0,
    offset: Int64 = 0, _ form: Filled<F>
  ) -> Operation {
    let number = numbers[device, default: 0] + 1
    numbers[device] = number
    let recordedAt = at ?? now
    return Operation(
      id: OperationID(device: device, number: number), group: number, kind: F.kind,
      actor: device == "centre" ? "os:root" : "user:\(device)", basedOnEpoch: .none,
      basedOnVersion: device == "centre" ? version : seen[device, default: 0], statedAt: stated,
      recordedAt: recordedAt,
      clock: ClockReading(
        wall: recordedAt, offsetMilliseconds: offset, uncertaintyMilliseconds: uncertainty),
      form: form.form)
  }

  /// Makes operations of one device one group.
  func group(_ operations: [Operation]) -> [Operation] {
    operations.map { operation in
      var operation = operation
      operation.group = operations[0].id.number
      return operation
    }
  }

  /// The device has seen everything up to now.
  func sync(_ device: String) { seen[device] = version }

  /// A version 7 id as a device makes it.
  func newID() -> RecordID {
    fresh += 1
    return RecordID(milliseconds: now.milliseconds, random: (fresh, fresh &* 0x9E37_79B9_7F4A_7C15))
  }

  // MARK: Deciding

  /// Records and decides one operation at once.
  @discardableResult
  func does<F: OperationForm>(
    _ device: String, at: Instant? = nil, stated: Instant? = nil, _ form: Filled<F>
  ) -> Verdict {
    decide(record(device, at: at, stated: stated, form))
  }

  @discardableResult
  func decide(_ operation: Operation) -> Verdict { decide([operation])[0] }

  /// Decides a group and what waited for it. A replica's group whose outcome cannot be known comes to
  /// nothing, with the code `UNKNOWN`.
  @discardableResult
  func decide(_ group: [Operation], replaying recorded: [Bool]? = nil) -> [Verdict] {
    let verdicts = decideOnce(group, replaying: recorded)
    while let place = held.firstIndex(where: { row($0.key) != nil || isRefused($0.key) }) {
      let ready = held.remove(at: place)
      decideOnce(ready.group, replaying: nil)
    }
    return verdicts
  }

  /// Whether what would have made a record was refused.
  private func isRefused(_ key: RowKey) -> Bool {
    row(RowKey(RefusedRecordColumns.self, Int64(key.table), key.bytes)) != nil
  }

  @discardableResult
  private func decideOnce(_ group: [Operation], replaying recorded: [Bool]?) -> [Verdict] {
    let view = kept ?? WorkingSet(horizon: horizon)
    let observations = Observations(replaying: recorded)
    let mark = view.mark()
    let next = isFinal ? version + 1 : 0
    let entry = self.entry(for: group[0], version: next)
    readings = 0
    while true {
      do throws(Interruption) {
        var verdicts = try Rules.decide(group, on: view, in: entry, observing: observations)
        // The particulars of a refusal are no part of the answer.
        for position in verdicts.indices { verdicts[position].detail = "" }
        store(view, mark, next)
        for (operation, verdict) in zip(group, verdicts) { answers[operation.id] = verdict }
        observed[group[0].id] = observations.answers
        return verdicts
      } catch {
        switch error {
        case .needs(let needs):
          readings += 1
          load(needs, into: view)
        case .waits(let key, let name):
          held.append((key, group))
          return group.map { _ in Verdict(.held, record: name) }
        case .unknown: return group.map { _ in Verdict(.held, ["UNKNOWN"]) }
        case .refused: preconditionFailure("Rules.decide never throws a refusal")
        }
      }
    }
  }

  private func entry(for operation: Operation, version: Int64) -> Entry {
    var device: Device = find(DeviceColumns.self, operation.id.device) ?? Device()
    if operation.id.device == "centre" {
      device.code = "centre"
      device.role = .centre
    }
    return Entry(
      version: version, receivedAt: now, device: device,
      basedOnReceivedAt: receivedAt[operation.basedOnVersion], isFinal: isFinal, hash: mixed)
  }

  func load(_ needs: [Need], into view: WorkingSet) {
    for need in needs {
      switch need {
      case .row(let key): view.load(key, row(key))
      case .range(let range):
        view.load(range, (tables[range.table.number] ?? [:]).values.filter(range.contains))
      }
    }
  }

  private func store(_ view: WorkingSet, _ mark: WorkingSet.Mark, _ next: Int64) {
    view.stamp(next, since: mark)
    for change in view.changes() { tables[change.key.table, default: [:]][change.key] = change.after }
    view.markStored()
    guard isFinal else { return }
    version = next
    receivedAt[next] = now
  }

  // MARK: Looking

  func row(_ key: RowKey) -> Row? { tables[key.table]?[key] }

  /// Every row there is.
  var rows: [RowKey: Row] {
    tables.values.reduce(into: [:]) { all, table in all.merge(table) { one, _ in one } }
  }

  func find<C: TableColumns>(_: C.Type, _ key: any ColumnValue...) -> Record<C>? {
    var bytes: [UInt8] = []
    for part in key { RowKey.append(part.value, to: &bytes) }
    return row(RowKey(table: C.number, bytes: bytes)).map { Record<C>($0) }
  }

  /// All records of a table in order of their keys.
  func all<C: TableColumns>(_: C.Type) -> [Record<C>] {
    (tables[C.number] ?? [:]).sorted { $0.key < $1.key }.map { Record<C>($0.value) }
  }

  /// The cells of a table's rows in order of their keys, for comparing two worlds; versions aside.
  func values<C: TableColumns>(of table: C.Type) -> [[Value]] { all(table).map(\.row.values) }
}

extension Instant {
  /// A time of 20 November 2026 in UTC.
  static func day(hour: Int64, _ minute: Int64 = 0, _ second: Int64 = 0) -> Instant {
    Instant(milliseconds: ((20_777 * 24 + hour) * 60 + minute) * 60_000 + second * 1000)
  }
}

/// 32 bytes that depend on every byte given; no cryptography, only spread.
@Sendable
func mixed(_ bytes: [UInt8]) -> [UInt8] {
  var output: [UInt8] = []
  for lane in UInt64(1)...4 {
    var state = lane &* 0x9E37_79B9_7F4A_7C15
    for byte in bytes {
      state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
      state ^= state >> 29
    }
    for shift in stride(from: UInt64(0), to: 64, by: 8) {
      output.append(UInt8(truncatingIfNeeded: (state &* 0xBF58_476D_1CE4_E5B9) >> shift))
    }
  }
  return output
}

/// A generator of numbers that looks random and repeats for the same seed (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}
