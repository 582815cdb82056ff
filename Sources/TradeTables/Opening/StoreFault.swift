public import GRDB

/// A store that cannot do what was asked of it: what was being done, why it failed, and whether trying again
/// can help.
public struct StoreFault: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Reason: Hashable, Sendable {
    /// There is no file, and none was to be made.
    case missing
    /// The file is no SQLite database, or one that Waybill did not make.
    case notAStore
    /// A store of the other kind.
    case wrongKind(expected: StoreFormat.Kind, found: StoreFormat.Kind)
    /// Written by a newer program, in a format this one does not know.
    case newer(version: Int, known: Int)
    /// Another connection writes, and went on longer than the busy timeout; or the store is being closed.
    case busy
    /// No space left on the disk.
    case full
    /// The disk or the file system failed, or does not let us.
    case ioFailed
    /// The file is not what SQLite wrote.
    case corrupt
    /// A row breaks a rule of the schema. The transaction was rolled back.
    case constraint
    /// The file does not keep what it acknowledges: `synchronous` is not FULL, or there is no WAL.
    case notDurable
    /// Anything else SQLite reports: a mistake of this program.
    case other
  }

  public let reason: Reason
  /// What was being done, as in "record an operation".
  public let doing: String
  /// SQLite's words, or ours.
  public let detail: String
  /// SQLite's extended result code; nil when SQLite did not fail.
  public let extendedCode: Int32?

  public init(_ reason: Reason, doing: String, detail: String, extendedCode: Int32? = nil) {
    self.reason = reason
    self.doing = doing
    self.detail = detail
    self.extendedCode = extendedCode
  }

  /// Whether the same attempt, made again without anybody changing anything, may succeed.
  public var mayPass: Bool { reason == .busy }

  /// After a failed fsync nobody knows what the disk has: the store must be closed, opened again and its last
  /// position read back before anything is said about the work in hand (https://sqlite.org/rescode.html,
  /// SQLITE_IOERR_FSYNC).
  public var leavesOutcomeUnknown: Bool {
    extendedCode == ResultCode.SQLITE_IOERR_FSYNC.rawValue
      || extendedCode == ResultCode.SQLITE_IOERR_DIR_FSYNC.rawValue
  }

  /// What a person can do about it.
  public var remedy: String {
    switch reason {
    case .missing: "Check the path."
    case .notAStore: "Check the path; this file is left as it is."
    case .wrongKind(let expected, _): "Name a \(expected.rawValue)'s file."
    case .newer: "Use the newer program; this file is left as it is."
    case .busy: "Try again when the other process is done."
    case .full: "Free some space on the disk, then try again."
    case .ioFailed: "Check the disk and the rights on the file, then try again."
    case .corrupt: "Restore the store from a backup, or let the replica fetch its rows anew."
    case .constraint, .other: "Report this as a mistake of the program."
    case .notDurable: "Put the store on a local disk."
    }
  }

  public var description: String {
    "cannot \(doing): \(detail)\(extendedCode.map { " (SQLite \($0))" } ?? ""). \(remedy)"
  }
}

extension StoreFault {
  /// What an error of SQLite means.
  public init(_ error: DatabaseError, doing: String = "use the store") {
    let reason: Reason =
      switch error.resultCode {
      // A file beside the store that could not grow: there is no room.
      case .SQLITE_IOERR where error.extendedResultCode == .SQLITE_IOERR_SHMSIZE: .full
      case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_INTERRUPT: .busy
      case .SQLITE_FULL: .full
      case .SQLITE_IOERR, .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM: .ioFailed
      case .SQLITE_CORRUPT: .corrupt
      case .SQLITE_NOTADB: .notAStore
      case .SQLITE_CONSTRAINT, .SQLITE_MISMATCH: .constraint
      default: .other
      }
    self.init(
      reason, doing: doing, detail: error.message ?? "no message",
      extendedCode: error.extendedResultCode.rawValue)
  }

  /// Runs `body` and turns what SQLite throws into a `StoreFault`; other errors pass as they are.
  ///
  /// - Parameter doing: as in "record an operation".
  public static func explaining<Result>(_ doing: String, _ body: () throws -> Result) throws -> Result {
    do { return try body() } catch let error as DatabaseError { throw StoreFault(error, doing: doing) }
  }
}
