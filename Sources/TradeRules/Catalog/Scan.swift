/// What a scanner read, taken apart (GS1 General Specifications 7.8, the application identifiers of §3).
///
/// Understands element strings, as scanners send them or as people read them under the bars, and plain codes.
public struct Scan: Hashable, Sendable {
  /// Exactly as it came.
  public let raw: String
  /// What to look up: the GTIN with 14 digits, or the whole text of a plain code; nil when it names no goods.
  public internal(set) var code: String?
  /// 14 digits: of the goods themselves (01), or of what is in the package (02).
  public internal(set) var gtin: String?
  /// Serial number of a pallet or parcel, 18 digits (00).
  public internal(set) var sscc: String?
  public internal(set) var lot: String?
  public internal(set) var serial: String?
  /// `2027-03-31`, as all dates here.
  public internal(set) var madeOn: String?
  public internal(set) var bestBefore: String?
  public internal(set) var expiry: String?
  /// How many items are in it (30, 37).
  public internal(set) var count: Quantity?
  /// In kilograms (310n).
  public internal(set) var netWeight: Quantity?
  /// The customer's order (400).
  public internal(set) var orderReference: String?
  /// Global location numbers, 13 digits: where it goes (410), where it lies (414).
  public internal(set) var shipTo: String?
  public internal(set) var location: String?

  /// Takes a scan apart.
  ///
  /// - Parameter year: the present one; two digits of a year mean the one nearest to it.
  /// - Throws: `ScanFault` for an element string with an element that is not as it must be.
  public init(_ raw: String, year: Int64) throws(ScanFault) {
    self.raw = raw
    let (text, symbology) = Scan.withoutSymbology(raw)
    if let elements = try ElementString.elements(of: text, isCertain: symbology == .elements) {
      for element in elements { try take(element, year: year) }
      code = gtin
    } else {
      guard let code = BarcodeText.normal(text) else { throw .unreadable(text) }
      self.code = code
      if Names.gtin14(text) != nil { gtin = code }
    }
  }

  private enum Symbology { case unknown, elements, plain }

  /// A scanner may say first what kind of bars it saw (ISO/IEC 15424): `]C1` before GS1-128, `]E0` before EAN-13.
  private static func withoutSymbology(_ raw: String) -> (text: String, Symbology) {
    let bytes = Array(raw.utf8)
    guard bytes.count > 3, bytes[0] == UInt8(ascii: "]") else { return (raw, .unknown) }
    let mark = String(decoding: bytes[1..<3], as: UTF8.self)
    let rest = String(decoding: bytes[3...], as: UTF8.self)
    return (rest, ["C1", "e0", "d2", "Q3", "J1"].contains(mark) ? .elements : .plain)
  }

  private mutating func take(_ element: ElementString.Element, year: Int64) throws(ScanFault) {
    let (identifier, text) = (element.identifier, element.text)
    switch identifier {
    case "00": sscc = try checked(text, identifier)
    case "01", "02": gtin = try checked(text, identifier)
    case "10": lot = text
    case "11": madeOn = try date(text, identifier, year)
    case "15": bestBefore = try date(text, identifier, year)
    case "17": expiry = try date(text, identifier, year)
    case "21": serial = text
    case "30", "37":
      guard let number = Quantity(decimal: text) else { throw .badElement(identifier, text) }
      count = number
    case "400": orderReference = text
    case "410": shipTo = try checked(text, identifier)
    case "414": location = try checked(text, identifier)
    default:
      guard identifier.hasPrefix("310") else { return }
      netWeight = try weight(text, identifier)
    }
  }

  private func checked(_ digits: String, _ identifier: String) throws(ScanFault) -> String {
    guard Names.hasCheckDigit(digits) else { throw .badElement(identifier, digits) }
    return digits
  }

  /// `YYMMDD`; day 00 is the month's last.
  private func date(_ text: String, _ identifier: String, _ year: Int64) throws(ScanFault) -> String {
    let digits = text.utf8.map { Int64($0) - Int64(UInt8(ascii: "0")) }
    let month = digits[2] * 10 + digits[3]
    guard (1...12).contains(month) else { throw .badElement(identifier, text) }
    // GS1 General Specifications 7.12: within 49 years back and 50 years on.
    var full = year / 100 * 100 + digits[0] * 10 + digits[1]
    if full - year >= 51 { full -= 100 } else if full - year <= -50 { full += 100 }
    let last = CivilDate.days(in: month, of: full)
    let day = digits[4] * 10 + digits[5]
    guard day <= last else { throw .badElement(identifier, text) }
    return CivilDate(year: full, month: month, day: day == 0 ? last : day).text
  }

  /// Six digits of which the identifier's last says how many are decimals.
  private func weight(_ text: String, _ identifier: String) throws(ScanFault) -> Quantity {
    guard let decimals = identifier.utf8.last.map({ Int($0) - Int(UInt8(ascii: "0")) }), decimals <= 5,
      let number = Int64(text)
    else { throw .badElement(identifier, text) }
    let scale = (0..<decimals).reduce(Int64(1)) { power, _ in power * 10 }
    // Grams are the finest there is; what scales show beyond is rounded.
    return Quantity(thousandths: (number * 1000 + scale / 2) / scale)
  }
}

/// Why a scan cannot be taken apart.
public enum ScanFault: Error, Hashable, Sendable {
  /// An element with its identifier: a wrong check digit, a month 13.
  case badElement(String, String)
  /// It ends in the middle of an element.
  case truncated(String)
  /// No element string and no code.
  case unreadable(String)

  public var message: String {
    switch self {
    case .badElement(let identifier, let text): "(\(identifier)) “\(text)” is misread or misprinted"
    case .truncated(let identifier): "it ends in the middle of (\(identifier))"
    case .unreadable(let text): "“\(text)” is no code, or its check digit is wrong"
    }
  }
}

/// The element strings of GS1: each an application identifier and a text, one after the other.
enum ElementString {
  struct Element: Hashable {
    let identifier: String
    let text: String
  }

  /// FNC1 as scanners send it: ends an element whose length is not fixed.
  private static let separator = UInt8(0x1D)

  /// - Parameter isCertain: whether the scanner said that this is an element string.
  /// - Returns: nil when the text is none.
  static func elements(of text: String, isCertain: Bool) throws(ScanFault) -> [Element]? {
    if text.utf8.first == UInt8(ascii: "("), let elements = bracketed(text) {
      for element in elements { try check(element) }
      return elements
    }
    let bytes = Array(text.utf8)
    guard isCertain || bytes.contains(separator) || beginsWithNumber(bytes) else { return nil }
    return try split(bytes)
  }

  /// Scanners that send no separator and no symbology still send the number first, and its check digit tells.
  private static func beginsWithNumber(_ bytes: [UInt8]) -> Bool {
    let text = String(decoding: bytes, as: UTF8.self)
    for (identifier, count) in [("01", 14), ("02", 14), ("00", 18)] where text.hasPrefix(identifier) {
      let number = String(decoding: bytes.dropFirst(2).prefix(count), as: UTF8.self)
      if number.utf8.count == count, Names.hasCheckDigit(number) { return true }
    }
    return false
  }

  private static func split(_ bytes: [UInt8]) throws(ScanFault) -> [Element] {
    var elements: [Element] = []
    var rest = bytes[...]
    while true {
      rest = rest.drop { $0 == separator }
      if rest.isEmpty { return elements }
      let form = Form.of(rest)
      guard rest.count >= form.identifierCount else {
        throw .truncated(String(decoding: rest, as: UTF8.self))
      }
      let identifier = String(decoding: rest.prefix(form.identifierCount), as: UTF8.self)
      rest = rest.dropFirst(form.identifierCount)
      let text = form.isFixed ? rest.prefix(form.countMax) : rest.prefix { $0 != separator }
      rest = rest.dropFirst(text.count)
      if form.isFixed, text.count < form.countMax { throw .truncated(identifier) }
      let element = Element(identifier: identifier, text: String(decoding: text, as: UTF8.self))
      try check(element)
      elements.append(element)
    }
  }

  /// `(01)04006381333931(10)L77`, as it is printed under the bars; nil when it is not written so.
  private static func bracketed(_ text: String) -> [Element]? {
    var elements: [Element] = []
    for part in text.dropFirst().split(separator: "(", omittingEmptySubsequences: false) {
      let sides = part.split(separator: ")", maxSplits: 1, omittingEmptySubsequences: false)
      guard sides.count == 2, (2...4).contains(sides[0].utf8.count), sides[0].utf8.allSatisfy(isDigit) else {
        return nil
      }
      elements.append(Element(identifier: String(sides[0]), text: String(sides[1])))
    }
    return elements
  }

  private static func check(_ element: Element) throws(ScanFault) {
    let form = Form.of(Array(element.identifier.utf8)[...])
    let bytes = element.text.utf8
    guard bytes.count <= form.countMax, !bytes.isEmpty, !form.isFixed || bytes.count == form.countMax,
      bytes.allSatisfy({ form.isNumber ? isDigit($0) : (0x21...0x7A).contains($0) })
    else { throw .badElement(element.identifier, element.text) }
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  /// How long an element is and what it is made of.
  struct Form {
    let identifierCount: Int
    let countMax: Int
    let isFixed: Bool
    let isNumber: Bool

    /// The form that the next element's first digits give it. Those of identifiers we do not use are passed
    /// over: their length is fixed by their first two digits (figure 7.8.5-2), or they end at a separator.
    static func of(_ bytes: ArraySlice<UInt8>) -> Form {
      let text = String(decoding: bytes.prefix(4), as: UTF8.self)
      switch String(text.prefix(2)) {
      case "00": return Form(identifierCount: 2, countMax: 18, isFixed: true, isNumber: true)
      case "01", "02", "03": return Form(identifierCount: 2, countMax: 14, isFixed: true, isNumber: true)
      case "04": return Form(identifierCount: 2, countMax: 16, isFixed: true, isNumber: true)
      case "11"..."19": return Form(identifierCount: 2, countMax: 6, isFixed: true, isNumber: true)
      case "20": return Form(identifierCount: 2, countMax: 2, isFixed: true, isNumber: true)
      case "10", "21", "22": return Form(identifierCount: 2, countMax: 20, isFixed: false, isNumber: false)
      case "30", "37": return Form(identifierCount: 2, countMax: 8, isFixed: false, isNumber: true)
      case "31"..."36": return Form(identifierCount: 4, countMax: 6, isFixed: true, isNumber: true)
      case "41": return Form(identifierCount: 3, countMax: 13, isFixed: true, isNumber: true)
      case "40": return Form(identifierCount: 3, countMax: 30, isFixed: false, isNumber: false)
      default: return Form(identifierCount: 2, countMax: 90, isFixed: false, isNumber: false)
      }
    }
  }
}
