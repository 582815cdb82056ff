import CentralStore
import TradeRules

/// What devices see, and whether they may come.
extension AdminService {
  /// The states that people decide about; the others are what devices do.
  private static let states: [DeviceState] = [.active, .suspended, .retired, .lost]

  func scope(_ scope: ScopeRequest) throws -> Answer {
    try change(
      Filled<ChangeScope> {
        $0.device = scope.device
        $0.agent = scope.agent
        $0.territory = scope.territory
        $0.warehouses = WordList(scope.warehouses)
      }, of: scope.device)
  }

  func changeState(of device: String, to state: String) throws -> Answer {
    let state = DeviceState(rawValue: state)
    guard AdminService.states.contains(state) else { throw Failure(.wrongDeviceState, state.rawValue) }
    return try change(Filled<ChangeDeviceState> { ($0.device, $0.state) = (device, state) }, of: device)
  }

  /// Answers with the device as it is then.
  private func change<F: OperationForm>(_ form: Filled<F>, of code: String) throws -> Answer {
    let orders = try record(OwnDraft(form)).orders
    guard let device = try host.store.queries.device(code) else { throw Failure(.unknownRecord, code) }
    let isOnline = host.onlineDevices.contains(code)
    return .done(Documents.device(device, isOnline: isOnline, at: SystemClock.now), orders: orders)
  }
}
