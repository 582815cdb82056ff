import TradeRules

/// Where goods lie.
struct ModelPlace: Hashable {
  var warehouse: String
  var bin: String
  var sku: String
  var lot: String
  var goods: ModelGoods { ModelGoods(warehouse: warehouse, sku: sku) }
}

struct ModelGoods: Hashable, Comparable {
  let warehouse: String
  let sku: String
  static func < (one: ModelGoods, other: ModelGoods) -> Bool {
    (one.warehouse, one.sku) < (other.warehouse, other.sku)
  }
}

/// One thing that happened at a place.
struct ModelFact {
  let isOpening: Bool
  let at: Int64
  let operation: OperationID
  /// Thousandths, moved in (or out), or counted.
  let quantity: Int64
  let isCount: Bool
}

/// What facts do to stock: movements add up, a count says what was there at its time.
extension ReferenceModel {
  func playStock(_ deed: ModelDeed) -> Forecast {
    if let form = deed.form(ReceiveStock.self) {
      guard mayWork(deed, in: form.warehouse) else { return .refused(["NOT_PERMITTED"]) }
      let bin = form.bin ?? onlyBin(of: form.sku, in: form.warehouse)
      move(deed, form.warehouse, form.sku, form.lot, nil, bin, form.quantity)
    } else if let form = deed.form(MoveStock.self) {
      guard mayWork(deed, in: form.warehouse) else { return .refused(["NOT_PERMITTED"]) }
      move(deed, form.warehouse, form.sku, form.lot, form.fromBin, form.toBin, form.quantity)
    } else if let form = deed.form(AdjustStock.self) {
      guard mayWork(deed, in: form.warehouse) else { return .refused(["NOT_PERMITTED"]) }
      let bin = form.bin ?? onlyBin(of: form.sku, in: form.warehouse)
      move(deed, form.warehouse, form.sku, form.lot, nil, bin, form.delta)
    } else if let form = deed.form(ScrapStock.self) {
      guard mayWork(deed, in: form.warehouse) else { return .refused(["NOT_PERMITTED"]) }
      let bin = form.bin ?? onlyBin(of: form.sku, in: form.warehouse)
      move(deed, form.warehouse, form.sku, form.lot, bin, nil, form.quantity)
    } else if let form = deed.form(CountStock.self) {
      guard mayWork(deed, in: form.warehouse) else { return .refused(["NOT_PERMITTED"]) }
      if form.bin == nil, bins(of: form.sku, in: form.warehouse).count > 1 {
        return .refused(["BIN_REQUIRED"])
      }
      let place = ModelPlace(
        warehouse: form.warehouse, bin: form.bin ?? onlyBin(of: form.sku, in: form.warehouse), sku: form.sku,
        lot: form.lot ?? "")
      note(
        ModelFact(
          isOpening: false, at: deed.occurredAt, operation: deed.id, quantity: form.quantity.thousandths,
          isCount: true), at: place, deed)
    } else {
      return .open
    }
    return .done(partly: false)
  }

  /// Opening stock: what the file says of a place, before every count.
  func playOpening(_ deed: ModelDeed, _ form: Filled<ImportStock>) -> Forecast {
    for row in form.rows {
      let bin = row.bin.isEmpty ? "MAIN" : row.bin
      let place = ModelPlace(warehouse: row.warehouse, bin: bin, sku: row.sku, lot: row.lot)
      let more = row.quantity.thousandths - (openings[place] ?? 0)
      openings[place] = row.quantity.thousandths
      note(
        ModelFact(isOpening: true, at: deed.occurredAt, operation: deed.id, quantity: more, isCount: false),
        at: place, deed)
    }
    return .done(partly: false)
  }

  /// A warehouse is a device's as long as it has it, or had it when it recorded (#25).
  func mayWork(_ deed: ModelDeed, in warehouse: String) -> Bool {
    guard let device = devices[deed.id.device], !device.seesAll else { return true }
    return device.warehouses.contains(warehouse)
      || (deed.basedOn < device.since && device.formerWarehouses.contains(warehouse))
  }

  /// Bins where a product lies, without staging.
  func bins(of sku: String, in warehouse: String) -> Set<String> {
    Set(
      balances.filter {
        $0.key.sku == sku && $0.key.warehouse == warehouse && $0.key.bin != "STAGING" && $0.value != 0
      }.map(\.key.bin))
  }

  func onlyBin(of sku: String, in warehouse: String) -> String {
    let bins = bins(of: sku, in: warehouse)
    return bins.count == 1 ? bins.first ?? "MAIN" : "MAIN"
  }

  func move(
    _ deed: ModelDeed, _ warehouse: String, _ sku: String, _ lot: String?, _ from: String?, _ to: String?,
    _ quantity: Quantity
  ) {
    for (bin, moved) in [(from, -quantity.thousandths), (to, quantity.thousandths)] {
      guard let bin else { continue }
      note(
        ModelFact(
          isOpening: false, at: deed.occurredAt, operation: deed.id, quantity: moved, isCount: false),
        at: ModelPlace(warehouse: warehouse, bin: bin, sku: sku, lot: lot ?? ""), deed)
    }
  }

  private func note(_ fact: ModelFact, at place: ModelPlace, _ deed: ModelDeed) {
    guard deed.stands else { return }
    facts[place, default: []].append(fact)
    let inOrder = (facts[place] ?? []).sorted { one, other in
      if one.isOpening != other.isOpening { return one.isOpening }
      return one.at != other.at ? one.at < other.at : one.operation < other.operation
    }
    let balance = inOrder.reduce(Int64(0)) { $1.isCount ? $1.quantity : $0 + $1.quantity }
    onHand[place.goods, default: 0] += balance - (balances[place] ?? 0)
    balances[place] = balance
    unsettled.insert(place.goods)
  }

  func checkStock(_ centre: ModelRows) throws {
    for row in centre.stock {
      let place = ModelPlace(warehouse: row["warehouse"], bin: row["bin"], sku: row["sku"], lot: row["lot"])
      try compare("stock", "\(place)", balances[place] ?? 0, row["on_hand"] as Int64)
      count("stock")
    }
    let known = Set(
      centre.stock.map { row in
        ModelPlace(warehouse: row["warehouse"], bin: row["bin"], sku: row["sku"], lot: row["lot"])
      })
    if let (place, balance) = balances.first(where: { $0.value != 0 && !known.contains($0.key) }) {
      throw Finding("model", "\(place): the model has \(balance), the centre no row")
    }
    for row in centre.levels {
      let goods = ModelGoods(warehouse: row["warehouse"], sku: row["sku"])
      try compare("on hand", "\(goods)", onHand[goods] ?? 0, row["on_hand"] as Int64)
      if doubtful.contains(goods.sku) { continue }
      try compare("allocated", "\(goods)", allocated(goods), row["allocated"] as Int64)
      try compare("set aside", "\(goods)", setAside(goods), row["set_aside"] as Int64)
    }
  }
}
