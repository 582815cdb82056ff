import ArgumentParser
import ReplicaStore
import TradeRules

struct ProductTranslate: Command {
  static let configuration = CommandConfiguration(
    commandName: "translate", abstract: "Says a product's name or description in a language.",
    discussion: """
      Examples:
        waybill product translate CHAI-1KG es-419 --name "Chai a granel"
        waybill product translate CHAI-1KG fr --description ""      takes the text back
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(completion: Completions.skus) var sku: String
  @Argument(help: "The language by BCP 47: es, es-419, zh-Hant …") var locale: String
  @Option var name: String?
  @Option var description: String?

  func run(at desk: Desk) throws -> ExitStatus {
    let tag = try Entered.locale(locale)
    guard name != nil || description != nil else {
      throw Failure.usage("give --name, --description or both")
    }
    return try desk.record { view, _ in
      let product = try view.requireProduct(sku)
      let seen = try view.translation(of: product.sku, in: tag)
      let form = Filled<TranslateProduct> {
        $0.sku = product.sku
        $0.locale = tag.text
        $0.name = name
        $0.description = description
        $0.nameSeen = name == nil ? nil : seen?.name ?? ""
        $0.descriptionSeen = description == nil ? nil : seen?.description ?? ""
      }
      return Work(
        drafts: [Draft(form)], sentence: "Changed the texts of \(product.sku) in \(tag).",
        fields: ["locale": .string(tag.text)])
    }
  }
}

struct ProductAttribute: Command {
  static let configuration = CommandConfiguration(
    commandName: "attribute", abstract: "Says what there is to know of a product: colour, size …",
    discussion: """
      Examples:
        waybill product attribute SHIRT-M colour=blue size=M
        waybill product attribute SHIRT-M colour=                   takes it back
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(completion: Completions.skus) var sku: String
  @Argument(help: ArgumentHelp("What to say.", valueName: "NAME=VALUE")) var attributes: [String]

  func run(at desk: Desk) throws -> ExitStatus {
    let pairs = try attributes.map { word -> (name: String, value: String) in
      guard let equals = word.firstIndex(of: "="), equals != word.startIndex else {
        throw Failure.usage("an attribute is given as NAME=VALUE, not \(word)")
      }
      return (String(word[..<equals]), String(word[word.index(after: equals)...]))
    }
    return try desk.record { view, _ in
      let product = try view.requireProduct(sku)
      let drafts = try pairs.map { name, value in
        let seen = try view.attribute(name, of: product.sku)?.value ?? ""
        return Draft(
          Filled<SetAttribute> {
            $0.sku = product.sku
            $0.name = name
            $0.value = value
            $0.valueSeen = seen
          })
      }
      let names = pairs.map(\.name).joined(separator: ", ")
      return Work(drafts: drafts, sentence: "Changed \(names) of \(product.sku).")
    }
  }
}

struct PackCommands: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pack", abstract: "Packs of a product: so many base units together. A pack never changes.",
    subcommands: [PackAdd.self, PackRetire.self, PackRestore.self])
}

struct PackAdd: Command {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Adds a pack.",
    discussion: """
      Examples:
        waybill product pack add CHAI-1KG CASE 12 --unit CS --barcode 10614141000415

      A case of another size is another pack, with a code of its own.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(completion: Completions.skus) var sku: String
  @Argument(help: "The pack's code, one word.") var code: String
  @Argument(help: "How many base units are in it.") var factor: String
  @Option(help: "What it is, UN/ECE Recommendation 20 or 21: CS, BX, XPX …") var unit: String?
  @Option(help: "Its own barcode.") var barcode: String?

  func run(at desk: Desk) throws -> ExitStatus {
    let factor = try Entered.quantity(factor)
    return try desk.record { view, _ in
      let product = try view.requireProduct(sku)
      let form = Filled<CreatePack> {
        $0.sku = product.sku
        $0.code = code
        $0.factor = factor
        $0.unit = unit
        $0.barcode = barcode
      }
      return Work(
        drafts: [Draft(form)],
        sentence: "Added the pack \(code) of \(factor.decimalText) \(product.baseUnit) \(product.sku).")
    }
  }
}

struct PackRetire: Command {
  static let configuration = CommandConfiguration(
    commandName: "retire", abstract: "Takes a pack out of use; scanned, it is still understood.",
    discussion: "Examples:\n  waybill product pack retire CHAI-1KG CASE")
  @OptionGroup var global: GlobalOptions
  @Argument(completion: Completions.skus) var sku: String
  @Argument(help: "The pack's code.") var code: String

  func run(at desk: Desk) throws -> ExitStatus {
    try PackRetire.record(sku, code, isRetired: true, at: desk)
  }

  static func record(_ sku: String, _ code: String, isRetired: Bool, at desk: Desk) throws -> ExitStatus {
    try desk.record { view, _ in
      let product = try view.requireProduct(sku)
      let form = Filled<RetirePack> {
        $0.sku = product.sku
        $0.code = code
        $0.isRetired = isRetired
      }
      let verb = isRetired ? "Retired" : "Brought back"
      return Work(drafts: [Draft(form)], sentence: "\(verb) the pack \(code) of \(product.sku).")
    }
  }
}

struct PackRestore: Command {
  static let configuration = CommandConfiguration(
    commandName: "restore", abstract: "Brings a retired pack back.",
    discussion: "Examples:\n  waybill product pack restore CHAI-1KG CASE")
  @OptionGroup var global: GlobalOptions
  @Argument(completion: Completions.skus) var sku: String
  @Argument(help: "The pack's code.") var code: String

  func run(at desk: Desk) throws -> ExitStatus {
    try PackRetire.record(sku, code, isRetired: false, at: desk)
  }
}
