import ArgumentParser
import Foundation
import TradeRules

struct Export: Command {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Writes rows to standard output, in a fixed order.",
    discussion: """
      Examples:
        waybill-server export products > products.csv
        waybill-server export orders --format ndjson
        waybill-server export stock --json

      The columns are those an import reads. CSV has an apostrophe before texts that a spreadsheet would run; \
      an import takes it off again.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(
    help: ArgumentHelp(
      "\(ExportKind.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "kind"),
    completion: .list(ExportKind.allCases.map(\.rawValue)))
  var kind: String
  @Option(help: ArgumentHelp("By default csv; json with --json.", valueName: "csv|ndjson|json"))
  var format: String?

  func run(at desk: Desk) throws -> ExitStatus {
    guard let kind = ExportKind(rawValue: kind) else {
      throw Failure.usage(
        "there is no export of \(kind); \(ExportKind.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    guard let format = ExportFormat(rawValue: format ?? (global.json ? "json" : "csv")) else {
      throw Failure.usage("--format takes csv, ndjson or json")
    }
    let link = try AdminLink(desk.folder, creating: false, console: desk.console)
    var writer = ExportWriter(kind, format) { Console.write($0, to: STDOUT_FILENO) }
    var place = ""
    var isFirst = true
    while true {
      let page = try link.ask(.export(kind, after: place))
      // Nothing is written before the first page came: a failure has standard output to itself.
      if isFirst { writer.begin() }
      isFirst = false
      writer.add(page["rows"]?.array ?? [])
      guard let next = page["next"]?.string else { break }
      place = next
    }
    writer.end()
    return .done
  }
}
