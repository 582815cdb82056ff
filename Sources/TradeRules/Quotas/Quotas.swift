/// Keeps every quota and, at all times, a level's `setAside` as the sum of what is unspent of them.
enum Quotas {
  static func find(
    _ device: String, _ sku: String, _ warehouse: String, in trade: Trade
  ) throws(Interruption) -> Quota {
    if let quota = try trade.find(QuotaColumns.self, device, sku, warehouse) { return quota }
    var quota = Quota()
    quota.device = device
    quota.sku = sku
    quota.warehouse = warehouse
    return quota
  }

  /// Writes a quota; what is set aside at its level follows the change of what is free.
  static func put(_ quota: Quota, freeBefore: Quantity, in trade: Trade) throws(Interruption) {
    trade.put(quota)
    let change = quota.free - freeBefore
    guard change != .zero else { return }
    let level = try trade.ifVisible { () throws(Interruption) in
      try trade.find(StockLevelColumns.self, quota.warehouse, quota.sku) ?? StockLevel()
    }
    // A replica that does not hold this warehouse's levels leaves them alone.
    guard var level else { return }
    level.warehouse = quota.warehouse
    level.sku = quota.sku
    level.setAside += change
    trade.put(level)
  }

  /// Sets stock aside for a device, of what nobody was promised.
  ///
  /// - Returns: how much of it could be set aside.
  static func grant(
    _ wanted: Quantity, _ sku: String, at warehouse: String, to device: String, in trade: Trade
  ) throws(Interruption) -> Quantity {
    let available = try Promises.available(Trade.LevelKey(warehouse: warehouse, sku: sku), in: trade)
    let granted = min(wanted, max(.zero, available))
    guard granted > .zero else { return .zero }
    var quota = try find(device, sku, warehouse, in: trade)
    let before = quota.free
    quota.granted += granted
    try put(quota, freeBefore: before, in: trade)
    return granted
  }

  /// The checks that all operations on quotas share, in the order in which they refuse.
  static func check(
    _ sku: String, _ warehouse: String, _ quantity: Quantity, in trade: Trade
  ) throws(Interruption) {
    try trade.prepare(trade.stockNeeds(warehouse, sku))
    guard try trade.find(WarehouseColumns.self, warehouse) != nil else {
      throw .refused(Refusal(.unknownWarehouse, warehouse))
    }
    let product = try trade.checkProduct(sku)
    try trade.checkQuantity(quantity, of: product, .aboveZero)
  }

  /// What a person reads of it in the product's history; only the device and headquarters see it.
  static func tell(
    _ detail: String, of quota: Quota, in trade: Trade
  ) {
    trade.tell(
      trade.operation.kind.rawValue, of: quota.sku,
      PersonalText("\(detail) at \(quota.warehouse) for \(quota.device)"),
      places: [.device(quota.device)])
  }
}

extension RequestQuota {
  /// Sets aside what is asked for, or as much of it as nobody else was promised: `partly` with
  /// `QUOTA_SHORT`, and refused with it when nothing is available.
  ///
  /// A replica guesses nothing: a unit it may not count on must not look as if it could. Refuses
  /// `NOT_PERMITTED` for a warehouse that is not the device's, `UNKNOWN_WAREHOUSE`, `UNKNOWN_SKU`,
  /// `BAD_QUANTITY`, in this order.
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    guard trade.device.warehouses.contains(form.warehouse) || trade.isHeadquarters else {
      throw .refused(Refusal(.notPermitted, "warehouse \(form.warehouse)"))
    }
    try Quotas.check(form.sku, form.warehouse, form.quantity, in: trade)
    guard trade.entry.isFinal else { throw .unknown }
    let device = trade.operation.id.device
    let granted = try Quotas.grant(form.quantity, form.sku, at: form.warehouse, to: device, in: trade)
    guard granted > .zero else { throw .refused(Refusal(.quotaShort, form.sku)) }
    let quota = try Quotas.find(device, form.sku, form.warehouse, in: trade)
    Quotas.tell(granted.text, of: quota, in: trade)
    let isShort = granted < form.quantity
    return Verdict(isShort ? .partly : .applied, isShort ? [.quotaShort] : [])
  }
}

extension GrantQuota {
  /// Sets aside all of it or nothing: beyond what is available it refuses `QUOTA_SHORT`.
  ///
  /// Before that `UNKNOWN_RECORD` for a device that does not exist, `WRONG_DEVICE_STATE` for one that is out of use,
  /// `NOT_PERMITTED` for one whose role sells nothing, then as a request.
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    guard trade.entry.isFinal else { throw .unknown }
    guard let device = try trade.find(DeviceColumns.self, form.device) else {
      throw .refused(Refusal(.unknownRecord, "device \(form.device)"))
    }
    // Nobody could ever sell what is set aside for such a one.
    guard device.quarantine == nil else {
      throw .refused(Refusal(.wrongDeviceState, "\(device.code) is \(device.state)"))
    }
    guard Permissions.allows(device.role, SubmitOrder.kind) else {
      throw .refused(Permissions.refusal(device.role, SubmitOrder.kind))
    }
    try Quotas.check(form.sku, form.warehouse, form.quantity, in: trade)
    let key = Trade.LevelKey(warehouse: form.warehouse, sku: form.sku)
    let available = try Promises.available(key, in: trade)
    guard form.quantity <= available else {
      throw .refused(Refusal(.quotaShort, "\(max(.zero, available).text) of \(form.sku) available"))
    }
    _ = try Quotas.grant(form.quantity, form.sku, at: form.warehouse, to: form.device, in: trade)
    let quota = try Quotas.find(form.device, form.sku, form.warehouse, in: trade)
    Quotas.tell(form.quantity.text, of: quota, in: trade)
    return Verdict(.applied)
  }
}

extension ReturnQuota {
  /// Gives back what is asked, as far as it is still there; whoever waits for the product is served.
  ///
  /// Beyond what is free the answer is `partly`, and with nothing free `rejected`, with `QUOTA_WRITTEN_OFF`
  /// when a write-off was quicker, else `QUOTA_EXCEEDED`.
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    try Quotas.check(form.sku, form.warehouse, form.quantity, in: trade)
    var quota = try Quotas.find(trade.operation.id.device, form.sku, form.warehouse, in: trade)
    let before = quota.free
    let returned = min(form.quantity, before)
    let code: Code = quota.writtenOff > .zero ? .quotaWrittenOff : .quotaExceeded
    guard returned > .zero else { throw .refused(Refusal(code, form.sku)) }
    quota.returned += returned
    try Quotas.put(quota, freeBefore: before, in: trade)
    trade.touchLevel(form.warehouse, form.sku)
    Quotas.tell(returned.text, of: quota, in: trade)
    let isShort = returned < form.quantity
    return Verdict(isShort ? .partly : .applied, isShort ? [code] : [])
  }
}

extension WriteOffQuota {
  /// Ends a quota, or a part of it, on an administrator's word; the device is told `QUOTA_WRITTEN_OFF`.
  ///
  /// What the device sold of it and has not sent yet then competes for ordinary stock like any order. With
  /// less unspent than named, or nothing, it refuses `QUOTA_EXCEEDED`.
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    guard trade.entry.isFinal else { throw .unknown }
    var quota = try Quotas.find(form.device, form.sku, form.warehouse, in: trade)
    let before = quota.free
    let quantity = form.quantity ?? before
    if form.quantity != nil { try Quotas.check(form.sku, form.warehouse, quantity, in: trade) }
    guard quantity > .zero, quantity <= before else {
      throw .refused(Refusal(.quotaExceeded, "\(form.device) has \(before.text) of \(form.sku) left"))
    }
    try trade.check(trade.observe { !form.reason.text.isEmpty }, "reason")
    quota.writtenOff += quantity
    try Quotas.put(quota, freeBefore: before, in: trade)
    trade.touchLevel(form.warehouse, form.sku)
    trade.notify(
      OperationID(device: form.device, number: 0), .quotaWrittenOff, record: form.sku, quantity: quantity)
    Quotas.tell(quantity.text, of: quota, in: trade)
    return Verdict(.applied)
  }
}
