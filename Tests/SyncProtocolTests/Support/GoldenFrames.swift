import Foundation

/// Frames as a program of each released version sent them, kept for ever.
enum GoldenFrames {
  /// By name (`hello-v1`), in order of the names.
  static func all(version: UInt32) throws -> [(name: String, bytes: [UInt8])] {
    let folder = Repository.file("Tests/SyncProtocolTests/Golden")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    return try files.filter { $0.hasSuffix("-v\(version).hex") }.map { file in
      let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
      return (String(file.dropLast(4)), try bytes(of: text, in: file))
    }
  }

  /// FNV-1a, 64 bits, over the names and bytes of all frames.
  static func fingerprint(version: UInt32) throws -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for (name, bytes) in try all(version: version) {
      for byte in Array(name.utf8) + bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    }
    return hash
  }

  private static func bytes(of text: String, in file: String) throws -> [UInt8] {
    let digits = text.filter { !$0.isWhitespace }
    var bytes: [UInt8] = []
    var rest = digits[...]
    while !rest.isEmpty {
      guard let byte = UInt8(rest.prefix(2), radix: 16) else { throw NotHexadecimal(file: file) }
      bytes.append(byte)
      rest = rest.dropFirst(2)
    }
    return bytes
  }

  struct NotHexadecimal: Error { let file: String }
}
