import ArgumentParser
import ReplicaStore
import TradeRules

struct PriceCommands: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "price", abstract: "Price lists: draft prices, publish them.",
    subcommands: [PriceListing.self, PriceDrafts.self, PriceSet.self, PricePublish.self])
}

struct PriceListing: Command {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "The price lists and their versions.",
    discussion: "Examples:\n  waybill price list")
  @OptionGroup var global: GlobalOptions

  func run(at desk: Desk) throws -> ExitStatus {
    try desk.show { view in
      let lists = try view.priceLists()
      let document: JSONValue = [
        "lists": .array(
          try lists.map { list in
            [
              "code": .string(list.code), "currency": .string(list.currency),
              "companyList": .bool(list.isCompanyList), "taxIncluded": .bool(list.isTaxIncluded),
              "version": list.version,
              "drafts": .integer(try view.priceDrafts(of: list.code).count),
            ]
          })
      ]
      guard !lists.isEmpty else { return (document, "No price lists.") }
      var table = TextTable([.left("LIST"), .left("CURRENCY"), .left("VERSION"), .left("")])
      for list in lists {
        let uses = [
          list.isTaxIncluded ? "tax included" : "", list.isCompanyList ? "for customers without a list" : "",
        ]
        table.add(
          list.code, list.currency, list.version.plain,
          uses.filter { !$0.isEmpty }.joined(separator: ", "))
      }
      return (document, table.text)
    }
  }
}

struct PriceDrafts: Command {
  static let configuration = CommandConfiguration(
    commandName: "drafts", abstract: "The drafts of a price list.",
    discussion: "Examples:\n  waybill price drafts EU")
  @OptionGroup var global: GlobalOptions
  @Argument(help: "The price list.") var list: String

  func run(at desk: Desk) throws -> ExitStatus {
    try desk.show { view in
      let list = try view.requirePriceList(list)
      let drafts = try view.priceDrafts(of: list.code)
      let document: JSONValue = [
        "list": .string(list.code), "currency": .string(list.currency),
        "drafts": .array(
          drafts.map { draft in
            [
              "sku": .string(draft.sku), "amount": .string(draft.amount.decimalText),
              "minQty": .quantity(draft.minQuantity), "from": .instant(draft.beginning),
              "pack": draft.pack.isEmpty ? .null : .string(draft.pack),
            ]
          }),
      ]
      guard !drafts.isEmpty else { return (document, "No drafts.") }
      var table = TextTable([
        .left("SKU"), .right("FROM QTY"), .left("PACK"), .right("PRICE"), .left("FROM"),
      ])
      for draft in drafts {
        table.add(
          draft.sku, draft.minQuantity.decimalText, draft.pack, draft.amount.decimalText,
          draft.beginning?.dateText ?? "publication")
      }
      return (document, table.text)
    }
  }
}

struct PriceSet: Command {
  static let configuration = CommandConfiguration(
    commandName: "set", abstract: "Drafts a price; it counts once its list is published.",
    discussion: """
      Examples:
        waybill price set CHAI-1KG --list EU --amount 12.50 --currency EUR
        waybill price set CHAI-1KG --list EU --amount 11.80 --min-qty 100 --from 2027-01-01
        waybill price set CHAI-1KG --list EU --amount 11.20 --pack CASE
        waybill price set CHAI-1KG --list SHOP --amount 14.88 --currency EUR --tax-included

      A price is of one base unit, with at most four decimals. One for a pack counts when the quantity is a whole
      number of such packs.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(completion: Completions.skus) var sku: String
  @Option(help: "The price list; a new one is made.") var list: String
  @Option(help: "The price of one base unit.") var amount: String
  @Option(help: "The list's currency; needed for a new list.") var currency: String?
  @Option(help: "For this quantity and more.") var minQty: String?
  @Option(help: "When it takes effect; by default when it is published.") var from: String?
  @Option(help: "For whole packs of this kind.") var pack: String?
  @Flag(help: "The list's prices have the tax in them; said of a new list, it stays so.") var taxIncluded =
    false

  func run(at desk: Desk) throws -> ExitStatus {
    let amount = try Entered.price(amount)
    let minQuantity = try minQty.map(Entered.quantity) ?? .zero
    let from = try Entered.time(from, option: "--from")
    return try desk.record { view, _ in
      let sku = try view.sku(sku)
      guard let currency = try currency ?? view.priceList(list)?.currency else {
        throw Failure.usage("--currency is needed: there is no list \(list) yet")
      }
      let seen = try view.priceDrafts(of: list).first {
        $0.sku == sku && $0.minQuantity == minQuantity && $0.pack == pack ?? "" && $0.beginning == from
      }
      let form = Filled<SetPrice> {
        $0.list = list
        $0.sku = sku
        $0.minQuantity = minQuantity
        $0.validFrom = from
        $0.pack = pack
        $0.amount = amount
        $0.currency = currency
        $0.isTaxIncluded = taxIncluded ? true : nil
        $0.amountSeen = seen?.amount
      }
      return Work(
        drafts: [Draft(form)], sentence: "Drafted \(amount.decimalText) \(currency) for \(sku) in \(list).",
        next: "waybill price publish \(list)")
    }
  }
}

struct PricePublish: Command {
  static let configuration = CommandConfiguration(
    commandName: "publish",
    abstract: "Publishes the drafts of a list: its next version, which never changes.",
    discussion: """
      Examples:
        waybill price publish EU
        waybill price publish EU --from 2027-01-01
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "The price list.") var list: String
  @Option(help: "When drafts that say nothing else take effect; by default at once.") var from: String?

  func run(at desk: Desk) throws -> ExitStatus {
    let from = try Entered.time(from, option: "--from")
    return try desk.record { view, _ in
      let list = try view.requirePriceList(list)
      let count = try view.priceDrafts(of: list.code).count
      let form = Filled<PublishPrices> {
        $0.list = list.code
        $0.validFrom = from
      }
      return Work(
        drafts: [Draft(form)], sentence: "Published \(count) prices of \(list.code).",
        fields: ["list": .string(list.code), "prices": .integer(count)])
    }
  }
}

extension ReplicaView {
  func requirePriceList(_ code: String) throws -> PriceList {
    guard let list = try priceList(code) else { throw ReplicaFault.noRecord(.unknownPriceList, key: code) }
    return list
  }
}

extension Record where Columns == PriceDraftColumns {
  /// Nil = when it is published.
  fileprivate var beginning: Instant? {
    self.validFrom == PriceDraftColumns.atPublication ? nil : self.validFrom
  }
}

extension Record where Columns == PriceListColumns {
  /// Of the last publication the centre has decided; null before any, and while one is on its way.
  fileprivate var version: JSONValue {
    self.publication > 0 && self.publication < .max ? .integer(self.publication) : .null
  }
}
