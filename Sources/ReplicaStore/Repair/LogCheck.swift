import Foundation
import TradeTables

/// Looks whether commits in a write-ahead log are behind a damaged one.
///
/// SQLite takes the first frame that is not what was written for the end of the log: behind a bit that flipped
/// everything is gone, and the next commit is written over it. What a crash leaves there has no end of a commit,
/// but for a power cut in the middle of one: then nothing is missing and somebody looks in vain
/// (https://sqlite.org/fileformat.html, "The Write-Ahead Log").
enum LogCheck {
  private static let (headerBytes, frameBytes, pageBytes) = (32, 24, 4_096)

  /// - Returns: whether work may have been lost behind a frame that rotted.
  static func isCutShort(_ path: String) throws -> Bool {
    guard let log = FileManager.default.contents(atPath: path + "-wal"), log.count > headerBytes else {
      return false
    }
    return log.withUnsafeBytes { isCutShort($0) }
  }

  private static func isCutShort(_ log: UnsafeRawBufferPointer) -> Bool {
    let magic = number(log, 0)
    var sum = (UInt32(0), UInt32(0))
    let isBig = magic == 0x377F_0683
    guard isBig || magic == 0x377F_0682, number(log, 8) == UInt32(pageBytes) else { return true }
    add(log, 0..<24, isBig, &sum)
    guard sum == (number(log, 24), number(log, 28)) else { return true }
    let salts = (number(log, 16), number(log, 20))
    var (place, isBroken, commitsBehind) = (headerBytes, false, 0)
    while place + frameBytes + pageBytes <= log.count {
      let isOfThisLog = (number(log, place + 8), number(log, place + 12)) == salts
      if !isBroken {
        add(log, place..<place + 8, isBig, &sum)
        add(log, place + frameBytes..<place + frameBytes + pageBytes, isBig, &sum)
        isBroken = !isOfThisLog || sum != (number(log, place + 16), number(log, place + 20))
      }
      // The frame that broke may be a commit's end as well.
      if isBroken, isOfThisLog, number(log, place + 4) > 0 { commitsBehind += 1 }
      place += frameBytes + pageBytes
    }
    return commitsBehind > 0
  }

  private static func number(_ log: UnsafeRawBufferPointer, _ place: Int) -> UInt32 {
    UInt32(bigEndian: log.loadUnaligned(fromByteOffset: place, as: UInt32.self))
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
