import ArgumentParser

/// What every command takes.
struct GlobalOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The replica's file (or WAYBILL_REPLICA; by default under $XDG_DATA_HOME/waybill/).",
      valueName: "file"), completion: .file())
  var replica: String?

  @Flag(help: "One JSON document on standard output; errors as JSON on standard error.")
  var json = false

  @Flag(name: [.short, .long], help: "No progress, no footer.")
  var quiet = false

  /// The options of words that are no command, as far as they can be made out.
  static func read(from words: [String]) -> GlobalOptions {
    var options = GlobalOptions()
    options.replica = nil
    let words = words.prefix { $0 != "--" }
    options.json = words.contains("--json")
    options.quiet = words.contains("--quiet") || words.contains("-q")
    return options
  }
}
