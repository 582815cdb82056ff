import ArgumentParser
import TradeRules

struct Report: Command {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Sales, stock, movements, backorders, receivables, sync.",
    discussion: """
      Examples:
        waybill-server report sales --from 2026-11-01 --to 2026-12-01
        waybill-server report sales --by product --csv > sales.csv
        waybill-server report stock --below
        waybill-server report movements --by kind --warehouse W1
        waybill-server report backorders
        waybill-server report receivables --by agent
        waybill-server report sync

      Days are those of UTC unless --zone says otherwise; --to is not included. Sales are the lines of orders that \
      were submitted and neither refused nor cancelled, on the day the order was taken. Receivables are accepted \
      orders less what was paid for them, by the days since they were taken. Sums are exact.
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
  @Option(help: "Of this product only.") var sku: String?
  @Flag(help: "Of the stock: only what is below its minimum.") var below = false
  @Option(help: "At most so many rows.") var limit = ReportRequest.limitStandard
  @Flag(help: "As a CSV file: --format csv.") var csv = false
  @Option(help: ArgumentHelp("By default table; json with --json.", valueName: "table|csv|json"))
  var format: String?

  private enum Format: String { case table, csv, json }

  static let names = ReportName.allCases.map(\.rawValue)
  static let groups = [
    "day", "month", "agent", "product", "category", "customer", "country", "warehouse", "currency",
    "kind",
  ]

  func run(at desk: Desk) throws -> ExitStatus {
    let (request, format) = (try request(), try chosenFormat())
    let document = try desk.ask(.report(request))
    let text = ReportText(document, columns: request.columns)
    switch format {
    case .csv: desk.console.write(text.csv)
    case .json: desk.console.write(document.text + "\n")
    case .table: desk.console.show(document, text.table(width: desk.console.width))
    }
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
        hint: Spelling.nearest(to: name, among: Report.names).map { "waybill-server report \($0)" })
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
}
