import GRDB
import SyncProtocol
import Testing
import TradeRules
import TradeTables

@testable import CentralStore
@testable import ReplicaStore
@testable import Simulator

@Suite("What it costs to mend a replica")
struct RepairCostTests {
  private static let rows = 20_000
  private static let damaged = 100
  /// docs/PERFORMANCE.md, P12, has 19,908 bytes for these. Which rows are damaged makes a little difference, and here
  /// the change that shows the damage counts as well.
  private static let bytesMax = 19_908 * 11 / 10
  /// Of P12 too, whatever the number of rows.
  private static let agreementBytesMax = 100

  /// Puts a catalog into the centre's tables and its index as imports would, and no entries into its log: that
  /// takes a tenth of the time.
  private func fill(_ store: CentralStore) throws {
    let version = store.head.version
    try store.change { index, db in
      let changes = (0..<RepairCostTests.rows).map { number in
        var product = Product()
        product.sku = "SKU-\(String(number + 1_000_000_000).dropFirst())"
        product.skuFolded = product.sku.lowercased()
        product.name = "Article number \(number) of many"
        product.category = "category"
        product.baseUnit = "EA"
        product.status = .active
        product.hsCode = "847130"
        product.origin = "DE"
        product.weightGrams = Int64(number % 5_000)
        product.description = "A description of article \(number) as long as such a thing is in a catalog"
        product.row.version = version
        return Change(key: product.key, before: nil, after: product.row)
      }
      try TradeTables.write(changes, in: db)
      _ = try index.apply(changes, in: db)
    }
  }

  /// Spoils rows all over the catalog behind the program's back, and what it holds their digest to be.
  private func spoil(_ person: Person) throws {
    let every = RepairCostTests.rows / RepairCostTests.damaged
    try person.device.store.write { db in
      try db.execute(
        sql: """
          UPDATE product SET name = 'rot' WHERE sku LIKE 'SKU-%'
            AND substr(sku, 5) % \(every) = substr(sku, 5) / \(every) * 7 % \(every)
          """)
      #expect(db.changesCount == RepairCostTests.damaged)
      try db.execute(sql: "UPDATE bucket SET digest = zeroblob(16) WHERE name = 'catalog'")
    }
  }

  private func products(of person: Person, called name: String = "%") throws -> Int? {
    try person.books.read { db in
      try Int.fetchOne(db, sql: "SELECT count(*) FROM product WHERE name LIKE ?", arguments: [name])
    }
  }

  private func describe(_ text: String, in shop: Shop) throws {
    try shop.decide(
      Filled<EditProduct> {
        $0.sku = "SKU-000010000"
        $0.description = text
      })
    try shop.settle()
  }

  @Test(
    "G23 a hundred bytes prove that all rows agree; a hundred damaged ones among twenty thousand cost some twenty thousand bytes"
  )
  func bytes() throws {
    let shop = try Shop(staffed: [])
    try fill(shop.world.store)
    try shop.hire("A1")
    try shop.settle()
    #expect(try products(of: shop.ana) == RepairCostTests.rows + 2)
    var (all, agreement) = (0, 0)
    shop.world.onArrival = { delivery in
      guard !delivery.closes else { return .arrives }
      all += delivery.bytes.count
      switch try Message.decode(delivery.bytes) {
      case .checkpoint, .stored: agreement += delivery.bytes.count
      default: break
      }
      return .arrives
    }
    try describe("another", in: shop)
    #expect((1...RepairCostTests.agreementBytesMax).contains(agreement), "\(agreement) bytes")

    try spoil(shop.ana)
    all = 0
    try describe("yet another", in: shop)
    #expect(try products(of: shop.ana, called: "rot") == 0)
    #expect(try shop.incidents(on: shop.ana) == ["DIGEST_MISMATCH"])
    #expect((1...RepairCostTests.bytesMax).contains(all), "\(all) bytes")
  }
}
