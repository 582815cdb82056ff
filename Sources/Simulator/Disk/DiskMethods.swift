import Foundation
import GRDBSQLite

/// What SQLite calls on an open file of a simulated disk (https://sqlite.org/c3ref/io_methods.html).
enum DiskMethods {
  /// SQLite gives each open file this much memory: its own part, and our pointer.
  static let fileBytes = Int32(MemoryLayout<sqlite3_file>.stride + MemoryLayout<UnsafeRawPointer>.stride)

  private typealias File = UnsafeMutablePointer<sqlite3_file>

  /// The file owns its handle until it is closed.
  static func keep(_ handle: SimulatedDisk.Handle, in file: UnsafeMutablePointer<sqlite3_file>) {
    slot(of: file).pointee = Unmanaged.passRetained(handle).toOpaque()
  }

  private static func slot(of file: File) -> UnsafeMutablePointer<UnsafeMutableRawPointer> {
    UnsafeMutableRawPointer(file).advanced(by: MemoryLayout<sqlite3_file>.stride)
      .assumingMemoryBound(to: UnsafeMutableRawPointer.self)
  }

  private static func handle(of file: File?) -> SimulatedDisk.Handle? {
    file.map { Unmanaged<SimulatedDisk.Handle>.fromOpaque(slot(of: $0).pointee).takeUnretainedValue() }
  }

  /// Only these flags of a power-safe disk: a write never harms the bytes beside it.
  private static let traits = SQLITE_IOCAP_POWERSAFE_OVERWRITE

  static let table = sqlite3_io_methods(
    iVersion: 2,
    xClose: { file in
      guard let file else { return SQLITE_OK }
      let handle = Unmanaged<SimulatedDisk.Handle>.fromOpaque(DiskMethods.slot(of: file).pointee)
        .takeRetainedValue()
      handle.close()
      return SQLITE_OK
    },
    xRead: { file, buffer, count, offset in
      DiskMethods.read(file, buffer, Int(count), Int(offset))
    },
    xWrite: { file, buffer, count, offset in
      guard let buffer else { return DiskCode.write }
      let bytes = Array(UnsafeRawBufferPointer(start: buffer, count: Int(count)))
      return DiskMethods.handle(of: file)?.change(DiskCode.write) { $0.write(bytes, at: Int(offset)) }
        ?? DiskCode.write
    },
    xTruncate: { file, size in
      DiskMethods.handle(of: file)?.change(DiskCode.truncate) { $0.cut(to: Int(size)) }
        ?? DiskCode.truncate
    },
    xSync: { file, _ in
      DiskMethods.handle(of: file)?.change(DiskCode.fsync) { $0.sync() } ?? DiskCode.fsync
    },
    xFileSize: { file, size in
      DiskMethods.handle(of: file)?.use(DiskCode.fstat) {
        size?.pointee = sqlite3_int64($0.content.count)
        return SQLITE_OK
      } ?? DiskCode.fstat
    },
    xLock: { file, level in
      guard let handle = DiskMethods.handle(of: file) else { return DiskCode.lock }
      return handle.use(DiskCode.lock) { $0.lock(handle, to: level) }
    },
    xUnlock: { file, level in
      guard let handle = DiskMethods.handle(of: file) else { return SQLITE_OK }
      return handle.use(SQLITE_OK) {
        $0.unlock(handle, to: level)
        return SQLITE_OK
      }
    },
    xCheckReservedLock: { file, out in
      DiskMethods.handle(of: file)?.use(DiskCode.checkReservedLock) {
        out?.pointee = $0.isReserved ? 1 : 0
        return SQLITE_OK
      } ?? DiskCode.checkReservedLock
    },
    xFileControl: { _, _, _ in SQLITE_NOTFOUND },
    xSectorSize: { _ in Int32(DiskFile.sectorBytes) },
    xDeviceCharacteristics: { _ in DiskMethods.traits },
    xShmMap: { file, number, bytes, create, out in
      guard let handle = DiskMethods.handle(of: file) else { return DiskCode.shmMap }
      return handle.use(DiskCode.shmMap) {
        out?.pointee = $0.region(Int(number), bytes: Int(bytes), create: create != 0)
        return SQLITE_OK
      }
    },
    xShmLock: { file, offset, count, flags in
      guard let handle = DiskMethods.handle(of: file) else { return DiskCode.shmLock }
      let places = Int(offset)..<Int(offset + count)
      return handle.use(flags & SQLITE_SHM_UNLOCK != 0 ? SQLITE_OK : DiskCode.shmLock) {
        if flags & SQLITE_SHM_LOCK != 0 {
          return $0.lockMemory(handle, places, exclusively: flags & SQLITE_SHM_EXCLUSIVE != 0)
        }
        $0.unlockMemory(handle, places)
        return SQLITE_OK
      }
    },
    // The disk's lock, taken around every call, orders what the connections see.
    xShmBarrier: { file in _ = DiskMethods.handle(of: file)?.use(SQLITE_OK) { _ in SQLITE_OK } },
    xShmUnmap: { file, _ in
      guard let handle = DiskMethods.handle(of: file) else { return SQLITE_OK }
      return handle.use(SQLITE_OK) {
        $0.dropMemoryLocks(of: handle)
        return SQLITE_OK
      }
    },
    xFetch: nil, xUnfetch: nil)

  /// What a file has not is read as zeros, and said to be short.
  private static func read(
    _ file: File?, _ buffer: UnsafeMutableRawPointer?, _ count: Int, _ offset: Int
  ) -> Int32 {
    guard let buffer else { return DiskCode.read }
    return handle(of: file)?.read(DiskCode.read) { file in
      let there = max(0, min(count, file.content.count - offset))
      file.content.withUnsafeBytes { bytes in
        if there > 0, let start = bytes.baseAddress { memcpy(buffer, start + offset, there) }
      }
      guard there < count else { return SQLITE_OK }
      memset(buffer + there, 0, count - there)
      return DiskCode.shortRead
    } ?? DiskCode.read
  }
}
