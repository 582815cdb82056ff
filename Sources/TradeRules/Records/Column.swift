/// One typed column of a table: its number on the wire and in canonical bytes (1 … 63, never used again
/// for anything else) and what it is for. The SQL name is the property's name in snake case.
public struct Column<V: ColumnValue>: Sendable {
  public let number: Int
  public let role: ColumnRole

  public init(_ number: Int, _ role: ColumnRole = .plain) {
    precondition((1...63).contains(number), "column numbers are 1 … 63")
    self.number = number
    self.role = role
  }
}

public enum ColumnRole: Sendable {
  case plain
  /// Part of the primary key, in order of column numbers; never null, never changed.
  case key
  /// Merged on its own when two devices edit one record (scenario #52).
  case merged
  /// Merged, but a collision keeps the centre's value and asks a person (P4): credit, tax id, address.
  case sensitive
}

/// What a table's column looks like to code that works for every table. There is one of each, so it is a
/// class: whoever walks over a row's columns copies nothing.
public final class ColumnDescription: Sendable {
  public let number: Int
  /// In Swift and JSON: `unitPrice`.
  public let name: String
  /// In SQL: `unit_price`.
  public let sqlName: String
  public let kind: ValueKind
  public let isOptional: Bool
  public let role: ColumnRole
  /// How many decimals an integer means: 3 for thousandths.
  public let decimals: Int
  public let isKey: Bool

  init(
    number: Int, name: String, sqlName: String, kind: ValueKind, isOptional: Bool, role: ColumnRole,
    decimals: Int
  ) {
    self.number = number
    self.name = name
    self.sqlName = sqlName
    self.kind = kind
    self.isOptional = isOptional
    self.role = role
    self.decimals = decimals
    isKey = if case .key = role { true } else { false }
  }
}

/// Lets a `Mirror` over a columns type find its columns whatever their Swift type.
protocol DescribableColumn {
  func description(named name: String) -> ColumnDescription
}

extension Column: DescribableColumn {
  func description(named name: String) -> ColumnDescription {
    ColumnDescription(
      number: number, name: name, sqlName: snakeCased(name), kind: V.kind, isOptional: V.isOptional,
      role: role, decimals: V.decimals)
  }
}

/// `unitPrice` → `unit_price`.
func snakeCased(_ name: String) -> String {
  name.reduce(into: "") { text, character in
    if character.isUppercase { text += "_" + character.lowercased() } else { text.append(character) }
  }
}

/// The columns of one table, declared once: SQL, wire, digest, before-images and exports all work from it.
///
/// A conforming type has one stored `Column` property a column and `static let columns = Self()`.
public protocol TableColumns: Sendable {
  static var columns: Self { get }
  /// On the wire and in canonical bytes; 1 … 255, never used again for anything else.
  static var number: TableNumber { get }
  /// In SQL.
  static var name: String { get }
  static var reach: Reach<Self> { get }
  static var indexes: [Index] { get }
}

extension TableColumns {
  public static var indexes: [Index] { [] }
}

public typealias TableNumber = UInt8

/// Who may see the rows of a table.
public enum Reach<Columns: TableColumns>: Sendable {
  /// Every row is in this one bucket.
  case everywhere(in: Bucket)
  /// Each row's own columns say in which buckets it is; a pure function, used for every send (G15).
  case following(@Sendable (Record<Columns>) -> [Bucket])
  /// The centre's own: no device ever sees a row.
  case centreOnly
}

/// A way to find rows of a table without knowing their keys: all rows whose first `equalCount` columns
/// equal given values, in order of the remaining columns, then of the key. There is one of each.
public final class Index: Sendable {
  public let name: String
  public let columns: [String]
  public let equalCount: Int

  /// - Parameters:
  ///   - columns: names as in Swift; SQL has an index of the same columns.
  ///   - orderedBy: a last column by which a range may start "at or after".
  public init(_ name: String, equal columns: [String], orderedBy last: String? = nil) {
    self.name = name
    self.columns = columns + (last.map { [$0] } ?? [])
    equalCount = columns.count
  }
}
