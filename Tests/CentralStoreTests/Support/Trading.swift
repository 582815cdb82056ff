import TradeRules

@testable import CentralStore

/// An order as these tests talk about it.
struct TestOrder {
  let id: RecordID
  let number: String
  let line: RecordID
}

extension TestCentre {
  /// An order of one line by the agent's device A1, submitted.
  @discardableResult
  func order(_ number: String, _ sku: String, _ quantity: Quantity) throws -> TestOrder {
    let order = TestOrder(id: newID(), number: number, line: newID())
    let customer = try customer("C-1").id
    try does(
      "A1",
      Filled<CreateOrder> {
        $0.id = order.id
        $0.number = number
        $0.customer = customer
        $0.shipComplete = false
        $0.lines = [
          Filled<OrderLineEntry> {
            $0.id = order.line
            $0.sku = sku
            $0.quantity = quantity
          }
        ]
      })
    try does("A1", order.submit)
    return order
  }

  func phone(_ device: String, _ phone: String) throws -> Verdict {
    let customer = try customer("C-1")
    return try does(
      device,
      Filled<EditCustomer> {
        $0.id = customer.id
        $0.code = customer.code
        $0.phone = PersonalText(phone)
        $0.phoneSeen = PersonalText("")
      })
  }

  func count(_ sku: String, _ quantity: Quantity, at statedAt: Instant? = nil) throws -> Verdict {
    try does(
      "W1",
      Filled<CountStock> {
        $0.warehouse = "W1"
        $0.sku = sku
        $0.quantity = quantity
      }, statedAt: statedAt)
  }

  func receive(_ sku: String, _ quantity: Quantity, at statedAt: Instant? = nil) throws -> Verdict {
    try does(
      "W1",
      Filled<ReceiveStock> {
        $0.warehouse = "W1"
        $0.sku = sku
        $0.quantity = quantity
      }, statedAt: statedAt)
  }

  /// A day with a bit of everything: sales, a pick, a shipment, a late receipt before a count, a conflict, a
  /// refusal, a quota, an edit that waits for its customer.
  func day() throws {
    try openForTrade()
    let morning = now
    let first = try order("SO-A1-0001", "CHAI", 4)
    try does("A1", Filled<RequestQuota> { ($0.sku, $0.warehouse, $0.quantity) = ("CHAI", "W1", 1) })
    try does("W1", first.pick(4))
    try does("W1", first.ship(newID()))
    let second = try order("SO-A1-0002", "MATE", 8)
    try does(
      "A1",
      Filled<RecordPayment> {
        ($0.id, $0.order, $0.number) = (newID(), second.id, second.number)
        ($0.method, $0.amountMinor) = (.cash, 100)
      })
    _ = try count("CHAI", 5)
    _ = try receive("CHAI", 2, at: morning)
    _ = try phone("A1", "+49 30 1")
    _ = try phone("A2", "+49 30 2")
    try does("A1", first.cancel)
    try editLater()
  }

  /// A customer's edit that arrives before the customer.
  func editLater() throws {
    let id = newID()
    try does(
      "A2",
      Filled<EditCustomer> {
        $0.id = id
        $0.code = "C-A1-0001"
        $0.phone = PersonalText("+49 30 3")
      })
    try does(
      "A1",
      Filled<CreateCustomer> {
        $0.id = id
        $0.code = "C-A1-0001"
        $0.name = PersonalText("Ben's shop")
        $0.currency = "EUR"
      })
  }
}

extension TestOrder {
  var submit: Filled<SubmitOrder> {
    Filled {
      $0.order = id
      $0.number = number
    }
  }

  var cancel: Filled<CancelOrder> {
    Filled {
      $0.order = id
      $0.number = number
    }
  }

  func pick(_ quantity: Quantity) -> Filled<PickLine> {
    Filled {
      $0.order = id
      $0.number = number
      $0.line = line
      $0.quantity = quantity
      $0.warehouse = "W1"
    }
  }

  func ship(_ shipment: RecordID) -> Filled<ShipOrder> {
    Filled {
      $0.order = id
      $0.number = number
      $0.shipment = shipment
      $0.shipmentNumber = "SH-W1-0001"
      $0.warehouse = "W1"
    }
  }
}
