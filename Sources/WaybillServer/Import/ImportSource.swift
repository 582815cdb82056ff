import CentralStore
import Foundation
import SyncSession
import TradeRules

/// The file of an import and how it is read. It is read several times: to compare its rows with each other,
/// to rehearse them, to send what changes something; nothing of it is kept in memory in between.
struct ImportSource {
  private let path: String
  let mapping: MappingFile?
  /// Where lookup files are looked for after the mapping's own folder.
  private let folder: String?
  /// What standard input gave: it can be read only once.
  private let kept: ScratchFile?

  /// - Throws: `ReadingError`; `Failure` for a mapping of another kind.
  init(path: String, mapping mappingPath: String?, kind: ImportKind) throws {
    mapping = try mappingPath.map { try MappingFile(path: $0) }
    folder = path == "-" ? nil : URL(fileURLWithPath: path).deletingLastPathComponent().path
    if let mapping, mapping.kind != kind.rawValue {
      throw Failure(.fileUnusable, "\(mapping.path) maps \(mapping.kind), not \(kind.rawValue)")
    }
    kept = path == "-" ? try ImportSource.keepInput() : nil
    // A descriptor's own name opens the file anew, from its start (proc(5)).
    self.path = kept.map { "/proc/self/fd/\($0.descriptor)" } ?? path
  }

  /// The rows from the first one on, and the hash of the file once they are all read.
  ///
  /// - Throws: `ReadingError`.
  func open() throws -> OpenedFile {
    let hash = FileHash()
    let bytes = try ByteSource(path: path) { hash.update($0) }
    return OpenedFile(
      rows: try MappedRows(source: bytes, mapping: mapping, lookupFolder: folder), hash: hash)
  }

  private static func keepInput() throws -> ScratchFile {
    let file = try ScratchFile()
    while true {
      guard let bytes = ByteSource.read(STDIN_FILENO) else {
        throw DataFolder.failure("read standard input")
      }
      if bytes.isEmpty { break }
      try file.append(bytes)
    }
    try file.flush()
    return file
  }
}

/// A file that is being read.
struct OpenedFile: ~Copyable {
  var rows: MappedRows
  let hash: FileHash
}

/// The hash of a file while somebody else reads it.
final class FileHash {
  private var running = RunningHash()

  func update(_ bytes: [UInt8]) { running.update(bytes) }
  var value: [UInt8] { running.value }
}
