import Foundation
import Testing

@testable import WaybillServer

/// Everything a file gave, or how far it came before it was found unusable.
struct ImportReadingOutcome: Equatable {
  var header: [String] = []
  var rows: [[String]] = []
  var refused: [RowError] = []
  var lines: [Int] = []
  var unusable: CSVError?
}

/// Reads bytes that come in pieces of a given size; all at once if none is given.
func reading(
  _ bytes: [UInt8], piece: Int? = nil, delimiter: CSVDelimiter? = nil
) throws -> ImportReadingOutcome {
  var reading = ImportReadingOutcome()
  do {
    var reader = try CSVReader(chunks: pieces(of: bytes, piece), delimiter: delimiter)
    reading.header = reader.header.names
    while let row = try reader.next() {
      switch row {
      case .success(let record):
        reading.rows.append(record.fields)
        reading.lines.append(record.line)
      case .failure(let error): reading.refused.append(error)
      }
    }
    #expect(try reader.next() == nil)
  } catch let error as CSVError {
    reading.unusable = error
  }
  return reading
}

func reading(_ text: String, delimiter: CSVDelimiter? = nil) throws -> ImportReadingOutcome {
  try reading(Array(text.utf8), delimiter: delimiter)
}

/// Hands out bytes piece by piece, then `nil`, then fails: nobody may ask again after the end.
func pieces(of bytes: [UInt8], _ size: Int? = nil) -> () throws -> [UInt8]? {
  var rest = bytes[...]
  var isOver = false
  return {
    #expect(!isOver)
    if rest.isEmpty { isOver = true }
    guard !rest.isEmpty else { return nil }
    let piece = rest.prefix(max(1, size ?? rest.count))
    rest = rest.dropFirst(piece.count)
    return Array(piece)
  }
}

func utf16(_ text: String, bigEndian: Bool, mark: Bool = true) -> [UInt8] {
  ((mark ? [0xFEFF] : []) + Array(text.utf16)).flatMap { (unit: UInt16) -> [UInt8] in
    let (high, low) = (UInt8(unit >> 8), UInt8(unit & 0xFF))
    return bigEndian ? [high, low] : [low, high]
  }
}

/// A folder of its own that goes away with the test.
final class ImportReadingFolder {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent(
      "import-reading-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file and returns its path.
  func file(_ name: String, _ bytes: [UInt8]) throws -> String {
    let path = path + "/" + name
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return path
  }

  func file(_ name: String, _ text: String) throws -> String { try file(name, Array(text.utf8)) }
}

/// All bytes of a source.
func bytes(of source: ByteSource) throws -> [UInt8] {
  var bytes: [UInt8] = []
  while let chunk = try source.nextChunk() {
    #expect(!chunk.isEmpty)
    bytes += chunk
  }
  return bytes
}

/// Packs bytes as a till's export would; independent of the code under test.
func gzipped(_ bytes: [UInt8], in folder: ImportReadingFolder, as name: String = "packed") throws -> [UInt8] {
  let plain = try folder.file(name, bytes)
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/gzip")
  process.arguments = ["-nf", plain]
  try process.run()
  process.waitUntilExit()
  try #require(process.terminationStatus == 0)
  return [UInt8](try Data(contentsOf: URL(fileURLWithPath: plain + ".gz")))
}

/// SplitMix64 (Steele, Lea, Flood 2014): small, and the same on every machine for a seed.
struct ImportReadingRandom: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
