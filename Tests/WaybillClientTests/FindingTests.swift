import Testing
import TradeRules

@testable import ReplicaStore
@testable import WaybillClient

@Suite("Finding records by what people call them")
struct FindingTests {
  @Test("a SKU is found in any case, and is then written as the catalog writes it")
  func skuInAnyCase() throws {
    let desk = try Desktop()
    try desk.addProduct("Chai-1KG")
    try desk.look { (view: ReplicaView) throws in
      #expect(try view.product("CHAI-1kg")?.sku == "Chai-1KG")
      #expect(try view.product(" Chai-1KG ")?.sku == "Chai-1KG")
      #expect(try view.product("CHAI") == nil)
      #expect(try view.sku("chai-1kg") == "Chai-1KG")
      #expect(try view.sku("NOBODY") == "NOBODY")
    }
  }

  @Test("a customer is found by code or id; a code that two have is ambiguous")
  func customers() throws {
    let desk = try Desktop()
    let one = try desk.addCustomer("C-A7-0001", id: RecordID(high: 0x7001, low: 1))
    try desk.addCustomer("C-2", id: RecordID(high: 0x7001, low: 2))
    try desk.addCustomer("C-2", id: RecordID(high: 0x7001, low: 3))
    try desk.look { (view: ReplicaView) throws in
      #expect(try view.customer("c-a7-0001")?.id == one.id)
      #expect(try view.customer(one.id.description)?.code == "C-A7-0001")
      #expect(try view.customer("C-9") == nil)
      let fault = #expect(throws: ReplicaFault.self) { try view.customer("C-2") }
      #expect(fault.map { Failure($0, replica: "").status } == .validation)
    }
  }

  @Test("an order made here is found by its number and its id; a deleted draft is not there any more")
  func orders() throws {
    let desk = try Desktop()
    try desk.addProduct("CHAI")
    let customer = try desk.addCustomer("C-1")
    let id = RecordID(high: 0x7002, low: 1)
    try desk.record { _, numbering in
      let number = try numbering.take("SO")
      return [Draft(order(id, number, customer))]
    }
    try desk.look { (view: ReplicaView) throws in
      #expect(try view.order("so-a7-0001")?.id == id)
      #expect(try view.order(id.description)?.number == "SO-A7-0001")
      let line = try view.requireLine("1", of: try view.requireOrder("SO-A7-0001"))
      #expect(line.sku == "CHAI")
      let fault = #expect(throws: ReplicaFault.self) {
        try view.requireLine("2", of: try view.requireOrder("SO-A7-0001"))
      }
      #expect(fault.map { Failure($0, replica: "").code } == .unknownLine)
    }
    try desk.record { _, _ in
      [
        Draft(
          Filled<DeleteOrder> {
            $0.order = id
            $0.number = "SO-A7-0001"
          })
      ]
    }
    try desk.look { (view: ReplicaView) throws in
      #expect(try view.order("SO-A7-0001") == nil)
      #expect(try view.orders().isEmpty)
      #expect(try view.recordName("SO-A7-0001") == "SO-A7-0001")
    }
  }

  private func order(_ id: RecordID, _ number: String, _ customer: Customer) -> Filled<CreateOrder> {
    Filled<CreateOrder> {
      $0.id = id
      $0.number = number
      $0.customer = customer.id
      $0.shipComplete = false
      $0.lines = [
        Filled<OrderLineEntry> {
          $0.id = RecordID(high: 0x7003, low: 1)
          $0.sku = "CHAI"
          $0.quantity = 2
        }
      ]
    }
  }

  @Test("a conflict is found by the beginning of its id, unless two begin so")
  func idBeginnings() throws {
    let desk = try Desktop()
    let one = RecordID(high: 0xABCD_1111_0000_8000, low: 1)
    try desk.addConflict(one, of: "C-1")
    try desk.addConflict(RecordID(high: 0xABCD_2222_0000_8000, low: 2), of: "C-1")
    try desk.look { (view: ReplicaView) throws in
      #expect(try view.conflict("abcd1111")?.id == one)
      #expect(try view.conflict("ABCD1111-0000")?.id == one)
      #expect(try view.conflict(one.description)?.id == one)
      #expect(try view.conflict("abc") == nil, "three digits are too few")
      #expect(try view.conflict("dead") == nil)
      #expect(throws: ReplicaFault.self) { try view.conflict("abcd") }
    }
  }

  @Test("a search needs every word, ignores case and accents, and puts SKUs and beginnings first")
  func search() throws {
    let desk = try Desktop()
    try desk.addProduct("CREME-9", "Sahne")
    try desk.addProduct("P-1", "Café Crème")
    try desk.addProduct("P-2", "Eiscreme")
    try desk.addProduct("P-3", "Tee")
    try desk.look { (view: ReplicaView) throws in
      #expect(try view.products(searching: "CRÈME").map(\.sku) == ["CREME-9", "P-1", "P-2"])
      #expect(try view.products(searching: "cafe creme").map(\.sku) == ["P-1"])
      #expect(try view.products(searching: " ").isEmpty)
    }
  }

  @Test("customers are found by any of their words, their names' beginnings first")
  func customerSearch() throws {
    let desk = try Desktop()
    try desk.addCustomer("C-1", "Der Müller", id: RecordID(high: 0x7004, low: 1))
    try desk.addCustomer("C-2", "Müller & Söhne", id: RecordID(high: 0x7004, low: 2))
    try desk.look { (view: ReplicaView) throws in
      #expect(try view.customers(searching: "muller").map(\.code) == ["C-2", "C-1"])
      #expect(try view.customers(searching: "muller sohne").map(\.code) == ["C-2"])
    }
  }

  @Test("without --warehouse the device's only one is meant; with two, the command says which to choose from")
  func ownWarehouse() throws {
    try Desktop("W1", .warehouse).look { (view: ReplicaView) throws in
      #expect(try view.warehouseOrOwn(nil) == "W1")
      #expect(try view.warehouseOrOwn("w2") == "W2")
      #expect(try view.warehouseOrOwn("NOWHERE") == "NOWHERE")
    }
    try Desktop("W1", .warehouse, warehouses: ["W1", "W2"]).look { (view: ReplicaView) throws in
      let failure = #expect(throws: Failure.self) { try view.warehouseOrOwn(nil) }
      #expect(failure?.code == .usage)
      #expect(failure?.message.contains("W1, W2") == true)
    }
  }

  @Test("completion offers SKUs, numbers and bins that begin so, in order")
  func completion() throws {
    let desk = try Desktop()
    for sku in ["CHAI-2", "CHAI-1", "TEA"] { try desk.addProduct(sku) }
    for code in ["A-02", "A-01", "B-01"] {
      var bin = Bin()
      bin.warehouse = "W1"
      bin.code = code
      bin.isActive = true
      try desk.put(bin)
    }
    try desk.look { (view: ReplicaView) throws in
      #expect(try view.skus(beginning: "chai", limit: 10) == ["CHAI-1", "CHAI-2"])
      #expect(try view.skus(beginning: "", limit: 2) == ["CHAI-1", "CHAI-2"])
      #expect(try view.bins(beginning: "a-", limit: 10) == ["A-01", "A-02"])
      #expect(try view.orderNumbers(beginning: "SO", limit: 10).isEmpty)
    }
  }
}
