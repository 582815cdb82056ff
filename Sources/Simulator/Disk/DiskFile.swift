import GRDBSQLite

/// One file of a simulated disk: its content, what of it is safe, who has locked it, and the memory that its
/// users share. Guarded by its disk's lock.
final class DiskFile {
  private(set) var content: [UInt8] = []
  private var synced: [UInt8] = []
  private var changes: [Change] = []

  private enum Change {
    case write([UInt8], at: Int)
    case cut(to: Int)
  }

  static let sectorBytes = 512

  // MARK: Content

  func write(_ bytes: [UInt8], at offset: Int) { change(.write(bytes, at: offset)) }

  func cut(to size: Int) { change(.cut(to: size)) }

  private func change(_ change: Change) {
    changes.append(change)
    DiskFile.apply(change, to: &content)
  }

  func sync() {
    for change in changes { DiskFile.apply(change, to: &synced) }
    changes = []
  }

  /// Each change since the last sync is there, not there, or some of its sectors are: in any order, as a disk
  /// with a cache writes.
  func losePower(_ random: inout Random) {
    var left = synced
    for change in changes {
      switch (change, random.number(0...2)) {
      case (_, 0): break
      case (.write(let bytes, let offset), 2): DiskFile.tear(bytes, at: offset, in: &left, &random)
      default: DiskFile.apply(change, to: &left)
      }
    }
    (content, synced, changes) = (left, left, [])
    forgetUsers()
  }

  /// Each sector is there, is not there, or is garbage.
  private static func tear(
    _ bytes: [UInt8], at offset: Int, in content: inout [UInt8], _ random: inout Random
  ) {
    for start in stride(from: 0, to: bytes.count, by: sectorBytes) where random.chance(500) {
      let sector = Array(bytes[start..<min(bytes.count, start + sectorBytes)])
      apply(
        .write(random.chance(800) ? sector : random.bytes(sector.count), at: offset + start), to: &content)
    }
  }

  private static func apply(_ change: Change, to content: inout [UInt8]) {
    switch change {
    case .cut(let size): content.removeLast(max(0, content.count - size))
    case .write(let bytes, let offset):
      let end = offset + bytes.count
      if content.count < end { content += [UInt8](repeating: 0, count: end - content.count) }
      content.replaceSubrange(offset..<end, with: bytes)
    }
  }

  // MARK: Locks (https://sqlite.org/lockingv3.html)

  private var levels: [ObjectIdentifier: Int32] = [:]

  /// - Returns: `SQLITE_OK` or `SQLITE_BUSY`.
  func lock(_ handle: SimulatedDisk.Handle, to level: Int32) -> Int32 {
    guard handle.level < level else { return SQLITE_OK }
    let others = levels.filter { $0.key != ObjectIdentifier(handle) }.values
    let highest = others.max() ?? SQLITE_LOCK_NONE
    let isFree =
      switch level {
      case SQLITE_LOCK_SHARED: highest < SQLITE_LOCK_PENDING
      case SQLITE_LOCK_RESERVED: highest < SQLITE_LOCK_RESERVED
      default: highest < SQLITE_LOCK_SHARED
      }
    guard isFree else { return SQLITE_BUSY }
    handle.level = level
    levels[ObjectIdentifier(handle)] = level
    return SQLITE_OK
  }

  func unlock(_ handle: SimulatedDisk.Handle, to level: Int32) {
    guard handle.level > level else { return }
    handle.level = level
    levels[ObjectIdentifier(handle)] = level == SQLITE_LOCK_NONE ? nil : level
  }

  var isReserved: Bool { levels.values.contains { $0 >= SQLITE_LOCK_RESERVED } }

  // MARK: Shared memory (https://sqlite.org/walformat.html, "WAL-Index File Format")

  private var regions: [UnsafeMutableRawPointer] = []
  private var sharedCounts = [Int](repeating: 0, count: Int(SQLITE_SHM_NLOCK))
  private var exclusive: [ObjectIdentifier?] = Array(repeating: nil, count: Int(SQLITE_SHM_NLOCK))

  func region(_ number: Int, bytes: Int, create: Bool) -> UnsafeMutableRawPointer? {
    while create, regions.count <= number {
      let region = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 16)
      region.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
      regions.append(region)
    }
    return number < regions.count ? regions[number] : nil
  }

  func lockMemory(
    _ handle: SimulatedDisk.Handle, _ places: Range<Int>, exclusively: Bool
  ) -> Int32 {
    let mine = ObjectIdentifier(handle)
    for place in places {
      let bit = UInt32(1) << UInt32(place)
      if let owner = exclusive[place], owner != mine { return SQLITE_BUSY }
      let others = sharedCounts[place] - (handle.sharedLocks & bit != 0 ? 1 : 0)
      if exclusively, others > 0 { return SQLITE_BUSY }
    }
    for place in places {
      let bit = UInt32(1) << UInt32(place)
      if exclusively {
        exclusive[place] = mine
        handle.exclusiveLocks |= bit
      } else if handle.sharedLocks & bit == 0 {
        sharedCounts[place] += 1
        handle.sharedLocks |= bit
      }
    }
    return SQLITE_OK
  }

  func unlockMemory(_ handle: SimulatedDisk.Handle, _ places: Range<Int>) {
    for place in places {
      let bit = UInt32(1) << UInt32(place)
      if handle.exclusiveLocks & bit != 0 { exclusive[place] = nil }
      if handle.sharedLocks & bit != 0 { sharedCounts[place] -= 1 }
      handle.exclusiveLocks &= ~bit
      handle.sharedLocks &= ~bit
    }
  }

  func dropMemoryLocks(of handle: SimulatedDisk.Handle) {
    unlockMemory(handle, 0..<Int(SQLITE_SHM_NLOCK))
  }

  /// Nobody has the file open any more. The memory stays: a connection of the lost program may still look at
  /// it.
  func forgetUsers() {
    levels = [:]
    retired += regions
    regions = []
    sharedCounts = Array(repeating: 0, count: sharedCounts.count)
    exclusive = Array(repeating: nil, count: exclusive.count)
  }

  private var retired: [UnsafeMutableRawPointer] = []

  deinit { for region in regions + retired { region.deallocate() } }
}
