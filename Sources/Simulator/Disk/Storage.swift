import CentralStore
import GRDBSQLite
import ReplicaStore
import TradeTables

/// What one program's store lies on: memory, where whole transactions may fail, or a disk, where anything may.
final class Storage {
  /// Of a store in memory.
  let transactions = FailingDisk()
  /// Nil: in memory.
  let disk: SimulatedDisk?
  private let name: String
  private let fates: Fates
  private var random: Random
  private(set) var powerCuts = 0
  /// A plan is followed until its end, whatever chance would have.
  private var isScripted = false

  /// Small, so that the log is copied into the file again and again.
  private static let options = StoreOptions(
    cacheBytes: 64 << 10, autocheckpointPages: 12, logBytesKept: 32 << 10, readersMax: 1)
  private static let fileName = "store.db"

  init(seed: UInt64, _ name: String, onDisk: Bool, _ fates: Fates) {
    self.name = name
    self.fates = fates
    disk = onDisk ? SimulatedDisk() : nil
    random = Random(seed: seed, "storage/\(name)")
  }

  // MARK: Stores

  /// The centre's store as a program that starts finds it; what another program of it had open is lost to that
  /// one.
  func openCentre(_ current: CentralStore?) throws -> CentralStore {
    guard let disk else {
      if let current { return try current.reopened() }
      let store = try CentralStore.inMemory()
      try store.read { db in db.add(transactionObserver: transactions, extent: .databaseLifetime) }
      return store
    }
    stop()
    return try CentralStore.open(at: disk.path(Storage.fileName), create: true, options: Storage.options)
  }

  /// A copy of a backup in the place of the centre's store, whatever that is like.
  func restoreCentre(from backup: CentralStore) throws -> CentralStore {
    guard let disk else {
      let store = try CentralStore.inMemory()
      try backup.copy(to: store)
      return store
    }
    stop()
    for suffix in ["", "-wal", "-shm"] { _ = disk.delete(disk.path(Storage.fileName + suffix)) }
    try backup.copy(to: openCentre(nil))
    return try openCentre(nil)
  }

  /// A device's, the same.
  func openReplica(_ current: ReplicaStore?) throws -> ReplicaStore {
    guard let disk else {
      if let current { return current }
      let store = try ReplicaStore.inMemory()
      try store.read { db in db.add(transactionObserver: transactions, extent: .databaseLifetime) }
      return store
    }
    stop()
    return try ReplicaStore.openAlone(
      at: disk.path(Storage.fileName), create: true, options: Storage.options)
  }

  private func stop() {
    guard let disk else { return }
    isScripted = false
    guard disk.hasLostPower else { return disk.release() }
    powerCuts += 1
    if let bits = fates.ask(.power, of: name, { random.parameters }) { random = Random(bits) }
    disk.restart(&random)
  }

  // MARK: Faults

  /// Whether the program is gone because its disk is.
  var hasLostPower: Bool { disk?.hasLostPower ?? false }
  /// Transactions or calls that failed so far.
  var failures: Int { transactions.failed + (disk?.failures ?? 0) }

  /// What goes wrong on a simulated disk while the program comes to that fate; nil where there is none.
  func plan(for fate: Mishaps.Fate) -> SimulatedDisk.Plan? {
    guard disk != nil, !isScripted else { return nil }
    var plan = SimulatedDisk.Plan()
    if fate.crashes, random.chance(700) { plan.powerCutAt = random.number(0...30) }
    if fate.failingTransaction != nil {
      if random.chance(300) {
        plan.readFailsAt = random.number(0...60)
      } else {
        plan.failsAt = random.number(0...30)
      }
      plan.failures = random.chance(500) ? 1 : 10_000
      plan.code =
        random.pick([DiskCode.write, SQLITE_FULL, DiskCode.fsync, SQLITE_IOERR]) ?? SQLITE_IOERR
    }
    return plan
  }

  /// Prepares what is to go wrong while the program handles its next events.
  func expect(_ fate: Mishaps.Fate) {
    if isScripted { return }
    if let disk {
      disk.follow(fate.plan ?? SimulatedDisk.Plan())
    } else if let transaction = fate.failingTransaction {
      transactions.failTransaction(after: transaction)
    }
  }

  /// From now on nothing goes wrong.
  func mend() {
    if isScripted { return }
    transactions.mend()
    disk?.follow(SimulatedDisk.Plan())
  }

  /// Lets things go wrong as planned until the program stops; nil: from now on nothing goes wrong.
  func script(_ plan: SimulatedDisk.Plan?) {
    isScripted = plan != nil
    disk?.follow(plan ?? SimulatedDisk.Plan())
  }
}
