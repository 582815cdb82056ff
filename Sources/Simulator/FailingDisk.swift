import GRDB

/// Makes a store's transactions fail at their end, as a full disk or a power cut does: what they wrote is gone.
final class FailingDisk: TransactionObserver {
  /// What a store that fails throws.
  struct Failure: Error {}

  /// Transactions that still end well before one fails; nil when none will.
  private var endingWell: Int?
  private(set) var failed = 0

  /// Lets the transaction after `count` more fail.
  func failTransaction(after count: Int) { endingWell = count }

  func mend() { endingWell = nil }

  func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { false }
  func databaseDidChange(with event: DatabaseEvent) {}
  func databaseDidCommit(_ db: Database) {}
  func databaseDidRollback(_ db: Database) {}

  func databaseWillCommit() throws {
    guard let endingWell else { return }
    guard endingWell == 0 else {
      self.endingWell = endingWell - 1
      return
    }
    self.endingWell = nil
    failed += 1
    throw Failure()
  }
}
