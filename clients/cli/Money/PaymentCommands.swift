import ArgumentParser
import ReplicaStore
import TradeRules

struct PaymentCommands: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "payment", abstract: "Money that came in or went out for an order.",
    subcommands: [PaymentRecord.self, PaymentRefund.self, PaymentList.self])
}

/// What payments and refunds have in common.
struct MoneyOptions: ParsableArguments {
  @Option(help: "In major units, 200.00.") var amount: String
  @Option(help: "By default the order's.") var currency: String?
  @Option(help: "How much of the order's currency one unit is; by default as noted at the time.")
  var rate: String?
  @Option(help: "The payment's own number outside; the same one again is the same payment.")
  var reference: String?
  @Option(help: ArgumentHelp("When it really happened, RFC 3339; by default now.", valueName: "time"))
  var at: String?
}

/// The same, read strictly.
struct EnteredMoney {
  let amountMinor: Int64
  let rate: Ratio?
  let time: Instant?

  /// - Throws: `BAD_VALUE`.
  init(_ options: MoneyOptions, for order: Order, in view: ReplicaView) throws {
    let currency = options.currency ?? order.currency
    amountMinor = try Entered.amountMinor(options.amount, exponent: try view.exponent(of: currency))
    rate = try options.rate.map { text in
      guard let rate = Ratio(decimal: text) else { throw Failure(.badValue, "\(text) is no exchange rate") }
      return rate
    }
    time = try Entered.time(options.at)
  }
}

struct PaymentRecord: Command {
  static let configuration = CommandConfiguration(
    commandName: "record", abstract: "Records money that came in for an order.",
    discussion: """
      Examples:
        waybill payment record SO-A7-0001 --method cash --amount 200.00
        waybill payment record SO-A7-0001 --method bank --amount 220 --currency USD --reference TX-4711

      Methods: cash, card, bank, credit (what the customer has to their credit).
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "Number or id.", completion: Completions.orders) var order: String
  @Option(help: "cash, card, bank or credit.") var method: String
  @OptionGroup var money: MoneyOptions

  func run(at desk: Desk) throws -> ExitStatus {
    try desk.record { view, _ in
      let order = try view.requireOrder(order)
      let entered = try EnteredMoney(money, for: order, in: view)
      let id = Randomness.recordID(at: Clocks.now)
      let form = Filled<RecordPayment> {
        $0.id = id
        $0.order = order.id
        $0.number = order.number
        $0.method = PaymentMethod(rawValue: method)
        $0.amountMinor = entered.amountMinor
        $0.currency = money.currency
        $0.rate = entered.rate
        $0.reference = Entered.optional(money.reference)
      }
      return Work(
        drafts: [Draft(form, at: entered.time)],
        sentence:
          "Recorded \(money.amount) \(money.currency ?? order.currency) by \(method) for \(order.number).",
        fields: ["number": .string(order.number), "payment": .string(id.description)])
    }
  }
}

struct PaymentRefund: Command {
  static let configuration = CommandConfiguration(
    commandName: "refund", abstract: "Gives money back, at most what came in.",
    discussion: """
      Examples:
        waybill payment refund SO-A7-0001 --amount 50.00 --reason "two were broken"
        waybill payment refund SO-A7-0001 --method cash --amount 50.00

      Cash is taken as paid out; of other methods --paid-out says that the customer has the money already.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "Number or id.", completion: Completions.orders) var order: String
  @Option(help: "cash, card, bank or credit.") var method = "bank"
  @OptionGroup var money: MoneyOptions
  @Flag(help: "The customer has it already.") var paidOut = false
  @Option var reason: String?

  func run(at desk: Desk) throws -> ExitStatus {
    try desk.record { view, _ in
      let order = try view.requireOrder(order)
      let entered = try EnteredMoney(money, for: order, in: view)
      let id = Randomness.recordID(at: Clocks.now)
      let form = Filled<RefundPayment> {
        $0.id = id
        $0.order = order.id
        $0.number = order.number
        $0.method = PaymentMethod(rawValue: method)
        $0.amountMinor = entered.amountMinor
        $0.currency = money.currency
        $0.rate = entered.rate
        $0.reference = Entered.optional(money.reference)
        $0.isPaidOut = paidOut || method == PaymentMethod.cash.rawValue
        $0.reason = Entered.personal(reason)
      }
      return Work(
        drafts: [Draft(form, at: entered.time)],
        sentence:
          "Refunded \(money.amount) \(money.currency ?? order.currency) by \(method) of \(order.number).",
        fields: ["number": .string(order.number), "payment": .string(id.description)])
    }
  }
}

struct PaymentList: Command {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "The payments and refunds of an order.",
    discussion: "Examples:\n  waybill payment list SO-A7-0001")
  @OptionGroup var global: GlobalOptions
  @Argument(help: "Number or id.", completion: Completions.orders) var order: String

  func run(at desk: Desk) throws -> ExitStatus {
    try desk.show { view in
      PaymentsShown(reading: try view.payments(of: try view.requireOrder(order)), view: view).shown
    }
  }
}

/// An order's money for people and programs.
struct PaymentsShown {
  let reading: PaymentReading
  let view: ReplicaView

  var shown: (document: JSONValue, text: String) { (document, text) }

  private var document: JSONValue {
    guard reading.areVisible else {
      return ["order": .string(reading.order.number), "visible": false, "state": nil, "payments": []]
    }
    return [
      "order": .string(reading.order.number), "visible": true, "state": .string(reading.state.rawValue),
      "currency": .string(reading.order.currency), "totalMinor": .integer(reading.order.totalMinor),
      "paidMinor": .integer(reading.account?.paidMinor ?? 0),
      "refundedMinor": .integer(reading.account?.refundedMinor ?? 0),
      "creditMinor": .integer(reading.account?.creditMinor ?? 0),
      "customerCreditMinor": .integer(reading.customerCreditMinor),
      "payments": .array(reading.payments.map(\.json)),
    ]
  }

  private var text: String {
    guard reading.areVisible else {
      return "\(reading.order.number)  payments are not visible to this device"
    }
    var lines = [
      "\(reading.order.number)  \(reading.state.rawValue)", "  total \(money(reading.order.totalMinor))",
    ]
    if let account = reading.account {
      lines.append("  paid \(money(account.paidMinor)), refunded \(money(account.refundedMinor))")
      if account.creditMinor > 0 { lines.append("  overpaid \(money(account.creditMinor))") }
    }
    if reading.customerCreditMinor != 0 {
      lines.append("  the customer's credit \(money(reading.customerCreditMinor))")
    }
    guard !reading.payments.isEmpty else { return (lines + ["No payments."]).joined(separator: "\n") }
    var table = TextTable([
      .left("WHEN"), .left("KIND"), .left("METHOD"), .right("AMOUNT"), .right("RATE"), .left("REFERENCE"),
      .left("OPERATION"),
    ])
    for payment in reading.payments {
      let exponent = (try? view.exponent(of: payment.currency)) ?? reading.exponent
      table.add(
        Times.local(payment.at, now: Clocks.now), payment.kind.rawValue, payment.method.rawValue,
        Money(amountMinor: payment.amountMinor, currency: payment.currency, exponent: exponent).shown,
        payment.rate == .one ? "" : payment.rate.trillionths == 0 ? "none" : payment.rate.decimalText,
        payment.reference, payment.operation)
    }
    return (lines + [""] + table.lines).joined(separator: "\n")
  }

  private func money(_ amountMinor: Int64) -> String {
    Money(amountMinor: amountMinor, currency: reading.order.currency, exponent: reading.exponent).shown
  }
}

extension Record where Columns == PaymentColumns {
  fileprivate var json: JSONValue {
    [
      "id": .string(self.id.description), "kind": .string(self.kind.rawValue),
      "method": .string(self.method.rawValue), "amountMinor": .integer(self.amountMinor),
      "currency": .string(self.currency), "rate": .string(self.rate.decimalText),
      "orderMinor": .integer(self.orderMinor), "differenceMinor": .integer(self.differenceMinor),
      "reference": .string(self.reference), "paidOut": .bool(self.isPaidOut), "at": .instant(self.at),
      "operation": .string(self.operation), "reason": .string(self.reason.text),
    ]
  }
}
