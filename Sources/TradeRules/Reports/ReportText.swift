/// A report as people and spreadsheets read it, made from the document that programs get.
public struct ReportText {
  private let columns: [ReportColumn]
  private let rows: [JSONValue]
  private let document: JSONValue

  /// - Parameter document: `{"report":…,"rows":[…]}` as a store answered it.
  public init(_ document: JSONValue, columns: [ReportColumn]) {
    self.document = document
    self.columns = columns
    rows = document["rows"]?.array ?? []
  }

  /// A header and the rows (RFC 4180). Money is two fields: the amount and its currency.
  public var csv: String {
    var text = CSVField.record(
      columns.flatMap { $0.kind == .money ? [$0.csvName, "currency"] : [$0.csvName] })
    for row in rows { text += CSVField.record(columns.flatMap { fields(of: row, $0) }) }
    return text
  }

  private func fields(of row: JSONValue, _ column: ReportColumn) -> [String] {
    let value = row[column.member] ?? .null
    switch column.kind {
    case .text, .name: return [CSVField.escapedForSpreadsheet(value.plain)]
    case .number, .time: return [value.plain]
    case .money: return [value["decimal"]?.plain ?? "", value["currency"]?.plain ?? ""]
    case .amount: return [value["decimal"]?.plain ?? ""]
    }
  }

  /// A table with headings, and under it the sums and what was left out.
  ///
  /// - Parameter width: cells of a terminal's line; names are cut, columns left out and bars drawn to fit.
  ///   Nil: no terminal, nothing is cut and there are no bars.
  public func table(width: Int?) -> String {
    guard !rows.isEmpty else { return "Nothing to report." }
    var shown = rows.map { row in columns.map { ReportText.cell(row[$0.member] ?? .null, $0) } }
    if let width { fit(&shown, into: width) }
    let bars = width.map { self.bars(beside: shown, width: $0) } ?? []
    let barTitle = bars.isEmpty ? [] : [TextTable.Column.left("")]
    var table = TextTable(columns.map(ReportText.heading) + barTitle)
    for (index, row) in shown.enumerated() { table.add(row + (bars.isEmpty ? [] : [bars[index]])) }
    return (table.lines + footer).joined(separator: "\n")
  }

  private var footer: [String] {
    var lines: [String] = []
    let totals = document["totals"]?.array ?? []
    if !totals.isEmpty {
      lines.append("Total  " + totals.map { ReportText.cell($0, .money) }.joined(separator: " · "))
    }
    if document["more"]?.bool == true {
      lines.append("There is more than these \(rows.count) rows: --limit, or a narrower question.")
    }
    return lines.isEmpty ? [] : [""] + lines
  }

  private static func heading(_ column: ReportColumn) -> TextTable.Column {
    switch column.kind {
    case .number, .money, .amount: .right(column.title)
    case .text, .name, .time: .left(column.title)
    }
  }

  private static func cell(_ value: JSONValue, _ column: ReportColumn) -> String {
    let isZero = value == 0 || value["amountMinor"] == 0
    return column.isQuiet && isZero ? "" : cell(value, column.kind)
  }

  private static func cell(_ value: JSONValue, _ kind: ReportColumn.Kind) -> String {
    switch kind {
    case .text, .name, .number: return value.plain
    case .money:
      guard let amount = value["decimal"]?.plain else { return "" }
      return "\(amount) \(value["currency"]?.plain ?? "")"
    case .amount: return value["decimal"]?.plain ?? ""
    case .time:
      // To the minute: 2026-11-03T09:10:00.000Z → 2026-11-03 09:10.
      let text = value.plain
      return text.utf8.count > 16 ? String(text.prefix(16)).replacing("T", with: " ") : text
    }
  }

  // MARK: A terminal's width

  /// A name is cut to this before a line is let run over.
  private static let nameMin = 12

  private func widths(_ shown: [[String]]) -> [Int] {
    columns.indices.map { column in
      let cells = shown.map { $0[column] }
      if cells.allSatisfy(\.isEmpty) { return 0 }
      return max(TextTable.width(of: columns[column].title), cells.map(TextTable.width).max() ?? 0)
    }
  }

  /// Cells of a line that the columns take.
  private func total(_ shown: [[String]]) -> Int {
    let used = widths(shown).filter { $0 > 0 }
    return used.reduce(0, +) + 2 * (used.count - 1)
  }

  /// Cuts long names, with room for bars where there are any, then leaves out what is said least often, then
  /// the names.
  private func fit(_ shown: inout [[String]], into width: Int) {
    cutNames(&shown, into: width - (hasBars ? ReportText.barMin + 2 : 0))
    let extras = columns.indices.filter { columns[$0].isExtra }.reversed()
    let names = columns.indices.filter { columns[$0].kind == .name }
    for column in extras + names where total(shown) > width {
      for row in shown.indices { shown[row][column] = "" }
    }
  }

  private func cutNames(_ shown: inout [[String]], into width: Int) {
    let widths = widths(shown)
    var over = total(shown) - width
    for column in columns.indices where columns[column].kind == .name && over > 0 {
      let room = max(ReportText.nameMin, widths[column] - over)
      guard room < widths[column] else { continue }
      over -= widths[column] - room
      for row in shown.indices { shown[row][column] = ReportText.cut(shown[row][column], to: room) }
    }
  }

  /// The beginning of a text that fits, with a mark that there was more.
  static func cut(_ text: String, to width: Int) -> String {
    guard TextTable.width(of: text) > width else { return text }
    var kept = ""
    var used = 1
    for character in text {
      used += TextTable.width(of: String(character))
      if used > width { break }
      kept.append(character)
    }
    return kept + "…"
  }

  // MARK: Bars

  /// One row has nothing to be compared with.
  private var hasBars: Bool { rows.count > 1 && columns.contains { $0.hasBar } }

  private static let barMax = 24
  private static let barMin = 10
  private static let eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]

  /// A bar for each row, as long as its number is beside the largest of the same currency or unit; none
  /// where there is no room for them or nothing to compare.
  private func bars(beside shown: [[String]], width: Int) -> [String] {
    guard hasBars, let column = columns.first(where: \.hasBar) else { return [] }
    let room = min(ReportText.barMax, width - total(shown) - 2)
    guard room >= ReportText.barMin / 2 else { return [] }
    let amounts = rows.map { ReportText.amount($0[column.member] ?? .null) }
    let scales = rows.map { $0[column.member]?["currency"]?.plain ?? $0["unit"]?.plain ?? "" }
    var largest: [String: Int128] = [:]
    for (scale, amount) in zip(scales, amounts) { largest[scale] = max(largest[scale] ?? 0, amount) }
    return zip(scales, amounts).map { scale, amount in
      ReportText.bar(amount, of: largest[scale] ?? 0, cells: room)
    }
  }

  static func bar(_ amount: Int128, of largest: Int128, cells: Int) -> String {
    guard amount > 0, largest > 0 else { return "" }
    // Never nothing for something.
    let parts = max(1, Int(amount * Int128(cells * 8) / largest))
    return String(repeating: "█", count: parts / 8) + eighths[parts % 8]
  }

  /// Minor units, or thousandths of a number.
  private static func amount(_ value: JSONValue) -> Int128 {
    if let minor = value["amountMinor"] { return Int128(minor.plain) ?? 0 }
    return Int128(Decimals.integer(value.plain, decimals: 3) ?? 0)
  }
}
