extension ChangeDeviceState {
  /// Which states may follow which: a suspended device comes back, a retired one never, a lost one is wiped.
  private static let successors: [DeviceState: [DeviceState]] = [
    .invited: [.retired], .active: [.suspended, .retired, .lost],
    .suspended: [.active, .retired, .lost], .retired: [.lost], .lost: [.wiped],
  ]

  /// Takes effect on what is decided from now on and, through the host, on the device's connection.
  ///
  /// Refuses `UNKNOWN_RECORD`, then `WRONG_DEVICE_STATE` when the state cannot follow the present one.
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    try trade.checkIsCentre()
    var device = try trade.invitedDevice(form.device)
    guard successors[device.state]?.contains(form.state) == true else {
      throw .refused(Refusal(.wrongDeviceState, "\(device.code) is \(device.state)"))
    }
    device.state = form.state
    trade.put(device)
    return Verdict(.applied)
  }
}

extension Record where Columns == DeviceColumns {
  /// Why the centre sets aside what the device sends instead of deciding it; nil for one that is trusted.
  var quarantine: Code? {
    switch self.state {
    case .retired: .deviceRetired
    case .lost, .wiped: .deviceLost
    default: nil
    }
  }
}
