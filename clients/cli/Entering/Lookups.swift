import ReplicaStore
import TradeRules

/// Records that a command names, found or refused with the code of their kind.
extension ReplicaView {
  /// The SKU as the catalog writes it. One that is not known here goes to the rules as it is: they have the
  /// code for it.
  func sku(_ key: String) throws -> String { try product(key)?.sku ?? key }

  /// What a key and a number of it are in base units: a SKU or its barcode is one, a pack's barcode or `SKU/PACK`
  /// as many as are in the pack, which never changes (#56).
  ///
  /// - Throws: `BAD_QUANTITY` for more than can be counted.
  func goods(_ key: String, _ number: Quantity) throws -> (sku: String, quantity: Quantity) {
    let (sku, quantity, _) = try packedGoods(key, number)
    return (sku, quantity)
  }

  /// The same, with the pack that was meant.
  ///
  /// - Parameter named: a pack given beside the key, which is a SKU or its barcode then.
  /// - Throws: `BAD_QUANTITY` for more than can be counted; `UNKNOWN_PACK` when the product has no such pack, also
  ///   of a `SKU/PACK`.
  func packedGoods(
    _ key: String, _ number: Quantity, in named: String? = nil
  ) throws -> (sku: String, quantity: Quantity, pack: String?) {
    guard var goods = try goods(key) else {
      if let slash = key.lastIndex(of: "/"), try goods(String(key[..<slash])) != nil {
        throw ReplicaFault.noRecord(.unknownPack, key: key)
      }
      return (key, number, named)
    }
    if let named = Entered.optional(named) {
      guard let pack = try pack(named, of: goods.sku) else {
        throw ReplicaFault.noRecord(.unknownPack, key: "\(goods.sku)/\(named)")
      }
      goods.pack = pack
    }
    guard let pack = goods.pack else { return (goods.sku, number, nil) }
    let (product, overflow) = number.thousandths.multipliedReportingOverflow(by: pack.factor.thousandths)
    guard !overflow, product % 1000 == 0 else {
      throw Failure(.badQuantity, "\(number.decimalText) of \(key)")
    }
    return (goods.sku, Quantity(thousandths: product / 1000), pack.code)
  }

  func requireProduct(_ key: String) throws -> Product {
    guard let product = try product(key) else { throw ReplicaFault.noRecord(.unknownSku, key: key) }
    return product
  }

  func requireCustomer(_ key: String) throws -> Customer {
    guard let customer = try customer(key) else { throw ReplicaFault.noRecord(.unknownCustomer, key: key) }
    return customer
  }

  /// An order to work on: one that is here, or one that was made here and is on its way.
  func requireOrder(_ key: String) throws -> Order {
    if let order = try order(key) { return order }
    guard let unseen = try unseenOrder(key) else { throw ReplicaFault.noRecord(.unknownOrder, key: key) }
    guard unseen.syncState != .rejected else { throw try refusal(of: unseen) }
    return unseen.order
  }

  /// An order that was refused is none: whoever made it decides first what becomes of it.
  private func refusal(of unseen: OrderReading) throws -> Failure {
    let codes = unseen.codes.map(\.rawValue).joined(separator: ", ")
    let work = try creation(of: unseen.order.id)?.group.description ?? ""
    return Failure(
      .dependsOnRefused,
      "the centre refused to make \(unseen.order.number)\(codes.isEmpty ? "" : ", \(codes)")",
      hint:
        "waybill outbox retry \(work) makes it again; waybill outbox discard \(work) --confirm gives it up.",
      details: ["key": .string(unseen.order.number), "operation": .string(work)])
  }

  /// An order to look at; one that was refused is still shown.
  func requireReading(_ key: String) throws -> OrderReading {
    if let order = try order(key) { return try reading(order) }
    guard let unseen = try unseenOrder(key) else { throw ReplicaFault.noRecord(.unknownOrder, key: key) }
    return unseen
  }

  func requireConflict(_ key: String) throws -> Conflict {
    guard let conflict = try conflict(key) else { throw ReplicaFault.noRecord(.unknownConflict, key: key) }
    return conflict
  }

  func requireTask(_ key: String) throws -> TradeTask {
    guard let task = try task(key) else { throw ReplicaFault.noRecord(.unknownTask, key: key) }
    return task
  }

  /// The line of an order by its number, or by its id.
  ///
  /// - Throws: `UNKNOWN_LINE`; `AMBIGUOUS_KEY` while two devices gave two lines one number.
  func requireLine(_ key: String, of order: Order) throws -> OrderLine {
    let lines = try requireReading(order.id.description).lines
    let id = RecordID(key)
    let found = lines.filter { "\($0.line)" == key || $0.id == id }
    guard let line = found.first else {
      throw ReplicaFault.noRecord(.unknownLine, key: "\(order.number) line \(key)")
    }
    guard found.count == 1 else { throw ReplicaFault.ambiguous(key: "\(order.number) line \(key)") }
    return line
  }

  /// The warehouse named, else the only one this device works for. One that is not known here goes to the
  /// rules as it is.
  func warehouseOrOwn(_ name: String?) throws -> String {
    if let name = Entered.optional(name) { return try warehouse(name)?.code ?? name }
    let own = try ownWarehouses()
    guard own.count == 1 else {
      throw Failure.usage(
        own.isEmpty ? "--warehouse is needed" : "--warehouse is needed: \(own.joined(separator: ", "))")
    }
    return own[0]
  }

  /// The warehouse that picks or ships a line: the one named, else where the line has its promise, else the
  /// order's, as far as this device works there; else the device's only one.
  func warehouse(_ name: String?, for lines: [OrderLine], of order: Order) throws -> String {
    if Entered.optional(name) != nil { return try warehouseOrOwn(name) }
    let own = try ownWarehouses()
    func isOwn(_ warehouse: String) -> Bool { own.isEmpty || own.contains(warehouse) }
    let ids = Set(lines.map(\.id))
    let promises = try allocations(of: order.id).filter { ids.contains($0.line) && $0.quantity > .zero }
    if let promise = promises.first(where: { isOwn($0.warehouse) }) { return promise.warehouse }
    if !order.warehouse.isEmpty, isOwn(order.warehouse) { return order.warehouse }
    return try warehouseOrOwn(nil)
  }
}

extension ReplicaView {
  /// The code of a warehouse that is known here.
  func requireWarehouse(_ name: String) throws -> String {
    guard let warehouse = try warehouse(name) else {
      throw ReplicaFault.noRecord(.unknownWarehouse, key: name)
    }
    return warehouse.code
  }
}
