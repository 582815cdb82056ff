import ArgumentParser
import ReplicaStore
import TradeRules

struct ProductCommands: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "product", abstract: "The catalog: find, show and edit products.",
    subcommands: [
      ProductList.self, ProductSearch.self, ProductShow.self, ProductSet.self, ProductCreate.self,
      ProductArchive.self, ProductTranslate.self, ProductAttribute.self, PackCommands.self,
    ])
}

struct ProductList: Command {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "All products.",
    discussion: "Examples:\n  waybill product list\n  waybill product list --status archived --json")
  @OptionGroup var global: GlobalOptions
  @Option(help: "Only products of this status: active or archived.") var status: String?

  func run(at desk: Desk) throws -> ExitStatus {
    try desk.show { view in
      ProductsShown(try view.products().filter { status == nil || $0.status.rawValue == status }).shown
    }
  }
}

struct ProductSearch: Command {
  static let configuration = CommandConfiguration(
    commandName: "search", abstract: "Products by SKU, barcode or words of their names in any language.",
    discussion: """
      Examples:
        waybill product search "cafe creme"      Café Crème too: case and accents do not matter
        waybill product search chai --limit 10
        waybill product search 4006381333931
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "Words; all of them must be found.") var text: String
  @Option(help: "How many at most.") var limit: Int?

  func run(at desk: Desk) throws -> ExitStatus {
    try desk.show { view in
      ProductsShown(try view.products(searching: text, limit: max(1, limit ?? 1_000))).shown
    }
  }
}

struct ProductShow: Command {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "One product with its texts, packs, barcodes and prices.",
    discussion: """
      Examples:
        waybill product show CHAI-1KG
        waybill product show 4006381333931 --locale es-MX

      A text that is not there in a language is looked for in the nearest that will do (es-MX, es-419, es), and
      else in the product's own.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "A SKU or barcode.", completion: Completions.skus) var sku: String
  @Option(help: "The language of name and description, such as es-MX or zh-Hant.") var locale: String?

  func run(at desk: Desk) throws -> ExitStatus {
    let tag = try locale.map(Entered.locale)
    return try desk.show { view in
      let product = try view.requireProduct(sku)
      return ProductShown(try view.details(of: product, at: Clocks.now), locale: tag).shown
    }
  }
}

struct ProductSet: Command {
  static let configuration = CommandConfiguration(
    commandName: "set", abstract: "Edits fields of a product; others' edits of other fields stand.",
    discussion: """
      Examples:
        waybill product set CHAI-1KG name="Chai, loose leaf" category=TEA
        waybill product set CHAI-1KG status=active

      Fields: name, category, status, gtin, hsCode, origin, weightGrams, description, taxClass.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(completion: Completions.skus) var sku: String
  @Argument(help: ArgumentHelp("What to change.", valueName: "FIELD=VALUE")) var fields: [String]

  func run(at desk: Desk) throws -> ExitStatus {
    let edits = try FieldEdits(fields)
    return try desk.record { view, _ in
      let product = try view.requireProduct(sku)
      var form = Filled<EditProduct> { $0.sku = product.sku }
      try edits.fill(&form, seeing: product)
      return Work(drafts: [Draft(form)], sentence: "Changed \(edits.names) of \(product.sku).")
    }
  }
}

struct ProductCreate: Command {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Adds a product to the catalog.",
    discussion: """
      Examples:
        waybill product create CHAI-1KG --name "Chai 1 kg"
        waybill product create RICE --name Rice --unit KGM --category FOOD --tax-class REDUCED
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "1 to 40 visible characters, unique whatever the case.") var sku: String
  @Option(help: "What people call it.") var name: String
  @Option(help: "A category's code.") var category: String?
  @Option(help: "The unit it is counted in, UN/ECE Recommendation 20: EA, KGM …") var unit: String?
  @Option(help: "8, 12, 13 or 14 digits.") var gtin: String?
  @Option(help: "Customs code, 6 to 10 digits.") var hsCode: String?
  @Option(help: "Country of origin, two letters.") var origin: String?
  @Option(name: [.customLong("weight-g"), .customLong("weight-grams")], help: "Grams of one unit.")
  var weightGrams: Int64?
  @Option var description: String?
  @Option(help: "What it is taxed as.") var taxClass: String?

  func run(at desk: Desk) throws -> ExitStatus {
    try desk.record { view, _ in
      let form = Filled<CreateProduct> {
        $0.sku = sku
        $0.skuFolded = ReplicaView.folded(sku: sku)
        $0.name = name
        $0.category = category
        $0.baseUnit = unit
        $0.gtin = gtin
        $0.hsCode = hsCode
        $0.origin = origin
        $0.weightGrams = weightGrams
        $0.description = description
        $0.taxClass = taxClass
      }
      return Work(
        drafts: [Draft(form)], sentence: "Added \(sku), \(name), to the catalog.",
        fields: ["sku": .string(sku)])
    }
  }
}

struct ProductArchive: Command {
  static let configuration = CommandConfiguration(
    commandName: "archive",
    abstract: "Takes a product out of sale. What is on hand can still be sold; nothing is backordered.",
    discussion: "Examples:\n  waybill product archive CHAI-1KG")
  @OptionGroup var global: GlobalOptions
  @Argument(completion: Completions.skus) var sku: String

  func run(at desk: Desk) throws -> ExitStatus {
    try desk.record { view, _ in
      let product = try view.requireProduct(sku)
      let form = Filled<EditProduct> {
        $0.sku = product.sku
        $0.status = ProductStatus.archived.rawValue
        $0.statusSeen = product.status.rawValue
      }
      return Work(drafts: [Draft(form)], sentence: "Archived \(product.sku).")
    }
  }
}
