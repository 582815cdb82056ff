import Foundation

/// Room on the disk that is given up when there is no other left: without any, SQLite can neither empty its
/// log nor delete a row (G22).
struct ReserveFile: Sendable {
  /// As much as the log may grow before it is emptied.
  static let bytes = 16 << 20

  let path: String

  init(_ folder: DataFolder) { path = folder.path + "/reserve" }

  /// Takes the room, unless that would leave less than as much again.
  ///
  /// - Returns: whether it is there.
  func take() -> Bool {
    var status = stat()
    if stat(path, &status) == 0, status.st_size >= off_t(ReserveFile.bytes) { return true }
    var room = statvfs()
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    guard statvfs(folder, &room) == 0 else { return false }
    let free = Int64(clamping: UInt64(room.f_bavail) * UInt64(room.f_frsize))
    guard free >= 2 * Int64(ReserveFile.bytes) else { return false }
    // One that was cut short.
    release()
    guard let descriptor = try? DurableFile.make(path) else { return false }
    defer { close(descriptor) }
    guard posix_fallocate(descriptor, 0, off_t(ReserveFile.bytes)) == 0 else {
      release()
      return false
    }
    return true
  }

  func release() { unlink(path) }
}
