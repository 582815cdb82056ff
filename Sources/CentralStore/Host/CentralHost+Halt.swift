import GRDB
public import TradeRules
import TradeTables

/// Why the centre decides nothing for the time being.
public struct Halt: Error, Hashable, Sendable {
  /// `STORE_CORRUPT`, `DISK_FULL` or `CLOCK_JUMPED`.
  public let code: Code
  /// What was found, and where.
  public let detail: String

  public init(_ code: Code, _ detail: String) {
    self.code = code
    self.detail = detail
  }
}

/// Not deciding on a store that cannot be trusted (G23), or that has no room (G22), or by a clock that jumped.
extension CentralHost {
  /// How long devices stay away from a centre that decides nothing, milliseconds.
  static let haltRetryMilliseconds: Int64 = 60_000

  /// Stops deciding and sending: nobody is told what may be wrong. Devices keep their work and come back.
  ///
  /// - Returns: what to tell those who are connected.
  public func halt(_ halt: Halt) -> [Order] {
    guard halted == nil || halt.code == .storeCorrupt else { return [] }
    halted = halt
    orders = []
    pending = []
    for number in connections.keys.sorted() where connections[number]?.device != nil {
      refuse(number, halt.code, retryAfter: CentralHost.haltRetryMilliseconds)
    }
    return orders
  }

  /// Decides again, after a halt that has passed: never one for damage, which nobody but `acquit` takes back.
  public func resume() {
    if halted?.code != .storeCorrupt { halted = nil }
    lastFailure = nil
  }

  /// Decides again after all of the store was read and is sound: what an earlier run met is there no more.
  ///
  /// - Parameter suspicion: what it was halted for; when more was found since, that stands.
  /// - Returns: whether it decides again.
  public func acquit(of suspicion: Halt) -> Bool {
    guard halted == suspicion else { return false }
    halted = nil
    lastFailure = nil
    return true
  }

  /// Takes note of a failure of the store; damage ends all deciding. Whoever holds the connections then calls
  /// `halt`, to have everybody told.
  func note(_ error: any Error) {
    let code = StoreTrouble.code(of: error)
    lastFailure = code
    guard code == .storeCorrupt, halted == nil else { return }
    halted = Halt(code, CentralStore.explanation(of: error).detail)
  }
}

extension CentralQueries {
  /// Reads the whole store again and holds it against its own hashes: what a disk forgot shows (G23).
  ///
  /// - Returns: the first thing that is wrong; nil when nothing is.
  /// - Throws: what SQLite says of a file it cannot read.
  public func scrub() throws -> CheckResult? {
    let checks: [(Database) throws -> CheckResult] = [
      FileCheck.run, LogChainCheck.run, DeviceChainCheck.run, DigestCheck.run,
    ]
    for check in checks {
      // A view for each: none holds the log back for longer than it takes.
      let result = try database.read(check)
      if !result.isOK { return result }
    }
    return nil
  }
}
