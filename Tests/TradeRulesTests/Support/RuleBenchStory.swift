@testable import TradeRules

/// The beginnings most tests share: a founded store, places, goods, people and devices.
extension RuleBench {
  /// A store with pieces and kilograms, euros and yen, and warehouses `W1` and `W2`.
  static func founded(keepsOneWorkingSet: Bool = false) -> RuleBench {
    let bench = RuleBench(keepsOneWorkingSet: keepsOneWorkingSet)
    bench.does(
      "centre",
      Filled<FoundStore> {
        $0.epoch = RecordID(high: 1, low: 1)
        $0.units = [("EA", 0), ("KGM", 3), ("LTR", 2)].map { code, decimals in
          Filled<UnitEntry> {
            $0.code = code
            $0.decimals = Int64(decimals)
          }
        }
        $0.currencies = [("EUR", 2), ("JPY", 0)].map { code, exponent in
          Filled<CurrencyEntry> {
            $0.code = code
            $0.exponent = Int64(exponent)
          }
        }
      })
    bench.addWarehouses("W1", "W2")
    return bench
  }

  func addWarehouses(_ codes: String...) {
    does(
      "centre",
      Filled<ImportWarehouses> {
        $0.rows = codes.map { code in
          Filled<WarehouseEntry> {
            $0.code = code
            $0.name = "Warehouse \(code)"
            $0.country = "DE"
          }
        }
      })
  }

  @discardableResult
  func addProduct(_ sku: String, unit: String = "EA") -> Verdict {
    does(
      "centre",
      Filled<CreateProduct> {
        $0.sku = sku
        $0.skuFolded = sku.lowercased()
        $0.name = "Product \(sku)"
        $0.baseUnit = unit
      })
  }

  /// Publishes a price; `tenThousandths` as in `UnitPrice`.
  @discardableResult
  func addPrice(
    _ sku: String, _ tenThousandths: Int64, list: String = "EU", currency: String = "EUR",
    minQuantity: Quantity = .zero, from: Instant? = nil
  ) -> Verdict {
    does(
      "centre",
      Filled<ImportPrices> {
        $0.rows = [
          Filled<PriceEntry> {
            $0.sku = sku
            $0.list = list
            $0.currency = currency
            $0.amount = UnitPrice(tenThousandths: tenThousandths)
            $0.minQuantity = minQuantity
            $0.validFrom = from
          }
        ]
      })
  }

  /// The opening stock of one key, as an import gives it.
  @discardableResult
  func addStock(
    _ warehouse: String, _ sku: String, _ quantity: Quantity, bin: String = "MAIN", lot: String = ""
  ) -> Verdict {
    does(
      "centre",
      Filled<ImportStock> {
        $0.rows = [
          Filled<StockEntry> {
            $0.warehouse = warehouse
            $0.sku = sku
            $0.bin = bin
            $0.lot = lot
            $0.expiry = ""
            $0.quantity = quantity
          }
        ]
      })
  }

  /// A device, invited, enrolled, and in sync with what there is.
  func addDevice(
    _ code: String, _ role: Role, agent: String? = nil, territory: String? = nil,
    warehouses: [String] = []
  ) {
    let secret = mixed(Array(code.utf8))
    does(
      "centre",
      Filled<InviteDevice> {
        $0.device = code
        $0.name = "Device \(code)"
        $0.role = role
        $0.agent = agent
        $0.territory = territory
        $0.warehouses = WordList(warehouses)
        $0.secretHash = secret
        $0.expiresAt = now.advanced(byMilliseconds: 86_400_000)
      })
    does(
      "centre",
      Filled<EnrolDevice> {
        $0.secretHash = secret
        $0.publicKey = mixed(secret)
      })
    sync(code)
  }

  /// A customer of an agent, made at the centre.
  @discardableResult
  func addCustomer(
    _ code: String, agent: String? = nil, territory: String? = nil, currency: String = "EUR",
    priceList: String? = nil, warehouse: String? = nil, phone: String = "+49 30 1"
  ) -> RecordID {
    let id = newID()
    does(
      "centre",
      Filled<CreateCustomer> {
        $0.id = id
        $0.code = code
        $0.name = PersonalText("Customer \(code)")
        $0.phone = PersonalText(phone)
        $0.address = PersonalText("1 First Street")
        $0.currency = currency
        $0.priceList = priceList
        $0.agent = agent
        $0.territory = territory
        $0.warehouse = warehouse
      })
    return id
  }

  /// Plays one story twice: the operations a test records arrive in the order given, and the other way
  /// round.
  ///
  /// - Parameters:
  ///   - record: makes the world and what its devices record in it, in groups.
  ///   - check: sees the world after all arrived, and in which order.
  static func inBothOrders(
    _ record: (RuleBench) -> [[Operation]], check: (RuleBench, ArrivalOrder) throws -> Void
  ) rethrows {
    for order in ArrivalOrder.allCases {
      let bench = RuleBench.founded()
      let groups = record(bench)
      bench.now = bench.now.advanced(byMilliseconds: 6 * 3_600_000)
      for group in order == .asGiven ? groups : groups.reversed() { bench.decide(group) }
      try check(bench, order)
    }
  }

  enum ArrivalOrder: CaseIterable {
    case asGiven, reversed
  }

  // MARK: Stock at a glance

  func onHand(
    _ warehouse: String, _ sku: String, bin: String = "MAIN", lot: String = "",
    condition: Condition = .good
  ) -> Quantity {
    find(StockColumns.self, warehouse, bin, sku, lot, condition)?.onHand ?? .zero
  }

  func level(_ warehouse: String, _ sku: String) -> StockLevel {
    find(StockLevelColumns.self, warehouse, sku) ?? StockLevel()
  }

  func openTasks(_ code: Code) -> [TradeTask] {
    all(TaskColumns.self).filter { $0.code == code.rawValue && $0.isOpen }
  }
}
