@testable import TradeRules

/// An order as tests talk about it: its id, its number, its lines' ids.
struct OrderHandle {
  let id: RecordID
  let number: String
  let lines: [RecordID]
}

extension Filled where F == OrderLineEntry {
  static func of(_ id: RecordID, _ sku: String, _ quantity: Quantity, price: Int64? = nil) -> Self {
    Filled {
      $0.id = id
      $0.sku = sku
      $0.quantity = quantity
      $0.price = price.map { UnitPrice(tenThousandths: $0) }
    }
  }
}

extension OrderHandle {
  var submit: Filled<SubmitOrder> {
    Filled {
      $0.order = id
      $0.number = number
    }
  }

  var delete: Filled<DeleteOrder> {
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

  var hold: Filled<HoldOrder> {
    Filled {
      $0.order = id
      $0.number = number
    }
  }

  var release: Filled<ReleaseOrder> {
    Filled {
      $0.order = id
      $0.number = number
    }
  }

  var accept: Filled<AcceptOrder> {
    Filled {
      $0.order = id
      $0.number = number
    }
  }

  var reject: Filled<RejectOrder> {
    Filled {
      $0.order = id
      $0.number = number
    }
  }

  func charge(freight: Int64? = nil, fees: Int64? = nil) -> Filled<ChargeOrder> {
    Filled {
      $0.order = id
      $0.number = number
      $0.freightMinor = freight
      $0.feesMinor = fees
    }
  }

  func allocate(_ quantity: Quantity, from warehouse: String, line: Int = 0) -> Filled<AllocateLine> {
    Filled {
      $0.order = id
      $0.number = number
      $0.line = lines[line]
      $0.warehouse = warehouse
      $0.quantity = quantity
    }
  }

  /// Packs the lines given, or all that is picked.
  func pack(
    _ package: RecordID, _ quantities: [Int: Quantity] = [:], warehouse: String = "W1"
  ) -> Filled<PackOrder> {
    Filled {
      $0.order = id
      $0.number = number
      $0.package = package
      $0.packageNumber = "PK-W1-1"
      $0.warehouse = warehouse
      $0.lines = quantities.sorted { $0.key < $1.key }.map { line, quantity in
        Filled<PackLineEntry> {
          $0.line = lines[line]
          $0.quantity = quantity
        }
      }
    }
  }

  /// Delivers the lines given, or all that is shipped.
  func deliver(_ quantities: [Int: Quantity] = [:]) -> Filled<DeliverOrder> {
    Filled {
      $0.order = id
      $0.number = number
      $0.lines = quantities.sorted { $0.key < $1.key }.map { line, quantity in
        Filled<DeliverLineEntry> {
          $0.line = lines[line]
          $0.quantity = quantity
        }
      }
    }
  }

  func add(
    _ line: RecordID, _ sku: String, _ quantity: Quantity, price: Int64? = nil
  ) -> Filled<AddOrderLine> {
    Filled {
      $0.order = id
      $0.number = number
      $0.line = line
      $0.sku = sku
      $0.quantity = quantity
      $0.price = price.map { UnitPrice(tenThousandths: $0) }
    }
  }

  func set(_ quantity: Quantity, seen: Quantity, line: Int = 0) -> Filled<SetOrderLine> {
    Filled {
      $0.order = id
      $0.number = number
      $0.line = lines[line]
      $0.quantity = quantity
      $0.quantitySeen = seen
    }
  }

  func remove(_ line: Int = 0) -> Filled<RemoveOrderLine> {
    Filled {
      $0.order = id
      $0.number = number
      $0.line = lines[line]
    }
  }

  func edit(
    address: String? = nil, addressSeen: String? = nil, notes: String? = nil, notesSeen: String? = nil
  ) -> Filled<EditOrder> {
    Filled {
      $0.order = id
      $0.number = number
      $0.deliveryAddress = address.map { PersonalText($0) }
      $0.deliveryAddressSeen = addressSeen.map { PersonalText($0) }
      $0.notes = notes.map { PersonalText($0) }
      $0.notesSeen = notesSeen.map { PersonalText($0) }
    }
  }

  func pick(
    _ quantity: Quantity, line: Int = 0, warehouse: String = "W1", bin: String? = nil, lot: String? = nil
  ) -> Filled<PickLine> {
    Filled {
      $0.order = id
      $0.number = number
      $0.line = lines[line]
      $0.quantity = quantity
      $0.warehouse = warehouse
      $0.bin = bin
      $0.lot = lot
    }
  }

  func putBack(
    _ quantity: Quantity, line: Int = 0, warehouse: String = "W1", bin: String = "MAIN"
  ) -> Filled<PutBackLine> {
    Filled {
      $0.order = id
      $0.number = number
      $0.line = lines[line]
      $0.quantity = quantity
      $0.warehouse = warehouse
      $0.bin = bin
    }
  }

  /// Ships the lines given, or all that is picked.
  func ship(
    _ shipment: RecordID, _ quantities: [Int: Quantity] = [:], warehouse: String = "W1"
  ) -> Filled<ShipOrder> {
    Filled {
      $0.order = id
      $0.number = number
      $0.shipment = shipment
      $0.shipmentNumber = "SH-\(warehouse)-1"
      $0.warehouse = warehouse
      $0.lines = quantities.sorted { $0.key < $1.key }.map { line, quantity in
        Filled<ShipLineEntry> {
          $0.line = lines[line]
          $0.quantity = quantity
        }
      }
    }
  }
}

extension RuleBench {
  /// A world to sell in: `CHAI` at 12.50 and `MATE` at 3.3333, so many of each in `W1`, agents A (with a
  /// phone A2) and B, pickers P and Q, a customer for each agent.
  static func trading(_ chai: Quantity, mate: Quantity = 0) -> RuleBench {
    let bench = RuleBench.founded()
    bench.openForTrade(chai, mate: mate)
    return bench
  }

  func openForTrade(_ chai: Quantity, mate: Quantity = 0) {
    addProduct("CHAI")
    addProduct("MATE")
    addPrice("CHAI", 125_000)
    addPrice("MATE", 33_333)
    if chai > .zero { addStock("W1", "CHAI", chai) }
    if mate > .zero { addStock("W1", "MATE", mate) }
    addDevice("A", .agent, agent: "ANA", warehouses: ["W1"])
    addDevice("A2", .agent, agent: "ANA", warehouses: ["W1"])
    addDevice("B", .agent, agent: "BEN", warehouses: ["W1"])
    addDevice("P", .warehouse, warehouses: ["W1"])
    addDevice("Q", .warehouse, warehouses: ["W1"])
    addDevice("HQ", .admin)
    addCustomer("C-ANA", agent: "ANA")
    addCustomer("C-BEN", agent: "BEN", phone: "+49 30 2")
    syncAll()
  }

  func syncAll() { for device in ["A", "A2", "B", "P", "Q", "HQ"] { sync(device) } }

  func customer(_ code: String) -> Customer {
    all(CustomerColumns.self).first { $0.code == code } ?? Customer()
  }

  /// The form of a new order, not recorded yet.
  func newOrder(
    _ number: String, of customer: String, _ lines: [(sku: String, quantity: Quantity)],
    shipComplete: Bool = false, warehouse: String? = nil, prices: [Int64?] = []
  ) -> (handle: OrderHandle, form: Filled<CreateOrder>) {
    let handle = OrderHandle(id: newID(), number: number, lines: lines.map { _ in newID() })
    let form = Filled<CreateOrder> {
      $0.id = handle.id
      $0.number = number
      $0.customer = self.customer(customer).id
      $0.shipComplete = shipComplete
      $0.warehouse = warehouse
      $0.lines = lines.enumerated().map { position, line in
        .of(
          handle.lines[position], line.sku, line.quantity,
          price: position < prices.count ? prices[position] : nil)
      }
    }
    return (handle, form)
  }

  /// A draft of a device's agent that the centre has and every device has seen.
  func draft(
    _ device: String, _ lines: [(sku: String, quantity: Quantity)], number: String? = nil,
    shipComplete: Bool = false
  ) -> OrderHandle {
    let (handle, form) = newOrder(
      number ?? "SO-\(device)-1", of: device == "B" ? "C-BEN" : "C-ANA", lines, shipComplete: shipComplete)
    does(device, form)
    syncAll()
    return handle
  }

  /// An order that was submitted, and that every device has seen.
  @discardableResult
  func accepted(
    _ device: String, _ lines: [(sku: String, quantity: Quantity)], number: String? = nil,
    shipComplete: Bool = false
  ) -> OrderHandle {
    let handle = draft(device, lines, number: number, shipComplete: shipComplete)
    does(device, handle.submit)
    syncAll()
    return handle
  }

  func order(_ handle: OrderHandle) -> Order { find(OrderColumns.self, handle.id) ?? Order() }

  func line(_ handle: OrderHandle, _ line: Int = 0) -> OrderLine {
    find(OrderLineColumns.self, handle.lines[line]) ?? OrderLine()
  }

  func notices(_ device: String) -> [Notice] { all(NoticeColumns.self).filter { $0.device == device } }

  func conflicts(_ code: Code) -> [Conflict] {
    all(ConflictColumns.self).filter { $0.code == code.rawValue && $0.state == .open }
  }

  func fulfilment(_ handle: OrderHandle) -> Fulfilment {
    Fulfilment.of(all(OrderLineColumns.self).filter { $0.order == handle.id })
  }
}
