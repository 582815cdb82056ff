/// What an operation on stock must satisfy before anything is written.
extension Trade {
  enum QuantityBound {
    case aboveZero, notZero, zeroOrMore
  }

  /// What every operation on a product's stock at a warehouse reads.
  func stockNeeds(_ warehouse: String, _ sku: String) -> [Need] {
    [
      .row(RowKey(WarehouseColumns.self, warehouse)), .row(RowKey(ProductColumns.self, sku)),
      .row(RowKey(StockLevelColumns.self, warehouse, sku)),
      .row(RowKey(SettingColumns.self, Settings.nearCountMilliseconds.rawValue)),
    ]
  }

  /// Refuses a place that is not the device's (`NOT_PERMITTED`) or that nobody has (`UNKNOWN_WAREHOUSE`).
  func checkStockPlace(_ warehouse: String) throws(Interruption) {
    guard isHeadquarters || mayWork(in: warehouse) else {
      throw .refused(Refusal(.notPermitted, "warehouse \(warehouse)"))
    }
    guard try find(WarehouseColumns.self, warehouse) != nil else {
      throw .refused(Refusal(.unknownWarehouse, warehouse))
    }
  }

  /// Refuses with `BAD_VALUE` a lot, then a bin, that cannot be one; none is none.
  func checkLabels(lot: String?, bin: String?) throws(Interruption) {
    if let lot, !lot.isEmpty { try check(Names.isLabel(lot), "lot") }
    if let bin, !bin.isEmpty { try check(Names.isLabel(bin), "bin") }
  }

  func checkProduct(_ sku: String) throws(Interruption) -> Product {
    guard let product = try find(ProductColumns.self, sku) else {
      throw .refused(Refusal(.unknownSku, sku))
    }
    return product
  }

  /// What has been done with a line so far and now; `BAD_QUANTITY` when no line can have that much. Only a mistake
  /// says so, and a sum that stood still at its bound would hide it, so that even a fact is refused (P1).
  func sum(
    _ before: Quantity, _ more: Quantity, of line: OrderLine
  ) throws(Interruption) -> Quantity {
    // Neither comes near the bounds of 64 bits.
    let sum = before + more
    guard sum <= .max else { throw .refused(Refusal(.badQuantity, "\(sum.decimalText) of \(line.sku)")) }
    return sum
  }

  /// Refuses what is out of bounds or finer than the product's unit with `BAD_QUANTITY`.
  func checkQuantity(
    _ quantity: Quantity, of product: Product, _ bound: QuantityBound
  ) throws(Interruption) {
    let fits =
      switch bound {
      case .aboveZero: quantity > .zero
      case .notZero: quantity != .zero
      case .zeroOrMore: quantity >= .zero
      }
    guard fits, quantity.thousandths.magnitude <= Quantity.max.thousandths.magnitude else {
      throw .refused(Refusal(.badQuantity, "\(quantity.decimalText) of \(product.sku)"))
    }
    guard !quantity.isWhole else { return }
    let decimals = try find(UnitColumns.self, product.baseUnit)?.decimals ?? 0
    let step: Int64 = decimals >= 3 ? 1 : decimals == 2 ? 10 : decimals == 1 ? 100 : 1000
    guard quantity.thousandths % step == 0 else {
      throw .refused(Refusal(.badQuantity, "\(product.baseUnit) has \(decimals) decimals"))
    }
  }
}
