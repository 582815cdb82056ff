import Foundation

/// The lookup files of a mapping, each read once into a dictionary.
struct LookupTables {
  private let folders: [String]
  private var tables: [LookupRule: [String: String]] = [:]

  /// - Parameter folders: Where files are looked for, in this order.
  init(folders: [String]) {
    self.folders = folders
  }

  /// The values of `rule.columns` by those of `rule.key`.
  ///
  /// - Throws: `MappingFault`: the file is missing or unreadable, lacks a column, or gives two
  ///   answers for one key.
  mutating func table(for rule: LookupRule) throws(MappingFault) -> [String: String] {
    if let table = tables[rule] { return table }
    let path = try path(of: rule.file)
    do {
      let table = try Self.read(rule, from: CSVReader(source: ByteSource(path: path)))
      tables[rule] = table
      return table
    } catch {
      throw MappingFault(error)
    }
  }

  private func path(of file: String) throws(MappingFault) -> String {
    let paths = file.hasPrefix("/") ? [file] : folders.map { $0 + "/" + file }
    if let path = paths.first(where: { FileManager.default.fileExists(atPath: $0) }) { return path }
    throw .lookupMissing(file: file, folders: file.hasPrefix("/") ? ["/"] : folders)
  }

  private static func read(
    _ rule: LookupRule, from file: consuming CSVReader
  ) throws -> [String: String] {
    let key = try index(of: rule.key, in: file.header, rule)
    var columns: [Int] = []
    for name in rule.columns { columns.append(try index(of: name, in: file.header, rule)) }
    let filtered = try rule.filter.map { try index(of: $0.column, in: file.header, rule) }
    var table: [String: String] = [:]
    while let row = try file.next() {
      switch row {
      case .success(let record):
        if let filtered, let filter = rule.filter, !filter.takes(record.fields[filtered]) { continue }
        let name = record.fields[key]
        let value = columns.map { record.fields[$0] }.filter { !$0.isEmpty }.joined(separator: " ")
        // The same row twice says nothing new; another value would make the answer a matter of luck.
        if let other = table.updateValue(value, forKey: name), other != value, !rule.takesLast {
          throw MappingFault.ambiguousKey(
            name, key: rule.key, file: rule.file, line: record.line)
        }
      case .failure(let error):
        throw MappingFault.unreadable(reason: "lookup file \(rule.file), \(error)")
      }
    }
    return table
  }

  private static func index(
    of name: String, in header: CSVHeader, _ rule: LookupRule
  ) throws(MappingFault) -> Int {
    if let index = header.index(of: name) { return index }
    throw .noSuchLookupColumn(name, file: rule.file, found: header.names)
  }
}
