extension InviteDevice {
  /// A device code is given once: what carries it in numbers and logs must not come to mean another device.
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    try check(form, in: trade)
    guard try trade.find(DeviceColumns.self, form.device) == nil else {
      throw .refused(Refusal(.codeTaken, form.device))
    }
    guard try trade.find(InvitationColumns.self, form.secretHash) == nil else {
      throw .refused(Refusal(.codeInvalid))
    }
    var device = Device()
    device.code = form.device
    device.name = form.name
    device.role = form.role
    device.state = .invited
    // What an agent makes must be seen by somebody: without a name of its own the device is the agent.
    let isNameless = form.role == .agent && form.agent == nil && form.territory == nil
    device.agent = isNameless ? form.device : form.agent
    device.territory = form.territory
    device.warehouses = form.warehouses
    try Agents.ensure(device.agent, in: trade)
    try Territories.ensure(device.territory, in: trade)
    trade.put(device)
    var invitation = Invitation()
    invitation.secretHash = form.secretHash
    invitation.device = form.device
    invitation.expiresAt = form.expiresAt
    trade.put(invitation)
    return Verdict(.applied)
  }

  private static func check(_ form: Filled<Self>, in trade: Trade) throws(Interruption) {
    try trade.check(Names.isDeviceCode(form.device), "device")
    try trade.check(Names.isDeviceName(form.name), "name")
    try trade.check(Role.all.contains(form.role), "role")
    try trade.check(form.secretHash.count == 32, "secretHash")
    try trade.checkScope(form.agent, form.territory, form.warehouses)
  }
}

extension EnrolDevice {
  /// Spends the code. A wrong, spent or late one is all the same to whoever tries.
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    try trade.checkIsCentre()
    try trade.check(form.publicKey.count == 32, "publicKey")
    guard var invitation = try trade.find(InvitationColumns.self, form.secretHash), !invitation.isSpent,
      trade.entry.receivedAt < invitation.expiresAt,
      var device = try trade.find(DeviceColumns.self, invitation.device), device.state == .invited
    else { throw .refused(Refusal(.codeInvalid)) }
    invitation.isSpent = true
    trade.put(invitation)
    device.publicKey = form.publicKey
    device.state = .active
    trade.put(device)
    return Verdict(.applied, record: device.code)
  }
}
