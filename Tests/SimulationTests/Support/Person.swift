import Testing
import TradeRules

@testable import ReplicaStore
@testable import Simulator

/// Somebody at a device, and what they do there. Everything goes through the device's replica.
struct Person {
  let shop: Shop
  let code: String

  init(_ shop: Shop, _ code: String) {
    self.shop = shop
    self.code = code
  }

  var device: SimulatedDevice {
    guard let device = shop.world.devices[code] else { preconditionFailure("no device \(code)") }
    return device
  }

  /// What their screen shows.
  var books: Books { Books(device.store.database) }

  @discardableResult
  func record<F: OperationForm>(_ form: Filled<F>, at stated: Instant? = nil) throws -> Recorded {
    try device.record(form, at: stated, in: shop.world)
  }

  func newID() -> RecordID { device.newID(at: shop.world.now) }
}

/// An order as people talk about it.
struct PlacedOrder {
  let id: RecordID
  let number: String
  let lines: [RecordID]
  /// The group that made it.
  let made: Recorded
}

extension PlacedOrder {
  /// The order written again: one CHAI for Ana's customer.
  var draft: Filled<CreateOrder> {
    Filled {
      ($0.id, $0.number, $0.customer, $0.shipComplete) = (id, number, Shop.customerID(1), false)
      $0.lines = [Filled<OrderLineEntry> { ($0.id, $0.sku, $0.quantity) = (lines[0], "CHAI", 1) }]
    }
  }
}

// MARK: - Selling

extension Person {
  /// Their own customer: `C-ANA` or `C-BEN`.
  var customer: RecordID { Shop.customerID(code.hasPrefix("B") ? 2 : 1) }

  /// Writes a draft.
  @discardableResult
  func drafts(
    _ lines: (sku: String, quantity: Quantity)..., shipComplete: Bool = false
  ) throws -> PlacedOrder {
    try place(lines, shipComplete: shipComplete, submits: false)
  }

  /// Writes an order and submits it, in one go.
  @discardableResult
  func orders(
    _ lines: (sku: String, quantity: Quantity)..., shipComplete: Bool = false
  ) throws -> PlacedOrder {
    try place(lines, shipComplete: shipComplete, submits: true)
  }

  /// - Parameter other: for whom; nil = their own customer.
  func place(
    _ lines: [(sku: String, quantity: Quantity)], for other: RecordID? = nil, shipComplete: Bool = false,
    submits: Bool
  ) throws -> PlacedOrder {
    let id = newID()
    let entries = lines.map { sku, quantity in
      Filled<OrderLineEntry> {
        $0.id = newID()
        $0.sku = sku
        $0.quantity = quantity
      }
    }
    var number = ""
    let made = try device.record(in: shop.world) { numbering in
      number = try numbering.take("SO")
      let create = Filled<CreateOrder> {
        $0.id = id
        $0.number = number
        $0.customer = other ?? customer
        $0.shipComplete = shipComplete
        $0.lines = entries
      }
      let submit = Filled<SubmitOrder> {
        $0.order = id
        $0.number = number
      }
      return [Draft(create)] + (submits ? [Draft(submit)] : [])
    }
    return PlacedOrder(id: id, number: number, lines: entries.map(\.id), made: made)
  }

  @discardableResult
  func submits(_ order: PlacedOrder) throws -> Recorded {
    try record(
      Filled<SubmitOrder> {
        $0.order = order.id
        $0.number = order.number
      })
  }

  @discardableResult
  func cancels(_ order: PlacedOrder) throws -> Recorded {
    try record(
      Filled<CancelOrder> {
        $0.order = order.id
        $0.number = order.number
      })
  }

  @discardableResult
  func deletes(_ order: PlacedOrder) throws -> Recorded {
    try record(
      Filled<DeleteOrder> {
        $0.order = order.id
        $0.number = order.number
      })
  }

  /// Sets a line's quantity, having seen what their screen shows.
  @discardableResult
  func sets(_ order: PlacedOrder, line: Int = 0, to quantity: Quantity) throws -> Recorded {
    let seen = try books.line(order, line).ordered
    return try record(
      Filled<SetOrderLine> {
        $0.order = order.id
        $0.number = order.number
        $0.line = order.lines[line]
        $0.quantity = quantity
        $0.quantitySeen = seen
      })
  }

  @discardableResult
  func removes(_ order: PlacedOrder, line: Int = 0) throws -> Recorded {
    try record(
      Filled<RemoveOrderLine> {
        $0.order = order.id
        $0.number = order.number
        $0.line = order.lines[line]
      })
  }

  /// Has an order delivered somewhere else.
  @discardableResult
  func readdresses(_ order: PlacedOrder, to address: String) throws -> Recorded {
    let seen = try books.order(order)?.deliveryAddress
    return try record(
      Filled<EditOrder> {
        $0.order = order.id
        $0.number = order.number
        $0.deliveryAddress = PersonalText(address)
        $0.deliveryAddressSeen = seen
      })
  }

  /// Writes down a customer's new phone number or address.
  @discardableResult
  func notes(_ customer: String, phone: String? = nil, address: String? = nil) throws -> Recorded {
    let seen = try #require(try books.customer(customer))
    return try record(
      Filled<EditCustomer> {
        $0.id = seen.id
        $0.code = seen.code
        if let phone {
          $0.phone = PersonalText(phone)
          $0.phoneSeen = seen.phone
        }
        if let address {
          $0.address = PersonalText(address)
          $0.addressSeen = seen.address
        }
      })
  }

  /// Chooses between the two values of a conflict: `mine` or `theirs`.
  @discardableResult
  func resolves(_ conflict: Conflict, keeping keep: String) throws -> Recorded {
    try record(
      Filled<ResolveConflict> {
        $0.conflict = conflict.id
        $0.keep = keep
      })
  }
}

// MARK: - In the warehouse

extension Person {
  /// Takes goods from the shelf to staging for a line.
  @discardableResult
  func picks(_ quantity: Quantity, of order: PlacedOrder, line: Int = 0) throws -> Recorded {
    try record(
      Filled<PickLine> {
        $0.order = order.id
        $0.number = order.number
        $0.line = order.lines[line]
        $0.quantity = quantity
        $0.warehouse = "W1"
      })
  }

  @discardableResult
  func putsBack(_ quantity: Quantity, of order: PlacedOrder, line: Int = 0) throws -> Recorded {
    try record(
      Filled<PutBackLine> {
        $0.order = order.id
        $0.number = order.number
        $0.line = order.lines[line]
        $0.quantity = quantity
        $0.warehouse = "W1"
        $0.bin = "MAIN"
      })
  }

  /// Ships what is picked.
  @discardableResult
  func ships(_ order: PlacedOrder, at stated: Instant? = nil) throws -> Recorded {
    let shipment = newID()
    return try device.record(in: shop.world) { numbering in
      let number = try numbering.take("SH")
      let form = Filled<ShipOrder> {
        $0.order = order.id
        $0.number = order.number
        $0.shipment = shipment
        $0.shipmentNumber = number
        $0.warehouse = "W1"
      }
      return [Draft(form, at: stated)]
    }
  }

  @discardableResult
  func counts(_ quantity: Quantity, sku: String = "CHAI", bin: String = "MAIN") throws -> Recorded {
    try record(
      Filled<CountStock> {
        $0.warehouse = "W1"
        $0.sku = sku
        $0.quantity = quantity
        $0.bin = bin
      })
  }

  @discardableResult
  func receives(_ quantity: Quantity, sku: String = "CHAI", bin: String = "MAIN") throws -> Recorded {
    try record(
      Filled<ReceiveStock> {
        $0.warehouse = "W1"
        $0.sku = sku
        $0.quantity = quantity
        $0.bin = bin
      })
  }

  @discardableResult
  func moves(
    _ quantity: Quantity, sku: String = "CHAI", from: String = "MAIN", to: String
  ) throws -> Recorded {
    try record(
      Filled<MoveStock> {
        $0.warehouse = "W1"
        $0.sku = sku
        $0.quantity = quantity
        $0.fromBin = from
        $0.toBin = to
      })
  }
}
