import ArgumentParser
import ReplicaStore
import TradeRules

struct CustomerCredit: Command {
  static let configuration = CommandConfiguration(
    commandName: "credit", abstract: "What a customer may owe, and whether they may buy at all.",
    discussion: """
      Examples:
        waybill customer credit C-A7-0001 --limit 5000.00
        waybill customer credit C-A7-0001 --no-limit
        waybill customer credit C-A7-0001 --block

      Orders beyond it are put on hold, CREDIT_LIMIT or CUSTOMER_BLOCKED. Agents do not see it.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "Code or id.") var customer: String
  @Option(help: "In the customer's currency.") var limit: String?
  @Flag(help: "Takes the limit away.") var noLimit = false
  @Flag(help: "Puts every new order on hold.") var block = false
  @Flag(help: "Lets the customer buy again.") var unblock = false

  func run(at desk: Desk) throws -> ExitStatus {
    guard limit == nil || !noLimit, !block || !unblock else {
      throw Failure.usage("--limit and --no-limit, --block and --unblock exclude each other")
    }
    guard limit != nil || noLimit || block || unblock else {
      throw Failure.usage("give --limit, --no-limit, --block or --unblock")
    }
    return try desk.record { view, _ in
      let customer = try view.requireCustomer(customer)
      let limit = try limit.map { try view.amountMinor($0, in: customer.currency) }
      let form = Filled<SetCredit> {
        $0.id = customer.id
        $0.code = customer.code
        $0.limitMinor = limit
        $0.isUnlimited = noLimit ? true : nil
        $0.isBlocked = block ? true : unblock ? false : nil
      }
      return Work(drafts: [Draft(form)], sentence: "Changed the credit of \(customer.code).")
    }
  }
}

extension ReplicaView {
  /// - Throws: `BAD_VALUE` for what is no amount of the currency, zero or more.
  fileprivate func amountMinor(_ text: String, in currency: String) throws -> Int64 {
    let exponent = Int(try exponent(of: currency))
    guard let amount = Decimals.integer(CommandWords.entered(text), decimals: exponent), amount >= 0 else {
      throw Failure(.badValue, "\(text) is no amount of \(currency)")
    }
    return amount
  }
}
