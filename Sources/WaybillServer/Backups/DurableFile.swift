import Foundation
import SyncSession
import TradeRules

/// Files that are there whole after a crash, or not at all.
enum DurableFile {
  private static let chunkBytes = 1 << 20

  /// Writes a new file under a working name, then gives it its own.
  static func write(_ bytes: [UInt8], to path: String) throws {
    let draft = path + ".new"
    let descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw failure("make \(draft)") }
    defer { close(descriptor) }
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { throw failure("write \(draft)") }
      rest = rest.dropFirst(written)
    }
    guard fsync(descriptor) == 0 else { throw failure("sync \(draft)") }
    try rename(draft, to: path)
  }

  /// Copies a file and puts the copy on the disk.
  static func copy(_ source: String, to path: String) throws {
    let (from, to) = (
      open(source, O_RDONLY | O_CLOEXEC), open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    )
    defer {
      close(from)
      close(to)
    }
    guard from >= 0 else { throw failure("open \(source)") }
    guard to >= 0 else { throw failure("make \(path)") }
    var buffer = [UInt8](repeating: 0, count: chunkBytes)
    while true {
      let count = read(from, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw failure("read \(source)") }
      if count == 0 { break }
      var done = 0
      while done < count {
        let written = buffer.withUnsafeBytes {
          Foundation.write(to, $0.baseAddress?.advanced(by: done), count - done)
        }
        if written < 0, errno == EINTR { continue }
        guard written > 0 else { throw failure("write \(path)") }
        done += written
      }
    }
    guard fsync(to) == 0 else { throw failure("sync \(path)") }
  }

  static func sync(_ path: String) throws {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("open \(path)") }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw failure("sync \(path)") }
  }

  /// Gives a file its name for good; one that has the name is replaced.
  static func rename(_ path: String, to name: String) throws {
    guard Foundation.rename(path, name) == 0 else { throw failure("rename \(path)") }
    try sync(URL(fileURLWithPath: name).deletingLastPathComponent().path)
  }

  /// Gives a file a second name; nothing is copied.
  static func link(_ path: String, to name: String) throws {
    guard Foundation.link(path, name) == 0 else { throw failure("keep \(path) as \(name)") }
  }

  static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  static func makeFolder(_ path: String) throws {
    do {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw Failure(.ioFailed, "cannot make the folder \(path): \(error.localizedDescription)")
    }
  }

  /// SHA-256 and length of a file.
  static func measure(_ path: String) throws -> (hash: [UInt8], bytes: Int64) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("open \(path)") }
    defer { close(descriptor) }
    var (hash, bytes) = (RunningHash(), Int64(0))
    var buffer = [UInt8](repeating: 0, count: chunkBytes)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw failure("read \(path)") }
      if count == 0 { return (hash.value, bytes) }
      hash.update(Array(buffer[..<count]))
      bytes += Int64(count)
    }
  }

  /// Whether a file or folder has been left by a program that was cut short: nobody has touched it for a day.
  static func isLeft(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && time(nil) - status.st_mtim.tv_sec > 86_400
  }

  /// - Throws: `Failure` with `DISK_FULL` when a folder's disk has less room.
  static func requireRoom(_ bytes: Int64, in folder: String) throws {
    var status = statvfs()
    guard statvfs(folder, &status) == 0 else { throw failure("ask for the room in \(folder)") }
    let free = Int64(clamping: UInt64(status.f_bavail) * UInt64(status.f_frsize))
    guard free >= bytes else {
      throw Failure(.diskFull, "\(folder) has \(Sizes.text(free)) left and \(Sizes.text(bytes)) are needed")
    }
  }

  /// What the last system call said.
  private static func failure(_ doing: String) -> Failure { DataFolder.failure(doing) }
}
