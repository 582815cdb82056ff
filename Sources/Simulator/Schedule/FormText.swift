import Foundation
import TradeRules

/// A form as one line of JSON: an object of its field numbers. A number stands for itself; a string begins
/// with what it is: `t:` a text, `p:` a text about a person, `i:` an id, `b:` bytes in hexadecimal.
enum FormText {
  struct Unreadable: Error { let text: String }

  static func write(_ form: Form) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Numbers and strings can always be written.
    return (try? encoder.encode(Fields(form))).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
  }

  static func read(_ text: String) throws -> Form {
    try JSONDecoder().decode(Fields.self, from: Data(text.utf8)).form()
  }

  private typealias Fields = [String: Cell]

  fileprivate enum Cell: Codable {
    case number(Int64)
    case text(String)
    case list([[String: Cell]])

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let number = try? container.decode(Int64.self) {
        self = .number(number)
      } else if let text = try? container.decode(String.self) {
        self = .text(text)
      } else {
        self = .list(try container.decode([[String: Cell]].self))
      }
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .number(let number): try container.encode(number)
      case .text(let text): try container.encode(text)
      case .list(let list): try container.encode(list)
      }
    }

    init?(_ content: Form.Content) {
      switch content {
      case .list(let forms): self = .list(forms.map { [String: Cell]($0) })
      case .value(.null): return nil
      case .value(.integer(let number)): self = .number(number)
      case .value(.text(let text)): self = .text("t:" + text)
      case .value(.personal(let text)): self = .text("p:" + text.text)
      case .value(.id(let id)): self = .text("i:" + id.description)
      case .value(.blob(let bytes)): self = .text("b:" + FormText.hex(bytes))
      }
    }

    func content() throws -> Form.Content {
      switch self {
      case .number(let number): return .value(.integer(number))
      case .list(let list): return .list(try list.map { try $0.form() })
      case .text(let text):
        let rest = String(text.dropFirst(2))
        switch text.prefix(2) {
        case "t:": return .value(.text(rest))
        case "p:": return .value(.personal(PersonalText(rest)))
        case "i:": if let id = RecordID(rest) { return .value(.id(id)) }
        case "b:": if let bytes = FormText.bytes(rest) { return .value(.blob(bytes)) }
        default: break
        }
        throw Unreadable(text: text)
      }
    }
  }

  private static func hex(_ bytes: [UInt8]) -> String {
    bytes.map { String(format: "%02x", $0) }.joined()
  }

  private static func bytes(_ hex: String) -> [UInt8]? {
    let digits = hex.compactMap(\.hexDigitValue)
    guard digits.count == hex.count, digits.count.isMultiple(of: 2) else { return nil }
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
  }
}

extension [String: FormText.Cell] {
  fileprivate init(_ form: Form) {
    self.init()
    for (number, content) in form.contents { self[String(number)] = FormText.Cell(content) }
  }

  fileprivate func form() throws -> Form {
    var form = Form()
    for (number, cell) in self {
      guard let number = Int(number) else { throw FormText.Unreadable(text: number) }
      form[number] = try cell.content()
    }
    return form
  }
}
