import GRDB
public import TradeRules
import TradeTables

/// A product with all there is to say of it.
public struct ProductDetails: Sendable {
  public let product: Product
  /// In order of their locales.
  public let translations: [Translation]
  /// In order of their names, those taken back left out.
  public let attributes: [Attribute]
  /// In order of their codes.
  public let packs: [Pack]
  /// In order of their codes.
  public let barcodes: [Barcode]
  public let category: TradeRules.Category?
  public let prices: [ListedPrice]
}

extension ReplicaView {
  public func details(of product: Product, at now: Instant) throws -> ProductDetails {
    ProductDetails(
      product: product, translations: try translations(of: product.sku),
      attributes: try records(AttributeColumns.self, of: product.sku, "name").filter { !$0.value.isEmpty },
      packs: try packs(of: product.sku),
      barcodes: try all(BarcodeColumns.self, "barcode_of_product", product.sku),
      category: try find(CategoryColumns.self, RowKey(CategoryColumns.self, product.category)),
      prices: try prices(of: product.sku, at: now))
  }

  public func translations(of sku: String) throws -> [Translation] {
    try records(TranslationColumns.self, of: sku, "locale")
  }

  public func packs(of sku: String) throws -> [Pack] { try records(PackColumns.self, of: sku, "code") }

  public func pack(_ code: String, of sku: String) throws -> Pack? {
    try find(PackColumns.self, RowKey(PackColumns.self, sku, code))
  }

  /// The rows of a table whose key is a SKU and one more text.
  private func records<C: TableColumns>(_ type: C.Type, of sku: String, _ part: String) throws -> [Record<C>]
  {
    // The names are our own, from the table descriptions.
    let parts = try String.fetchAll(
      db, sql: "SELECT \(part) FROM \(C.name) WHERE sku = ? ORDER BY \(part)", arguments: [sku])
    return try records(type, parts.map { RowKey(type, sku, $0) })
  }

  // MARK: Categories

  /// Every category, those below one right after it, in order of their codes.
  public func categoryTree() throws -> [(category: TradeRules.Category, level: Int)] {
    let below = Dictionary(grouping: try all(CategoryColumns.self), by: \.parent)
    var tree: [(category: TradeRules.Category, level: Int)] = []
    func add(below parent: String, _ level: Int) {
      for category in below[parent] ?? [] {
        tree.append((category, level))
        add(below: category.code, level + 1)
      }
    }
    add(below: "", 0)
    return tree
  }

  public func category(_ code: String) throws -> TradeRules.Category? {
    try find(CategoryColumns.self, RowKey(CategoryColumns.self, EnteredText.normalised(code)))
  }

  // MARK: Barcodes

  /// What a code stands for, as people, files or scanners write it; nil when it was never linked.
  public func barcode(_ code: String) throws -> Barcode? {
    guard let code = BarcodeText.normal(code) else { return nil }
    return try find(BarcodeColumns.self, RowKey(BarcodeColumns.self, code))
  }

  /// What a key of goods means: a SKU, a barcode, or `SKU/PACK`; nil when there is no such product or pack.
  public func goods(_ key: String) throws -> (sku: String, pack: Pack?)? {
    let name = EnteredText.normalised(key)
    if let barcode = try barcode(name), !barcode.sku.isEmpty, try productNamed(name) == nil {
      guard !barcode.pack.isEmpty else { return (barcode.sku, nil) }
      return try pack(barcode.pack, of: barcode.sku).map { (barcode.sku, $0) }
    }
    if let product = try productNamed(name) { return (product.sku, nil) }
    guard let slash = name.lastIndex(of: "/"), let product = try productNamed(String(name[..<slash])) else {
      return nil
    }
    return try pack(String(name[name.index(after: slash)...]), of: product.sku).map { (product.sku, $0) }
  }

  /// What a scan means here.
  public func reading(of scan: Scan) throws -> ScanReading {
    let barcode = try scan.code.flatMap { try self.barcode($0) }
    guard let barcode, !barcode.sku.isEmpty else {
      return ScanReading(scan: scan, barcode: nil, product: nil, pack: nil)
    }
    return ScanReading(
      scan: scan, barcode: barcode,
      product: try find(ProductColumns.self, RowKey(ProductColumns.self, barcode.sku)),
      pack: barcode.pack.isEmpty ? nil : try pack(barcode.pack, of: barcode.sku))
  }

  // MARK: Money

  /// The latest rate of each pair of currencies at or before a time, in order of the pairs.
  public func exchangeRates(at moment: Instant) throws -> [ExchangeRate] {
    let rows = try GRDB.Row.fetchAll(
      db,
      sql: """
        SELECT from_currency, to_currency, max(as_of) AS as_of FROM exchange_rate WHERE as_of <= ?
        GROUP BY from_currency, to_currency ORDER BY from_currency, to_currency
        """, arguments: [moment.milliseconds])
    return try records(
      ExchangeRateColumns.self,
      rows.map {
        try RowKey(
          ExchangeRateColumns.self, $0.cell("from_currency", .file, as: String.self),
          $0.cell("to_currency", .file, as: String.self),
          Instant(milliseconds: $0.cell("as_of", .file)))
      })
  }

  public func exchangeRate(_ from: String, _ to: String, asOf: Instant) throws -> ExchangeRate? {
    try find(ExchangeRateColumns.self, RowKey(ExchangeRateColumns.self, from, to, asOf))
  }

  /// Every tax there is, in order of classes, places and beginnings.
  public func taxRates() throws -> [TaxRate] { try all(TaxRateColumns.self) }

  public func taxRate(_ taxClass: String, _ jurisdiction: String, from: Instant) throws -> TaxRate? {
    try find(TaxRateColumns.self, RowKey(TaxRateColumns.self, taxClass, jurisdiction, from))
  }

  public func attribute(_ name: String, of sku: String) throws -> Attribute? {
    try find(AttributeColumns.self, RowKey(AttributeColumns.self, sku, name))
  }

  public func translation(of sku: String, in locale: LanguageTag) throws -> Translation? {
    try find(TranslationColumns.self, RowKey(TranslationColumns.self, sku, locale.text))
  }
}

/// A scan and what its code stands for.
public struct ScanReading: Sendable {
  public let scan: Scan
  /// Nil when the code stands for nothing here.
  public let barcode: Barcode?
  public let product: Product?
  public let pack: Pack?

  /// How many base units were scanned, as far as the code says.
  public var quantity: Quantity? {
    if let weight = scan.netWeight, product?.baseUnit == "KGM" { return weight }
    guard let pack else { return scan.count }
    guard let count = scan.count else { return pack.factor }
    let (thousandths, overflow) = count.thousandths.multipliedReportingOverflow(by: pack.factor.thousandths)
    return overflow ? nil : Quantity(thousandths: thousandths / 1000)
  }
}
