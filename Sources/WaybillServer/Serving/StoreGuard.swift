import CentralStore
import Foundation
import Logging
import TradeRules

/// Looks after the store between turns: stops deciding when the disk is full and goes on when it is not, and says
/// so when the host has stopped for damage.
struct StoreGuard {
  private let reserve: ReserveFile
  private let mark: DamageMark
  private let log: Logger
  private var told: Halt?
  private var isMarked = false
  private var isMarkMissed = false

  init(_ folder: DataFolder, log: Logger) {
    reserve = ReserveFile(folder)
    mark = DamageMark(folder)
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
        log.notice("work goes on")
      }
      told = host.halted
    }
    markDamage(of: host.halted)
    return orders
  }

  /// Tries again after each turn while the mark is not on the disk.
  private mutating func markDamage(of halted: Halt?) {
    guard halted?.code == .storeCorrupt else {
      (isMarked, isMarkMissed) = (false, false)
      return
    }
    guard !isMarked else { return }
    do {
      try mark.set()
      isMarked = true
    } catch {
      if !isMarkMissed {
        log.critical(
          "the damage could not be marked: whoever starts the server again has it decide on this store",
          metadata: ["detail": "\(Failure(error).message)"])
      }
      isMarkMissed = true
    }
  }
}

/// Remembers across restarts that the store was found damaged, until it was read and is sound, or another was put
/// in its place: whoever starts the server again must not have it decide meanwhile.
struct DamageMark: Sendable {
  private let path: String

  init(_ folder: DataFolder) { path = folder.path + "/store-damaged" }

  /// - Throws: `Failure` when that cannot be told.
  var isSet: Bool { get throws { try DurableFile.exists(path) } }

  /// - Throws: `Failure` when that is not on the disk.
  func set() throws { try DurableFile.write([], to: path) }

  func clear() { unlink(path) }

  /// What a centre is halted for from its start.
  static let suspicion = Halt(.storeCorrupt, "an earlier run found it damaged; it is being read again")
}

/// Reads the whole store again when the server starts and once a day, on a thread and a connection of its own.
enum StoreScrub {
  private static let every: TimeInterval = 86_400
  /// When it could not be read through.
  private static let again: TimeInterval = 300

  private enum Finding {
    case sound
    case unreadable
    case damaged(Halt)
  }

  /// - Parameters:
  ///   - isSuspected: the centre is halted for a mark of an earlier run.
  ///   - mark: removed, and the centre goes on, when the first look finds nothing.
  static func start(
    on queries: CentralQueries, isSuspected: Bool, mark: DamageMark, inbox: HostInbox, log: Logger
  ) {
    Thread.detachNewThread {
      var isSuspected = isSuspected
      while true {
        switch look(queries, log) {
        case .damaged(let halt):
          _ = inbox.take { $0.host.halt(halt) }
          return
        case .sound:
          if isSuspected {
            _ = inbox.take { centre in
              if centre.host.acquit(of: DamageMark.suspicion) { mark.clear() }
              return []
            }
          }
          isSuspected = false
          Thread.sleep(forTimeInterval: every)
        case .unreadable:
          if isSuspected { log.error("nothing is decided before the store could be read through") }
          Thread.sleep(forTimeInterval: again)
        }
      }
    }
  }

  /// Reads everything now, because something was found that should not be.
  ///
  /// - Returns: whether the store is damaged; then the host is halted.
  static func confirm(on queries: CentralQueries, inbox: HostInbox, log: Logger) -> Bool {
    guard case .damaged(let halt) = look(queries, log) else { return false }
    _ = inbox.take { $0.host.halt(halt) }
    return true
  }

  private static func look(_ queries: CentralQueries, _ log: Logger) -> Finding {
    do {
      guard let wrong = try queries.scrub() else {
        log.debug("the store was read and is sound")
        return .sound
      }
      return .damaged(Halt(.storeCorrupt, "\(wrong.name): \(wrong.detail)"))
    } catch {
      let explained = CentralStore.explanation(of: error)
      if explained.code == .storeCorrupt { return .damaged(Halt(.storeCorrupt, explained.detail)) }
      // The disk does not answer, or the server stops: not damage.
      let isDisk = explained.code == .ioFailed
      log.log(
        level: isDisk ? .error : .debug, "the store could not be read",
        metadata: ["detail": "\(explained.detail)"])
      return .unreadable
    }
  }
}
