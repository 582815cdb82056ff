import ArgumentParser
import CentralStore
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
        waybill-server export stock --as-of 2026-11-20T18:00:00Z     as it was then, by deciding the log again
        waybill-server export products --as-of 1234                  as it was after that version

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
  @Option(
    help: ArgumentHelp(
      "As it was then: a version of the log, a time, or a length such as 24h.", valueName: "version|time"))
  var asOf: String?

  func run(at desk: Desk) throws -> ExitStatus {
    guard let kind = ExportKind(rawValue: kind) else {
      throw Failure.usage(
        "there is no export of \(kind); \(ExportKind.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    guard let format = ExportFormat(rawValue: format ?? (global.json ? "json" : "csv")) else {
      throw Failure.usage("--format takes csv, ndjson or json")
    }
    let page = try asOf.map { try pages(asOf: $0, at: desk) } ?? pages(at: desk)
    var writer = ExportWriter(kind, format) { desk.console.write($0) }
    var place = ""
    var isFirst = true
    while true {
      let rows = try page(kind, place)
      // Nothing is written before the first page came: a failure has standard output to itself.
      if isFirst { writer.begin() }
      isFirst = false
      writer.add(rows["rows"]?.array ?? [])
      try desk.console.requireWholeOutput()
      guard let next = rows["next"]?.string else { break }
      place = next
    }
    writer.end()
    return .done
  }

  private typealias Pages = (_ kind: ExportKind, _ after: String) throws -> JSONValue

  private func pages(at desk: Desk) throws -> Pages {
    let link = try AdminLink(desk.folder, creating: false, console: desk.console)
    return { try link.ask(.export($0, after: $1)) }
  }

  /// Reads the store's file, whether or not a server has it, and makes the store of that time in this process:
  /// a long log costs the server nothing.
  private func pages(asOf text: String, at desk: Desk) throws -> Pages {
    guard try desk.folder.hasStore else { throw try desk.folder.missingStore() }
    let queries = try CentralQueries.reading(desk.folder.storePath)
    let version = try version(text, queries)
    let past = ExportPages(try queries.replayed(through: version).queries)
    return { try past.page(of: $0, after: $1) }
  }

  private func version(_ text: String, _ queries: CentralQueries) throws -> Int64 {
    if let version = Int64(text) {
      let head = try queries.facts().head.version
      guard (0...head).contains(version) else {
        throw Failure.usage("--as-of takes a version of the log, 0 … \(head), or a time")
      }
      return version
    }
    if let age = Timespan.milliseconds(text) {
      return try queries.version(at: SystemClock.now.advanced(byMilliseconds: -age))
    }
    guard let time = Instant(timestamp: text) else {
      throw Failure.usage(
        "--as-of takes a version, a time such as 2026-11-03T09:10:00Z, or a length such as 24h")
    }
    return try queries.version(at: time)
  }
}
