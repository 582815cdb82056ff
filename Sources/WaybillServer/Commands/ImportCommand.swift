import ArgumentParser
import CentralStore
import TradeRules

struct Import: Command {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Brings a CSV file in.",
    discussion: """
      Examples:
        waybill-server import products catalogue.csv --dry-run
        waybill-server import products Products.csv --map products.json --rejects refused.csv
        gzip -dc stock.csv.gz | waybill-server import stock -

      Looks at every row first, then commits in chunks. Rows are known by their code, SKU or key: running it \
      again changes nothing, and running an interrupted one again goes on where it stopped. Ends with 10 when \
      rows were refused.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(
    help: ArgumentHelp(
      "\(ImportKind.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "kind"),
    completion: .list(ImportKind.allCases.map(\.rawValue)))
  var kind: String
  @Argument(help: "The file; - is standard input. May be gzip.", completion: .file()) var file: String
  @Option(help: "A mapping of the file's columns to ours.", completion: .file()) var map: String?
  @Flag(help: "Only say what it would do.") var dryRun = false
  @Flag(help: "Go on with an import of the same file that was interrupted, as one import in the log.")
  var resume = false
  @Option(help: "A file for the rows refused, with the reasons.", completion: .file()) var rejects: String?
  @Option(help: "Import nothing when more rows than this are refused.") var maxRejects: Int?

  func run(at desk: Desk) throws -> ExitStatus {
    guard let kind = ImportKind(rawValue: kind) else {
      throw Failure.usage(
        "there is no import of \(kind); \(ImportKind.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    if let maxRejects, maxRejects < 0 { throw Failure.usage("--max-rejects is 0 or more") }
    if let rejects, rejects != "-", DataFolder.isSameFile(rejects, file) {
      throw Failure.usage("--rejects would write over the file itself")
    }
    if rejects == "-", global.json { throw Failure.usage("--rejects - and --json both want standard output") }
    let source = try ImportSource(path: file, mapping: map, kind: kind)
    let link = try AdminLink(desk.folder, creating: true, console: desk.console)
    var run = ImportRun(
      kind,
      ImportRun.Options(isDryRun: dryRun, isResuming: resume, rejects: rejects, rejectsMax: maxRejects),
      link: link, console: desk.console)
    let summary = try run.run(source)
    desk.console.show(summary.json, summary.text)
    return summary.status
  }
}
