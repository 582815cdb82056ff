import Foundation

/// One row in our columns.
struct MappedRow: Equatable, Sendable {
  /// The data record, from 1.
  var row: Int

  /// The line its record begins on, from 1.
  var line: Int

  /// By the names of our columns; a missing column is absent, an empty field is an empty text.
  var values: [String: String]

  /// The file's fields as they were read, for the rejects file.
  var raw: [String]
}

/// Reads a file in our columns: through a mapping, or by its own header.
///
///     var rows = try MappedRows(source: source, mapping: mapping)
///     while let row = try rows.next() {
///       switch row {
///       case .success(let row): …
///       case .failure(let error): try rejects.write(error)
///       }
///     }
struct MappedRows: ~Copyable {
  /// The file's own column names, for the rejects file.
  var header: [String] { reader.header.names }

  /// The file's delimiter, for the rejects file.
  var delimiter: CSVDelimiter { reader.delimiter }

  /// The columns that each row's values have, in alphabetical order.
  var columns: [String] { mapper.columns }

  /// Rows that the mapping's `where` left out so far.
  private(set) var rowsLeftOut = 0

  private var reader: CSVReader
  private let mapper: RowMapper

  /// Reads the header and all lookup files.
  ///
  /// - Parameters:
  ///   - source: The imported file.
  ///   - mapping: Without one, our columns are the file's own, in small letters; columns without a
  ///     name are left out.
  ///   - lookupFolder: Searched for lookup files after the folder of the mapping file; the folder of
  ///     the imported file, as a rule.
  ///   - delimiter: Found in the header row if not given.
  /// - Throws: `ByteSourceError`, `CSVError`, `MappingError`.
  init(
    source: ByteSource, mapping: MappingFile? = nil, lookupFolder: String? = nil,
    delimiter: CSVDelimiter? = nil
  ) throws {
    let reader = try CSVReader(source: source, delimiter: delimiter)
    mapper = try Self.mapper(mapping, header: reader.header, lookupFolder: lookupFolder)
    self.reader = reader
  }

  /// The next row that the mapping takes; `nil` at the end.
  ///
  /// - Returns: A failure for a row that is no record or that the mapping cannot turn into values;
  ///   reading goes on after it.
  /// - Throws: `ByteSourceError`, `CSVError`: the file is unusable.
  mutating func next() throws -> Result<MappedRow, RowError>? {
    while let record = try reader.next() {
      switch record {
      case .failure(let error): return .failure(error)
      case .success(let record):
        guard mapper.takes(record.fields) else {
          rowsLeftOut += 1
          continue
        }
        return mapped(record)
      }
    }
    return nil
  }

  private static func mapper(
    _ mapping: MappingFile?, header: CSVHeader, lookupFolder: String?
  ) throws(MappingError) -> RowMapper {
    guard let mapping else { return RowMapper(header: header) }
    do {
      return try RowMapper(mapping, header: header, lookupFolder: lookupFolder)
    } catch {
      throw MappingError(path: mapping.path, fault: error)
    }
  }

  private func mapped(_ record: CSVRecord) -> Result<MappedRow, RowError> {
    do throws(RowFault) {
      let values = try mapper.values(of: record.fields)
      let (row, line) = (record.row, record.line)
      return .success(MappedRow(row: row, line: line, values: values, raw: record.fields))
    } catch {
      let (row, line) = (record.row, record.line)
      return .failure(RowError(row: row, line: line, raw: record.fields, fault: error))
    }
  }
}

/// A mapping with its names exchanged for places in one file, and its lookup files read.
private struct RowMapper {
  private enum Source {
    case field(Int)
    case constant(String)
    case join([Int], separator: String)
  }

  private struct Column {
    var name: String
    var source: Source
    var lookups: [(rule: LookupRule, table: [String: String])] = []
    var transforms: [ValueTransform] = []
  }

  private var targets: [Column]
  private var filter: (index: Int, rule: RowFilter)?

  var columns: [String] { targets.map(\.name) }

  /// Our columns are the file's own.
  init(header: CSVHeader) {
    targets = header.names.enumerated().filter { !$0.element.isEmpty }
      .map { Column(name: $0.element.lowercased(), source: .field($0.offset)) }
      .sorted { $0.name < $1.name }
  }

  init(
    _ mapping: MappingFile, header: CSVHeader, lookupFolder: String?
  ) throws(MappingFault) {
    func index(of name: String) throws(MappingFault) -> Int {
      if let index = header.index(of: name) { return index }
      throw .noSuchColumn(name, found: header.names)
    }
    let folder = URL(fileURLWithPath: mapping.path).deletingLastPathComponent().path
    var tables = LookupTables(folders: [folder] + (lookupFolder.map { [$0] } ?? []))
    targets = []
    for (name, rule) in mapping.columns.sorted(by: { $0.key < $1.key }) {
      var column: Column
      switch rule.source {
      case .column(let from): column = Column(name: name, source: .field(try index(of: from)))
      case .constant(let text): column = Column(name: name, source: .constant(text))
      case .join(let names, let separator):
        var indexes: [Int] = []
        for name in names { indexes.append(try index(of: name)) }
        column = Column(name: name, source: .join(indexes, separator: separator))
      }
      for lookup in rule.lookups { column.lookups.append((lookup, try tables.table(for: lookup))) }
      column.transforms = rule.transforms
      targets.append(column)
    }
    if let rule = mapping.filter { filter = (try index(of: rule.column), rule) }
  }

  func takes(_ fields: [String]) -> Bool {
    filter.map { $0.rule.takes(fields[$0.index]) } ?? true
  }

  func values(of fields: [String]) throws(RowFault) -> [String: String] {
    var values = [String: String](minimumCapacity: targets.count)
    for column in targets { values[column.name] = try value(of: column, in: fields) }
    return values
  }

  private func value(of column: Column, in fields: [String]) throws(RowFault) -> String {
    var value: String
    switch column.source {
    case .field(let index): value = fields[index]
    case .constant(let text): value = text
    case .join(let indexes, let separator):
      value = indexes.map { fields[$0] }.filter { !$0.isEmpty }.joined(separator: separator)
    }
    for (rule, table) in column.lookups where !value.isEmpty {
      guard let found = table[value] ?? rule.otherwise else {
        throw .notInLookup(column: column.name, value: value, file: rule.file, key: rule.key)
      }
      value = found
    }
    for transform in column.transforms {
      value = try transform.applied(to: value, column: column.name)
    }
    return value
  }
}
