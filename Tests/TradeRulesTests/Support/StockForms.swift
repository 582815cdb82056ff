@testable import TradeRules

/// Forms for the one product most stock tests need, `CHAI` at `W1`.
extension Filled where F == ReceiveStock {
  static func of(
    _ quantity: Quantity, warehouse: String = "W1", sku: String = "CHAI", bin: String? = nil,
    lot: String? = nil, expiry: String? = nil
  ) -> Self {
    Filled {
      $0.warehouse = warehouse
      $0.sku = sku
      $0.quantity = quantity
      $0.bin = bin
      $0.lot = lot
      $0.expiry = expiry
    }
  }
}

extension Filled where F == CountStock {
  static func of(
    _ quantity: Quantity, warehouse: String = "W1", sku: String = "CHAI", bin: String? = nil,
    lot: String? = nil
  ) -> Self {
    Filled {
      $0.warehouse = warehouse
      $0.sku = sku
      $0.quantity = quantity
      $0.bin = bin
      $0.lot = lot
    }
  }
}

extension Filled where F == MoveStock {
  static func of(
    _ quantity: Quantity, from: String, to: String, warehouse: String = "W1", sku: String = "CHAI",
    lot: String? = nil
  ) -> Self {
    Filled {
      $0.warehouse = warehouse
      $0.sku = sku
      $0.quantity = quantity
      $0.fromBin = from
      $0.toBin = to
      $0.lot = lot
    }
  }
}

extension Filled where F == AdjustStock {
  static func of(
    _ delta: Quantity, reason: String = "found", warehouse: String = "W1", sku: String = "CHAI",
    bin: String? = nil, lot: String? = nil
  ) -> Self {
    Filled {
      $0.warehouse = warehouse
      $0.sku = sku
      $0.delta = delta
      $0.reason = reason
      $0.bin = bin
      $0.lot = lot
    }
  }
}

extension Filled where F == ScrapStock {
  static func of(
    _ quantity: Quantity, reason: String = "damaged", warehouse: String = "W1", sku: String = "CHAI",
    bin: String? = nil, lot: String? = nil
  ) -> Self {
    Filled {
      $0.warehouse = warehouse
      $0.sku = sku
      $0.quantity = quantity
      $0.reason = reason
      $0.bin = bin
      $0.lot = lot
    }
  }
}

extension RuleBench {
  /// A founded store with 100 `CHAI` in `MAIN` at `W1` and two warehouse devices, `P` and `Q`.
  static func stocked(_ quantity: Quantity = 100) -> RuleBench {
    let bench = RuleBench.founded()
    bench.stock(quantity)
    return bench
  }

  func stock(_ quantity: Quantity) {
    addProduct("CHAI")
    addStock("W1", "CHAI", quantity)
    addDevice("P", .warehouse, warehouses: ["W1"])
    addDevice("Q", .warehouse, warehouses: ["W1"])
  }
}
