import CentralStore
import Foundation
import Logging
import TradeRules

/// Looks after the store between turns: stops deciding when the disk is full and goes on when it is not, and says
/// so when the host has stopped for damage.
struct StoreGuard {
  private let reserve: ReserveFile
  private let log: Logger
  private var told: Halt?

  init(_ folder: DataFolder, log: Logger) {
    reserve = ReserveFile(folder)
    self.log = log
    if !reserve.take() {
      log.warning("little room on the disk: none is kept back", metadata: ["file": "\(reserve.path)"])
    }
  }

  /// - Returns: what to tell the devices.
  mutating func afterTurn(of host: CentralHost) -> [CentralHost.Order] {
    var orders: [CentralHost.Order] = []
    if host.lastFailure == .diskFull, host.halted == nil {
      reserve.release()
      // With the room given up the log can be emptied, which may free more.
      try? host.store.checkpointLog(truncating: true)
      orders = host.halt(Halt(.diskFull, "the disk of the centre's folder"))
    } else if host.halted?.code == .diskFull, reserve.take() {
      host.resume()
    }
    if host.halted != told {
      if let halt = host.halted {
        orders += host.halt(halt)
        log.critical(
          "nothing is decided any more", metadata: ["code": "\(halt.code)", "detail": "\(halt.detail)"])
      } else {
        log.notice("there is room again; work goes on")
      }
      told = host.halted
    }
    return orders
  }
}

/// Reads the whole store again when the server starts and once a day, on a thread and a connection of its own.
enum StoreScrub {
  private static let every: TimeInterval = 86_400

  static func start(on queries: CentralQueries, inbox: HostInbox, log: Logger) {
    Thread.detachNewThread {
      while true {
        if let halt = look(queries, log) {
          _ = inbox.take { $0.host.halt(halt) }
          return
        }
        Thread.sleep(forTimeInterval: every)
      }
    }
  }

  private static func look(_ queries: CentralQueries, _ log: Logger) -> Halt? {
    do {
      guard let wrong = try queries.scrub() else {
        log.debug("the store was read and is sound")
        return nil
      }
      return Halt(.storeCorrupt, "\(wrong.name): \(wrong.detail)")
    } catch {
      let explained = CentralStore.explanation(of: error)
      if explained.code == .storeCorrupt { return Halt(.storeCorrupt, explained.detail) }
      // The server stops, or the disk does not answer: not damage.
      log.debug("the store could not be read", metadata: ["detail": "\(explained.detail)"])
      return nil
    }
  }
}
