import Foundation
import Testing

@testable import WaybillServer

@Suite("Getting at the bytes of a file")
struct ImportReadingByteSourceTests {
  private let folder: ImportReadingFolder

  init() throws { folder = try ImportReadingFolder() }

  /// Bytes that do not pack well, so that the packed file is long too.
  private static func noise(_ count: Int) -> [UInt8] {
    var random = ImportReadingRandom(seed: 7)
    return (0..<count).map { _ in UInt8.random(in: 0x20...0x7E, using: &random) }
  }

  @Test(
    "a plain file comes back byte for byte, and is heard once for its hash",
    arguments: [0, 1, 2, 3, 65_535, 65_536, 65_537, 1_000_000])
  func plain(count: Int) throws {
    let content = Self.noise(count)
    var heard: [UInt8] = []
    let path = try folder.file("plain.csv", content)
    let source = try ByteSource(path: path) { heard += $0 }
    #expect(!source.isGzip)
    #expect(try bytes(of: source) == content)
    #expect(heard == content)
    #expect(try source.nextChunk() == nil)
  }

  @Test(
    "a packed file is unpacked whatever its name, and its hash is that of the packed bytes",
    arguments: [0, 1, 65_536, 5_000_000])
  func gzip(count: Int) throws {
    let content = Self.noise(count)
    let packed = try gzipped(content, in: folder)
    var heard: [UInt8] = []
    let path = try folder.file("no-telling-name", packed)
    let source = try ByteSource(path: path) { heard += $0 }
    #expect(source.isGzip)
    #expect(try bytes(of: source) == content)
    #expect(heard == packed)
    #expect(try source.nextChunk() == nil)
  }

  @Test("a file that unpacks to a thousand times its size takes no more memory than another")
  func gzipBomb() throws {
    let packed = try gzipped([UInt8](repeating: 0x61, count: 50_000_000), in: folder)
    let source = try ByteSource(path: try folder.file("bomb.gz", packed))
    var total = 0
    while let chunk = try source.nextChunk() {
      #expect(chunk.count <= ReadingLimits.chunkBytes)
      total += chunk.count
    }
    #expect(total == 50_000_000)
  }

  @Test("two packed files put together are read one after the other, as gzip does")
  func gzipMembers() throws {
    let first = try gzipped(Array("sku\nA1\n".utf8), in: folder)
    let second = try gzipped(Array("A2\n".utf8), in: folder)
    let source = try ByteSource(path: try folder.file("both.gz", first + second))
    #expect(try bytes(of: source) == Array("sku\nA1\nA2\n".utf8))
  }

  @Test("a packed file cut short is never taken for a whole one, wherever it was cut")
  func gzipCut() throws {
    let packed = try gzipped(Array("sku,name\nA1,Chai\nA2,Chang\n".utf8), in: folder)
    for length in 2..<packed.count {
      let path = try folder.file("cut.gz", Array(packed[..<length]))
      #expect(throws: ByteSourceError.self) { try bytes(of: ByteSource(path: path)) }
    }
  }

  @Test("a damaged packed file says so")
  func gzipDamaged() throws {
    var packed = try gzipped(Self.noise(300_000), in: folder)
    packed[packed.count / 2] ^= 0xFF
    let path = try folder.file("damaged.gz", packed)
    let error = #expect(throws: ByteSourceError.self) { try bytes(of: ByteSource(path: path)) }
    #expect(error?.code == "GZIP_FAILED")
    #expect(error?.message.hasPrefix("\(path) is gzip and cannot be unpacked: gzip: stdin: ") == true)
  }

  @Test("bytes after the end of a packed file are an error; padding is none")
  func gzipTrailing() throws {
    let packed = try gzipped(Array("sku\n".utf8), in: folder)
    let garbage = try folder.file("garbage.gz", packed + Self.noise(200_000))
    #expect(throws: ByteSourceError.self) { try bytes(of: ByteSource(path: garbage)) }
    var heard = 0
    let padding = [UInt8](repeating: 0, count: 200_000)
    let padded = try ByteSource(path: try folder.file("padded.gz", packed + padding)) {
      heard += $0.count
    }
    #expect(try bytes(of: padded) == Array("sku\n".utf8))
    #expect(heard == packed.count + padding.count)
  }

  @Test("leaving a packed file in the middle leaves nothing behind")
  func gzipAbandoned() throws {
    let packed = try gzipped(Self.noise(3_000_000), in: folder)
    let path = try folder.file("left.gz", packed)
    let before = try openFiles()
    for _ in 0..<20 {
      let source = try ByteSource(path: path)
      #expect(try source.nextChunk() != nil)
    }
    // Other tests run beside this one, so some files more are theirs; left behind would be 60.
    #expect(try openFiles() < before + 40)
  }

  @Test("a machine without gzip says so, and one that fails says what it said")
  func gzipProgram() throws {
    let missing = #expect(throws: ByteSourceError.self) {
      _ = try GzipStream(path: "list.csv", program: "/no/gzip")
    }
    #expect(missing?.code == "GZIP_UNAVAILABLE")
    let failing = try GzipStream(path: "list.csv", program: "/usr/bin/false")
    let error = #expect(throws: ByteSourceError.self) {
      while try failing.nextChunk(packed: { () throws(ByteSourceError) in Self.noise(100_000) })
        != nil
      {}
    }
    #expect(error == .gzipFailed(path: "list.csv", reason: "gzip ended with status 1"))
  }

  @Test("a missing file and a folder say what they are")
  func unreadable() throws {
    let missing = folder.path + "/missing.csv"
    let error = #expect(throws: ByteSourceError.self) { _ = try ByteSource(path: missing) }
    #expect(error == .cannotOpen(path: missing, reason: "No such file or directory"))
    #expect(
      error?.description
        == "Cannot open \(missing): No such file or directory. Check the path and the permissions.")
    let isFolder = #expect(throws: ByteSourceError.self) { _ = try ByteSource(path: folder.path) }
    #expect(isFolder == .cannotRead(path: folder.path, reason: "Is a directory"))
  }

  @Test("a pipe is read like a file, also when it hands over one byte at a time")
  func pipe() throws {
    let packed = try gzipped(Array("sku\nA1\n".utf8), in: folder)
    for content in [Array("sku\nA1\n".utf8), packed] {
      let path = folder.path + "/pipe-\(content.count)"
      try #require(mkfifo(path, 0o600) == 0)
      let writer = Thread {
        let handle = FileHandle(forWritingAtPath: path)
        for byte in content {
          handle?.write(Data([byte]))
          if let handle { Self.waitUntilTaken(from: handle.fileDescriptor) }
        }
        try? handle?.close()
      }
      writer.start()
      #expect(try bytes(of: ByteSource(path: path)) == Array("sku\nA1\n".utf8))
    }
  }

  /// Returns when the pipe is empty, or nobody reads it any more.
  private static func waitUntilTaken(from pipe: Int32) {
    var waiting: Int32 = 0
    var state = pollfd(fd: pipe, events: 0, revents: 0)
    repeat {
      sched_yield()
      guard ioctl(pipe, UInt(FIONREAD), &waiting) == 0, poll(&state, 1, 0) == 0 else { return }
    } while waiting > 0
  }

  private func openFiles() throws -> Int {
    try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
  }
}
