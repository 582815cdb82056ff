/// A language as BCP 47 writes it (RFC 5646), well formed and in its canonical case: `es-MX`, `zh-Hant`.
///
/// Subtags are not looked up in the registry: a language nobody has registered is still somebody's.
public struct LanguageTag: Hashable, Sendable, CustomStringConvertible {
  public let text: String
  public var description: String { text }

  private init(canonical text: String) { self.text = text }

  /// Reads a tag in any case, with hyphens or underscores; a few withdrawn names are read as what replaced
  /// them.
  ///
  /// - Returns: nil for what is not well formed, or longer than 35 bytes (RFC 5646, 4.4.1).
  public init?(_ text: some StringProtocol) {
    let lowered = String(decoding: text.utf8.map(LanguageTag.lowered), as: UTF8.self)
    let known = LanguageTag.replaced[lowered] ?? lowered
    var subtags = known.split(separator: "-", omittingEmptySubsequences: false).map(String.init)[...]
    guard known.utf8.count <= 35, subtags.allSatisfy(LanguageTag.isSubtag),
      let language = subtags.popFirst(), (2...8).contains(language.utf8.count), language.isLetters
    else { return nil }
    var parts = [language]
    if language.utf8.count <= 3 {
      for _ in 0..<3 { parts += subtags.take { $0.utf8.count == 3 && $0.isLetters } }
    }
    parts += subtags.take { $0.utf8.count == 4 && $0.isLetters }.map(LanguageTag.titled)
    parts += subtags.take { $0.isRegion }.map(LanguageTag.raised)
    while let variant = subtags.take({ $0.isVariant }).first { parts.append(variant) }
    while let singleton = subtags.take({ $0.utf8.count == 1 }).first {
      let isPrivate = singleton == "x"
      let rest = subtags.takeAll { isPrivate || $0.utf8.count > 1 }
      if rest.isEmpty { return nil }
      parts += [singleton] + rest
    }
    guard subtags.isEmpty else { return nil }
    self.text = parts.joined(separator: "-")
  }

  /// The tag, and where to look when there is nothing in it, best first: RFC 4647's lookup (3.4), with the
  /// parents that CLDR names where cutting the last subtag would lead to another audience or script.
  ///
  /// `es-MX` is followed by `es-419` and `es`; `pt-AO` by `pt-PT` and `pt`; `zh-Hant` by nothing, as simplified
  /// characters are no substitute.
  public var lookup: [LanguageTag] {
    var chain = [self]
    while let last = chain.last, let parent = LanguageTag.parent(of: last.text) {
      chain.append(LanguageTag(canonical: parent))
    }
    return chain
  }

  private static func parent(of tag: String) -> String? {
    if let named = LocaleParents.named[tag] { return named == LocaleParents.root ? nil : named }
    var subtags = tag.split(separator: "-").dropLast()
    // What a singleton introduces is gone with it.
    if subtags.last?.utf8.count == 1 { subtags.removeLast() }
    return subtags.isEmpty ? nil : subtags.joined(separator: "-")
  }

  /// Names that other programs still write (IANA language subtag registry; the last two are Windows').
  private static let replaced = [
    "iw": "he", "in": "id", "ji": "yi", "mo": "ro", "sh": "sr-latn", "zh-cht": "zh-hant", "zh-chs": "zh-hans",
  ]

  // MARK: ASCII only: no case of another script is ever touched

  private static func lowered(_ byte: UInt8) -> UInt8 {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
    case UInt8(ascii: "_"): UInt8(ascii: "-")
    default: byte
    }
  }

  private static func raised(_ text: String) -> String {
    let bytes = text.utf8.map { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) ? $0 & 0xDF : $0 }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func titled(_ text: String) -> String { raised(String(text.prefix(1))) + text.dropFirst() }

  private static func isSubtag(_ text: String) -> Bool {
    (1...8).contains(text.utf8.count) && text.utf8.allSatisfy { $0.isLowerLetter || $0.isDigit }
  }
}

extension ArraySlice<String> {
  /// The first subtag when it is of the form asked for, taken away; empty otherwise.
  fileprivate mutating func take(_ isWanted: (String) -> Bool) -> [String] {
    guard let first, isWanted(first) else { return [] }
    return [removeFirst()]
  }

  fileprivate mutating func takeAll(_ isWanted: (String) -> Bool) -> [String] {
    let wanted = prefix { isWanted($0) }
    removeFirst(wanted.count)
    return Array(wanted)
  }
}

extension String {
  fileprivate var isLetters: Bool { utf8.allSatisfy(\.isLowerLetter) }
  fileprivate var isRegion: Bool {
    utf8.count == 2 && isLetters || utf8.count == 3 && utf8.allSatisfy(\.isDigit)
  }
  fileprivate var isVariant: Bool { utf8.count >= 5 || utf8.count == 4 && utf8.first?.isDigit == true }
}

extension UInt8 {
  fileprivate var isLowerLetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) }
  fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}

/// Where CLDR 45 says that a locale's texts come from, when it is not the tag without its last subtag
/// (`parentLocales` of its supplemental data).
enum LocaleParents {
  /// No locale's texts will do.
  static let root = "und"

  static let named: [String: String] = {
    var parents = [
      "hi-Latn": "en-IN", "ht": "fr-HT", "nb": "no", "nn": "no", "zh-Hant-MO": "zh-Hant-HK",
      // Where the script is not written, the place tells it (CLDR's likely subtags).
      "zh-TW": "zh-Hant-TW", "zh-HK": "zh-Hant-HK", "zh-MO": "zh-Hant-MO",
    ]
    for (parent, language, regions) in regional {
      for region in regions.split(separator: " ") { parents["\(language)-\(region)"] = parent }
    }
    for tag in otherScripts.split(separator: " ") { parents[String(tag)] = root }
    return parents
  }()

  private static let regional = [
    (
      "en-001", "en",
      """
      150 AG AI AU BB BM BS BW BZ CC CK CM CX CY DG DM ER FJ FK FM GB GD GG GH GI GM GY HK ID IE IL IM IN IO \
      JE JM KE KI KN KY LC LR LS MG MO MS MT MU MV MW MY NA NF NG NR NU NZ PG PK PN PW RW SB SC SD SG SH SL \
      SS SX SZ TC TK TO TT TV TZ UG VC VG VU WS ZA ZM ZW
      """
    ),
    ("en-150", "en", "AT BE CH DE DK FI NL SE SI"),
    ("es-419", "es", "AR BO BR BZ CL CO CR CU DO EC GT HN JP MX NI PA PE PR PY SV US UY VE"),
    ("pt-PT", "pt", "AO CH CV FR GQ GW LU MO MZ ST TL"),
  ]

  /// Written in another script than the language without it.
  private static let otherScripts = """
    az-Arab az-Cyrl bal-Latn blt-Latn bm-Nkoo bs-Cyrl byn-Latn cu-Glag dje-Arab dyo-Arab en-Dsrt en-Shaw \
    ff-Adlm ff-Arab ha-Arab iu-Latn kk-Arab ks-Deva ku-Arab kxv-Deva kxv-Orya kxv-Telu ky-Arab ky-Latn \
    ml-Arab mn-Mong mni-Mtei ms-Arab pa-Arab sat-Deva sd-Deva sd-Khoj sd-Sind shi-Latn so-Arab sr-Latn \
    sw-Arab tg-Arab ug-Cyrl uz-Arab uz-Cyrl vai-Latn wo-Arab yo-Arab yue-Hans zh-Hant
    """
}
