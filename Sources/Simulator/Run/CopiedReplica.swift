import GRDB
import ReplicaStore
import SyncSession
import TradeRules

/// Somebody copies a replica's file and works on with both. The copy comes back after the original has: it must
/// be refused, and nothing of it may reach anybody (G18, #66).
struct CopiedReplica {
  private let copy: SimulatedDevice
  private let original: String
  /// What the copy shows at the centre.
  private let token: RecordID

  /// Copies the replica of a device as it is now; nil when it has no rows yet.
  init?(of original: SimulatedDevice, in world: World) throws {
    guard let state = try original.store.state(), state.checkpoint > 0, !original.isOff else { return nil }
    let store = try ReplicaStore.inMemory()
    try original.store.copy(to: store)
    copy = try SimulatedDevice(
      "copy of \(original.code)", seed: world.seed, store: store, isCopy: true, at: world.now)
    copy.mayConnect = false
    copy.wakesAt = nil
    self.original = state.device
    token = state.incarnation
    world.add(copy)
    let warehouse = try world.store.find(DeviceColumns.self, state.device)?.warehouses.words.first
    let form = Filled<ReceiveStock> {
      $0.warehouse = warehouse ?? "W1"
      $0.sku = Shop.hotProducts[0]
      $0.quantity = 1_000
    }
    // Whether it can record that or not, its file is a copy.
    _ = try? copy.record(form, in: world)
  }

  /// Whether the original has gone on since, so that the copy is known for one.
  private func isOvertaken(in world: World) throws -> Bool {
    guard let session = try world.store.queries.device(original)?.session else { return false }
    return session.incarnation != token && session.previousIncarnation != token
  }

  /// Lets the copy connect as soon as the original has gone on.
  func tryToConnect(in world: World) throws {
    guard !copy.mayConnect, try isOvertaken(in: world) else { return }
    try world.setOnline(copy.code, true)
  }

  /// Lets the original go on, if it has not, then the copy connect, which has to be refused, and takes it away.
  /// Nothing else is wrong any more.
  func end(in world: World, within patience: Int64) throws {
    if try !isOvertaken(in: world) { try world.restart(original) }
    let end = world.now.advanced(byMilliseconds: patience)
    while try world.now < end && !isOvertaken(in: world) { try world.run(milliseconds: 1_000) }
    try world.setOnline(copy.code, true)
    try world.run(milliseconds: 60_000)
    guard copy.host.progress.refusedWith == .replicaForked else {
      throw Finding("copies", "a copy of \(original) was not refused")
    }
    try world.remove(copy.code)
  }
}
