import Testing

@testable import TradeRules

@Suite("Products and customers")
struct CatalogTests {
  private static func create(_ fill: (inout Filled<CreateProduct>) -> Void) -> Filled<CreateProduct> {
    Filled {
      $0.sku = "CHAI"
      $0.skuFolded = "chai"
      $0.name = "Chai"
      fill(&$0)
    }
  }

  private static func edit(_ fill: (inout Filled<EditProduct>) -> Void) -> Filled<EditProduct> {
    Filled {
      $0.sku = "CHAI"
      fill(&$0)
    }
  }

  @Test("a product is made with its defaults")
  func createProduct() throws {
    let bench = RuleBench.founded()
    #expect(bench.does("centre", Self.create { _ in }).outcome == .applied)
    let product = try #require(bench.find(ProductColumns.self, "CHAI"))
    #expect(product.baseUnit == "EA")
    #expect(product.status == .active)
    #expect(bench.all(EventColumns.self).map(\.code) == ["product.create"])
  }

  @Test("a SKU is taken whatever its case")
  func skuTaken() {
    let bench = RuleBench.founded()
    bench.addProduct("CHAI")
    #expect(bench.addProduct("CHAI").codes == [.skuTaken])
    #expect(bench.addProduct("Chai").codes == [.skuTaken])
    #expect(bench.addProduct("CHAI-2").outcome == .applied)
  }

  @Test("a GTIN is checked and padded to 14 digits")
  func gtin() {
    let bench = RuleBench.founded()
    #expect(bench.does("centre", Self.create { $0.gtin = "4006381333932" }).codes == [.badValue])
    bench.does("centre", Self.create { $0.gtin = "4006381333931" })
    #expect(bench.find(ProductColumns.self, "CHAI")?.gtin == "04006381333931")
    bench.does("centre", Self.edit { $0.gtin = "96385074" })
    #expect(bench.find(ProductColumns.self, "CHAI")?.gtin == "00000096385074")
    #expect(bench.does("centre", Self.edit { $0.gtin = "12345" }).codes == [.badValue])
    bench.does("centre", Self.edit { $0.gtin = "" })
    #expect(bench.find(ProductColumns.self, "CHAI")?.gtin == "")
  }

  @Test("values that are not of their field's form are refused")
  func badValues() {
    let bench = RuleBench.founded()
    let forms = [
      Self.create { $0.sku = "" }, Self.create { $0.sku = String(repeating: "X", count: 41) },
      Self.create { $0.sku = " CHAI" }, Self.create { $0.name = "" },
      Self.create { $0.hsCode = "12" }, Self.create { $0.hsCode = "0902x0" },
      Self.create { $0.origin = "Germany" }, Self.create { $0.origin = "de" },
      Self.create { $0.weightGrams = -1 }, Self.create { $0.status = "gone" },
      Self.create { $0.skuFolded = "" },
    ]
    for form in forms { #expect(bench.does("centre", form).codes == [.badValue], "\(form)") }
    #expect(bench.does("centre", Self.create { $0.baseUnit = "NONE" }).codes == [.unknownUnit])
    #expect(bench.all(ProductColumns.self) == [])
  }

  @Test("a product is archived and brought back by its status")
  func archive() {
    let bench = RuleBench.founded()
    bench.addProduct("CHAI")
    bench.does("centre", Self.edit { $0.status = "archived" })
    #expect(bench.find(ProductColumns.self, "CHAI")?.status == .archived)
    bench.does("centre", Self.edit { $0.status = "active" })
    #expect(bench.find(ProductColumns.self, "CHAI")?.status == .active)
    #expect(bench.does("centre", Self.edit { $0.status = "lost" }).codes == [.badValue])
    #expect(bench.does("centre", Filled<EditProduct> { $0.sku = "NONE" }).codes == [.unknownSku])
  }

  @Test("two admins' edits of a product merge field by field")
  func mergeProducts() {
    let bench = RuleBench.founded()
    bench.addProduct("CHAI")
    bench.addDevice("X1", .admin)
    bench.addDevice("X2", .admin)
    bench.does("X1", Self.edit { $0.name = "Chai tea" })
    bench.does("X2", Self.edit { $0.weightGrams = 500 })
    #expect(bench.find(ProductColumns.self, "CHAI")?.name == "Chai tea")
    #expect(bench.find(ProductColumns.self, "CHAI")?.weightGrams == 500)
    #expect(bench.conflicts == [])
    #expect(bench.does("X2", Self.edit { $0.name = "Tea" }).codes == [.fieldConflict])
    #expect(bench.conflicts.first?.places == ["hq"])
  }

  @Test("an agent edits no products")
  func productsAreReference() {
    let bench = RuleBench.founded()
    bench.addProduct("CHAI")
    bench.addDevice("A7", .agent, agent: "A7")
    #expect(bench.does("A7", Self.edit { $0.name = "Mine" }).codes == [.notPermitted])
  }

  private static func customer(_ bench: RuleBench, _ fill: (inout Filled<CreateCustomer>) -> Void)
    -> Filled<CreateCustomer>
  {
    Filled {
      $0.id = bench.newID()
      $0.code = "C-A7-0001"
      $0.name = PersonalText("Müller")
      fill(&$0)
    }
  }

  @Test("an agent's customer belongs to the agent, and to nobody else's")
  func customerOwner() {
    let bench = RuleBench.founded()
    bench.addDevice("A7", .agent, agent: "ANNA", territory: "NORTH")
    let form = Self.customer(bench) { $0.currency = "EUR" }
    #expect(bench.does("A7", form).outcome == .applied)
    let customer = bench.customer(form.id)
    #expect(customer.agent == "ANNA")
    #expect(customer.territory == "NORTH")
    #expect(customer.places.map(\.name) == ["agent/ANNA", "territory/NORTH"])
    let other = Self.customer(bench) {
      $0.code = "C-2"
      $0.agent = "BERT"
    }
    #expect(bench.does("A7", other).codes == [.notPermitted])
  }

  @Test("a customer's code and id are taken once")
  func customerTaken() {
    let bench = RuleBench.founded()
    bench.addDevice("A7", .agent, agent: "A7")
    let form = Self.customer(bench) { _ in }
    bench.does("A7", form)
    #expect(bench.does("A7", Self.customer(bench) { _ in }).codes == [.codeTaken])
    let sameID = Self.customer(bench) {
      $0.id = form.id
      $0.code = "C-A7-0002"
    }
    #expect(bench.does("A7", sameID).codes == [.codeTaken])
  }

  @Test("a customer's values are checked")
  func customerValues() {
    let bench = RuleBench.founded()
    bench.addDevice("A7", .agent, agent: "A7")
    let bad = [
      Self.customer(bench) { $0.country = "GER" }, Self.customer(bench) { $0.code = "" },
      Self.customer(bench) { $0.name = PersonalText("") }, Self.customer(bench) { $0.id = .none },
      Self.customer(bench) { $0.status = "gone" }, Self.customer(bench) { $0.agent = "A 7" },
      Self.customer(bench) { $0.territory = "north/west" },
    ]
    for form in bad { #expect(bench.does("A7", form).codes == [.badValue], "\(form)") }
    let unknown = [
      Self.customer(bench) { $0.currency = "XXX" }, Self.customer(bench) { $0.warehouse = "W9" },
    ]
    #expect(unknown.map { bench.does("A7", $0).codes } == [[.unknownCurrency], [.unknownWarehouse]])
    #expect(bench.all(CustomerColumns.self) == [])
  }

  @Test("a replica takes a new customer at once, without knowing anybody else's")
  func customerOnReplica() {
    let bench = RuleBench.founded()
    bench.addDevice("A7", .agent, agent: "A7")
    let replica = bench.replica(of: "A7")
    let form = Self.customer(replica) { _ in }
    #expect(replica.does("A7", form).outcome == .applied)
    #expect(replica.does("A7", .phone(form.id, "1")).outcome == .applied)
    #expect(replica.customer(form.id).phone.text == "1")
    #expect(replica.customer(form.id).row.version == 0)
  }

  @Test("#70 an edit that comes before its customer waits, and is decided when it arrives")
  func heldEdit() {
    let bench = RuleBench.founded()
    bench.addDevice("T", .agent, agent: "A7")
    let form = Self.customer(bench) { _ in }
    let create = bench.record("T", form)
    let edit = bench.record("T", .phone(form.id, "1"))
    #expect(bench.decide(edit).outcome == .held)
    #expect(bench.held.map(\.key) == [RowKey(CustomerColumns.self, form.id)])
    bench.decide(create)
    #expect(bench.held.isEmpty)
    #expect(bench.answers[edit.id]?.outcome == .applied)
    #expect(bench.customer(form.id).phone.text == "1")
  }

  @Test("an agent edits the own customers only; on its replica others are unknown, not absent")
  func foreignCustomers() {
    let bench = RuleBench.founded()
    let id = bench.addCustomer("C-1", agent: "BERT")
    bench.addDevice("A7", .agent, agent: "ANNA")
    #expect(bench.does("A7", .phone(id, "1")).codes == [.notPermitted])
    #expect(bench.customer(id).phone.text == "+49 30 1")
    #expect(bench.replica(of: "A7").does("A7", .phone(id, "1")).codes == ["UNKNOWN"])
  }

  @Test("#47 an agent may block a customer, and only headquarters release one")
  func blocked() {
    let bench = RuleBench.founded()
    let id = bench.customerOnTwoDevices()
    bench.addDevice("X", .admin)
    func set(_ device: String, _ status: String) -> Verdict {
      bench.does(device, .of(id) { $0.status = status } as Filled<EditCustomer>)
    }
    #expect(set("T", "blocked").outcome == .applied)
    #expect(set("T", "active").codes == [.notPermitted])
    #expect(bench.customer(id).status == .blocked)
    bench.sync("X")
    #expect(set("X", "active").outcome == .applied)
    #expect(bench.customer(id).status == .active)
  }

  @Test("a field emptied by an edit is empty, a warehouse emptied is none")
  func emptied() {
    let bench = RuleBench.founded()
    let id = bench.addCustomer("C-1", agent: "A7", warehouse: "W1")
    bench.addDevice("T", .agent, agent: "A7")
    bench.does("T", .of(id) { $0.warehouse = "" } as Filled<EditCustomer>)
    bench.does("T", .phone(id, ""))
    #expect(bench.customer(id).warehouse == nil)
    #expect(bench.customer(id).phone.text == "")
    let noName = Filled<EditCustomer>.of(id) { $0.name = PersonalText("") }
    #expect(bench.does("T", noName).codes == [.badValue])
  }
}
