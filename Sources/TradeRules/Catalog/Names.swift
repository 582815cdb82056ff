/// What codes and names may look like. Counted in Unicode scalars, which no version of Unicode changes.
enum Names {
  /// 1 … 40 scalars without white space at either end: SKUs, bins, lots, customers' codes.
  static func isLabel(_ text: String) -> Bool {
    let scalars = text.unicodeScalars
    guard let first = scalars.first, let last = scalars.last, scalars.count <= 40 else { return false }
    return !first.properties.isWhitespace && !last.properties.isWhitespace
      && scalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
  }

  /// A word's bytes. A bucket's name has at most 96, and the longest that is made of a word is that of a warehouse's
  /// month, `ledger/WORD/2026-11`.
  static let wordBytesMax = 80

  /// A label that can stand in a list of words and in a bucket's name: no white space, no slash, at most
  /// `wordBytesMax` bytes.
  static func isWord(_ text: String) -> Bool {
    text.utf8.count <= wordBytesMax && isLabel(text)
      && text.unicodeScalars.allSatisfy { !$0.properties.isWhitespace && $0 != "/" }
  }

  /// 1 … 128 bytes: what people call a device, which hears of it when it enrols.
  static func isDeviceName(_ text: String) -> Bool { (1...128).contains(text.utf8.count) }

  /// 1 … 16 ASCII letters, digits and hyphens; part of every number the device makes.
  static func isDeviceCode(_ text: String) -> Bool {
    (1...16).contains(text.utf8.count) && text != Role.centre.rawValue
      && text.utf8.allSatisfy { isDigit($0) || isLetter($0) || $0 == UInt8(ascii: "-") }
  }

  /// ISO 3166-1 alpha-2.
  static func isCountry(_ text: String) -> Bool {
    text.utf8.count == 2 && text.utf8.allSatisfy(isCapital)
  }

  /// ISO 3166-1 alpha-2, or a subdivision of ISO 3166-2: `US-NY`, `FR-75`.
  static func isJurisdiction(_ text: String) -> Bool {
    let parts = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    guard let country = parts.first, isCountry(String(country)) else { return false }
    return parts.count == 1
      || (1...3).contains(parts[1].utf8.count) && parts[1].utf8.allSatisfy { isDigit($0) || isCapital($0) }
  }

  /// The GTIN padded to 14 digits; nil when it has another length or a wrong check digit (GS1 General
  /// Specifications, 7.9: weights 3 and 1 from the right).
  static func gtin14(_ text: String) -> String? {
    let count = text.utf8.count
    guard [8, 12, 13, 14].contains(count), hasCheckDigit(text) else { return nil }
    return String(repeating: "0", count: 14 - count) + text
  }

  /// Whether a text is digits of which the last checks the others, as in GTINs, GLNs and SSCCs.
  static func hasCheckDigit(_ text: String) -> Bool {
    guard !text.isEmpty, text.utf8.allSatisfy(isDigit) else { return false }
    let sum = text.utf8.reversed().enumerated().reduce(0) { sum, digit in
      sum + Int(digit.element - UInt8(ascii: "0")) * (digit.offset % 2 == 0 ? 1 : 3)
    }
    return sum % 10 == 0
  }

  /// A customs code of the Harmonised System: 6 digits, national ones up to 10.
  static func isCustomsCode(_ text: String) -> Bool {
    (6...10).contains(text.utf8.count) && text.utf8.allSatisfy(isDigit)
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
  private static func isCapital(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
  }
  private static func isLetter(_ byte: UInt8) -> Bool { isCapital(byte & 0xDF) && byte >= UInt8(ascii: "A") }
}

extension Trade {
  /// Refuses a value with `BAD_VALUE` and the field's name.
  func check(_ holds: Bool, _ field: String) throws(Interruption) {
    guard holds else { throw .refused(Refusal(.badValue, field)) }
  }
}
