import CentralStore
import Foundation
import TradeRules

@testable import WaybillServer

/// A centre's folder of its own, gone with the test.
final class TestFolder {
  let url: URL
  let folder: DataFolder

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "waybill-admin-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    folder = DataFolder(path: url.appending(path: "centre").path)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  static let console = Console(isJSON: true, environment: [:])

  func link(creating: Bool = true) throws -> AdminLink {
    try AdminLink(folder, creating: creating, console: TestFolder.console)
  }

  func ask(_ request: AdminRequest) throws -> JSONValue { try link().ask(request) }

  func file(_ name: String, _ text: String) throws -> String {
    let file = url.appending(path: name)
    try Data(text.utf8).write(to: file)
    return file.path
  }

  func contents(_ name: String) throws -> String {
    try String(contentsOf: url.appending(path: name), encoding: .utf8)
  }

  /// Imports a text as a file.
  @discardableResult
  func importing(
    _ kind: ImportKind, _ text: String, map: String? = nil,
    _ change: (inout ImportRun.Options) -> Void = { _ in }
  ) throws -> ImportSummary {
    var options = ImportRun.Options()
    change(&options)
    let source = try ImportSource(path: try file("\(kind.rawValue).csv", text), mapping: map, kind: kind)
    var run = ImportRun(kind, options, link: try link(), console: TestFolder.console)
    return try run.run(source)
  }

  var head: Int64 { get throws { try ask(.status)["head"]?.integer ?? -1 } }

  func exported(_ kind: ExportKind, _ format: ExportFormat) throws -> String {
    let link = try link(creating: false)
    let output = Output()
    var writer = ExportWriter(kind, format) { output.bytes += $0 }
    writer.begin()
    var place = ""
    while true {
      let page = try link.ask(.export(kind, after: place))
      writer.add(page["rows"]?.array ?? [])
      guard let next = page["next"]?.string else { break }
      place = next
    }
    writer.end()
    return String(decoding: output.bytes, as: UTF8.self)
  }

  private final class Output { var bytes: [UInt8] = [] }

  /// What a shop begins with.
  func openForTrade() throws {
    try importing(.warehouses, "code,name,country\nW1,Main,DE\n")
    try importing(.products, "sku,name,base_unit\nCHAI,Chai,EA\nMATE,Yerba mate,KGM\n")
    try importing(.prices, "sku,list,currency,amount,min_qty\nCHAI,EU,EUR,12.50,\nCHAI,EU,EUR,11,10\n")
    try importing(.stock, "warehouse,sku,qty\nW1,CHAI,10\nW1,MATE,2.5\n")
    try importing(.customers, "code,name,currency,phone,agent\nC-1,Café Ana,EUR,+49 30 1,ANA\n")
  }
}

/// The code a piece of work fails with; nil when it does not.
func failureCode(_ work: () throws -> Void) -> Code? {
  do {
    try work()
    return nil
  } catch { return Failure(error).code }
}
