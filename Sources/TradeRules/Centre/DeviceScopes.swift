extension ChangeScope {
  /// Replaces the scope as a whole; the device hears of it with its next checkpoint.
  ///
  /// What the device had before is remembered: work that it recorded before it heard is judged by it.
  /// Headquarters and auditors see everything, and nothing less. Refuses `UNKNOWN_RECORD`, `BAD_VALUE`,
  /// `UNKNOWN_WAREHOUSE`, in this order.
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    try trade.checkIsCentre()
    var device = try trade.invitedDevice(form.device)
    try trade.check(!device.grants.everything, "role: \(device.role) sees everything")
    try trade.check(!device.role.worksInWarehouses || !form.warehouses.isEmpty, "warehouses")
    // Who sells and whose scope names nobody would see no customer, not even those it makes itself.
    try trade.check(!device.role.sells || form.agent != nil || form.territory != nil, "agent or territory")
    try trade.checkScope(form.agent, form.territory, form.warehouses)
    let isSame =
      device.agent == form.agent && device.territory == form.territory
      && device.warehouses == form.warehouses
    guard !isSame else { return Verdict(.applied) }
    if let agent = device.agent { device.formerAgents.insert(agent) }
    if let territory = device.territory { device.formerTerritories.insert(territory) }
    for warehouse in device.warehouses.words { device.formerWarehouses.insert(warehouse) }
    device.agent = form.agent
    device.territory = form.territory
    device.warehouses = form.warehouses
    device.scopeVersion = trade.entry.version
    try Agents.ensure(device.agent, in: trade)
    try Territories.ensure(device.territory, in: trade)
    trade.put(device)
    return Verdict(.applied)
  }
}

extension Trade {
  /// - Throws: a refusal with `UNKNOWN_RECORD` when nobody was ever given the code.
  func invitedDevice(_ code: String) throws(Interruption) -> Device {
    guard let device = try find(DeviceColumns.self, code) else {
      throw .refused(Refusal(.unknownRecord, "device \(code)"))
    }
    return device
  }

  /// What every scope must be, whoever it is for.
  func checkScope(
    _ agent: String?, _ territory: String?, _ warehouses: WordList
  ) throws(Interruption) {
    try check(agent.map(Names.isWord) ?? true, "agent")
    try check(territory.map(Names.isWord) ?? true, "territory")
    for code in warehouses.words where try find(WarehouseColumns.self, code) == nil {
      throw .refused(Refusal(.unknownWarehouse, code))
    }
  }

  /// Whether the device may change a record in these buckets: what it cannot see it cannot touch.
  ///
  /// What it recorded before it heard of its present scope is judged by those before as well, and flagged
  /// `PREVIOUS_OWNER` (#25, #71).
  func mayChange(_ places: [Bucket]) -> Bool {
    if role == .centre || entry.isReleased || device.grants.meet(places) { return true }
    guard isScopeNews, device.formerGrants.meet(places) else { return false }
    flag(.previousOwner)
    return true
  }

  /// The same for work in a warehouse.
  func mayWork(in warehouse: String) -> Bool {
    if entry.isReleased || device.warehouses.contains(warehouse) { return true }
    guard isScopeNews, device.formerWarehouses.contains(warehouse) else { return false }
    flag(.previousOwner)
    return true
  }

  /// Whether the device had not heard of its present scope when it recorded the operation.
  var isScopeNews: Bool {
    guard entry.isFinal, device.scopeVersion > 0 else { return false }
    // After a restore the version it was based on is of a history that is no more.
    return entry.basedOnReceivedAt == nil || operation.basedOnVersion < device.scopeVersion
  }
}
