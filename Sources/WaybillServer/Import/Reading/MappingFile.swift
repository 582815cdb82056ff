import Foundation

/// How the columns of somebody else's file become ours, for one kind of import.
///
/// ```json
/// {
///   "kind": "products",
///   "where": {"column": "ListPrice", "notEquals": "0.0000"},
///   "columns": {
///     "sku": {"from": "ProductID", "transform": [{"prefix": "NW-"}]},
///     "base_unit": {"constant": "EA"},
///     "category": {
///       "from": "CategoryID",
///       "lookup": {"file": "Categories.csv", "key": "CategoryID", "column": "CategoryName"}
///     },
///     "address": {"join": ["Street", "City"], "separator": ", "}
///   }
/// }
/// ```
///
/// A value is taken from the file, then led through the lookups, then through the transforms, each
/// in the order given. A key that is not on this page is an error: a slip of the pen in an
/// optional key would otherwise change what is imported and say nothing.
struct MappingFile: Equatable, Sendable {
  /// The import it is for, such as `products`. The caller MUST compare it with the one asked for.
  let kind: String

  /// Our columns.
  let columns: [String: ColumnRule]

  /// The rows to take; `nil` takes all.
  let filter: RowFilter?

  /// Where it was read from, for messages; lookup files are looked for beside it first.
  private(set) var path = ""

  /// Reads a mapping file of at most 1 MiB.
  ///
  /// - Throws: `MappingError`, naming the key and its place.
  init(path: String) throws(MappingError) {
    do {
      let source = try ByteSource(path: path)
      var bytes: [UInt8] = []
      while let chunk = try source.nextChunk() {
        bytes += chunk
        guard bytes.count <= Self.bytesMax else { throw MappingFault.tooLong }
      }
      self = try JSONDecoder().decode(MappingFile.self, from: Data(bytes))
      self.path = path
    } catch {
      throw MappingError(path: path, fault: MappingFault(error))
    }
  }

  static let bytesMax = 1024 * 1024
}

/// Where one of our columns comes from.
struct ColumnRule: Equatable, Sendable {
  enum Source: Equatable, Sendable {
    /// `"from"`: a column of the file.
    case column(String)

    /// `"constant"`: the same text in each row.
    case constant(String)

    /// `"join"`: several columns of the file, the empty ones left out, with `"separator"` (one
    /// space if not given) between.
    case join([String], separator: String)
  }

  var source: Source

  /// `"lookup"`: one, or a list of them; each takes the value that the one before gave.
  var lookups: [LookupRule] = []

  /// `"transform"`: a list.
  var transforms: [ValueTransform] = []
}

/// Exchanges a value for the one beside it in another file.
///
/// An empty value stays empty. One that is not in the file is a row's error, unless `otherwise` says what it
/// becomes.
struct LookupRule: Hashable, Sendable {
  /// A CSV file, may be gzip; relative to the mapping file or to the caller's folder.
  var file: String

  /// The column that holds the value, each value once among the rows taken.
  var key: String

  /// `"column"`: the column that holds what it is exchanged for, or a list of them, the empty ones left out
  /// and one space between.
  var columns: [String]

  /// `"where"`: the rows of the file to take; `nil` takes all.
  var filter: RowFilter?

  /// `"otherwise"`: what a value that is not in the file is exchanged for.
  var otherwise: String?

  /// `"repeated": "last"`: of several rows for one value the last one counts, instead of none.
  var takesLast = false
}

/// Which rows are taken; values are compared as they stand in the file, letter by letter.
struct RowFilter: Hashable, Sendable {
  enum Test: Hashable, Sendable {
    case equals(String)
    case notEquals(String)
    case isIn(Set<String>)
  }

  /// A column of the file.
  var column: String

  var test: Test

  func takes(_ value: String) -> Bool {
    switch test {
    case .equals(let wanted): value == wanted
    case .notEquals(let unwanted): value != unwanted
    case .isIn(let wanted): wanted.contains(value)
    }
  }
}

/// A mapping file that cannot be used, and why.
struct MappingError: ReadingError {
  var path: String
  var fault: MappingFault

  var code: String { fault.code }
  var message: String { "Mapping file \(path): \(fault.message)." }
  var hint: String { fault.hint }
}
