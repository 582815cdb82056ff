import Foundation
import GRDB
import TradeTables

/// Gives a copy of a damaged replica the tables of a new one, so that its rows can be read again.
///
/// SQLite reads nothing of a file whose schema it cannot parse, however sound the rest is. The tables are the
/// first thing that is made in a replica, always by the same statements, so that they begin on the same pages
/// in each; only indexes follow later, and nobody needs them to read everything
/// (https://sqlite.org/fileformat.html, "Storage of the SQL database schema"). A program that laid its tables
/// out otherwise gives rows that belong to no table or prove nothing: they count as damaged.
struct SchemaGraft {
  private static let pageBytes = 4_096
  /// The header's fields for the file's length in pages, and for the pages nobody uses.
  private static let (lengthField, freeField) = (28..<32, 32..<40)

  /// The pages of a new replica that no table begins on: the header and the schema.
  private let pages: [(number: Int, bytes: [UInt8])]

  /// - Parameters:
  ///   - fresh: a new replica's file, as it was made.
  ///   - database: the same, open; its log is copied into the file.
  init(of fresh: String, _ database: DatabaseQueue) throws {
    try TradeDatabase.checkpoint(database, .truncate)
    let roots = try database.read { db in
      try Set(Int.fetchAll(db, sql: "SELECT rootpage FROM sqlite_schema WHERE rootpage > 1"))
    }
    guard let bytes = FileManager.default.contents(atPath: fresh) else {
      throw ReplicaFault.io("read \(fresh)", EIO)
    }
    pages = (1...max(1, bytes.count / Self.pageBytes)).filter { !roots.contains($0) }.map { number in
      (number, Array(bytes[(number - 1) * Self.pageBytes..<min(number * Self.pageBytes, bytes.count)]))
    }
  }

  /// Copies a damaged file, with its log in it, and makes the copy readable.
  func copy(_ path: String, _ log: WriteAheadLog?, to copy: String) throws {
    do {
      try FileManager.default.copyItem(atPath: path, toPath: copy)
      guard let file = FileHandle(forUpdatingAtPath: copy) else {
        throw ReplicaFault.io("open \(copy)", errno)
      }
      defer { try? file.close() }
      try log?.fold(into: file)
      try write(to: file)
    } catch  where !(error is ReplicaFault) {
      let isFull = (error as? CocoaError)?.code == .fileWriteOutOfSpace
      throw ReplicaFault.io("copy \(path)", isFull ? ENOSPC : EIO)
    }
  }

  private func write(to file: FileHandle) throws {
    let length = try file.seekToEnd() / UInt64(Self.pageBytes)
    for page in pages where page.number <= length {
      var bytes = page.bytes
      if page.number == 1 {
        let length = UInt32(truncatingIfNeeded: length)
        bytes.replaceSubrange(
          Self.lengthField, with: (0..<4).map { UInt8(truncatingIfNeeded: length >> (24 - 8 * $0)) })
        bytes.replaceSubrange(Self.freeField, with: [UInt8](repeating: 0, count: 8))
      }
      try file.seek(toOffset: UInt64((page.number - 1) * Self.pageBytes))
      try file.write(contentsOf: Data(bytes))
    }
  }
}
