import CentralStore

/// A file as what it is imported by: a row, or the rows of one order that stand one after the other.
struct ImportEntries: ~Copyable {
  enum Entry {
    /// Never none.
    case rows([MappedRow])
    /// Rows that cannot be taken: one that is no record, and orders beside it that it may be a line of.
    case broken(RowError, [MappedRow])
  }

  private var rows: MappedRows
  /// The column whose equal values make rows one entry; nil: every row is one.
  private let column: String?
  private var ahead: Result<MappedRow, RowError>?
  private var doubt: RowError?

  init(_ rows: consuming MappedRows, of kind: ImportKind) {
    self.rows = rows
    column = kind == .orders ? "number" : nil
  }

  /// The next entry; nil at the end.
  ///
  /// - Throws: `ByteSourceError`, `CSVError`: the file is unusable.
  mutating func next() throws -> Entry? {
    guard let first = try take() else { return nil }
    switch first {
    case .failure(let error):
      doubt = column == nil ? nil : error
      return .broken(error, [])
    case .success(let row):
      guard let column else { return .rows([row]) }
      return try entry(beginningWith: row, column)
    }
  }

  private mutating func entry(beginningWith row: MappedRow, _ column: String) throws -> Entry {
    var group = [row]
    var error = doubt
    doubt = nil
    while let next = try take() {
      if case .success(let next) = next, next.values[column] == row.values[column] {
        group.append(next)
        continue
      }
      if case .failure(let broken) = next { error = broken }
      ahead = next
      break
    }
    return error.map { .broken($0, group) } ?? .rows(group)
  }

  private mutating func take() throws -> Result<MappedRow, RowError>? {
    defer { ahead = nil }
    return try ahead ?? rows.next()
  }
}
