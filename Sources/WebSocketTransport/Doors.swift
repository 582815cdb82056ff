/// Counts a server's open sockets, and says whether one more may come in.
struct Doors {
  private(set) var open = 0
  private var untrusted: [NetworkAddress.Group: Int] = [:]

  func admits(_ group: NetworkAddress.Group, limits: TransportLimits, openMax: Int) -> Bool {
    open < openMax
      && untrusted[group, default: 0] < limits.connectionsPerAddressBeforeTrust
  }

  mutating func entered(_ group: NetworkAddress.Group) {
    open += 1
    untrusted[group, default: 0] += 1
  }

  /// It no longer counts against its address.
  mutating func trusted(_ group: NetworkAddress.Group) {
    let left = untrusted[group, default: 1] - 1
    untrusted[group] = left > 0 ? left : nil
  }

  mutating func left(_ group: NetworkAddress.Group, wasTrusted: Bool) {
    open -= 1
    if !wasTrusted { trusted(group) }
  }
}
