import CentralStore
import TradeRules

/// The rows of files that describe products, and of those that say what money is worth.
extension ImportKind {
  func category(_ values: RowValues) -> Form {
    Filled<CreateCategory> {
      $0.code = values.text("code")
      $0.parent = values.optional("parent")
      $0.name = values.optional("name")
    }.form
  }

  /// A text that is empty is one the file takes back, or never had.
  func translation(_ values: RowValues) -> Form {
    Filled<TranslateProduct> {
      $0.sku = values.text("sku")
      $0.locale = values.text("locale")
      $0.name = values.text("name")
      $0.description = values.text("description")
    }.form
  }

  func attribute(_ values: RowValues) -> Form {
    Filled<SetAttribute> {
      $0.sku = values.text("sku")
      $0.name = values.text("name")
      $0.value = values.text("value")
    }.form
  }

  func pack(_ values: RowValues) throws(Refusal) -> Form {
    let factor = try values.quantity("factor")
    return Filled<CreatePack> {
      $0.sku = values.text("sku")
      $0.code = values.text("code")
      $0.factor = factor
      $0.unit = values.optional("unit")
      $0.barcode = values.optional("barcode")
    }.form
  }

  func barcode(_ values: RowValues) -> Form {
    Filled<LinkBarcode> {
      $0.code = values.text("code")
      $0.sku = values.text("sku")
      $0.pack = values.optional("pack")
    }.form
  }

  func rate(_ values: RowValues) throws(Refusal) -> Form {
    guard let ratio = try values.value("rate", { Ratio(decimal: $0) }) else {
      throw Refusal(.badValue, "rate is empty")
    }
    guard let asOf = try values.value("as_of", { Instant(timestamp: $0) }) else {
      throw Refusal(.badValue, "as_of is empty")
    }
    return Filled<SetExchangeRate> {
      $0.from = values.text("from")
      $0.to = values.text("to")
      $0.asOf = asOf
      $0.ratio = ratio
      $0.source = values.optional("source")
    }.form
  }

  func tax(_ values: RowValues) throws(Refusal) -> Form {
    guard let percent = try values.value("rate", { Percent(decimal: $0) }) else {
      throw Refusal(.badValue, "rate is empty")
    }
    let from = try values.value("from") { Instant(timestamp: $0) }
    return Filled<SetTaxRate> {
      $0.taxClass = values.text("class")
      $0.jurisdiction = values.text("jurisdiction")
      // A tax whose beginning nobody knows has always been.
      $0.validFrom = from ?? Instant(milliseconds: 0)
      $0.percent = percent
    }.form
  }
}
