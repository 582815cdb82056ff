import ArgumentParser
import Foundation

/// What every command takes.
struct GlobalOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The centre's folder (or WAYBILL_DATA; by default ./waybill-data).", valueName: "dir"),
    completion: .directory)
  var data: String?

  @Flag(help: "One JSON document on standard output; errors as JSON on standard error.")
  var json = false

  /// The options of words that are no command, as far as they can be made out.
  static func read(from words: [String]) -> GlobalOptions {
    var options = GlobalOptions()
    options.data = nil
    options.json = words.prefix { $0 != "--" }.contains("--json")
    return options
  }
}
