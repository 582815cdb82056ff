import ArgumentParser
import ReplicaStore
import TradeRules

struct RateCommands: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rate", abstract: "What currencies are worth in each other.",
    subcommands: [RateList.self, RateSet.self])
}

struct RateList: Command {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "The rates in force.",
    discussion: "Examples:\n  waybill rate list\n  waybill rate list --at 2026-06-30")
  @OptionGroup var global: GlobalOptions
  @Option(help: "In force at that time; by default now.") var at: String?

  func run(at desk: Desk) throws -> ExitStatus {
    let moment = try Entered.time(at) ?? Clocks.now
    return try desk.show { view in
      let rates = try view.exchangeRates(at: moment)
      let document: JSONValue = ["rates": .array(rates.map(\.json))]
      guard !rates.isEmpty else { return (document, "No rates.") }
      var table = TextTable([.left("FROM"), .left("TO"), .right("RATE"), .left("AS OF"), .left("SOURCE")])
      for rate in rates {
        table.add(
          rate.fromCurrency, rate.toCurrency, rate.ratio.decimalText,
          Times.local(rate.asOf, now: Clocks.now), rate.source)
      }
      return (document, table.text)
    }
  }
}

struct RateSet: Command {
  static let configuration = CommandConfiguration(
    commandName: "set", abstract: "Notes what one unit of a currency is in another.",
    discussion: """
      Examples:
        waybill rate set EUR USD 1.085 --source ECB
        waybill rate set USD JPY 149.35 --as-of 2026-11-20
      """)
  @OptionGroup var global: GlobalOptions
  @Argument var from: String
  @Argument var to: String
  @Argument(help: "At most twelve decimals.") var rate: String
  @Option(help: "When it was noted; by default now.") var asOf: String?
  @Option(help: "Who says so.") var source: String?

  func run(at desk: Desk) throws -> ExitStatus {
    guard let ratio = Ratio(decimal: rate), ratio > Ratio(trillionths: 0) else {
      throw Failure(.badValue, "\(rate) is no rate: a number above zero with at most twelve decimals")
    }
    let asOf = try Entered.time(asOf, option: "--as-of") ?? Clocks.now
    return try desk.record { view, _ in
      let seen = try view.exchangeRate(from, to, asOf: asOf)?.ratio
      let form = Filled<SetExchangeRate> {
        $0.from = from
        $0.to = to
        $0.asOf = asOf
        $0.ratio = ratio
        $0.source = source
        $0.ratioSeen = seen
      }
      return Work(drafts: [Draft(form)], sentence: "1 \(from) is \(ratio.decimalText) \(to).")
    }
  }
}

extension Record where Columns == ExchangeRateColumns {
  fileprivate var json: JSONValue {
    [
      "from": .string(self.fromCurrency), "to": .string(self.toCurrency),
      "rate": .string(self.ratio.decimalText), "asOf": .instant(self.asOf), "source": .string(self.source),
    ]
  }
}

struct TaxCommands: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tax", abstract: "What classes of products are taxed in which place.",
    subcommands: [TaxList.self, TaxSet.self])
}

struct TaxList: Command {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "All taxes with their beginnings.",
    discussion: "Examples:\n  waybill tax list")
  @OptionGroup var global: GlobalOptions

  func run(at desk: Desk) throws -> ExitStatus {
    try desk.show { view in
      let taxes = try view.taxRates()
      let document: JSONValue = [
        "taxes": .array(
          taxes.map {
            [
              "class": .string($0.taxClass), "jurisdiction": .string($0.jurisdiction),
              "rate": .string($0.percent.decimalText), "from": .instant($0.validFrom),
            ]
          })
      ]
      guard !taxes.isEmpty else { return (document, "No taxes.") }
      var table = TextTable([.left("CLASS"), .left("PLACE"), .right("PERCENT"), .left("FROM")])
      for tax in taxes {
        table.add(tax.taxClass, tax.jurisdiction, tax.percent.decimalText, tax.validFrom.dateText)
      }
      return (document, table.text)
    }
  }
}

struct TaxSet: Command {
  static let configuration = CommandConfiguration(
    commandName: "set", abstract: "Says the tax on a class of products in a place.",
    discussion: """
      Examples:
        waybill tax set STANDARD DE 19
        waybill tax set REDUCED FR 5.5 --from 2027-01-01
        waybill tax set STANDARD US-NY 8.875
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "What products are taxed as, one word.") var taxClass: String
  @Argument(help: "A country of two letters, or a part of it: DE, US-NY.") var place: String
  @Argument(help: "At most four decimals.") var percent: String
  @Option(help: "When it begins; by default now.") var from: String?

  func run(at desk: Desk) throws -> ExitStatus {
    guard let percent = Percent(decimal: percent), percent >= .zero else {
      throw Failure(.badValue, "\(self.percent) is no percentage with at most four decimals")
    }
    let from = try Entered.time(from, option: "--from") ?? Clocks.now
    return try desk.record { view, _ in
      let seen = try view.taxRate(taxClass, place, from: from)?.percent
      let form = Filled<SetTaxRate> {
        $0.taxClass = taxClass
        $0.jurisdiction = place
        $0.validFrom = from
        $0.percent = percent
        $0.percentSeen = seen
      }
      return Work(
        drafts: [Draft(form)], sentence: "\(taxClass) in \(place) is taxed \(percent.decimalText) %.")
    }
  }
}
