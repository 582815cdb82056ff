import GRDB

/// What kind of store a file is and which version of its tables it has, as written in its header
/// (https://sqlite.org/fileformat.html, "application id" and "user version").
public struct StoreFormat: Hashable, Sendable {
  public enum Kind: String, Sendable, CaseIterable {
    case centre, replica

    /// `WBCE` and `WBRE`.
    public var applicationID: Int32 {
      switch self {
      case .centre: 0x5742_4345
      case .replica: 0x5742_5245
      }
    }
  }

  public let kind: Kind
  /// The newest version of the tables that this program knows; 1 or more.
  public let version: Int

  public init(_ kind: Kind, version: Int) {
    self.kind = kind
    self.version = version
  }

  /// The version of the tables that a file has; 0 for an empty file.
  ///
  /// - Throws: `StoreFault` (`notAStore`, `wrongKind`, `newer`) for a file this program must not touch.
  func check(_ db: Database, doing: String) throws -> Int {
    let application = try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0
    let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
    guard application == kind.applicationID else {
      if let found = Kind.allCases.first(where: { $0.applicationID == application }) {
        throw StoreFault(
          .wrongKind(expected: kind, found: found), doing: doing,
          detail: "this is a \(found.rawValue)'s file, not a \(kind.rawValue)'s")
      }
      let isEmpty = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") == 0
      guard application == 0, version == 0, isEmpty else {
        throw StoreFault(.notAStore, doing: doing, detail: "the database was not made by Waybill")
      }
      return 0
    }
    guard version <= self.version else {
      throw StoreFault(
        .newer(version: version, known: self.version), doing: doing,
        detail: "its format is \(version), this program knows up to \(self.version)")
    }
    return version
  }

  /// Writes kind and version into the file's header, in the caller's transaction.
  func mark(_ db: Database) throws {
    try db.execute(sql: "PRAGMA application_id = \(kind.applicationID)")
    try db.execute(sql: "PRAGMA user_version = \(version)")
  }
}
