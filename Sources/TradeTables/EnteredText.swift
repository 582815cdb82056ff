import Foundation
public import TradeRules

/// What is done to every text a person or a file enters, before it becomes part of an operation: Unicode
/// form C, no spaces around it, spaces for control characters. Rules and replay then never fold text.
public enum EnteredText {
  public static func normalised(_ text: String) -> String {
    if isPlain(text) { return text }
    return folding(text, keepingLines: false)
  }

  /// An address or a note may have several lines.
  private static func normalisedLines(_ text: String) -> String {
    if isPlain(text) { return text }
    return folding(text.replacingOccurrences(of: "\r\n", with: "\n"), keepingLines: true)
  }

  private static func folding(_ text: String, keepingLines: Bool) -> String {
    let scalars = text.unicodeScalars.map { scalar in
      let isControl = scalar.properties.generalCategory == .control
      return isControl && !(keepingLines && scalar == "\n") ? " " : scalar
    }
    return String(String.UnicodeScalarView(scalars))
      .trimmingCharacters(in: .whitespacesAndNewlines).precomposedStringWithCanonicalMapping
  }

  /// Whether the text is ASCII without control characters and without spaces around it, as most texts are:
  /// then it is normal already, and a look at its bytes costs a hundredth of the real thing.
  private static func isPlain(_ text: String) -> Bool {
    let bytes = text.utf8
    return bytes.allSatisfy { $0 >= 0x20 && $0 < 0x7F } && bytes.first != 0x20 && bytes.last != 0x20
  }

  public static func normalised(_ form: Form) -> Form {
    form.mappingTexts({ normalised($0) }, personal: { normalisedLines($0) })
  }

  /// How texts are compared where case and accents do not matter: SKUs, searches.
  public static func folded(_ text: String) -> String {
    normalised(text).folding(options: [.caseInsensitive, .diacriticInsensitive], locale: nil)
  }

  /// How SKUs are compared: case does not matter, accents do.
  public static func foldedSKU(_ text: String) -> String {
    normalised(text).folding(options: .caseInsensitive, locale: nil)
  }
}
