/// The byte between two fields.
enum CSVDelimiter: UInt8, CaseIterable, Sendable {
  case comma = 0x2C
  case semicolon = 0x3B
  case tab = 0x09
  case pipe = 0x7C

  /// The delimiter that occurs most often in the first record outside quotes; the comma if none
  /// does, and the earlier of `allCases` if two occur equally often.
  ///
  /// - Parameters:
  ///   - head: The first bytes of the text, in UTF-8.
  ///   - isWhole: True if no more bytes follow.
  /// - Returns: `nil` if the first record does not end in `head` and more bytes may tell.
  static func detected(in head: [UInt8], isWhole: Bool) -> CSVDelimiter? {
    var counts: [CSVDelimiter: Int] = [:]
    var isQuoted = false
    var ended = isWhole || head.count >= ReadingLimits.delimiterSampleBytesMax
    // Blank lines before the header tell nothing.
    for byte in head.drop(while: { $0 == CSVByte.lineFeed || $0 == CSVByte.carriageReturn }) {
      if byte == CSVByte.quote { isQuoted.toggle() }
      guard !isQuoted else { continue }
      if byte == CSVByte.lineFeed || byte == CSVByte.carriageReturn {
        ended = true
        break
      }
      if let delimiter = CSVDelimiter(rawValue: byte) { counts[delimiter, default: 0] += 1 }
    }
    guard ended else { return nil }
    let most = counts.values.max() ?? 0
    return allCases.first { counts[$0] == most } ?? .comma
  }
}

/// The bytes that mean something in CSV.
enum CSVByte {
  static let null: UInt8 = 0x00
  static let lineFeed: UInt8 = 0x0A
  static let carriageReturn: UInt8 = 0x0D
  static let quote: UInt8 = 0x22
}

/// How a text's characters are written as bytes.
enum TextEncoding: String, Sendable {
  case utf8 = "UTF-8"
  case utf16LittleEndian = "UTF-16LE"
  case utf16BigEndian = "UTF-16BE"
}

/// Turns a file's bytes into UTF-8 without a byte order mark, chunk by chunk.
///
/// The encoding is told by the mark (Unicode 15, 23.8): UTF-16 needs one, anything else is taken as
/// UTF-8 and not checked here. Where UTF-16 is broken, the byte `FF` is put out, which UTF-8 never
/// holds: the reader of fields finds it and knows line and column, which are not known here.
struct TextDecoder {
  /// Told by the first bytes; UTF-8 until then.
  private(set) var encoding = TextEncoding.utf8

  private static let broken: UInt8 = 0xFF
  private var isStarted = false
  private var held: [UInt8] = []
  private var highSurrogate: UInt16?

  /// The next bytes of the text; empty while too few have come to tell.
  mutating func decode(_ chunk: [UInt8]) -> [UInt8] {
    if isStarted && encoding == .utf8 { return chunk }
    held += chunk
    if !isStarted {
      guard held.count >= 3 else { return [] }
      start()
    }
    return takeHeld(isLast: false)
  }

  /// What is left at the end of the file.
  mutating func finish() -> [UInt8] {
    if !isStarted { start() }
    return takeHeld(isLast: true)
  }

  private mutating func start() {
    isStarted = true
    if held.starts(with: [0xEF, 0xBB, 0xBF]) {
      held.removeFirst(3)
    } else if held.starts(with: [0xFF, 0xFE]) {
      encoding = .utf16LittleEndian
      held.removeFirst(2)
    } else if held.starts(with: [0xFE, 0xFF]) {
      encoding = .utf16BigEndian
      held.removeFirst(2)
    }
  }

  private mutating func takeHeld(isLast: Bool) -> [UInt8] {
    let bytes = held
    held = []
    guard encoding != .utf8 else { return bytes }
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count)
    for position in stride(from: 0, to: bytes.count & ~1, by: 2) {
      let (first, second) = (UInt16(bytes[position]), UInt16(bytes[position + 1]))
      append(encoding == .utf16BigEndian ? first << 8 | second : second << 8 | first, to: &text)
    }
    if isLast {
      if highSurrogate != nil || bytes.count % 2 == 1 { text.append(Self.broken) }
    } else if bytes.count % 2 == 1 {
      held = [bytes[bytes.count - 1]]
    }
    return text
  }

  private mutating func append(_ unit: UInt16, to text: inout [UInt8]) {
    if let high = highSurrogate {
      highSurrogate = nil
      if UTF16.isTrailSurrogate(unit) {
        let value = 0x1_0000 + (UInt32(high & 0x3FF) << 10 | UInt32(unit & 0x3FF))
        append(Unicode.Scalar(value), to: &text)
        return
      }
      text.append(Self.broken)
    }
    if UTF16.isLeadSurrogate(unit) {
      highSurrogate = unit
    } else {
      append(Unicode.Scalar(unit), to: &text)
    }
  }

  /// Puts out a character, or the broken byte for what is none: a low surrogate on its own.
  private func append(_ scalar: Unicode.Scalar?, to text: inout [UInt8]) {
    if let scalar, let bytes = UTF8.encode(scalar) {
      text += bytes
    } else {
      text.append(Self.broken)
    }
  }
}
