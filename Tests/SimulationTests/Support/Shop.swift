import ReplicaStore
import SyncSession
import Testing
import TradeRules

@testable import CentralStore
@testable import Simulator

/// A small company to tell stories about: a centre, warehouses `W1` and `W2`, products `CHAI` at 12.50 and
/// `MATE` at 3.3333, two agents with a customer each, two pickers in `W1`, headquarters.
///
/// Everybody starts online and up to date, on 1 January 2026 shortly after midnight.
final class Shop {
  let world: World

  /// Ana's tablet and her phone, Ben's tablet, the pickers' tablets, the laptop at headquarters.
  static let staff: [(device: String, role: Role, agent: String?, warehouses: [String])] = [
    ("A1", .agent, "ANA", ["W1"]), ("A2", .agent, "ANA", ["W1"]), ("B1", .agent, "BEN", ["W1"]),
    ("P1", .warehouse, nil, ["W1"]), ("P2", .warehouse, nil, ["W1"]), ("HQ", .admin, nil, []),
  ]

  /// - Parameters:
  ///   - stock: what lies in bin `MAIN` of `W1`.
  ///   - staffed: the devices that take part.
  ///   - files: replicas that lie in a file instead of in memory, by device.
  init(
    seed: UInt64 = 1, _ stock: [(sku: String, quantity: Quantity)] = [("CHAI", 100)],
    staffed: [String] = ["A1", "A2", "B1", "P1", "P2", "HQ"], files: [String: String] = [:],
    limits: SyncLimits = SyncLimits()
  ) throws {
    world = try World(seed: seed, limits: limits)
    try found(stock)
    for device in staffed { try hire(device, file: files[device]) }
    try settle()
  }

  /// Gives one of the staff a new device.
  func hire(_ code: String, file: String? = nil) throws {
    let post = try #require(Shop.staff.first { $0.device == code })
    let store = try file.map { try ReplicaStore.open(at: $0, create: true) }
    try world.addDevice(code, post.role, agent: post.agent, warehouses: post.warehouses, store: store)
  }

  var ana: Person { Person(self, "A1") }
  var anasPhone: Person { Person(self, "A2") }
  var ben: Person { Person(self, "B1") }
  var pia: Person { Person(self, "P1") }
  var quim: Person { Person(self, "P2") }
  var headquarters: Person { Person(self, "HQ") }

  /// What the centre knows.
  var centre: Books { Books(world.store.database) }

  // MARK: Links and time

  func cutOff(_ people: Person...) throws { for person in people { try world.setOnline(person.code, false) } }

  /// Lets somebody back, and everybody hear of what comes of it.
  func reconnect(_ people: Person...) throws {
    for person in people {
      try world.setOnline(person.code, true)
      try settle()
    }
  }

  /// Lets people back one after the other, in the order told or the other way round.
  func reconnect(_ people: [Person], _ arrival: Arrival) throws {
    for person in arrival.order(people) { try reconnect(person) }
  }

  /// Lets time pass until everybody who is online is up to date.
  func settle(_ location: SourceLocation = #_sourceLocation) throws {
    #expect(try world.settle(), "everybody online gets up to date", sourceLocation: location)
  }

  /// Lets time pass until that hour of the first day.
  func waitUntil(_ hour: Int64, _ minute: Int64 = 0, _ second: Int64 = 0) throws {
    try world.run(until: .at(hour, minute, second))
  }

  // MARK: The centre's own work

  /// Does something at the centre's console.
  func decide<F: OperationForm>(_ form: Filled<F>, _ location: SourceLocation = #_sourceLocation) throws {
    let verdicts = try world.decide(form)
    #expect(verdicts.map(\.outcome) == [.applied], "\(F.kind): \(verdicts)", sourceLocation: location)
  }

  private func found(_ stock: [(sku: String, quantity: Quantity)]) throws {
    try decide(Filled<ImportWarehouses> { $0.rows = ["W1", "W2"].map(Shop.warehouse) })
    try decide(Filled<ImportProducts> { $0.rows = ["CHAI", "MATE"].map(Shop.product) })
    try decide(
      Filled<ImportPrices> { $0.rows = [Shop.price("CHAI", 125_000), Shop.price("MATE", 33_333)] })
    try decide(
      Filled<ImportCustomers> {
        $0.rows = [Shop.customer("C-ANA", of: "ANA", 1), Shop.customer("C-BEN", of: "BEN", 2)]
      })
    try decide(
      Filled<ImportStock> {
        $0.rows = stock.map { sku, quantity in Shop.opening(sku, quantity, at: "W1") }
      })
  }

  static func warehouse(_ code: String) -> Filled<WarehouseEntry> {
    Filled {
      $0.code = code
      $0.name = "Warehouse \(code)"
      $0.country = "DE"
    }
  }

  static func product(_ sku: String) -> Filled<CreateProduct> {
    Filled {
      $0.sku = sku
      $0.skuFolded = sku.lowercased()
      $0.name = "Product \(sku)"
      $0.baseUnit = "EA"
    }
  }

  static func price(_ sku: String, _ tenThousandths: Int64) -> Filled<PriceEntry> {
    Filled {
      $0.sku = sku
      $0.list = "EU"
      $0.currency = "EUR"
      $0.amount = UnitPrice(tenThousandths: tenThousandths)
      $0.minQuantity = .zero
      $0.validFrom = .at(0)
    }
  }

  static func customer(_ code: String, of agent: String, _ ordinal: UInt64) -> Filled<CreateCustomer> {
    Filled {
      $0.id = customerID(ordinal)
      $0.code = code
      $0.name = PersonalText("Customer of \(agent)")
      $0.phone = PersonalText("+49 30 100")
      $0.address = PersonalText("1 First Street")
      $0.country = "DE"
      $0.currency = "EUR"
      $0.agent = agent
    }
  }

  static func customerID(_ ordinal: UInt64) -> RecordID {
    RecordID(milliseconds: Instant.at(0).milliseconds, random: (ordinal, ordinal))
  }

  static func opening(_ sku: String, _ quantity: Quantity, at warehouse: String) -> Filled<StockEntry> {
    Filled {
      $0.warehouse = warehouse
      $0.sku = sku
      $0.bin = "MAIN"
      $0.lot = ""
      $0.expiry = ""
      $0.quantity = quantity
    }
  }
}

/// In which order the devices of a story reach the centre.
enum Arrival: String, CaseIterable, Sendable, CustomTestStringConvertible {
  case asTold, reversed

  func order<Element>(_ elements: [Element]) -> [Element] {
    self == .asTold ? elements : elements.reversed()
  }

  var testDescription: String { self == .asTold ? "arriving as told" : "arriving the other way round" }
}

extension Instant {
  /// A time of the first day.
  static func at(_ hour: Int64, _ minute: Int64 = 0, _ second: Int64 = 0) -> Instant {
    Instant(milliseconds: 1_767_225_600_000 + ((hour * 60 + minute) * 60 + second) * 1000)
  }
}
