import Foundation
public import TradeRules

/// What is done to every text a person or a file enters, before it becomes part of an operation: Unicode
/// form C, no spaces around it. Rules and replay then never fold text.
public enum EnteredText {
  public static func normalised(_ text: String) -> String {
    text.trimmingCharacters(in: .whitespacesAndNewlines).precomposedStringWithCanonicalMapping
  }

  public static func normalised(_ form: Form) -> Form {
    var result = Form()
    for (number, content) in form.contents {
      result[number] =
        switch content {
        case .value(.text(let text)): .value(.text(normalised(text)))
        case .value(.personal(let personal)):
          .value(.personal(PersonalText(normalised(personal.text), commitment: personal.commitment)))
        case .value: content
        case .list(let forms): .list(forms.map(normalised))
        }
    }
    return result
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
