import SyncProtocol
import SyncSession
import TradeRules
import TradeTables

/// What becomes of devices whose scope or state an administrator changes.
extension CentralHost {
  /// How long a device with another scope waits before it comes back, at most, milliseconds: many may be
  /// changed at once.
  private static let returnWithin: UInt64 = 500

  // MARK: While connected

  /// Ends the connections of devices that a commit gave another scope or state, before anything of the commit
  /// is said: nothing is sent that the device may not have any more (G15, G17).
  ///
  /// Whoever may go on comes back at once. Its next `Hello` says what it holds, so that one place alone plans
  /// what a device is sent.
  func recall(_ commit: CentralStore.Commit) {
    let changed = commit.changes.filter { $0.table.number == DeviceColumns.number }.map { Device($0.row) }
    guard !changed.isEmpty, !PlantedBug.isPlanted(.scopeAppliedLate) else { return }
    for number in connections.keys.sorted() {
      guard let connection = connections[number],
        let device = changed.first(where: { $0.code == connection.device }),
        device.state != connection.standing || device.grants != connection.scope
      else { continue }
      orders.append(.discard(number))
      if let refusal = device.state.refusal {
        revoke(number, refusal)
      } else {
        let spread = random(2).reduce(UInt64(0)) { $0 << 8 | UInt64($1) } % CentralHost.returnWithin
        refuse(number, .scopeChanged, retryAfter: 1 + Int64(spread))
      }
    }
  }

  func revoke(_ number: ConnectionNumber, _ code: Code) {
    send(.refused(Refused(code: code)), to: number)
    drop(number, .revoked, reason: code.rawValue)
  }

  // MARK: Handing over

  /// Lets devices go that are out of use and have handed over all they had; the lost ones are wiped first.
  func dismiss() {
    for number in connections.keys.sorted() {
      guard let connection = connections[number], let code = connection.device,
        connection.standing != .active
      else { continue }
      do {
        guard let session = try store.session(of: code),
          session.appliedThrough >= connection.lastRecorded
        else { continue }
        if connection.standing == .lost {
          if let wipe = try connections[number]?.session.wipe(through: session.appliedThrough, signedBy: key)
          {
            send(wipe, to: number)
          }
        } else {
          revoke(number, .deviceRetired)
        }
      } catch {
        refuse(number, StoreTrouble.code(of: error), retryAfter: 5_000)
        note(error)
      }
    }
  }

  /// A lost device says that its replica is gone.
  func noteWiped(_ wiped: Wiped, from number: ConnectionNumber, at now: Instant) throws {
    guard let connection = connections[number], let code = connection.device,
      let device = try store.find(DeviceColumns.self, code)
    else { return }
    guard connection.session.isProved(wiped, by: device.publicKey) else {
      return drop(number, .protocolViolation, reason: "\(code) did not sign what it says")
    }
    let form = Filled<ChangeDeviceState> { ($0.device, $0.state) = (code, .wiped) }
    _ = try recordOwn([OwnDraft(form)], actor: "rule", at: now)
  }
}

extension DeviceState {
  /// Why a device in this state is not let in at all; nil when it is, if only to hand over what it has.
  var refusal: Code? {
    switch self {
    case .suspended: .deviceSuspended
    case .wiped: .deviceWiped
    default: nil
    }
  }
}
