import SyncProtocol
import SyncSession
import TradeRules

@testable import CentralStore

/// A centre in memory and the devices that work for it, without connections: what a device records is
/// chained, logged and decided as if it had been sent.
final class TestCentre {
  let host: CentralHost
  var now = Instant(milliseconds: 1_790_000_000_000)
  private var fresh: UInt64 = 0
  private var seen: [String: Int64] = [:]
  /// Told after everything that is done here.
  var afterCommit: (() throws -> Void)?

  var store: CentralStore { host.store }
  var queries: CentralQueries { store.queries }

  init() throws {
    var state: UInt64 = 1
    host = CentralHost(
      store: try CentralStore.inMemory(), key: try SigningKey(seed: [UInt8](repeating: 7, count: 32))
    ) { count in
      (0..<count).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt8(truncatingIfNeeded: state >> 56)
      }
    }
    try host.foundIfNew(at: now)
  }

  // MARK: At the centre

  @discardableResult
  func own<F: OperationForm>(_ form: Filled<F>) throws -> Verdict {
    now = now.advanced(byMilliseconds: 1_000)
    let verdict = try host.record([OwnDraft(form)], actor: "os:anna", at: now).verdicts[0]
    try afterCommit?()
    return verdict
  }

  @discardableResult
  func importRows(_ kind: ImportKind, _ rows: [Form]) throws -> [RowOutcome] {
    now = now.advanced(byMilliseconds: 1_000)
    let draft = kind.draft(rows.map(kind.completed))
    let outcomes = try host.record([draft], actor: "os:anna", at: now).verdicts[0].rows
    try afterCommit?()
    return outcomes
  }

  /// - Parameter key: with which the device proves itself; nil for one that never connects.
  func addDevice(
    _ code: String, _ role: Role, agent: String? = nil, warehouses: [String] = [], key: SigningKey? = nil
  ) throws {
    let secretHash = Hashing.sha256(Array(code.utf8))
    try own(
      Filled<InviteDevice> {
        $0.device = code
        $0.name = "Device \(code)"
        $0.role = role
        $0.agent = agent
        $0.warehouses = WordList(warehouses)
        $0.secretHash = secretHash
        $0.expiresAt = now.advanced(byMilliseconds: 86_400_000)
      })
    try own(
      Filled<EnrolDevice> {
        $0.secretHash = secretHash
        $0.publicKey = key?.publicKey ?? secretHash
      })
    try store.store([
      DeviceSession(device: code, incarnation: newID(), chainHash: OperationChain.start)
    ])
    see(code)
  }

  /// A warehouse, two products, prices, some stock, one customer.
  func openForTrade() throws {
    try importRows(.warehouses, [.warehouse("W1")])
    try importRows(.products, [.product("CHAI", "Chai"), .product("MATE", "Mate")])
    try importRows(.prices, [.price("CHAI", 125_000), .price("MATE", 33_333)])
    try importRows(.stock, [.stock("W1", "CHAI", 10), .stock("W1", "MATE", 5)])
    try importRows(.customers, [.customer("C-1", "Ana's shop", agent: "ANA")])
    try addDevice("A1", .agent, agent: "ANA", warehouses: ["W1"])
    try addDevice("A2", .agent, agent: "ANA", warehouses: ["W1"])
    try addDevice("W1", .warehouse, warehouses: ["W1"])
  }

  // MARK: On devices

  /// The device has seen everything up to now.
  func see(_ device: String) { seen[device] = store.head.version }

  /// Records an operation on a device and decides it at once.
  @discardableResult
  func does<F: OperationForm>(
    _ device: String, _ form: Filled<F>, statedAt: Instant? = nil
  ) throws -> Verdict {
    now = now.advanced(byMilliseconds: 1_000)
    guard var session = try store.session(of: device) else { return Verdict(.rejected) }
    let number = session.appliedThrough + 1
    let operation = Operation(
      id: OperationID(device: device, number: number), group: number, kind: F.kind, actor: "user",
      basedOnEpoch: store.epoch, basedOnVersion: seen[device] ?? 0, statedAt: statedAt, recordedAt: now,
      clock: ClockReading(wall: now), form: form.form)
    let (bytes, texts) = OperationCoding.encode(operation)
    let personal = texts.map { PersonalPiece(PersonalNote(salt: newID().bytes, text: $0.text)) }
    session.appliedThrough = number
    session.chainHash = OperationChain.next(
      after: session.chainHash, bytes: bytes, commitments: personal.map(\.commitment))
    session.lastSyncAt = now
    let received = ReceivedOperation(
      id: operation.id, bytes: bytes, personal: personal, chainHash: session.chainHash)
    let commit = try store.commit([[received]], sessions: [session], at: now)
    try afterCommit?()
    return commit.entries[0].verdicts.first ?? Verdict(.held)
  }

  func newID() -> RecordID {
    fresh += 1
    return RecordID(milliseconds: now.milliseconds, random: (fresh, fresh &* 0x9E37_79B9_7F4A_7C15))
  }

  func customer(_ code: String) throws -> Customer {
    try queries.customers(after: "", limit: 100).first { $0.code == code } ?? Customer()
  }

  /// The store as it is now.
  func copyOfStore() throws -> CentralStore {
    let copy = try CentralStore.inMemory()
    try store.copy(to: copy)
    return try copy.reopened()
  }
}

extension Form {
  static func warehouse(_ code: String) -> Form {
    Filled<WarehouseEntry> {
      $0.code = code
      $0.name = "Warehouse \(code)"
      $0.country = "DE"
    }.form
  }

  static func product(_ sku: String, _ name: String) -> Form {
    Filled<CreateProduct> {
      $0.sku = sku
      $0.name = name
    }.form
  }

  static func price(_ sku: String, _ tenThousandths: Int64) -> Form {
    Filled<PriceEntry> {
      $0.sku = sku
      $0.list = "EU"
      $0.currency = "EUR"
      $0.amount = UnitPrice(tenThousandths: tenThousandths)
      $0.minQuantity = .zero
    }.form
  }

  static func stock(_ warehouse: String, _ sku: String, _ quantity: Quantity) -> Form {
    Filled<StockEntry> {
      $0.warehouse = warehouse
      $0.sku = sku
      $0.bin = ""
      $0.lot = ""
      $0.expiry = ""
      $0.quantity = quantity
    }.form
  }

  static func customer(_ code: String, _ name: String, agent: String? = nil) -> Form {
    Filled<CreateCustomer> {
      $0.code = code
      $0.name = PersonalText(name)
      $0.currency = "EUR"
      $0.agent = agent
    }.form
  }
}
