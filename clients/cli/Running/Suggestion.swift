import ArgumentParser
import TradeRules

/// What somebody may have meant by a command that does not exist.
enum Suggestion {
  /// The nearest command to a misspelt one, or where the help is.
  static func hint(for words: [String]) -> String {
    var command: any ParsableCommand.Type = Waybill.self
    var path = ["waybill"]
    for word in words.prefix(while: { !$0.hasPrefix("-") }) {
      let names = command.configuration.subcommands
      if names.isEmpty { break }
      if let next = names.first(where: { $0._commandName == word }) {
        command = next
        path.append(word)
        continue
      }
      if let nearest = Spelling.nearest(to: word, among: names.map { $0._commandName }) {
        return (path + [nearest]).joined(separator: " ")
      }
      break
    }
    return (path + ["--help"]).joined(separator: " ")
  }
}
