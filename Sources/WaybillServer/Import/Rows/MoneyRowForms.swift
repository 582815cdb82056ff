import CentralStore
import TradeRules

extension ImportKind {
  func supplier(_ values: RowValues) -> Form {
    Filled<CreateSupplier> {
      $0.code = values.text("code")
      $0.name = values.text("name")
      $0.country = values.optional("country")
      $0.currency = values.optional("currency")
      $0.status = values.optional("status").map { SupplierStatus(rawValue: $0) }
    }.form
  }

  /// A payment; by bank unless the file says otherwise.
  func payment(_ values: RowValues) throws(Refusal) -> Form {
    guard let amount = try values.value("amount", { UnitPrice(decimal: $0) }) else {
      throw Refusal(.badValue, "amount is empty")
    }
    let moment = try values.value("at") { Instant(timestamp: $0) }
    return Filled<PaymentEntry> {
      $0.reference = values.text("reference")
      $0.order = values.text("order")
      $0.method = PaymentMethod(rawValue: values.optional("method") ?? PaymentMethod.bank.rawValue)
      $0.amount = amount
      $0.currency = values.text("currency")
      $0.at = moment
    }.form
  }
}
