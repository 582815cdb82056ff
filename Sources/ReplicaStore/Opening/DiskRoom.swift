import Glibc

import struct Foundation.URL

/// The disk that a replica lies on, and what is left of it.
struct DiskRoom: Sendable {
  /// Bytes that rows coming down leave free: people record into them (G22).
  static let reserve: Int64 = 8 << 20
  /// Bytes a first load needs at least: a small company's rows, and the log beside them.
  static let firstLoad: Int64 = 32 << 20

  private let folder: String

  init(of file: String) { folder = URL(fileURLWithPath: file).deletingLastPathComponent().path }

  /// Bytes that are free for anybody.
  ///
  /// - Throws: `ReplicaFault.io` when the disk does not say.
  func free() throws -> Int64 {
    var room = statvfs()
    guard statvfs(folder, &room) == 0 else { throw ReplicaFault.io("ask for the room in \(folder)", errno) }
    return Int64(clamping: UInt64(room.f_bavail) * UInt64(room.f_frsize))
  }

  /// - Throws: `ReplicaFault.full` when fewer bytes are free.
  func require(_ bytes: Int64) throws {
    let free = try free()
    guard free >= bytes else { throw ReplicaFault.full(folder: folder, free: free) }
  }
}
