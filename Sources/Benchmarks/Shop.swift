import CentralStore
import Foundation
import ReplicaStore
import SyncSession
import TradeRules

/// A centre with goods and customers, for the workloads that need a working trade.
final class Shop {
  let centre: CentralHost
  let key: SigningKey
  private(set) var now = Instant(milliseconds: 1_767_225_600_000)
  private let chance: ChanceBox
  let skus: [String]
  var customers: [String: [RecordID]] = [:]

  /// Draws random bytes for whoever is given it.
  final class ChanceBox {
    private var chance: Chance
    init(_ seed: UInt64) { chance = Chance(seed) }
    func bytes(_ count: Int) -> [UInt8] { chance.bytes(count) }
    func below(_ bound: Int) -> Int { chance.below(bound) }
    func id() -> RecordID { RecordID(derivedFrom: chance.bytes(16)) }
  }

  init(at folder: URL, products: Int) throws {
    let chance = ChanceBox(0x5EED)
    self.chance = chance
    key = try SigningKey(seed: chance.bytes(32))
    skus = (0..<products).map { "SKU-\(String($0 + 1_000_000_000).dropFirst())" }
    let store = try CentralStore.open(at: folder.appendingPathComponent("centre.db").path, create: true)
    centre = CentralHost(store: store, key: key) { chance.bytes($0) }
    try centre.foundIfNew(at: now)
    try stock()
  }

  func tick() -> Instant {
    now = now.advanced(byMilliseconds: 1)
    return now
  }

  @discardableResult
  func decide<F: OperationForm>(_ form: Filled<F>) throws -> [CentralHost.Order] {
    try centre.record([OwnDraft(form)], actor: "os:bench", at: tick()).orders
  }

  private func stock() throws {
    try decide(
      Filled<ImportWarehouses> {
        $0.rows = ["W1", "W2"].map { code in
          Filled<WarehouseEntry> {
            $0.code = code
            $0.name = "Warehouse \(code)"
            $0.country = "ES"
          }
        }
      })
    for start in stride(from: 0, to: skus.count, by: 500) {
      let part = skus[start..<min(start + 500, skus.count)]
      try decide(Filled<ImportProducts> { $0.rows = part.enumerated().map { Shop.product($1, start + $0) } })
    }
  }

  static func product(_ sku: String, _ number: Int) -> Filled<CreateProduct> {
    Filled<CreateProduct> {
      $0.sku = sku
      $0.skuFolded = sku.lowercased()
      $0.name = "Article number \(number) of many"
      $0.category = "category"
      $0.baseUnit = "EA"
      $0.hsCode = "847130"
      $0.origin = "DE"
      $0.weightGrams = Int64(number % 5_000)
      $0.description = "A description of article \(number) as long as such a thing is in a catalog"
    }
  }

  /// Gives the first products stock and prices.
  func supply(_ count: Int) throws {
    for start in stride(from: 0, to: count, by: 500) {
      let part = skus[start..<min(start + 500, count)]
      try decide(
        Filled<ImportPrices> {
          $0.rows = part.map { sku in
            Filled<PriceEntry> {
              $0.sku = sku
              $0.list = "LIST"
              $0.currency = "EUR"
              $0.amount = UnitPrice(tenThousandths: 125_000)
              $0.minQuantity = 0
            }
          }
        })
      for warehouse in ["W1", "W2"] {
        try decide(
          Filled<ImportStock> {
            $0.rows = part.map { sku in
              Filled<StockEntry> {
                $0.warehouse = warehouse
                $0.sku = sku
                $0.bin = "MAIN"
                $0.lot = ""
                $0.expiry = ""
                $0.quantity = Quantity(1_000_000)
              }
            }
          })
      }
    }
  }

  /// Gives an agent some customers.
  func addCustomers(of agent: String, _ count: Int) throws {
    let ids = (0..<count).map { _ in chance.id() }
    customers[agent] = ids
    try decide(
      Filled<ImportCustomers> {
        $0.rows = ids.enumerated().map { number, id in
          Filled<CreateCustomer> {
            $0.id = id
            $0.code = "\(agent)-\(number)"
            $0.name = PersonalText("Customer \(number) of \(agent)")
            $0.phone = PersonalText("+34 600 000 \(number)")
            $0.address = PersonalText("Street \(number), Town")
            $0.country = "ES"
            $0.currency = "EUR"
            $0.priceList = "LIST"
            $0.agent = agent
            $0.warehouse = "W1"
          }
        }
      })
  }

  /// Invites a device and answers with the code to enrol it.
  func invite(_ code: String, _ role: Role, agent: String? = nil, warehouses: [String]) throws
    -> EnrolmentCode
  {
    let enrolment = EnrolmentCode(secret: chance.bytes(EnrolmentCode.secretBytes), centreKey: key.publicKey)
    try decide(
      Filled<InviteDevice> {
        $0.device = code
        $0.name = code
        $0.role = role
        $0.agent = agent
        $0.warehouses = WordList(warehouses)
        $0.secretHash = enrolment.secretHash
        $0.expiresAt = now.advanced(byMilliseconds: 86_400_000)
      })
    return enrolment
  }

  func randomBytes(_ count: Int) -> [UInt8] { chance.bytes(count) }
  func pick(_ bound: Int) -> Int { chance.below(bound) }
  func newID() -> RecordID { chance.id() }
}
