extension LinkBarcode {
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    let product = try trade.checkProduct(form.sku)
    let pack = form.pack ?? ""
    if !pack.isEmpty { _ = try Packs.check(pack, of: product.sku, in: trade) }
    return try Barcodes.link(form.code, to: BarcodeTarget(sku: product.sku, pack: pack), in: trade)
  }
}

extension UnlinkBarcode {
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    let code = try Barcodes.checkedCode(form.code)
    guard var barcode = try trade.find(BarcodeColumns.self, code), !barcode.sku.isEmpty else {
      throw .refused(Refusal(.unknownBarcode, code))
    }
    trade.tell(kind.rawValue, of: barcode.sku, PersonalText(code), places: [.hq])
    barcode.sku = ""
    barcode.pack = ""
    trade.put(barcode)
    return Verdict(.applied)
  }
}

/// What a barcode may stand for: a product's base unit, or a pack of it.
public struct BarcodeTarget: Hashable, Sendable {
  public let sku: String
  /// Empty = one base unit.
  public let pack: String

  public init(sku: String, pack: String = "") {
    self.sku = sku
    self.pack = pack
  }

  /// `CHAI` or `CHAI/CASE`: what a conflict shows and a person types.
  public var text: String { pack.isEmpty ? sku : "\(sku)/\(pack)" }
}

/// One code stands for one thing: who links it first has it, and a second link to something else is kept for a
/// person to decide (#54). Nobody overwrites.
enum Barcodes {
  /// The code as it is kept: a GTIN padded to 14 digits, any other as it is.
  ///
  /// - Throws: `.refused` with `BAD_VALUE` for a code of a GTIN's length whose check digit is wrong: a misread
  ///   one would be linked for ever.
  static func checkedCode(_ code: String) throws(Interruption) -> String {
    guard let code = BarcodeText.normal(code) else { throw .refused(Refusal(.badValue, "code “\(code)”")) }
    return code
  }

  static func link(
    _ text: String, to target: BarcodeTarget, in trade: Trade
  ) throws(Interruption) -> Verdict {
    let code = try checkedCode(text)
    var barcode = try trade.find(BarcodeColumns.self, code) ?? Barcode()
    if barcode.target == target { return Verdict(.applied, record: code) }
    guard barcode.sku.isEmpty else { return try dispute(barcode, target, in: trade) }
    barcode.code = code
    try give(&barcode, to: target, in: trade)
    return Verdict(.applied, record: code)
  }

  private static func give(
    _ barcode: inout Barcode, to target: BarcodeTarget, in trade: Trade
  ) throws(Interruption) {
    barcode.sku = target.sku
    barcode.pack = target.pack
    // A freed code may go to whoever claimed it before.
    if barcode.disputed == target.text { barcode.disputed = "" }
    trade.put(barcode)
    try FieldStamps.note(BarcodeColumns.columns.sku.number, of: barcode.key, in: trade)
    trade.tell(LinkBarcode.kind.rawValue, of: target.sku, PersonalText(barcode.code), places: [.hq])
  }

  // MARK: Disputes

  /// Keeps a second claim beside the first; the same claim again opens nothing new.
  private static func dispute(
    _ barcode: Barcode, _ target: BarcodeTarget, in trade: Trade
  ) throws(Interruption) -> Verdict {
    var barcode = barcode
    barcode.disputed = target.text
    trade.put(barcode)
    // A replica cannot know all disputes there are.
    guard trade.entry.isFinal else { return Verdict(.partly, [.barcodeConflict], record: barcode.code) }
    let open = try openDisputes(of: barcode.key, in: trade)
    if let same = open.first(where: { $0.mine.text == target.text }) {
      return Verdict(.partly, [.barcodeConflict], record: barcode.code, conflicts: [same.id])
    }
    let table = TableDescription.of(BarcodeColumns.self)
    guard let column = table.column(named: "sku") else { preconditionFailure("a barcode has a SKU") }
    let first = try FieldStamps.find(column.number, of: barcode.key, in: trade)
    // The author sees it too: what was typed is never lost to them.
    let places = [Bucket.hq] + (trade.role == .centre ? [] : [.device(trade.device.code)])
    let conflict = trade.openConflict(
      column, of: barcode.key, called: barcode.code, places: places, code: .barcodeConflict,
      base: PersonalText(""), mine: PersonalText(target.text), theirs: PersonalText(barcode.target.text),
      chosen: "theirs", theirDevice: first?.device ?? "", theirActor: first?.actor ?? "")
    trade.tell(
      Code.barcodeConflict.rawValue, of: target.sku, PersonalText(barcode.code), places: [.hq])
    return Verdict(.partly, [.barcodeConflict], record: barcode.code, conflicts: [conflict.id])
  }

  private static func openDisputes(of key: RowKey, in trade: Trade) throws(Interruption) -> [Conflict] {
    try trade.all(
      ConflictColumns.self, "conflict_record", Int64(key.table), key.bytes, ConflictState.open)
  }

  /// The row after a person has chosen what a disputed code stands for. Only headquarters may: the code is
  /// everybody's.
  ///
  /// - Parameter row: with the chosen text where its SKU belongs.
  static func settled(_ row: Row, in trade: Trade) throws(Interruption) -> Row {
    try checkMayDecide(in: trade)
    var barcode = Barcode(row)
    let target = try target(of: barcode.sku, in: trade)
    barcode.sku = target.sku
    barcode.pack = target.pack
    trade.tell(LinkBarcode.kind.rawValue, of: target.sku, PersonalText(barcode.code), places: [.hq])
    return barcode.row
  }

  static func checkMayDecide(in trade: Trade) throws(Interruption) {
    guard trade.isHeadquarters else {
      throw .refused(Refusal(.notPermitted, "a barcode is decided by headquarters"))
    }
  }

  /// The code is at peace once its last dispute is settled.
  static func resolved(_ conflict: Conflict, in trade: Trade) throws(Interruption) {
    guard conflict.table == Int64(BarcodeColumns.number) else { return }
    let key = RowKey(table: BarcodeColumns.number, bytes: conflict.recordKey)
    guard var barcode = try trade.find(BarcodeColumns.self, key: key) else { return }
    let open = try openDisputes(of: key, in: trade)
    barcode.disputed = open.map(\.mine.text).min() ?? ""
    trade.put(barcode)
  }

  /// What a text names. A SKU may have slashes of its own, so the whole text is tried first.
  private static func target(
    of text: String, in trade: Trade
  ) throws(Interruption) -> BarcodeTarget {
    if try trade.find(ProductColumns.self, text) != nil { return BarcodeTarget(sku: text) }
    guard let slash = text.lastIndex(of: "/") else { throw .refused(Refusal(.unknownSku, text)) }
    let (sku, code) = (String(text[..<slash]), String(text[text.index(after: slash)...]))
    let pack = try Packs.check(code, of: trade.checkProduct(sku).sku, in: trade)
    return BarcodeTarget(sku: sku, pack: pack.code)
  }
}

// MARK: - The GTIN that a product has as a field

extension Barcodes {
  /// Lets a product's GTIN be what its barcode says: the old one is freed, the new one linked.
  ///
  /// - Returns: nil when the product has it; otherwise what came of the dispute, and the product keeps its old
  ///   one.
  static func follow(
    gtin old: String, of product: inout Product, in trade: Trade
  ) throws(Interruption) -> Verdict? {
    guard product.gtin != old else { return nil }
    let target = BarcodeTarget(sku: product.sku)
    if !product.gtin.isEmpty {
      let verdict = try link(product.gtin, to: target, in: trade)
      if verdict.outcome != .applied {
        product.gtin = old
        return verdict
      }
    }
    if !old.isEmpty, var barcode = try trade.find(BarcodeColumns.self, old), barcode.target == target {
      barcode.sku = ""
      trade.put(barcode)
    }
    return nil
  }

  /// Refuses a GTIN that stands for something else, for a row of a file.
  static func checkIsFree(_ code: String, for target: BarcodeTarget, in trade: Trade) throws(Interruption) {
    let code = try checkedCode(code)
    guard let barcode = try trade.find(BarcodeColumns.self, code), !barcode.sku.isEmpty,
      barcode.target != target
    else { return }
    throw .refused(Refusal(.barcodeConflict, "\(code) stands for \(barcode.target.text)"))
  }
}

extension Record where Columns == BarcodeColumns {
  public var target: BarcodeTarget { BarcodeTarget(sku: self.sku, pack: self.pack) }
}

/// Barcodes as people, files and scanners write them.
public enum BarcodeText {
  /// A GTIN padded to 14 digits; any other code of 1 … 40 visible characters as it is.
  ///
  /// - Returns: nil for what is no label, and for 8, 12, 13 or 14 digits with a wrong check digit.
  public static func normal(_ text: String) -> String? {
    if let gtin = Names.gtin14(text) { return gtin }
    let digits = text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    if digits, [8, 12, 13, 14].contains(text.utf8.count) { return nil }
    return Names.isLabel(text) ? text : nil
  }
}
