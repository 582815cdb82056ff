import ArgumentParser
import ReplicaStore
import TradeRules

struct BarcodeCommands: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "barcode", abstract: "What the codes on goods and cases stand for.",
    subcommands: [BarcodeLink.self, BarcodeUnlink.self, BarcodeShow.self])
}

struct BarcodeLink: Command {
  static let configuration = CommandConfiguration(
    commandName: "link", abstract: "Says that a code stands for a product, or for a pack of it.",
    discussion: """
      Examples:
        waybill barcode link 4006381333931 CHAI-1KG
        waybill barcode link 10614141000415 CHAI-1KG --pack CASE
        waybill barcode link "SHELF 7" CHAI-1KG

      Digits of a GTIN's length are checked; any other code is the company's own. A code that stands for
      something else already keeps doing so until headquarters decides.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "The code, as typed or as scanned.") var code: String
  @Argument(completion: Completions.skus) var sku: String
  @Option(help: "A pack of the product.") var pack: String?

  func run(at desk: Desk) throws -> ExitStatus {
    let code = try Scanned.code(of: code)
    return try desk.record { view, _ in
      let sku = try view.sku(sku)
      let form = Filled<LinkBarcode> {
        $0.code = code
        $0.sku = sku
        $0.pack = pack
      }
      let target = BarcodeTarget(sku: sku, pack: pack ?? "")
      return Work(drafts: [Draft(form)], sentence: "Linked \(code) to \(target.text).")
    }
  }
}

struct BarcodeUnlink: Command {
  static let configuration = CommandConfiguration(
    commandName: "unlink", abstract: "Frees a code: it stands for nothing until it is linked again.",
    discussion: "Examples:\n  waybill barcode unlink 4006381333931")
  @OptionGroup var global: GlobalOptions
  @Argument(help: "The code, as typed or as scanned.") var code: String

  func run(at desk: Desk) throws -> ExitStatus {
    let code = try Scanned.code(of: code)
    return try desk.record { _, _ in
      Work(drafts: [Draft(Filled<UnlinkBarcode> { $0.code = code })], sentence: "Freed \(code).")
    }
  }
}

struct BarcodeShow: Command {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "What a code stands for.",
    discussion: "Examples:\n  waybill barcode show 4006381333931")
  @OptionGroup var global: GlobalOptions
  @Argument(help: "The code, as typed or as scanned.") var code: String

  func run(at desk: Desk) throws -> ExitStatus {
    let code = try Scanned.code(of: code)
    return try desk.show { view in
      guard let barcode = try view.barcode(code), !barcode.sku.isEmpty else {
        throw ReplicaFault.noRecord(.unknownBarcode, key: code)
      }
      let document: JSONValue = [
        "code": .string(barcode.code), "sku": .string(barcode.sku),
        "pack": barcode.pack.isEmpty ? .null : .string(barcode.pack),
        "disputed": barcode.disputed.isEmpty ? .null : .string(barcode.disputed),
        "rev": .integer(barcode.row.version),
      ]
      return (document, "\(barcode.code)  \(barcode.target.text)" + barcode.disputeText)
    }
  }
}

extension Record where Columns == BarcodeColumns {
  /// Empty when nobody says that it stands for something else.
  var disputeText: String {
    self.disputed.isEmpty ? "" : "\n  disputed: somebody says that it stands for \(self.disputed)"
  }
}
