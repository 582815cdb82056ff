import GRDB
import SyncProtocol
import SyncSession
import Testing
import TradeRules

@testable import ReplicaStore
@testable import Simulator

/// What an administrator does about devices.
extension Shop {
  /// A shop with goods in both warehouses, where everything that is said is held against the scopes.
  static func withTwoWarehouses(
    staffed: [String] = ["A1", "A2", "B1", "P1", "P2", "HQ"], limits: SyncLimits = SyncLimits()
  ) throws -> Shop {
    let shop = try Shop([("CHAI", 100)], staffed: staffed, limits: limits)
    shop.watchScope()
    try shop.decide(Filled<ImportStock> { $0.rows = [Shop.opening("MATE", 40, at: "W2")] })
    try shop.settle()
    return shop
  }

  /// Ends a device's program; its replica stays in its file.
  func switchOff(_ person: Person) throws {
    try cutOff(person)
    try person.device.store.close()
    try world.remove(person.code)
  }

  /// Starts it again, where there is a link, with its replica as it is now.
  func switchOn(_ code: String, _ store: ReplicaStore) throws {
    world.add(try SimulatedDevice(code, seed: world.seed, store: store, isCopy: false, at: world.now))
  }

  /// A copy of a device's replica as it is now, on a device of its own that is not connected yet.
  func copy(of person: Person) throws -> SimulatedDevice {
    let store = try ReplicaStore.inMemory()
    try person.device.store.database.backup(to: store.database)
    let copy = try SimulatedDevice(
      "copy of \(person.code)", seed: 11, store: store, isCopy: true, at: world.now)
    copy.mayConnect = false
    world.add(copy)
    return copy
  }

  /// Gives a device another scope.
  func rescope(
    _ person: Person, agent: String? = nil, territory: String? = nil, warehouses: [String] = [],
    _ location: SourceLocation = #_sourceLocation
  ) throws {
    try decide(
      Filled<ChangeScope> {
        ($0.device, $0.agent, $0.territory) = (person.code, agent, territory)
        $0.warehouses = WordList(warehouses)
      }, location)
  }

  func change(
    _ person: Person, to state: DeviceState, _ location: SourceLocation = #_sourceLocation
  ) throws {
    try decide(Filled<ChangeDeviceState> { ($0.device, $0.state) = (person.code, state) }, location)
  }

  /// Lets a suspended device in again; somebody there starts the sync anew.
  func resume(_ person: Person) throws {
    try change(person, to: .active)
    try reconnect(person)
  }

  func state(of person: Person) throws -> DeviceState? {
    try centre.find(DeviceColumns.self, key: RowKey(DeviceColumns.self, person.code))?.state
  }

  /// From now on everything the centre says is held against what its reader may have at that moment.
  func watchScope() {
    let tally = Tally()
    world.witness = { [unowned world] happening in
      guard case .said(let bytes, let name, _) = happening else { return }
      try ScopeTaint.check(try Message.decode(bytes), to: name, in: world, tally)
    }
  }

  /// What went wrong and was mended on a device: a change of scope is nothing of the kind.
  func incidents(on person: Person) throws -> [String] {
    try person.books.read { try String.fetchAll($0, sql: "SELECT code FROM incident") }
  }
}

extension Person {
  /// The codes of the customers on their screen.
  var customers: [String] {
    get throws { try books.all(CustomerColumns.self).map(\.code).sorted() }
  }

  /// The warehouses whose levels are on their screen.
  var warehouses: [String] {
    get throws { try Set(books.all(StockLevelColumns.self).map(\.warehouse)).sorted() }
  }
}
