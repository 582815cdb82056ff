import ArgumentParser
import ReplicaStore
import TradeRules

struct CustomerCommands: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "customer", abstract: "Customers: add, find, show, edit, merge and assign them.",
    subcommands: [
      CustomerCreate.self, CustomerList.self, CustomerFind.self, CustomerShow.self, CustomerSet.self,
      CustomerCredit.self, CustomerMerge.self, CustomerAssign.self,
    ])
}

struct CustomerCreate: Command {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Adds a customer; the code is made here, C-A7-0001.",
    discussion: """
      Examples:
        waybill customer create --name "Müller & Söhne" --phone "+49 30 1234" --currency EUR
        waybill customer create --name Café --tax-id DE123456789 --address "Hauptstr. 1, 10115 Berlin"
      """)
  @OptionGroup var global: GlobalOptions
  @Option var name: String
  @Option var taxId: String?
  @Option var phone: String?
  @Option var email: String?
  @Option var address: String?
  @Option(help: "Two letters, ISO 3166-1.") var country: String?
  @Option(help: "What orders are in unless they say otherwise.") var currency: String?
  @Option(help: "Whose prices orders have unless they say otherwise.") var priceList: String?
  @Option(help: "Where orders are served from unless they say otherwise.") var warehouse: String?
  @Option(help: "Whose customer it is; by default the device's own agent.") var agent: String?
  @Option(help: "Where the customer is; by default the device's own territory.") var territory: String?

  func run(at desk: Desk) throws -> ExitStatus {
    try desk.record { view, numbering in
      let code = try numbering.take("C")
      let id = Randomness.recordID(at: Clocks.now)
      let warehouse = try warehouse.map { try view.warehouseOrOwn($0) }
      let form = Filled<CreateCustomer> {
        $0.id = id
        $0.code = code
        $0.name = PersonalText(name)
        $0.phone = Entered.personal(phone)
        $0.email = Entered.personal(email)
        $0.taxId = Entered.personal(taxId)
        $0.address = Entered.personal(address)
        $0.country = country
        $0.currency = currency
        $0.priceList = priceList
        $0.warehouse = warehouse
        $0.agent = agent
        $0.territory = territory
      }
      return Work(
        drafts: [Draft(form)], sentence: "Added customer \(code), \(name).",
        fields: ["code": .string(code), "id": .string(id.description)],
        next: "waybill order create --customer \(code) --line SKU=QTY")
    }
  }
}

struct CustomerList: Command {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "All customers of this device's scope.",
    discussion: "Examples:\n  waybill customer list")
  @OptionGroup var global: GlobalOptions

  func run(at desk: Desk) throws -> ExitStatus {
    try desk.show { CustomersShown(customers: try $0.customers()).shown }
  }
}

struct CustomerFind: Command {
  static let configuration = CommandConfiguration(
    commandName: "find", abstract: "Customers by words of their names, codes, phones or addresses.",
    discussion: "Examples:\n  waybill customer find muller\n  waybill customer find \"hauptstr berlin\"")
  @OptionGroup var global: GlobalOptions
  @Argument(help: "Words; all of them must be found.") var text: String

  func run(at desk: Desk) throws -> ExitStatus {
    try desk.show { CustomersShown(customers: try $0.customers(searching: text)).shown }
  }
}

struct CustomerShow: Command {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "One customer.",
    discussion: """
      Examples:
        waybill customer show C-A7-0001

      Of a customer who was merged it tells into whom; every other command goes on with that one.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "Code or id.") var customer: String

  func run(at desk: Desk) throws -> ExitStatus {
    try desk.show { view in
      guard let customer = try view.customerRecord(customer) else {
        throw ReplicaFault.noRecord(.unknownCustomer, key: customer)
      }
      return CustomerShown(
        customer: customer, syncState: try view.syncState(of: customer.code),
        survivor: customer.mergedInto == nil ? nil : try view.survivor(of: customer),
        credit: try view.credit(of: customer), exponent: try view.exponent(of: customer.currency)
      ).shown
    }
  }
}

struct CustomerSet: Command {
  static let configuration = CommandConfiguration(
    commandName: "set", abstract: "Edits fields of a customer; others' edits of other fields stand.",
    discussion: """
      Examples:
        waybill customer set C-A7-0001 phone="+49 30 5678" email=
        waybill customer set C-A7-0001 status=blocked

      Fields: name, phone, email, taxId, address, status, country, currency, priceList, warehouse.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "Code or id.") var customer: String
  @Argument(help: ArgumentHelp("What to change.", valueName: "FIELD=VALUE")) var fields: [String]

  func run(at desk: Desk) throws -> ExitStatus {
    let edits = try FieldEdits(fields)
    return try desk.record { view, _ in
      let customer = try view.requireCustomer(customer)
      var form = Filled<EditCustomer> {
        $0.id = customer.id
        $0.code = customer.code
      }
      try edits.fill(&form, seeing: customer)
      return Work(drafts: [Draft(form)], sentence: "Changed \(edits.names) of \(customer.code).")
    }
  }
}
