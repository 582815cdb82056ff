/// The words of a command as a person writes them, arranged for the parser.
enum CommandWords {
  /// What stands for the minus of a negative number: the parser would take `-3` for an option.
  static let minus: Character = "\u{2212}"

  /// Moves options before the command behind it (`waybill --json status`), and marks negative numbers
  /// (`stock adjust SKU -3`) as what they are.
  static func arranged(_ words: [String]) -> [String] {
    var rest = words[...]
    var leading: [String] = []
    while let word = rest.first, isGlobal(word) {
      leading.append(word)
      rest = rest.dropFirst()
      if word == "--replica", let file = rest.first {
        leading.append(file)
        rest = rest.dropFirst()
      }
    }
    let end = rest.firstIndex(of: "--") ?? rest.endIndex
    // Alone, they stay where they are: `waybill --json --help`.
    let command = rest[..<end].map(markingMinus)
    return command + leading + rest[end...]
  }

  private static func isGlobal(_ word: String) -> Bool {
    ["--json", "--quiet", "-q", "--replica"].contains(word) || word.hasPrefix("--replica=")
  }

  private static func markingMinus(_ word: String) -> String {
    let number = word.utf8.dropFirst()
    guard word.first == "-", let digit = number.first, (48...57).contains(digit) || digit == 46 else {
      return word
    }
    return String(minus) + word.dropFirst()
  }

  /// A text as it was entered.
  static func entered(_ text: String) -> String {
    guard text.first == minus, let digit = text.dropFirst().first, digit.isASCII,
      digit.isNumber || digit == "."
    else { return text }
    return "-" + text.dropFirst()
  }
}
