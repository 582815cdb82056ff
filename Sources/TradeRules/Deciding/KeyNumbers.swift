/// Gives keys small numbers, in the order in which they first come: 0, 1, 2 …
///
/// A hash table with open addressing. Decisions look rows up more often than they do anything else, so a look-up
/// makes no array and no string: it takes the key's bytes wherever they lie. A key is never taken out.
struct KeyNumbers {
  /// Seeded by the process, as devices choose many of the keys; it never leaves the process.
  private static let seed = UInt64(truncatingIfNeeded: Hasher().finalize())

  private struct Key {
    let hash: UInt64
    let table: TableNumber
    let bytes: [UInt8]
  }

  private var keys: [Key] = []
  /// The number of a key at the place its hash says or at one of the next; -1 where there is none.
  private var places = [Int32](repeating: -1, count: 64)

  var count: Int { keys.count }

  /// The number of a key; nil for one that has not come yet.
  func number(of bytes: UnsafeRawBufferPointer, in table: TableNumber) -> Int? {
    let hash = KeyNumbers.hash(bytes, KeyNumbers.seed ^ UInt64(table))
    var place = Int(truncatingIfNeeded: hash) & (places.count - 1)
    while places[place] >= 0 {
      let number = Int(places[place])
      if keys[number].hash == hash, keys[number].table == table,
        keys[number].bytes.withUnsafeBytes({ $0.holdsSame(as: bytes) })
      {
        return number
      }
      place = (place + 1) & (places.count - 1)
    }
    return nil
  }

  /// Takes in a key that has no number yet.
  ///
  /// - Returns: its number: how many came before it.
  mutating func add(_ bytes: [UInt8], in table: TableNumber) -> Int {
    if keys.count * 2 >= places.count { grow() }
    let hash = bytes.withUnsafeBytes { KeyNumbers.hash($0, KeyNumbers.seed ^ UInt64(table)) }
    let number = keys.count
    keys.append(Key(hash: hash, table: table, bytes: bytes))
    settle(number, hash)
    return number
  }

  private mutating func grow() {
    places = [Int32](repeating: -1, count: places.count * 2)
    for number in keys.indices { settle(number, keys[number].hash) }
  }

  private mutating func settle(_ number: Int, _ hash: UInt64) {
    var place = Int(truncatingIfNeeded: hash) & (places.count - 1)
    while places[place] >= 0 { place = (place + 1) & (places.count - 1) }
    places[place] = Int32(number)
  }

  /// Multiplies and folds, a word at a time.
  static func hash(_ bytes: UnsafeRawBufferPointer, _ seed: UInt64) -> UInt64 {
    var hash = seed
    var place = 0
    while place + 8 <= bytes.count {
      hash = folded(hash ^ bytes.word(at: place).littleEndian, 0x9E37_79B9_7F4A_7C15)
      place += 8
    }
    var rest = UInt64(bytes.count) << 56
    while place < bytes.count {
      rest = rest << 8 ^ UInt64(bytes[place])
      place += 1
    }
    return folded(hash ^ rest, 0xD1B5_4A32_D192_ED03)
  }

  private static func folded(_ one: UInt64, _ other: UInt64) -> UInt64 {
    let (high, low) = one.multipliedFullWidth(by: other)
    return high ^ low
  }
}
