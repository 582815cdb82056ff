import GRDB
import TradeRules
import TradeTables

@testable import ReplicaStore

/// A replica in memory, as one that has synced once: its rows are the centre's, its device is who it says.
final class Desktop {
  static let checkpoint: Int64 = 40
  static let syncedAt = Instant(milliseconds: 1_795_000_000_000)

  let store: ReplicaStore
  let grants: Grants

  init(_ code: String = "A7", _ role: Role = .agent, warehouses: [String] = ["W1"]) throws {
    store = try ReplicaStore.inMemory()
    grants = Grants(
      role: role, device: code, agent: role == .warehouse ? nil : "MIRA", territory: nil,
      warehouses: warehouses)
    var state = ReplicaState(
      device: code, role: role, name: "Mira", url: "ws://127.0.0.1:1/sync", caFile: "",
      centreKey: [UInt8](repeating: 1, count: 32), keySeed: [UInt8](repeating: 2, count: 32),
      epoch: RecordID(high: 7, low: 7), incarnation: RecordID(high: 8, low: 8), grants: grants)
    state.checkpoint = Desktop.checkpoint
    state.lastSyncAt = Desktop.syncedAt
    try store.keep(state)
    try found()
    var device = Device()
    device.code = code
    device.name = "Mira"
    device.role = role
    device.state = .active
    device.agent = role == .agent ? "MIRA" : nil
    device.warehouses = WordList(warehouses)
    try put(device)
  }

  private func found() throws {
    var unit = MeasureUnit()
    unit.code = "EA"
    try put(unit)
    unit.code = "KGM"
    unit.decimals = 3
    try put(unit)
    var currency = Currency()
    currency.code = "EUR"
    currency.exponent = 2
    try put(currency)
    for code in ["W1", "W2"] {
      var warehouse = Warehouse()
      warehouse.code = code
      warehouse.name = "House \(code)"
      try put(warehouse)
    }
    var list = PriceList()
    list.code = "EU"
    list.currency = "EUR"
    list.isCompanyList = true
    try put(list)
  }

  // MARK: Rows the centre sent

  func put<C: TableColumns>(_ record: TradeRules.Record<C>) throws {
    var row = record.row
    row.version = Desktop.checkpoint
    try store.write { db in try TradeTables.write([(key: record.key, row: row)], in: db) }
  }

  @discardableResult
  func addProduct(_ sku: String, _ name: String = "Chai", price: Int64? = 125_000) throws -> Product {
    var product = Product()
    product.sku = sku
    product.skuFolded = ReplicaView.folded(sku: sku)
    product.name = name
    product.baseUnit = "EA"
    product.status = .active
    try put(product)
    if let price {
      var listed = Price()
      listed.list = "EU"
      listed.sku = sku
      listed.minQuantity = 1
      listed.validFrom = Instant(milliseconds: 0)
      listed.amount = UnitPrice(tenThousandths: price)
      try put(listed)
    }
    return product
  }

  func addStock(
    _ sku: String, _ quantity: Quantity, bin: String = "A-01", warehouse: String = "W1", lot: String = "",
    expiry: String = ""
  ) throws {
    if !lot.isEmpty {
      var batch = Lot()
      (batch.sku, batch.code, batch.expiry) = (sku, lot, expiry)
      try put(batch)
    }
    var stock = Stock()
    stock.warehouse = warehouse
    stock.bin = bin
    stock.sku = sku
    stock.lot = lot
    stock.condition = .good
    stock.onHand = quantity
    try put(stock)
    var level = StockLevel()
    level.warehouse = warehouse
    level.sku = sku
    level.onHand = quantity
    try put(level)
  }

  @discardableResult
  func addCustomer(_ code: String, _ name: String = "Müller", id: RecordID? = nil) throws -> Customer {
    var customer = Customer()
    customer.id = id ?? RecordID(high: 0x7000, low: UInt64(bitPattern: Int64(code.hashOfText)))
    customer.code = code
    customer.name = PersonalText(name)
    customer.status = .active
    customer.currency = "EUR"
    customer.priceList = "EU"
    customer.agent = "MIRA"
    customer.warehouse = "W1"
    try put(customer)
    return customer
  }

  @discardableResult
  func addConflict(_ id: RecordID, of record: String, field: String = "phone") throws -> Conflict {
    var conflict = Conflict()
    conflict.id = id
    conflict.kind = "customer"
    conflict.code = Code.fieldConflict.rawValue
    conflict.record = record
    conflict.field = field
    conflict.mine = PersonalText("1")
    conflict.theirs = PersonalText("2")
    conflict.chosen = "mine"
    conflict.state = .open
    conflict.device = "A7"
    conflict.theirDevice = "A8"
    conflict.places = ["agent/MIRA"]
    try put(conflict)
    return conflict
  }

  /// What the centre said to an operation.
  func answer(_ number: Int64, _ kind: String, _ outcome: Outcome, _ codes: [Code] = []) throws {
    var answer = Answer()
    answer.device = "A7"
    answer.number = number
    answer.kind = kind
    answer.outcome = outcome
    answer.codes = WordList(codes.map(\.rawValue))
    answer.decidedAt = Desktop.syncedAt
    try put(answer)
    try store.write { db in try Outbox.settle(through: number, held: [], of: "A7", in: db) }
  }

  /// As a checkpoint does before it shows what the centre decided.
  func takeGuessesBack() throws { try store.write { db in _ = try BaseImages.restoreAll(in: db) } }

  /// Looks at what a command would see.
  func look(_ body: (ReplicaView) throws -> Void) throws { try store.view(body) }

  // MARK: Work

  static let clock = ClockReading(wall: syncedAt.advanced(byMilliseconds: 60_000))

  @discardableResult
  func record(_ drafts: @escaping (ReplicaView, Numbering) throws -> [Draft]) throws -> Recorded {
    try store.record(
      actor: "user", clock: Desktop.clock, random: { [UInt8](repeating: 5, count: $0) }, seeing: drafts)
  }
}

extension String {
  /// A number for a text, the same in every run.
  fileprivate var hashOfText: Int { utf8.reduce(7) { ($0 &* 31) &+ Int($1) } }
}
