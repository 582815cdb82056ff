import Foundation
import SyncSession
import TradeRules

/// Files that are there whole after a crash, or not at all.
enum DurableFile {
  private static let chunkBytes = 1 << 20

  // MARK: Writing

  /// Writes a new file under a working name, then gives it its own; one that has the name is replaced.
  static func write(_ bytes: [UInt8], to path: String) throws {
    let draft = try draft(bytes, of: path)
    do { try rename(draft, to: path) } catch {
      unlink(draft)
      throw error
    }
  }

  /// Writes a new file of a name that nothing has.
  ///
  /// - Throws: `Failure` also when something has it, readable or not: that stays as it is.
  static func writeNew(_ bytes: [UInt8], to path: String) throws {
    let draft = try draft(bytes, of: path)
    defer { unlink(draft) }
    try link(draft, to: path)
    try sync(folder(of: path))
  }

  /// Puts bytes on the disk, under the working name of a file.
  private static func draft(_ bytes: [UInt8], of path: String) throws -> String {
    let draft = path + ".new"
    // One that a crash left.
    unlink(draft)
    let descriptor = try make(draft)
    defer { close(descriptor) }
    do {
      try put(bytes[...], in: descriptor, draft)
      guard fsync(descriptor) == 0 else { throw failure("sync \(draft)") }
    } catch {
      unlink(draft)
      throw error
    }
    return draft
  }

  /// Copies a file to a name that nothing has and puts the copy on the disk.
  static func copy(_ source: String, to path: String) throws {
    let from = open(source, O_RDONLY | O_CLOEXEC)
    guard from >= 0 else { throw failure("open \(source)") }
    defer { close(from) }
    let to = try make(path)
    defer { close(to) }
    try eachPiece(of: from, source) { try put($0, in: to, path) }
    guard fsync(to) == 0 else { throw failure("sync \(path)") }
  }

  /// Opens a new file for writing; nothing may have its name.
  static func make(_ path: String) throws -> Int32 {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw failure("make \(path)") }
    do { try handOver(path, descriptor) } catch {
      close(descriptor)
      unlink(path)
      throw error
    }
    return descriptor
  }

  /// Makes an empty file, for somebody who opens it by its name; nothing may have that.
  static func makeEmpty(_ path: String) throws { close(try make(path)) }

  /// Gives what was just made to the owner of the folder it lies in: what root left as its own, a server that runs as
  /// that owner could not open. Everybody else's is theirs already.
  ///
  /// - Parameter descriptor: what was made, if it can be opened: by its name it may be another by now.
  static func handOver(_ path: String, _ descriptor: Int32? = nil) throws {
    guard geteuid() == 0 else { return }
    var (owner, made) = (stat(), stat())
    let seen = if let descriptor { fstat(descriptor, &made) } else { lstat(path, &made) }
    guard seen == 0, stat(folder(of: path), &owner) == 0 else { throw failure("look at \(path)") }
    // Not asked of a file system that knows no owners.
    guard (made.st_uid, made.st_gid) != (owner.st_uid, owner.st_gid) else { return }
    let given =
      if let descriptor { fchown(descriptor, owner.st_uid, owner.st_gid) } else {
        lchown(path, owner.st_uid, owner.st_gid)
      }
    guard given == 0 else { throw failure("give \(path) to the owner of its folder") }
  }

  private static func put(_ bytes: ArraySlice<UInt8>, in descriptor: Int32, _ path: String) throws {
    var rest = bytes
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { throw failure("write \(path)") }
      rest = rest.dropFirst(written)
    }
  }

  // MARK: Naming

  static func sync(_ path: String) throws {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("open \(path)") }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw failure("sync \(path)") }
  }

  /// Gives a file its name for good; one that has the name is replaced.
  static func rename(_ path: String, to name: String) throws {
    guard Foundation.rename(path, name) == 0 else { throw failure("rename \(path)") }
    try sync(folder(of: name))
  }

  /// Gives a file a second name, which nothing has; nothing is copied.
  static func link(_ path: String, to name: String) throws {
    guard Foundation.link(path, name) == 0 else { throw failure("keep \(path) as \(name)") }
  }

  /// Makes a folder, and those it lies in, where there are none.
  ///
  /// - Parameter isHandedOver: false for what stays whoever's makes it.
  static func makeFolder(_ path: String, isHandedOver: Bool = true) throws {
    var (isMade, reason) = (mkdir(path, 0o700) == 0, errno)
    let parent = folder(of: path)
    if !isMade, reason == ENOENT, parent != path {
      try makeFolder(parent, isHandedOver: isHandedOver)
      (isMade, reason) = (mkdir(path, 0o700) == 0, errno)
    }
    if isMade {
      if isHandedOver { try handOver(path) }
      return
    }
    let isFolder = try status(path).map { $0.st_mode & S_IFMT == S_IFDIR } ?? false
    guard reason == EEXIST, isFolder else {
      errno = reason
      throw failure("make the folder \(path)")
    }
  }

  /// The folder that something lies in; the root lies in itself.
  private static func folder(of path: String) -> String {
    var rest = path[...]
    while rest.count > 1, rest.last == "/" { rest.removeLast() }
    guard let slash = rest.lastIndex(of: "/") else { return "." }
    return slash == rest.startIndex ? "/" : String(rest[..<slash])
  }

  // MARK: Looking

  /// What the system says of a file or folder; nil when nothing has the name.
  ///
  /// - Throws: `Failure` when that cannot be told, as where a link leads nowhere. Whoever took that for missing
  ///   would make another in its place.
  static func status(_ path: String) throws -> stat? {
    var status = stat()
    if stat(path, &status) == 0 { return status }
    guard errno == ENOENT else { throw failure("look at \(path)") }
    if lstat(path, &status) == 0 {
      throw Failure(
        .fileUnusable, "\(path) leads to a file that is not there",
        hint: "Mount the disk that has it, or put the file back there.")
    }
    guard errno == ENOENT else { throw failure("look at \(path)") }
    return nil
  }

  /// Whether something has the name.
  ///
  /// - Throws: as `status`.
  static func exists(_ path: String) throws -> Bool { try status(path) != nil }

  /// What is in a file; nil when nothing has the name.
  ///
  /// - Throws: as `status`, and when it cannot be read.
  static func contents(_ path: String) throws -> [UInt8]? {
    guard try exists(path) else { return nil }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("open \(path)") }
    defer { close(descriptor) }
    var contents: [UInt8] = []
    try eachPiece(of: descriptor, path) { contents += $0 }
    return contents
  }

  /// The names in a folder, sorted; none where there is no such folder.
  ///
  /// - Throws: as `status`, and when it cannot be read.
  static func names(in folder: String) throws -> [String] {
    guard try exists(folder) else { return [] }
    do { return try FileManager.default.contentsOfDirectory(atPath: folder).sorted() } catch {
      throw Failure(.ioFailed, "cannot list \(folder): \(error.localizedDescription)")
    }
  }

  /// SHA-256 and length of a file.
  static func measure(_ path: String) throws -> (hash: [UInt8], bytes: Int64) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("open \(path)") }
    defer { close(descriptor) }
    var (hash, bytes) = (RunningHash(), Int64(0))
    try eachPiece(of: descriptor, path) { piece in
      hash.update(Array(piece))
      bytes += Int64(piece.count)
    }
    return (hash.value, bytes)
  }

  /// Hands on all that is in an open file.
  private static func eachPiece(
    of descriptor: Int32, _ path: String, _ body: (ArraySlice<UInt8>) throws -> Void
  ) throws {
    var buffer = [UInt8](repeating: 0, count: chunkBytes)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw failure("read \(path)") }
      if count == 0 { return }
      try body(buffer[..<count])
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
