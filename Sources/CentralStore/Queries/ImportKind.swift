import SyncSession
public import TradeRules
import TradeTables

/// What a file of rows can be imported as.
public enum ImportKind: String, CaseIterable, Codable, Sendable {
  case warehouses, products, prices, customers, stock

  /// The form of one row.
  public var row: FormDescription {
    switch self {
    case .warehouses: FormDescription(WarehouseEntry.self)
    case .products: FormDescription(CreateProduct.self)
    case .prices: FormDescription(PriceEntry.self)
    case .customers: FormDescription(CreateCustomer.self)
    case .stock: FormDescription(StockEntry.self)
    }
  }

  /// A row as it goes into an operation: texts normalised; filled in what is made from other fields (a
  /// product's folded SKU, a customer's id, which is the same at every import of the code) and what stands
  /// when a field is empty, so that a file which says it and one which does not mean the same.
  public func completed(_ row: Form) -> Form {
    let form = EnteredText.normalised(row)
    switch self {
    case .warehouses, .prices: return form
    case .products:
      var product = Filled<CreateProduct>(form)
      product.skuFolded = EnteredText.foldedSKU(product.sku)
      product.baseUnit = product.baseUnit ?? "EA"
      product.status = product.status ?? .active
      return product.form
    case .customers:
      var customer = Filled<CreateCustomer>(form)
      customer.id = RecordID(derivedFrom: Hashing.sha256(Array("customer/\(customer.code)".utf8)))
      customer.status = customer.status ?? .active
      return customer.form
    case .stock:
      var stock = Filled<StockEntry>(form)
      if stock.bin.isEmpty { stock.bin = BinColumns.main }
      return stock.form
    }
  }

  /// What two rows of one file must not share: the external id, as the centre compares it.
  ///
  /// - Parameter row: a completed row.
  public func identity(of row: Form) -> String {
    switch self {
    case .warehouses: Filled<WarehouseEntry>(row).code
    case .products: Filled<CreateProduct>(row).skuFolded
    case .customers: Filled<CreateCustomer>(row).code
    case .prices:
      {
        let price = Filled<PriceEntry>(row)
        let from = price.validFrom.map { "\($0.milliseconds)" } ?? ""
        return [price.list, price.sku, price.minQuantity.decimalText, from].joined(separator: "\u{1F}")
      }()
    case .stock:
      {
        let stock = Filled<StockEntry>(row)
        return [stock.warehouse, stock.sku, stock.bin, stock.lot].joined(separator: "\u{1F}")
      }()
    }
  }

  /// The operation that imports up to 500 completed rows.
  public func draft(_ rows: [Form]) -> OwnDraft {
    switch self {
    case .warehouses: OwnDraft(Filled<ImportWarehouses> { $0.rows = rows.map { Filled($0) } })
    case .products: OwnDraft(Filled<ImportProducts> { $0.rows = rows.map { Filled($0) } })
    case .prices: OwnDraft(Filled<ImportPrices> { $0.rows = rows.map { Filled($0) } })
    case .customers: OwnDraft(Filled<ImportCustomers> { $0.rows = rows.map { Filled($0) } })
    case .stock: OwnDraft(Filled<ImportStock> { $0.rows = rows.map { Filled($0) } })
    }
  }
}
