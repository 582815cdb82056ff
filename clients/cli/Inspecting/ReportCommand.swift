import ArgumentParser
import ReplicaStore
import TradeRules

struct Report: Command {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Sales, stock, movements, backorders, receivables.",
    discussion: """
      Examples:
        waybill report sales --from 2026-11-01 --to 2026-12-01
        waybill report sales --by product --csv > sales.csv
        waybill report stock --below
        waybill report movements --by kind --warehouse W1
        waybill report backorders
        waybill report receivables --by agent

      Days are those of UTC unless --zone says otherwise; --to is not included. Sales are the lines of orders that \
      were submitted and neither refused nor cancelled, on the day the order was taken. Receivables are accepted \
      orders less what was paid for them, by the days since they were taken. Sums are exact. \
      A device reports on what it sees, its own unsent work among it.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(
    help: ArgumentHelp(Report.names.joined(separator: ", ") + ".", valueName: "name"),
    completion: .list(Report.names))
  var name: String
  @Option(
    help: ArgumentHelp(
      "sales: day, month, agent, product, category, customer, country, warehouse, currency; movements: day, kind, "
        + "product, warehouse; backorders: product; receivables: customer, agent, currency.",
      valueName: "group"), completion: .list(Report.groups))
  var by: String?
  @Option(help: ArgumentHelp("From this day or time on.", valueName: "time")) var from: String?
  @Option(help: ArgumentHelp("Before this day or time.", valueName: "time")) var to: String?
  @Option(help: "Whose days: UTC, +02:00, or Europe/Madrid.") var zone = "UTC"
  @Option(help: "Of this warehouse only.") var warehouse: String?
  @Option(help: "Of this agent only.") var agent: String?
  @Option(help: "Of this product only.", completion: Completions.skus) var sku: String?
  @Flag(help: "Of the stock: only what is below its minimum.") var below = false
  @Option(help: "At most so many rows.") var limit = ReportRequest.limitStandard
  @Flag(help: "As a CSV file: --format csv.") var csv = false
  @Option(help: ArgumentHelp("By default table; json with --json.", valueName: "table|csv|json"))
  var format: String?

  private enum Format: String { case table, csv, json }

  static let names = ReportName.allCases.filter { $0 != .sync }.map(\.rawValue)
  static let groups = [
    "day", "month", "agent", "product", "category", "customer", "country", "warehouse", "currency",
    "kind",
  ]

  func run(at desk: Desk) throws -> ExitStatus {
    let (request, format) = (try request(), try chosenFormat())
    if format == .table {
      return try desk.show { view in try shown(view.report(request, at: Clocks.now), request, desk) }
    }
    let document = try desk.reading { try $0.report(request, at: Clocks.now) }
    desk.console.write(
      format == .csv ? ReportText(document, columns: request.columns).csv : document.text + "\n")
    return .done
  }

  private func chosenFormat() throws -> Format {
    let word = format ?? (csv ? "csv" : global.json ? "json" : "table")
    guard let format = Format(rawValue: word) else {
      throw Failure.usage("--format takes table, csv or json, not \(word)")
    }
    return format
  }

  private func request() throws -> ReportRequest {
    guard let name = ReportName(rawValue: name) else {
      throw Failure(
        .usage, "there is no report \(name); there are \(Report.names.joined(separator: ", "))",
        hint: Spelling.nearest(to: name, among: Report.names).map { "waybill report \($0)" })
    }
    var request = ReportRequest(name)
    if let by {
      guard let group = ReportGroup(rawValue: by), name.groups.contains(group), group != .none else {
        throw name.noGroup
      }
      request.by = group
    }
    (request.from, request.to, request.zone) = (from, to, zone)
    (request.warehouse, request.agent, request.sku) = (warehouse, agent, sku)
    (request.isOnlyBelow, request.limit) = (below, limit)
    try request.check()
    return request
  }

  private func shown(
    _ document: JSONValue, _ request: ReportRequest, _ desk: Desk
  ) throws -> (document: JSONValue, text: String) {
    guard document["rows"]?.array?.isEmpty == false else {
      return (document, "Nothing to report of what this device holds.")
    }
    return (document, ReportText(document, columns: request.columns).table(width: desk.console.width))
  }
}
