import ArgumentParser
import TradeRules

struct History: Command {
  static let configuration = CommandConfiguration(
    commandName: "history", abstract: "The life of an order, a product or a customer in plain sentences.",
    discussion: "Examples:\n  waybill-server history SO-A7-0001\n  waybill-server history CHAI-1KG --json")
  @OptionGroup var global: GlobalOptions
  @Argument(help: "An order's number, a SKU, a customer's code, a barcode, or an id.") var key: String

  func run(at desk: Desk) throws -> ExitStatus {
    let document = try desk.ask(.history(key: key))
    desk.console.show(document, text(of: document))
    return .done
  }

  private func text(of document: JSONValue) -> String {
    let name = document["key"]?.plain ?? key
    let events = document["events"]?.array ?? []
    guard !events.isEmpty else { return "Nothing is known of the life of \(name)." }
    var table = TextTable([.left(""), .left(""), .left("")])
    for event in events {
      let who = [event["who"]?.plain ?? "", event["device"]?.plain ?? ""].filter { !$0.isEmpty }
      table.add(event["at"]?.plain ?? "", who.joined(separator: ", "), event["text"]?.plain ?? "")
    }
    return table.lines.dropFirst().joined(separator: "\n")
  }
}
