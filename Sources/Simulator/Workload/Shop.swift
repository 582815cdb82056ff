import TradeRules

import struct Foundation.Data

/// The few records that everybody works on, so that they meet.
enum Shop {
  static let warehouses = ["W1", "W2"]
  static let weighed = "RICE"
  static let lotted = "MILK"
  static let hotProducts = ["CHAI", "MATE", "RICE", "MILK"]
  static let bins = ["MAIN", "A-01", "A-02"]
  static let lots = ["L1", "L2"]
  /// What some pay with, and nobody knows a rate of.
  static let currencyWithoutRate = "JPY"
  static let expiries = ["2027-03-31", "2027-05-31"]

  /// Opens the shop at the centre's console.
  static func open(in world: World) throws {
    try world.decide(
      Filled<ImportWarehouses> { form in
        form.rows = warehouses.map { code in
          Filled<WarehouseEntry> { ($0.code, $0.name, $0.country) = (code, "Warehouse \(code)", "PT") }
        }
      })
    try world.decide(
      Filled<ImportProducts> { form in
        form.rows = hotProducts.map { sku in
          Filled<CreateProduct> {
            ($0.sku, $0.skuFolded, $0.name) = (sku, sku.lowercased(), "Product \(sku)")
            $0.baseUnit = sku == weighed ? "KGM" : nil
          }
        }
      })
    try world.decide(prices(of: hotProducts, tenThousandths: 100_000))
    try world.decide(customers(in: world))
    try world.decide(
      Filled<SetExchangeRate> {
        ($0.from, $0.to, $0.ratio) = ("USD", "EUR", Ratio(trillionths: 920_000_000_000))
      })
    try world.decide(
      Filled<ImportStock> { form in
        form.rows = hotProducts.filter { $0 != lotted }.map { sku in
          Filled<StockEntry> {
            ($0.warehouse, $0.sku, $0.bin, $0.lot, $0.expiry) = ("W1", sku, "MAIN", "", "")
            $0.quantity = 20
          }
        }
      })
  }

  static func prices(of skus: [String], tenThousandths amount: Int64) -> Filled<ImportPrices> {
    Filled<ImportPrices> { form in
      form.rows = skus.map { sku in
        Filled<PriceEntry> {
          ($0.sku, $0.list, $0.currency, $0.minQuantity) = (sku, "STD", "EUR", 0)
          $0.amount = UnitPrice(tenThousandths: amount)
        }
      }
    }
  }

  /// Two customers of one agent, one of another agent in a territory, one of the territory alone.
  private static let parties: [(code: String, agent: String?, territory: String?)] = [
    ("ADA", "ANA", nil), ("AMY", "ANA", nil), ("BOB", "BEN", "NORTH"), ("NED", nil, "NORTH"),
  ]
  static let customerCodes = parties.map(\.code)

  private static func customers(in world: World) -> Filled<ImportCustomers> {
    var random = Random(seed: world.seed, "customers")
    return Filled<ImportCustomers> { form in
      form.rows = parties.map { customer in
        entry(
          customer.code, agent: customer.agent, territory: customer.territory,
          id: RecordID(milliseconds: world.now.milliseconds, random: (random.next(), random.next())))
      }
    }
  }

  /// A customer as the company's file has it.
  static func entry(
    _ code: String, agent: String?, territory: String?, id: RecordID
  ) -> Filled<CreateCustomer> {
    Filled<CreateCustomer> {
      ($0.id, $0.code, $0.name) = (id, code, PersonalText("Customer \(code)"))
      ($0.agent, $0.territory, $0.currency) = (agent, territory, "EUR")
      $0.address = PersonalText("address of \(code)")
    }
  }
}

extension RecordID {
  /// As SQLite keeps it.
  var sqlBytes: Data { Data(bytes) }
}
