import GRDB
import TradeRules
import TradeTables

/// What a replica's file can no longer say. Damaged rows of the centre are no such thing: they are fetched again.
public struct ReplicaDamage: Error, Hashable, Sendable {
  public enum Part: String, Sendable {
    /// Pages, indexes or cells that SQLite cannot make sense of.
    case file
    /// What the replica knows of itself: its key, its device, its checkpoint.
    case identity
    /// Work recorded here.
    case outbox
    /// All of it: the file does not say any more which replica it is.
    case whole
  }

  public let part: Part
  public let detail: String

  public init(_ part: Part, _ detail: String) {
    self.part = part
    self.detail = detail
  }
}

extension ReplicaDamage: CustomStringConvertible {
  public var description: String { "\(part.rawValue): \(detail)" }
}

extension GRDB.Row {
  /// A cell of a type that the schema promises and a damaged file may break.
  ///
  /// - Throws: `ReplicaDamage`. GRDB's own conversion would end the process.
  func cell<Value: DatabaseValueConvertible>(
    _ name: String, _ part: ReplicaDamage.Part, as: Value.Type = Value.self
  ) throws -> Value {
    // A column's name lies in the file as well.
    guard hasColumn(name) else { throw ReplicaDamage(.file, "there is no column \(name)") }
    let stored: DatabaseValue = self[name]
    guard let value = Value.fromDatabaseValue(stored) else {
      throw ReplicaDamage(part, "\(name) is not of its type")
    }
    return value
  }
}

extension ReplicaDamage {
  /// Whether an error means that the file must be made anew: our own finding, or SQLite's.
  public static func isBehind(_ error: any Error) -> Bool {
    switch error {
    case is ReplicaDamage: true
    case let fault as StoreFault: fault.reason == .corrupt
    case let error as DatabaseError: StoreFault(error).reason == .corrupt
    default: false
    }
  }

  /// The same for an error met while a whole file is read through: statements that are our own fail there only on
  /// a schema or on cells that nobody wrote.
  static func explains(_ error: any Error) -> Bool {
    let reason = (error as? StoreFault)?.reason ?? (error as? DatabaseError).map { StoreFault($0).reason }
    return isBehind(error) || reason == .constraint || reason == .other
  }
}
