import Foundation

/// A replica's write-ahead log, read past what SQLite takes for its end
/// (https://sqlite.org/fileformat.html, "The Write-Ahead Log").
///
/// SQLite stops at the first frame that is not what was written: behind a bit that flipped everything is gone,
/// and the next commit is written over it. What a crash leaves there has no end of a commit, but for a power cut
/// in the middle of one, and for what a program wrote that was killed before it told the others: `LogIndex` knows.
struct WriteAheadLog {
  private static let (headerBytes, frameBytes, pageBytes) = (32, 24, 4_096)

  /// One page as some commit wrote it.
  struct Frame {
    let page: Int
    /// Where the page's bytes are.
    let content: Range<Int>
    /// Whether it ends a commit.
    let isCommit: Bool
    /// Whether it follows from the frame before.
    let isIntact: Bool
    let checksum: (UInt32, UInt32)
  }

  private let bytes: Data
  private let isHeaderIntact: Bool
  /// All frames of this log up to the last end of a commit.
  let frames: [Frame]

  /// - Parameter path: the replica's; nil when it has no log.
  init?(of path: String) {
    guard let bytes = FileManager.default.contents(atPath: path + "-wal"),
      bytes.count > Self.headerBytes
    else { return nil }
    self.bytes = bytes
    let found = bytes.withUnsafeBytes { Self.read($0) }
    isHeaderIntact = found.isHeaderIntact
    let isWhole = found.frames.allSatisfy(\.isIntact)
    let end =
      isWhole ? nil : bytes.withUnsafeBytes { log in Self.end(of: log, found.frames, LogIndex(of: path)) }
    frames = Array(found.frames[..<(end ?? found.frames.count)])
  }

  /// How many frames count for those who have the log open; nil when nothing says so.
  private static func end(of log: UnsafeRawBufferPointer, _ frames: [Frame], _ index: LogIndex?) -> Int? {
    guard let index else { return nil }
    let salts = (number(log, 16), number(log, 20))
    // Everything was copied into the file, and the next commit begins the log anew.
    if index.frames == 0, index.salts.0 == salts.0 &+ 1 { return 0 }
    guard index.salts == salts, (1...max(1, frames.count)).contains(index.frames), !frames.isEmpty,
      frames[index.frames - 1].checksum == index.checksum
    else { return nil }
    return index.frames
  }

  /// Whether commits are behind something that rotted: whoever opens the file to write loses them.
  var isCutShort: Bool { !frames.isEmpty && !(isHeaderIntact && frames.allSatisfy(\.isIntact)) }

  /// Whether only the last commit is not whole. Then either a disk forgot, or a power cut came before anybody was
  /// told of it; nobody can tell.
  var isLastInDoubt: Bool { isHeaderIntact && isCutShort && frames[..<lastCommit].allSatisfy(\.isIntact) }

  /// Writes every page of the log into a copy of the file, those that rotted as well: chain and digests will
  /// show what is wrong with them. A last commit in doubt is left out.
  func fold(into file: FileHandle) throws {
    let taken = isLastInDoubt ? frames[..<lastCommit] : frames[...]
    let most = taken.filter(\.isIntact).map(\.page).max() ?? 0
    // A page's number may have rotted too.
    for frame in taken where (1...max(1, most)).contains(frame.page) {
      try file.seek(toOffset: UInt64((frame.page - 1) * Self.pageBytes))
      try file.write(
        contentsOf: bytes[
          bytes.startIndex + frame.content.lowerBound..<bytes.startIndex + frame.content.upperBound])
    }
  }

  /// Where the last commit begins.
  private var lastCommit: Int { (frames.dropLast().lastIndex(where: \.isCommit) ?? -1) + 1 }

  // MARK: Reading

  private static func read(_ log: UnsafeRawBufferPointer) -> (isHeaderIntact: Bool, frames: [Frame]) {
    let magic = number(log, 0)
    let isBig = magic == 0x377F_0683
    var sum = (UInt32(0), UInt32(0))
    add(log, 0..<24, isBig, &sum)
    let isIntact =
      (isBig || magic == 0x377F_0682) && number(log, 8) == UInt32(pageBytes)
      && sum == (number(log, 24), number(log, 28))
    // Each log has salts of its own, in its header and in every frame; a longer one before left other frames behind.
    let salts = isIntact ? (number(log, 16), number(log, 20)) : (number(log, 40), number(log, 44))
    var (place, before) = (headerBytes, (number(log, 24), number(log, 28)))
    var frames: [Frame] = []
    while place + frameBytes + pageBytes <= log.count {
      guard number(log, place + 8) == salts.0 || number(log, place + 12) == salts.1 else { break }
      let content = place + frameBytes..<place + frameBytes + pageBytes
      var sum = before
      add(log, place..<place + 8, isBig, &sum)
      add(log, content, isBig, &sum)
      before = (number(log, place + 16), number(log, place + 20))
      let isWhole = (number(log, place + 8), number(log, place + 12)) == salts && sum == before
      frames.append(
        Frame(
          page: Int(number(log, place)), content: content, isCommit: number(log, place + 4) > 0,
          isIntact: isWhole, checksum: before))
      place = content.upperBound
    }
    return (isIntact, Array(frames[...(frames.lastIndex(where: \.isCommit) ?? -1)]))
  }

  private static func number(_ log: UnsafeRawBufferPointer, _ place: Int) -> UInt32 {
    guard place + 4 <= log.count else { return 0 }
    return UInt32(bigEndian: log.loadUnaligned(fromByteOffset: place, as: UInt32.self))
  }

  /// The checksum goes on from frame to frame.
  private static func add(
    _ log: UnsafeRawBufferPointer, _ range: Range<Int>, _ isBig: Bool, _ sum: inout (UInt32, UInt32)
  ) {
    for place in stride(from: range.lowerBound, to: range.upperBound, by: 8) {
      let words = (number(log, place), number(log, place + 4))
      sum.0 &+= (isBig ? words.0 : words.0.byteSwapped) &+ sum.1
      sum.1 &+= (isBig ? words.1 : words.1.byteSwapped) &+ sum.0
    }
  }
}
