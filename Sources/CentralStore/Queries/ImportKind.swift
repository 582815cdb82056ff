import SyncSession
public import TradeRules
import TradeTables

/// What a file of rows can be imported as.
public enum ImportKind: String, CaseIterable, Codable, Sendable {
  case warehouses, categories, products, packs, translations, attributes, prices, barcodes, rates, taxes
  case customers, suppliers, stock, orders, payments

  /// The form of one row.
  public var row: FormDescription {
    switch self {
    case .warehouses: FormDescription(WarehouseEntry.self)
    case .categories: FormDescription(CreateCategory.self)
    case .products: FormDescription(CreateProduct.self)
    case .packs: FormDescription(CreatePack.self)
    case .translations: FormDescription(TranslateProduct.self)
    case .attributes: FormDescription(SetAttribute.self)
    case .barcodes: FormDescription(LinkBarcode.self)
    case .rates: FormDescription(SetExchangeRate.self)
    case .taxes: FormDescription(SetTaxRate.self)
    case .prices: FormDescription(PriceEntry.self)
    case .customers: FormDescription(CreateCustomer.self)
    case .suppliers: FormDescription(CreateSupplier.self)
    case .stock: FormDescription(StockEntry.self)
    case .payments: FormDescription(PaymentEntry.self)
    case .orders: FormDescription(ImportedOrder.self)
    }
  }

  /// A row as it goes into an operation: texts normalised; filled in what is made from other fields (a
  /// product's folded SKU, a customer's id, which is the same at every import of the code) and what stands
  /// when a field is empty, so that a file which says it and one which does not mean the same.
  public func completed(_ row: Form) -> Form {
    let form = EnteredText.normalised(row)
    switch self {
    case .warehouses, .categories, .packs, .attributes, .prices, .rates, .taxes, .payments:
      return form
    case .translations:
      var translation = Filled<TranslateProduct>(form)
      translation.locale = LanguageTag(translation.locale)?.text ?? translation.locale
      return translation.form
    case .barcodes:
      var barcode = Filled<LinkBarcode>(form)
      barcode.code = BarcodeText.normal(barcode.code) ?? barcode.code
      return barcode.form
    case .products:
      var product = Filled<CreateProduct>(form)
      product.skuFolded = EnteredText.foldedSKU(product.sku)
      product.baseUnit = product.baseUnit ?? "EA"
      product.gtin = product.gtin.map { BarcodeText.normal($0) ?? $0 }
      product.status = product.status ?? .active
      return product.form
    case .customers:
      var customer = Filled<CreateCustomer>(form)
      customer.id = RecordID(derivedFrom: Hashing.sha256(Array("customer/\(customer.code)".utf8)))
      customer.status = customer.status ?? .active
      return customer.form
    case .suppliers:
      var supplier = Filled<CreateSupplier>(form)
      supplier.status = supplier.status ?? .active
      return supplier.form
    case .stock:
      var stock = Filled<StockEntry>(form)
      if stock.bin.isEmpty { stock.bin = BinColumns.main }
      return stock.form
    case .orders: return ImportKind.identified(Filled(form)).form
    }
  }

  /// An order with ids that are the same at every import of its number.
  private static func identified(_ order: Filled<ImportedOrder>) -> Filled<ImportedOrder> {
    func id(_ part: String) -> RecordID {
      RecordID(derivedFrom: Hashing.sha256(Array("order/\(order.number)\(part)".utf8)))
    }
    var order = order
    order.id = id("")
    order.lines = order.lines.enumerated().map { place, line in
      var line = line
      line.id = id("/\(place + 1)")
      return line
    }
    return order
  }

  /// What two rows of one file must not share: the external id, as the centre compares it.
  ///
  /// - Parameter row: a completed row.
  public func identity(of row: Form) -> String {
    switch self {
    case .warehouses: Filled<WarehouseEntry>(row).code
    case .products: Filled<CreateProduct>(row).skuFolded
    case .customers: Filled<CreateCustomer>(row).code
    case .suppliers: Filled<CreateSupplier>(row).code
    case .payments: Filled<PaymentEntry>(row).reference
    case .categories: Filled<CreateCategory>(row).code
    case .barcodes: Filled<LinkBarcode>(row).code
    case .packs: joined(Filled<CreatePack>(row).sku, Filled<CreatePack>(row).code)
    case .translations: joined(Filled<TranslateProduct>(row).sku, Filled<TranslateProduct>(row).locale)
    case .attributes: joined(Filled<SetAttribute>(row).sku, Filled<SetAttribute>(row).name)
    case .rates:
      {
        let rate = Filled<SetExchangeRate>(row)
        return joined(rate.from, rate.to, rate.asOf?.timestamp ?? "")
      }()
    case .taxes:
      {
        let tax = Filled<SetTaxRate>(row)
        return joined(tax.taxClass, tax.jurisdiction, tax.validFrom?.timestamp ?? "")
      }()
    case .orders: Filled<ImportedOrder>(row).number
    case .prices:
      {
        let price = Filled<PriceEntry>(row)
        let from = price.validFrom.map { "\($0.milliseconds)" } ?? ""
        return joined(price.list, price.sku, price.minQuantity.decimalText, from, price.pack ?? "")
      }()
    case .stock:
      {
        let stock = Filled<StockEntry>(row)
        return joined(stock.warehouse, stock.sku, stock.bin, stock.lot)
      }()
    }
  }

  private func joined(_ parts: String...) -> String { parts.joined(separator: "\u{1F}") }

  /// The operation that imports up to 500 completed rows.
  public func draft(_ rows: [Form]) -> OwnDraft {
    switch self {
    case .warehouses: OwnDraft(Filled<ImportWarehouses> { $0.rows = rows.map { Filled($0) } })
    case .categories: OwnDraft(Filled<ImportCategories> { $0.rows = rows.map { Filled($0) } })
    case .products: OwnDraft(Filled<ImportProducts> { $0.rows = rows.map { Filled($0) } })
    case .packs: OwnDraft(Filled<ImportPacks> { $0.rows = rows.map { Filled($0) } })
    case .translations: OwnDraft(Filled<ImportTranslations> { $0.rows = rows.map { Filled($0) } })
    case .attributes: OwnDraft(Filled<ImportAttributes> { $0.rows = rows.map { Filled($0) } })
    case .barcodes: OwnDraft(Filled<ImportBarcodes> { $0.rows = rows.map { Filled($0) } })
    case .rates: OwnDraft(Filled<ImportRates> { $0.rows = rows.map { Filled($0) } })
    case .taxes: OwnDraft(Filled<ImportTaxes> { $0.rows = rows.map { Filled($0) } })
    case .prices: OwnDraft(Filled<ImportPrices> { $0.rows = rows.map { Filled($0) } })
    case .customers: OwnDraft(Filled<ImportCustomers> { $0.rows = rows.map { Filled($0) } })
    case .suppliers: OwnDraft(Filled<ImportSuppliers> { $0.rows = rows.map { Filled($0) } })
    case .payments: OwnDraft(Filled<ImportPayments> { $0.rows = rows.map { Filled($0) } })
    case .stock: OwnDraft(Filled<ImportStock> { $0.rows = rows.map { Filled($0) } })
    case .orders: OwnDraft(Filled<ImportOrders> { $0.rows = rows.map { Filled($0) } })
    }
  }
}
