import Foundation
import GRDBSQLite

/// SQLite's default file system with simulated disks mounted below `/simulated`; every other path is the
/// operating system's as before (https://sqlite.org/vfs.html).
enum DiskRouter {
  private static let lock = NSLock()
  // Guarded by `lock`; disks are known here as long as somebody uses them.
  nonisolated(unsafe) private static var disks: [String: Mounted] = [:]

  private struct Mounted { weak var disk: SimulatedDisk? }

  /// SQLite keeps both for the life of the process.
  nonisolated(unsafe) private static let system = sqlite3_vfs_find(nil)
  nonisolated(unsafe) private static let methods: UnsafeMutablePointer<sqlite3_io_methods> = {
    let methods = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
    methods.initialize(to: DiskMethods.table)
    return methods
  }()
  private static let isInstalled: Bool = {
    guard let system else { return false }
    let vfs = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
    vfs.initialize(to: system.pointee)
    vfs.pointee.pNext = nil
    vfs.pointee.zName = UnsafePointer(strdup("waybill-simulated"))
    vfs.pointee.szOsFile = max(system.pointee.szOsFile, DiskMethods.fileBytes)
    vfs.pointee.xOpen = { _, name, file, flags, out in DiskRouter.open(name, file, flags, out) }
    vfs.pointee.xDelete = { _, name, isDurable in DiskRouter.delete(name, isDurable) }
    vfs.pointee.xAccess = { _, name, flags, out in DiskRouter.access(name, flags, out) }
    vfs.pointee.xFullPathname = { _, name, count, out in DiskRouter.fullPath(name, count, out) }
    return sqlite3_vfs_register(vfs, 1) == SQLITE_OK
  }()

  static func install() { precondition(isInstalled, "SQLite takes another file system") }

  static func add(_ disk: SimulatedDisk) { lock.withLock { disks[disk.root] = Mounted(disk: disk) } }
  static func remove(_ root: String) { lock.withLock { disks[root] = nil } }

  private static func disk(of name: UnsafePointer<CChar>?) -> (SimulatedDisk, String)? {
    guard let name else { return nil }
    let path = String(cString: name)
    guard path.hasPrefix("/simulated/") else { return nil }
    return lock.withLock {
      disks.first { path.hasPrefix($0.key) }.flatMap { $0.value.disk }.map { ($0, path) }
    }
  }

  private static func open(
    _ name: UnsafePointer<CChar>?, _ file: UnsafeMutablePointer<sqlite3_file>?, _ flags: Int32,
    _ out: UnsafeMutablePointer<Int32>?
  ) -> Int32 {
    guard let (disk, path) = disk(of: name) else {
      return system?.pointee.xOpen?(system, name, file, flags, out) ?? SQLITE_CANTOPEN
    }
    file?.pointee.pMethods = nil
    let handle = disk.open(
      path, create: flags & SQLITE_OPEN_CREATE != 0, deletesOnClose: flags & SQLITE_OPEN_DELETEONCLOSE != 0)
    guard let handle, let file else { return SQLITE_CANTOPEN }
    DiskMethods.keep(handle, in: file)
    file.pointee.pMethods = UnsafePointer(methods)
    out?.pointee = flags
    return SQLITE_OK
  }

  private static func delete(_ name: UnsafePointer<CChar>?, _ isDurable: Int32) -> Int32 {
    guard let (disk, path) = disk(of: name) else {
      return system?.pointee.xDelete?(system, name, isDurable) ?? DiskCode.delete
    }
    return disk.delete(path)
  }

  private static func access(
    _ name: UnsafePointer<CChar>?, _ flags: Int32, _ out: UnsafeMutablePointer<Int32>?
  ) -> Int32 {
    guard let (disk, path) = disk(of: name) else {
      return system?.pointee.xAccess?(system, name, flags, out) ?? DiskCode.access
    }
    out?.pointee = disk.has(path) ? 1 : 0
    return SQLITE_OK
  }

  private static func fullPath(
    _ name: UnsafePointer<CChar>?, _ count: Int32, _ out: UnsafeMutablePointer<CChar>?
  ) -> Int32 {
    guard disk(of: name) != nil, let name, let out, strlen(name) < Int(count) else {
      return system?.pointee.xFullPathname?(system, name, count, out) ?? SQLITE_CANTOPEN
    }
    strcpy(out, name)
    return SQLITE_OK
  }
}
