import ArgumentParser
import TradeRules

/// The words of a command as a person writes them, arranged for the parser.
enum CommandWords {
  /// Moves options before the command behind it: `waybill-server --data DIR status`.
  static func arranged(_ words: [String]) -> [String] {
    var rest = words[...]
    var leading: [String] = []
    while let word = rest.first, word == "--json" || word == "--data" || word.hasPrefix("--data=") {
      leading.append(word)
      rest = rest.dropFirst()
      if word == "--data", let folder = rest.first {
        leading.append(folder)
        rest = rest.dropFirst()
      }
    }
    let end = rest.firstIndex(of: "--") ?? rest.endIndex
    return rest[..<end] + leading + rest[end...]
  }

  /// What is wrong with words that the parser refused, as far as it is the command itself.
  static func unknownCommand(in words: [String]) -> String? {
    let (command, path, rest) = walk(words)
    guard !command.configuration.subcommands.isEmpty, let word = rest.first, !word.hasPrefix("-") else {
      return nil
    }
    return "\(path.joined(separator: " ")) has no command \(word)"
  }

  /// The nearest command to a misspelt one, or where the help for words is that could not be parsed: the
  /// deepest command they name.
  static func helpHint(for words: [String]) -> String {
    let (command, path, rest) = walk(words)
    let names = command.configuration.subcommands.map { $0._commandName }
    let nearest = rest.first.flatMap { Spelling.nearest(to: $0, among: names) }
    return (path + [nearest ?? "--help"]).joined(separator: " ")
  }

  private static func walk(
    _ words: [String]
  ) -> (command: any ParsableCommand.Type, path: [String], rest: ArraySlice<String>) {
    var command: any ParsableCommand.Type = ServerProgram.self
    var path = ["waybill-server"]
    var rest = words[...]
    while let word = rest.first,
      let next = command.configuration.subcommands.first(where: { $0._commandName == word })
    {
      command = next
      path.append(word)
      rest = rest.dropFirst()
    }
    return (command, path, rest)
  }
}
