import Foundation
import GRDB
import Synchronization
import Testing
import TradeTables

@testable import CentralStore

@Suite("The centre's store is closed while others read it")
struct ClosingTests {
  @Test(
    "G10 whoever reads comes to an end, whoever comes later is told that it is busy", .timeLimit(.minutes(1)))
  func readersEnd() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let store = try CentralStore.open(at: folder.path + "/centre.db", create: true)
    let queries = store.queries
    let (isReading, isRefused) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let isDone = DispatchSemaphore(value: 0)
    let (found, refusal) = (Found(), Found())
    Thread.detachNewThread {
      found.note {
        try queries.database.read { db in
          isReading.signal()
          isRefused.wait()
          return try Int.fetchOne(db, sql: "SELECT 7") ?? 0
        }
      }
      isDone.signal()
    }
    isReading.wait()
    Thread.detachNewThread {
      while refusal.note({ try queries.database.read { db in try Int.fetchOne(db, sql: "SELECT 8") ?? 0 } }) {
      }
      isRefused.signal()
    }
    try store.close()
    isDone.wait()
    #expect(found.last == .success(7))
    #expect(refusal.last == .failure(.busy))
  }

  @Test(
    "G26 however many read for long, the centre goes on deciding, and whoever comes later waits for his turn",
    .timeLimit(.minutes(1)))
  func crowd() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let store = try CentralStore.open(at: folder.path + "/centre.db", create: true)
    let queries = store.queries
    let (isReading, mayEnd, isDone) = (
      DispatchSemaphore(value: 0), DispatchSemaphore(value: 0), DispatchSemaphore(value: 0)
    )
    let readers = StoreOptions.centre.readersMax + 2
    for _ in 1...readers {
      Thread.detachNewThread {
        try? queries.database.read { _ in
          isReading.signal()
          mayEnd.wait()
        }
        isDone.signal()
      }
    }
    for _ in 1..<StoreOptions.centre.readersMax { isReading.wait() }
    #expect(try store.session(of: "A1") == nil, "the centre still reads")
    for _ in 1...readers { mayEnd.signal() }
    for _ in 1...readers { isDone.wait() }
    try store.close()
  }

  @Test("whoever reads on and on is interrupted", .timeLimit(.minutes(1)))
  func interrupted() {
    let gate = ReadingGate(grace: 0)
    let (isReading, isInterrupted) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    Thread.detachNewThread {
      try? gate.pass {
        isReading.signal()
        isInterrupted.wait()
      }
    }
    isReading.wait()
    gate.close { isInterrupted.signal() }
    #expect(throws: StoreFault.self) { try gate.pass {} }
  }

  /// What another thread came to.
  private final class Found: Sendable {
    enum Outcome: Equatable {
      case nothing
      case success(Int)
      case failure(StoreFault.Reason?)
    }

    private let outcome = Mutex(Outcome.nothing)
    var last: Outcome { outcome.withLock { $0 } }

    /// - Returns: whether it went well.
    @discardableResult
    func note(_ body: () throws -> Int) -> Bool {
      do {
        let number = try body()
        outcome.withLock { $0 = .success(number) }
        return true
      } catch {
        outcome.withLock { $0 = .failure((error as? StoreFault)?.reason) }
        return false
      }
    }
  }
}
