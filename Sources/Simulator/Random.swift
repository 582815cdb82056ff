import Crypto

/// Repeatable random numbers: xoshiro256** seeded from SHA-256 of a seed and a name, so that each source of
/// chance (network, workload, keys …) has a stream of its own.
struct Random: RandomNumberGenerator {
  var state: (UInt64, UInt64, UInt64, UInt64)

  init(seed: UInt64, _ name: String) {
    var hasher = SHA256()
    withUnsafeBytes(of: seed.littleEndian) { hasher.update(bufferPointer: $0) }
    hasher.update(data: Array(name.utf8))
    let words = hasher.finalize().withUnsafeBytes { Array($0.bindMemory(to: UInt64.self)) }
    state = (words[0], words[1], words[2], words[3] | 1)
  }

  mutating func next() -> UInt64 {
    let result = rotate(state.1 &* 5, 7) &* 9
    let shifted = state.1 << 17
    state.2 ^= state.0
    state.3 ^= state.1
    state.1 ^= state.2
    state.0 ^= state.3
    state.2 ^= shifted
    state.3 = rotate(state.3, 45)
    return result
  }

  mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8(truncatingIfNeeded: next() >> 32) }
  }

  /// True in `perMille` of 1,000 cases.
  mutating func chance(_ perMille: Int) -> Bool { Int(next() % 1_000) < perMille }

  /// A number of the range, each as likely as the others.
  mutating func number(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + Int(next() % UInt64(range.upperBound - range.lowerBound + 1))
  }

  /// One of the choices; nil when there are none.
  mutating func pick<C: RandomAccessCollection>(_ choices: C) -> C.Element? {
    guard !choices.isEmpty else { return nil }
    return choices[choices.index(choices.startIndex, offsetBy: number(0...choices.count - 1))]
  }

  private func rotate(_ word: UInt64, _ by: UInt64) -> UInt64 { word << by | word >> (64 - by) }
}

/// A stream shared by whoever draws from one source.
final class RandomSource {
  private var random: Random

  init(seed: UInt64, _ name: String) { random = Random(seed: seed, name) }

  func bytes(_ count: Int) -> [UInt8] { random.bytes(count) }
}
