import Foundation

/// How far a write-ahead log counts, as the programs that have it open told each other beside it
/// (https://sqlite.org/walformat.html, "The WAL-Index File Format").
///
/// Whoever is killed between writing a commit and saying so leaves a whole commit that nobody was told of. The next commit
/// is written over its beginning, and its end then looks like a commit behind a damaged one.
struct LogIndex {
  private static let headerBytes = 48

  /// Frames that count.
  let frames: Int
  /// The checksum of the last of them.
  let checksum: (UInt32, UInt32)
  /// Those of the log that it speaks of.
  let salts: (UInt32, UInt32)

  /// - Parameter path: the replica's.
  /// - Returns: nil when there is none that was written since the machine started: nobody wrote it to the disk on purpose,
  ///   so what a power cut left of it may be of any age.
  init?(of path: String) {
    let file = path + "-shm"
    guard let started = LogIndex.machineStart,
      let changed = try? FileManager.default.attributesOfItem(atPath: file)[.modificationDate] as? Date,
      changed >= started, let bytes = FileManager.default.contents(atPath: file),
      bytes.count >= 2 * LogIndex.headerBytes
    else { return nil }
    self.init(bytes)
  }

  /// - Returns: nil for a header that somebody was writing when he was killed: its second half is another then.
  private init?(_ bytes: Data) {
    let header = [UInt8](bytes.prefix(LogIndex.headerBytes))
    guard header == [UInt8](bytes.dropFirst(LogIndex.headerBytes).prefix(LogIndex.headerBytes)),
      header[12] == 1
    else { return nil }
    func number(_ place: Int) -> UInt32 {
      header.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: place, as: UInt32.self) }
    }
    frames = Int(number(16))
    checksum = (number(24), number(28))
    salts = (UInt32(bigEndian: number(32)), UInt32(bigEndian: number(36)))
  }

  /// When the machine started, by its present clock (proc(5), `/proc/stat`).
  private static var machineStart: Date? {
    guard let text = try? String(contentsOfFile: "/proc/stat", encoding: .utf8),
      let line = text.split(separator: "\n").first(where: { $0.hasPrefix("btime ") }),
      let seconds = TimeInterval(line.dropFirst("btime ".count))
    else { return nil }
    return Date(timeIntervalSince1970: seconds)
  }
}
