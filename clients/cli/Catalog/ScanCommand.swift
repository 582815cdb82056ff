import ArgumentParser
import ReplicaStore
import TradeRules

struct ScanCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "scan", abstract: "What a scanned code says: product, lot, expiry, quantity.",
    discussion: """
      Examples:
        waybill scan 4006381333931
        waybill scan "(01)04006381333931(17)270300(10)L77"
        waybill scan --json < scanner.log                    a scan a line

      Understands GTINs, the company's own codes, and GS1 element strings as scanners send them or as they are
      printed. A pack counts for the base units in it.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "Codes; without any, a line of standard input each.") var codes: [String] = []

  func run(at desk: Desk) throws -> ExitStatus {
    if codes.count == 1 {
      var status = ExitStatus.done
      _ = try desk.show { view in
        let read = Scanned(codes[0], in: view)
        if let failure = try read.failure() { throw failure }
        status = try read.status()
        return (try read.document(), try read.text())
      }
      return status
    }
    let scans = codes.isEmpty ? ScanCommand.lines() : codes
    var failed = 0
    _ = try desk.show { view in
      let read = scans.map { Scanned($0, in: view) }
      failed = try read.filter { try $0.failure() != nil }.count
      let documents = try read.map { try $0.document() }
      return (["scans": .array(documents)], try read.map { try $0.text() }.joined(separator: "\n"))
    }
    return failed == 0 ? .done : .partial
  }

  private static func lines() -> [String] {
    var lines: [String] = []
    while let line = readLine(strippingNewline: true) { if !line.isEmpty { lines.append(line) } }
    return lines
  }
}

/// One scan and what came of reading it.
struct Scanned {
  private let result: Result<ScanReading, any Error>
  private let raw: String

  init(_ raw: String, in view: ReplicaView) {
    self.raw = raw
    result = Result { try view.reading(of: try Scanned.scan(raw)) }
  }

  /// - Throws: `Failure` with `BAD_VALUE` for what cannot be read.
  private static func scan(_ raw: String) throws -> Scan {
    do { return try Scan(raw, year: Clocks.year) } catch { throw Failure(.badValue, error.message) }
  }

  /// The code that a text or a scan of it has, for commands that take one.
  static func code(of text: String) throws -> String {
    guard let code = try scan(text).code else { throw Failure(.badValue, "“\(text)” names no goods") }
    return code
  }

  /// Why there is nothing to show; nil when there is.
  func failure() throws -> Failure? {
    switch result {
    case .failure(let failure as Failure): return failure
    case .failure(let error): throw error
    case .success(let reading):
      guard let code = reading.scan.code, reading.product == nil else { return nil }
      return Failure(.unknownBarcode, code, details: document(of: reading))
    }
  }

  func status() throws -> ExitStatus {
    try result.get().barcode?.disputed.isEmpty == false ? .attention : .done
  }

  func document() throws -> JSONValue {
    switch result {
    case .success(let reading):
      let document = document(of: reading)
      guard let failure = try failure() else { return document }
      return document.followed(by: ["error": .string(failure.code.rawValue)])
    case .failure: return ["raw": .string(raw), "error": try failure()?.code.json ?? .null]
    }
  }

  private func document(of reading: ScanReading) -> JSONValue {
    let scan = reading.scan
    let goods: JSONValue = [
      "sku": .text(reading.product?.sku), "name": .text(reading.product?.name),
      "code": .text(scan.code), "gtin": .text(scan.gtin),
      "pack": .text(reading.pack?.code), "lot": .text(scan.lot), "expiry": .text(scan.expiry),
      "qty": reading.quantity.map { .quantity($0) } ?? .null,
    ]
    let more: JSONValue = [
      "serial": .text(scan.serial), "sscc": .text(scan.sscc), "bestBefore": .text(scan.bestBefore),
      "madeOn": .text(scan.madeOn), "netWeight": scan.netWeight.map { .quantity($0) } ?? .null,
      "orderReference": .text(scan.orderReference), "shipTo": .text(scan.shipTo),
      "location": .text(scan.location),
      "disputed": .text(reading.barcode.flatMap { $0.disputed.isEmpty ? nil : $0.disputed }),
      "raw": .string(scan.raw),
    ]
    return goods.followed(by: more)
  }

  func text() throws -> String {
    if let failure = try failure() { return "\(shown(raw))  \(failure.message)" }
    let reading = try result.get()
    let scan = reading.scan
    var facts: [String] = []
    if let pack = reading.pack { facts.append("pack \(pack.code) of \(pack.factor.decimalText)") }
    if let quantity = reading.quantity {
      facts.append("\(quantity.decimalText) \(reading.product?.baseUnit ?? "")")
    }
    let named = [
      ("lot", scan.lot), ("expires", scan.expiry), ("best before", scan.bestBefore), ("made", scan.madeOn),
      ("serial", scan.serial), ("SSCC", scan.sscc), ("order", scan.orderReference), ("to", scan.shipTo),
      ("at", scan.location),
    ]
    for (name, value) in named { if let value { facts.append("\(name) \(value)") } }
    let goods = reading.product.map { "\($0.sku)  \($0.name)" } ?? "no goods named"
    return goods + (facts.isEmpty ? "" : "\n  " + facts.joined(separator: " · "))
      + (reading.barcode?.disputeText ?? "")
  }

  /// Without the control characters that scanners send.
  private func shown(_ raw: String) -> String {
    String(String.UnicodeScalarView(raw.unicodeScalars.map { $0.value < 0x20 ? "|" : $0 }))
  }
}
