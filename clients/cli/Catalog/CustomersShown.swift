import ReplicaStore
import TradeRules

struct CustomersShown {
  let customers: [Customer]

  var shown: (document: JSONValue, text: String) {
    (["customers": .array(customers.map(\.json))], text)
  }

  private var text: String {
    guard !customers.isEmpty else { return "No customers." }
    var table = TextTable([
      .left("CODE"), .left("NAME"), .left("PHONE"), .left("E-MAIL"), .left("CURRENCY"), .left("STATUS"),
    ])
    for customer in customers {
      let status = customer.status == .active ? "" : customer.status.rawValue
      table.add(
        customer.code, customer.name.text, customer.phone.text, customer.email.text, customer.currency,
        status)
    }
    return table.text
  }
}

struct CustomerShown {
  let customer: Customer
  let syncState: SyncState
  /// Whom a merged customer became one with; nil where this device does not see them.
  var survivor: Customer?
  /// Nil where this device may not see it.
  var credit: Credit?
  /// Decimals of the customer's currency.
  var exponent: Int64 = 2

  var shown: (document: JSONValue, text: String) {
    let document = customer.json.adding(["syncState": .string(syncState.rawValue), "mergedInto": leadsTo])
    return (document.followed(by: creditFields), text)
  }

  private var leadsTo: JSONValue {
    guard let id = customer.mergedInto else { return .null }
    return ["id": .string((survivor?.id ?? id).description), "code": .text(survivor?.code)]
  }

  private var creditFields: JSONValue {
    guard let credit else { return [:] }
    let limit = credit.limitMinor.map { amount -> JSONValue in
      ["amountMinor": .integer(amount), "currency": .string(customer.currency)]
    }
    return ["creditLimit": limit ?? .null, "blocked": .bool(credit.isBlocked)]
  }

  private var text: String {
    var lines = [
      "\(customer.code)  \(customer.name.text)  \(Marks.mark(of: syncState)) \(syncState.rawValue)"
    ]
    let others = customer.otherAgents.words + customer.otherTerritories.words
    let facts: [(String, String)] = [
      ("merged into", survivor.map { "\($0.code)  \($0.name.text)" } ?? ""),
      ("phone", customer.phone.text), ("e-mail", customer.email.text), ("tax id", customer.taxId.text),
      ("address", customer.address.text), ("country", customer.country), ("currency", customer.currency),
      ("price list", customer.priceList), ("warehouse", customer.warehouse ?? ""),
      ("agent", customer.agent ?? ""), ("territory", customer.territory ?? ""),
      ("also of", others.joined(separator: ", ")),
      ("status", customer.status == .active ? "" : customer.status.rawValue),
    ]
    let limit = credit?.limitMinor.map {
      Money(amountMinor: $0, currency: customer.currency, exponent: exponent).shown
    }
    let more = [("may owe", limit ?? ""), ("headquarters", credit?.isBlocked ?? false ? "blocked" : "")]
    for (name, value) in facts + more where !value.isEmpty { lines.append("  \(name): \(value)") }
    return lines.joined(separator: "\n")
  }
}

extension Record where Columns == CustomerColumns {
  fileprivate var json: JSONValue {
    [
      "id": .string(self.id.description), "code": .string(self.code), "name": .string(self.name.text),
      "phone": .string(self.phone.text), "email": .string(self.email.text),
      "address": .string(self.address.text), "taxId": .string(self.taxId.text),
      "status": .string(self.status.rawValue), "country": .string(self.country),
      "currency": .string(self.currency), "priceList": .string(self.priceList),
      "warehouse": .text(self.warehouse), "agent": .text(self.agent),
      "territory": .text(self.territory), "rev": .integer(row.version),
    ]
  }
}
