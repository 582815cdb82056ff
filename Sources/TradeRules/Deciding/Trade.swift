/// The trade as one operation finds it: rows to read and change, and the circumstances.
///
/// Made anew for each attempt at a decision. Rules talk to this and to nothing else.
public final class Trade {
  public let operation: Operation
  public let entry: Entry
  private let view: WorkingSet
  private let observations: Observations
  private var derivedCount = 0
  /// (warehouse, SKU) whose stock or promises this operation changed; settled once at its end.
  private(set) var touchedLevels: [LevelKey] = []

  private(set) var flags: [Code] = []

  struct LevelKey: Hashable {
    let warehouse: String
    let sku: String
  }

  init(_ operation: Operation, on view: WorkingSet, in entry: Entry, _ observations: Observations) {
    self.operation = operation
    self.view = view
    self.entry = entry
    self.observations = observations
  }

  // MARK: Reading

  public func find<C: TableColumns>(
    _: C.Type, _ key: any ColumnValue...
  ) throws(Interruption) -> Record<C>? {
    try view.row(C.number, key).map { Record<C>($0) }
  }

  public func find<C: TableColumns>(_: C.Type, key: RowKey) throws(Interruption) -> Record<C>? {
    try view.row(key).map { Record<C>($0) }
  }

  public func row(_ key: RowKey) throws(Interruption) -> Row? { try view.row(key) }

  /// All records of an index range, in the index's order.
  public func all<C: TableColumns>(
    _ type: C.Type, _ index: String, _ equal: any ColumnValue..., from: (any ColumnValue)? = nil
  ) throws(Interruption) -> [Record<C>] {
    try view.rows(RowRange(type, index, equal, from: from)).map { Record<C>($0) }
  }

  func all(_ range: RowRange) throws(Interruption) -> [Row] { try view.rows(range) }

  /// Asks for several rows at once, so that the host goes to the store once.
  public func prepare(_ keys: [RowKey]) throws(Interruption) { try view.prepare(keys) }

  /// The same for rows and ranges.
  public func prepare(_ needs: [Need]) throws(Interruption) { try view.prepare(needs) }

  /// A number a rule needs, as it stands in the log (`Settings`).
  public func setting(_ setting: Settings) throws(Interruption) -> Int64 {
    try find(SettingColumns.self, setting.rawValue)?.amount ?? setting.standard
  }

  // MARK: Changing

  public func put<C: TableColumns>(_ record: Record<C>) {
    view.put(record.row, in: TableDescription.of(C.self))
  }

  func put(_ row: Row, in table: TableDescription) { view.put(row, in: table) }

  /// A place to go back to.
  func mark() -> WorkingSet.Mark { view.mark() }

  /// Takes back every change since `mark`.
  func rollBack(to mark: WorkingSet.Mark) { view.rollBack(to: mark) }

  /// Refuses with `BAD_VALUE` what has made a row larger than anybody can be sent.
  func checkSizes(since mark: WorkingSet.Mark) throws(Interruption) {
    guard view.hasTooLargeRow(since: mark) else { return }
    throw .refused(Refusal(.badValue, "more than \(RowLimits.rowBytesMax) bytes of text in one record"))
  }

  /// An id for a record that this decision makes: the same at every replay.
  public func derivedID(_ kind: String) -> RecordID {
    derivedCount += 1
    return RecordID(
      derivedFrom: entry.hash(Array("\(operation.id)/\(kind)/\(derivedCount)".utf8)))
  }

  /// Marks a level whose backorders or promises must be looked at before the operation ends.
  func touchLevel(_ warehouse: String, _ sku: String) {
    let key = LevelKey(warehouse: warehouse, sku: sku)
    if !touchedLevels.contains(key) { touchedLevels.append(key) }
  }

  /// Adds a code to the operation's answer: something happened besides what was asked.
  func flag(_ code: Code) {
    if !flags.contains(code) { flags.append(code) }
  }

  func takeTouchedLevels() -> [LevelKey] {
    defer { touchedLevels = [] }
    return touchedLevels
  }

  // MARK: Circumstances

  public var device: Device { entry.device }
  public var role: Role { entry.device.role }

  /// Whether two personal texts are equal: an observed input of the log entry.
  public func observeEqual(_ one: PersonalText, _ other: PersonalText) -> Bool {
    observations.ask { one.text == other.text }
  }

  /// Which record a question about personal texts finds.
  func observeID(_ question: () -> RecordID?) -> RecordID? { observations.askID(question) }

  /// Any other question about a personal text.
  public func observe(_ question: () -> Bool) -> Bool { observations.ask(question) }

  /// The recording's time: the device's corrected clock, clamped into what can be true: a device's clock never
  /// decides.
  public var recordedAt: Instant {
    guard entry.isFinal, !PlantedBug.isPlanted(.clockNotClamped) else { return operation.recordedAt }
    let earliest = entry.basedOnReceivedAt ?? Instant(milliseconds: .min)
    return min(max(operation.recordedAt, earliest), entry.receivedAt)
  }

  /// When it happened: what the person said, capped at the receipt; else the recording's time.
  public var occurredAt: Instant {
    guard let stated = operation.statedAt else { return recordedAt }
    return entry.isFinal ? min(stated, entry.receivedAt) : stated
  }
}

/// Numbers that rules read. Each is a row changed only by an operation; this is its value until then.
public enum Settings: String, CaseIterable, Sendable {
  /// Clock error beyond which answers carry `CLOCK_SUSPECT`, milliseconds.
  case clockSuspectMilliseconds
  /// A count this close to a movement asks for a recount, milliseconds, plus both clocks' uncertainty.
  case nearCountMilliseconds
  /// A hand-made price below this share of the list price puts the order on hold, per mille; 0 = never.
  case priceFloorPerMille
  /// How long after a recount or put-back task is due, milliseconds.
  case taskDueMilliseconds
  /// How long after a new price took effect the one a device still showed is honoured without asking
  /// anybody, milliseconds (#44).
  case priceGraceMilliseconds
  /// How far apart two orders of one customer may be to be taken for one entered twice, milliseconds; 0 =
  /// never (#41).
  case duplicateOrderMilliseconds
  /// How many of their lines must be alike for that, per mille.
  case duplicateLinesPerMille
  /// How long the centre knows which rows left a bucket, milliseconds; 0 = for ever. Whoever was away for longer
  /// takes the bucket whole.
  case retentionMilliseconds

  public var standard: Int64 {
    switch self {
    case .clockSuspectMilliseconds: 5 * 60_000
    case .nearCountMilliseconds: 2_000
    case .priceFloorPerMille: 0
    case .taskDueMilliseconds: 24 * 3_600_000
    case .priceGraceMilliseconds: 72 * 3_600_000
    case .duplicateOrderMilliseconds: 24 * 3_600_000
    case .duplicateLinesPerMille: 800
    case .retentionMilliseconds: 400 * 24 * 3_600_000
    }
  }

  /// What it can be set to: a share at most all of it, a time at most a hundred years.
  public var bounds: ClosedRange<Int64> {
    switch self {
    case .priceFloorPerMille, .duplicateLinesPerMille: 0...1_000
    case .clockSuspectMilliseconds, .nearCountMilliseconds, .taskDueMilliseconds, .priceGraceMilliseconds,
      .duplicateOrderMilliseconds, .retentionMilliseconds:
      0...36_525 * 24 * 3_600_000
    }
  }
}
