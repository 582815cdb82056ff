import Foundation
import GRDB
import Testing

@testable import ReplicaStore

@Suite("The log beside a replica's file")
struct WriteAheadLogTests {
  /// A file and its log, as they lie on the disk while somebody has them open.
  private struct Place {
    let path: String
    static let parts = ["", "-wal", "-shm"]

    func part(_ suffix: String) throws -> Data { try Data(contentsOf: URL(filePath: path + suffix)) }
    func put(_ bytes: Data, _ suffix: String) throws { try bytes.write(to: URL(filePath: path + suffix)) }

    func open() throws -> DatabaseQueue {
      var configuration = Configuration()
      configuration.journalMode = .wal
      return try DatabaseQueue(path: path, configuration: configuration)
    }
  }

  /// A log in which somebody was killed between writing a long commit and saying so, and somebody else, who had it open,
  /// wrote a short one over its beginning.
  ///
  /// - Returns: where it lies, and how many bytes of the log count.
  private func killed(in folder: String) throws -> (place: Place, counting: Int) {
    let (first, second) = (Place(path: folder + "/first.db"), Place(path: folder + "/second.db"))
    let queue = try first.open()
    try queue.write { db in
      try db.execute(sql: "CREATE TABLE work (what BLOB); INSERT INTO work VALUES ('acknowledged')")
    }
    for part in Place.parts { try second.put(try first.part(part), part) }
    try queue.write { try $0.execute(sql: "INSERT INTO work VALUES (randomblob(60000))") }
    let long = try first.part("-wal")
    try queue.close()
    let other = try second.open()
    try other.write { try $0.execute(sql: "INSERT INTO work VALUES ('acknowledged as well')") }
    let parts = try Place.parts.map { try second.part($0) }
    try other.close()
    for (part, bytes) in zip(Place.parts, parts) { try second.put(bytes, part) }
    let counting = parts[1].count
    try #require(counting < long.count)
    try second.put(parts[1] + long[counting...], "-wal")
    return (second, counting)
  }

  @Test("G1 G23 a commit that somebody was killed over, and another wrote over, is no damage")
  func killedCommit() throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let (place, _) = try killed(in: URL(filePath: scratch.file).deletingLastPathComponent().path)
    let log = try #require(WriteAheadLog(of: place.path))
    #expect(!log.isCutShort)
    #expect(log.frames.allSatisfy(\.isIntact) && !log.frames.isEmpty)
    // Without what the programs told each other nobody can tell it from a disk that forgot.
    try FileManager.default.removeItem(atPath: place.path + "-shm")
    #expect(WriteAheadLog(of: place.path)?.isCutShort == true)
    let queue = try place.open()
    #expect(try queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM work") } == 2)
  }

  @Test("G23 a bit that flips in what counts is damage all the same")
  func rottenCommit() throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let (place, counting) = try killed(in: URL(filePath: scratch.file).deletingLastPathComponent().path)
    for byte in [32 + 24 + 9, counting - 9] {
      let sound = try place.part("-wal")
      var rotten = sound
      rotten[byte] ^= 4
      try place.put(rotten, "-wal")
      #expect(WriteAheadLog(of: place.path)?.isCutShort == true, "byte \(byte)")
      try place.put(sound, "-wal")
    }
  }
}
