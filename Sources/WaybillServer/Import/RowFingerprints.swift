import Foundation
import SyncSession

/// Finds out which rows of a file speak of one record, in memory that does not grow with the file: what each
/// row is about goes to a scratch file, which is looked through one share of all records at a time.
struct RowFingerprints: ~Copyable {
  private struct Mark {
    /// The first half of the SHA-256 of the external id: no two ids of a file share it.
    let identity: (UInt64, UInt64)
    /// Of what the row says.
    let content: UInt64
    let row: UInt64
    let line: UInt64

    static let bytes = 40
  }

  private let scratch: ScratchFile
  private var count = 0

  /// Marks looked at together: four megabytes of them.
  private static let shareMax = 100_000

  init() throws { scratch = try ScratchFile() }

  /// Takes in what a row is about.
  ///
  /// - Parameters:
  ///   - row: its place among the rows read, from 0; ascending.
  ///   - content: the same for rows that say the same.
  mutating func add(row: Int, line: Int, identity: String, content: Int) throws {
    let hash = Hashing.sha256(Array(identity.utf8))
    var bytes = Array(hash.prefix(16))
    for number in [UInt64(bitPattern: Int64(content)), UInt64(row), UInt64(line)] {
      withUnsafeBytes(of: number) { bytes.append(contentsOf: $0) }
    }
    try scratch.append(bytes)
    count += 1
  }

  /// Looks everything through.
  consuming func meetings() throws -> RowMeetings {
    try scratch.flush()
    let shares = UInt64(count / RowFingerprints.shareMax + 1)
    var meetings = RowMeetings()
    for share in 0..<shares {
      var marks: [Mark] = []
      try scratch.read { bytes in
        for start in stride(from: 0, to: bytes.count, by: Mark.bytes) {
          let mark = RowFingerprints.mark(bytes, at: start)
          if mark.identity.0 % shares == share { marks.append(mark) }
        }
      }
      marks.sort { ($0.identity.0, $0.identity.1, $0.row) < ($1.identity.0, $1.identity.1, $1.row) }
      RowFingerprints.compare(marks, &meetings)
    }
    meetings.contradicting.sort { $0.row < $1.row }
    return meetings
  }

  /// - Parameter marks: those of one record beside each other, in the file's order.
  private static func compare(_ marks: [Mark], _ meetings: inout RowMeetings) {
    guard var first = marks.first else { return }
    for mark in marks.dropFirst() {
      if mark.identity != first.identity {
        first = mark
      } else if mark.content == first.content {
        meetings.repeated.insert(Int(mark.row))
      } else {
        meetings.contradicting.append((Int(mark.row), Int(first.line)))
      }
    }
  }

  private static func mark(_ bytes: UnsafeRawBufferPointer, at start: Int) -> Mark {
    func word(_ place: Int) -> UInt64 {
      bytes.loadUnaligned(fromByteOffset: start + place * 8, as: UInt64.self)
    }
    return Mark(identity: (word(0), word(1)), content: word(2), row: word(3), line: word(4))
  }

  /// Bytes of whole marks read at once.
  fileprivate static let blockBytes = Mark.bytes * 1_638
}

/// A file without a name, gone when nobody has it open any more.
final class ScratchFile {
  let descriptor: Int32
  private var buffer: [UInt8] = []

  /// - Throws: `Failure` with `DISK_FULL` or `IO_FAILED`.
  init() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "waybill-\(UUID().uuidString)")
      .path(percentEncoded: false)
    descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw DataFolder.failure("make a scratch file") }
    unlink(path)
  }

  deinit { close(descriptor) }

  func append(_ bytes: some Sequence<UInt8>) throws {
    buffer.append(contentsOf: bytes)
    if buffer.count >= RowFingerprints.blockBytes { try flush() }
  }

  func flush() throws {
    var rest = buffer[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if written < 0 {
        if errno == EINTR { continue }
        throw DataFolder.failure("write a scratch file")
      }
      rest = rest.dropFirst(written)
    }
    buffer.removeAll(keepingCapacity: true)
  }

  /// Reads all of it from the start, in blocks of whole marks.
  func read(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    var block = [UInt8](repeating: 0, count: RowFingerprints.blockBytes)
    var place: off_t = 0
    while true {
      var filled = 0
      while filled < block.count {
        let count = block.withUnsafeMutableBytes {
          pread(descriptor, $0.baseAddress?.advanced(by: filled), $0.count - filled, place)
        }
        if count < 0 {
          if errno == EINTR { continue }
          throw DataFolder.failure("read a scratch file")
        }
        if count == 0 { break }
        filled += count
        place += off_t(count)
      }
      if filled == 0 { return }
      try block.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[..<filled])) }
    }
  }
}
