import ArgumentParser
import ReplicaStore
import TradeRules

struct SupplierCommands: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "supplier", abstract: "Suppliers: whom goods are bought from.",
    subcommands: [SupplierList.self, SupplierShow.self, SupplierCreate.self, SupplierSet.self])
}

struct SupplierList: Command {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "All suppliers; buyers and who takes goods in see them.",
    discussion: "Examples:\n  waybill supplier list\n  waybill supplier list --json")
  @OptionGroup var global: GlobalOptions

  func run(at desk: Desk) throws -> ExitStatus {
    try desk.show { view in
      let suppliers = try view.suppliers()
      let document: JSONValue = ["suppliers": .array(suppliers.map(\.json))]
      guard !suppliers.isEmpty else {
        let isVisible = view.state.grants.contains(.purchasing)
        return (document, isVisible ? "No suppliers." : "Suppliers are not visible to this device.")
      }
      var table = TextTable([
        .left("CODE"), .left("NAME"), .left("COUNTRY"), .left("CURRENCY"), .left("STATUS"),
      ])
      for supplier in suppliers {
        let status = supplier.status == .active ? "" : supplier.status.rawValue
        table.add(supplier.code, supplier.name, supplier.country, supplier.currency, status)
      }
      return (document, table.text)
    }
  }
}

struct SupplierShow: Command {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "One supplier.",
    discussion: "Examples:\n  waybill supplier show TEA-CO")
  @OptionGroup var global: GlobalOptions
  @Argument(help: "The supplier's code.") var code: String

  func run(at desk: Desk) throws -> ExitStatus {
    try desk.show { view in
      let supplier = try view.requireSupplier(code)
      let state = try view.syncState(of: supplier.code)
      var lines = ["\(supplier.code)  \(supplier.name)  \(Marks.mark(of: state)) \(state.rawValue)"]
      let status = supplier.status == .active ? "" : supplier.status.rawValue
      for (name, value) in [
        ("country", supplier.country), ("currency", supplier.currency), ("status", status),
      ] where !value.isEmpty { lines.append("  \(name): \(value)") }
      return (
        supplier.json.adding(["syncState": .string(state.rawValue)]), lines.joined(separator: "\n")
      )
    }
  }
}

struct SupplierCreate: Command {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Makes a supplier.",
    discussion:
      "Examples:\n  waybill supplier create TEA-CO --name \"Tea & Company\" --country GB --currency GBP")
  @OptionGroup var global: GlobalOptions
  @Argument(help: "1 to 40 visible characters.") var code: String
  @Option var name: String
  @Option(help: "Two letters, ISO 3166-1.") var country: String?
  @Option(help: "What is owed to them is in.") var currency: String?

  func run(at desk: Desk) throws -> ExitStatus {
    try desk.record { _, _ in
      let form = Filled<CreateSupplier> {
        $0.code = code
        $0.name = name
        $0.country = country
        $0.currency = currency
      }
      return Work(
        drafts: [Draft(form)], sentence: "Made the supplier \(code), \(name).",
        fields: ["code": .string(code)])
    }
  }
}

struct SupplierSet: Command {
  static let configuration = CommandConfiguration(
    commandName: "set", abstract: "Edits fields of a supplier; others' edits of other fields stand.",
    discussion: """
      Examples:
        waybill supplier set TEA-CO currency=EUR
        waybill supplier set TEA-CO status=blocked

      Fields: name, country, currency, status.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "The supplier's code.") var code: String
  @Argument(help: ArgumentHelp("What to change.", valueName: "FIELD=VALUE")) var fields: [String]

  func run(at desk: Desk) throws -> ExitStatus {
    let edits = try FieldEdits(fields)
    return try desk.record { view, _ in
      let supplier = try view.requireSupplier(code)
      var form = Filled<EditSupplier> { $0.code = supplier.code }
      try edits.fill(&form, seeing: supplier)
      return Work(drafts: [Draft(form)], sentence: "Changed \(edits.names) of \(supplier.code).")
    }
  }
}

extension ReplicaView {
  fileprivate func requireSupplier(_ code: String) throws -> Supplier {
    guard let supplier = try supplier(code) else {
      throw ReplicaFault.noRecord(.unknownSupplier, key: code)
    }
    return supplier
  }
}

extension Record where Columns == SupplierColumns {
  fileprivate var json: JSONValue {
    [
      "code": .string(self.code), "name": .string(self.name), "country": .string(self.country),
      "currency": .string(self.currency), "status": .string(self.status.rawValue),
      "rev": .integer(row.version),
    ]
  }
}
