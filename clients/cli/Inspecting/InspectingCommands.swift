import ArgumentParser
import ReplicaStore
import TradeRules

struct History: Command {
  static let configuration = CommandConfiguration(
    commandName: "history", abstract: "The life of an order, a product or a customer in plain sentences.",
    discussion: "Examples:\n  waybill history SO-A7-0001\n  waybill history C-A7-0001 --json")
  @OptionGroup var global: GlobalOptions
  @Argument(help: "An order's number, a SKU, a customer's code, or an id.", completion: Completions.orders)
  var key: String

  func run(at desk: Desk) throws -> ExitStatus {
    try desk.show { view in
      guard let name = try view.recordName(key) else {
        throw ReplicaFault.noRecord(.unknownRecord, key: key)
      }
      let entries = try view.history(of: name)
      return (["key": .string(name), "events": .array(entries.map(\.json))], text(of: entries, name))
    }
  }

  private func text(of entries: [HistoryEntry], _ name: String) -> String {
    guard !entries.isEmpty else { return "Nothing is known of the life of \(name)." }
    var table = TextTable([.left(""), .left(""), .left("")])
    for entry in entries {
      let who = entry.who.isEmpty ? entry.device : "\(entry.who), \(entry.device)"
      table.add(Times.local(entry.at, now: Clocks.now), who, entry.text)
    }
    return table.lines.dropFirst().joined(separator: "\n")
  }
}

extension HistoryEntry {
  fileprivate var json: JSONValue {
    [
      "at": .instant(at), "who": .string(who), "device": .string(device), "text": .string(text),
      "code": .string(code),
    ]
  }
}

struct Verify: Command {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Checks the replica: the file, its chain, the digests, the books.",
    discussion: "Examples:\n  waybill verify")
  @OptionGroup var global: GlobalOptions

  func run(at desk: Desk) throws -> ExitStatus {
    let checks = try desk.reading { try $0.verify() }
    let isOK = checks.allSatisfy(\.isOK)
    var table = TextTable([.left("CHECK"), .left(""), .left("")])
    for check in checks {
      table.add(check.name, check.isOK ? "ok" : desk.console.styled("FAILED", .red), check.detail)
    }
    let list: [JSONValue] = checks.map { check in
      ["name": .string(check.name), "ok": .bool(check.isOK), "detail": .string(check.detail)]
    }
    desk.console.show(["ok": .bool(isOK), "checks": .array(list)], table.text)
    return isOK ? .done : CodeBook.entry(for: .verifyFailed).status
  }
}

struct SQL: Command {
  static let configuration = CommandConfiguration(
    commandName: "sql", abstract: "Runs one SELECT on the replica, read only.",
    discussion: """
      Examples:
        waybill sql "SELECT sku, name FROM product LIMIT 5"
        waybill sql "SELECT warehouse, sum(on_hand) / 1000.0 FROM stock_level GROUP BY 1" --json

      Quantities are in thousandths, prices in ten-thousandths, times in milliseconds since 1970.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "A single SELECT.") var statement: String

  func run(at desk: Desk) throws -> ExitStatus {
    let result = try desk.reading { try $0.query(statement) }
    desk.console.show(
      ["columns": .strings(result.columns), "rows": .array(result.rows.map(JSONValue.array))],
      text(of: result))
    return .done
  }

  private func text(of result: QueryResult) -> String {
    var table = TextTable(result.columns.map { .left($0) })
    for row in result.rows { table.add(row.map(\.plain)) }
    return table.text
  }
}
