import ArgumentParser
import CentralStore
import TradeRules

struct Verify: Command {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Checks the store against its log and itself.",
    discussion: """
      Examples:
        waybill-server verify
        waybill-server verify --deep       decides the whole log again and compares every row

      Ends with 0 only if all checks hold.
      """)
  @OptionGroup var global: GlobalOptions
  @Flag(help: "Also decide the whole log again in memory and compare every row.") var deep = false

  func run(at desk: Desk) throws -> ExitStatus {
    let document = try Verify.document(at: desk, deep: deep)
    desk.console.show(document, text(of: document))
    return document["ok"]?.bool == true ? .done : CodeBook.entry(for: .verifyFailed).status
  }

  /// What the checks came to. A store too damaged to be opened fails the check of its file, with what SQLite says of it.
  static func document(at desk: Desk, deep: Bool) throws -> JSONValue {
    do { return try desk.ask(.verify(deep: deep)) } catch {
      let failure = Failure(error)
      guard failure.code == .storeCorrupt else { throw error }
      let found = try? CentralQueries.reading(desk.folder.storePath).checkFile()
      let detail = found.flatMap { $0.isOK ? nil : $0.detail } ?? failure.message
      return ["ok": false, "checks": [["name": "file", "ok": false, "detail": .string(detail)]]]
    }
  }

  private func text(of document: JSONValue) -> String {
    var table = TextTable([.left("CHECK"), .left(""), .left("")])
    for check in document["checks"]?.array ?? [] {
      table.add(
        check["name"]?.plain ?? "", check["ok"]?.bool == true ? "ok" : "FAILED", check["detail"]?.plain ?? "")
    }
    return table.text
  }
}
