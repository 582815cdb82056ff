import TradeRules

/// So much of a line from one warehouse.
struct ModelPromise {
  var quantity: Int64 = 0
  var fromQuota: Int64 = 0
  /// The entry that promised it, or more of it.
  var version: Int64 = 0
}

struct ModelLine {
  let id: RecordID
  let order: RecordID
  let sku: String
  /// Its place in the order it was added in.
  let place: Int
  var ordered: Int64
  var cancelled: Int64 = 0
  var backordered: Int64 = 0
  var picked: Int64 = 0
  var shipped: Int64 = 0
  var handedOver: Int64 = 0
  var isRemoved = false
  /// Whom it waits for: a warehouse, or whichever has most.
  var waitsAt = ""
  var promises: [String: ModelPromise] = [:]
  /// Goods in staging by warehouse and lot.
  var staged: [String: [String: Int64]] = [:]
  /// Who last said how many, since it was made.
  var stamp: ModelStamp?

  var open: Int64 { isRemoved ? 0 : max(0, ordered - cancelled - shipped) }
  var allocated: Int64 { promises.values.reduce(0) { $0 + $1.quantity } }
  func ready(at warehouse: String) -> Int64 { (staged[warehouse] ?? [:]).values.reduce(0, +) }
  func waits(for goods: ModelGoods) -> Bool {
    sku == goods.sku && backordered > 0 && (waitsAt.isEmpty || waitsAt == goods.warehouse)
  }
  var delivered: Int64 { min(handedOver, shipped) }
}

/// Who is promised what: first come, first served, and the latest lose first.
extension ReferenceModel {
  func allocated(_ goods: ModelGoods) -> Int64 {
    lines.values.reduce(0) { $1.sku == goods.sku ? $0 + ($1.promises[goods.warehouse]?.quantity ?? 0) : $0 }
  }

  func setAside(_ goods: ModelGoods) -> Int64 {
    quotas.reduce(0) { sum, quota in
      quota.key.sku == goods.sku && quota.key.warehouse == goods.warehouse ? sum + quota.value.free : sum
    }
  }

  func available(_ goods: ModelGoods) -> Int64 {
    (onHand[goods] ?? 0) - allocated(goods) - setAside(goods)
  }

  /// After an operation: nobody is promised what is not there, nobody waits for what is free.
  func settle(_ deed: ModelDeed) throws {
    for goods in unsettled where (onHand[goods] ?? 0) != 0 || allocated(goods) > 0 { levels.insert(goods) }
    let touched = unsettled.sorted()
    unsettled = []
    for goods in touched { shrink(goods) }
    serve(touched, deed)
    markDoubtful()
    // Of an archived product nothing begins to wait.
    for id in queued where lines[id].map({ isArchived($0.sku) }) ?? false { lines[id]?.backordered = 0 }
    for id in Set(queued.compactMap { lines[$0]?.order }) {
      guard let order = orders[id] else { continue }
      let isWaiting = linesInOrder(of: order).contains { $0.backordered > 0 }
      if !isWaiting { orders[id]?.holds.remove("SHIP_COMPLETE_WAIT") }
    }
    queued = []
  }

  /// Until when somebody waits for a product that was archived meanwhile the documents do not say: its
  /// promises are taken over.
  private func markDoubtful() {
    for line in lines.values where line.backordered > 0 && isArchived(line.sku) { doubtful.insert(line.sku) }
    for order in orders.values where order.shipComplete {
      let skus = linesInOrder(of: order).map(\.sku)
      if !doubtful.isDisjoint(with: skus) { doubtful.formUnion(skus) }
    }
  }

  /// The latest promises shrink first; what is picked never does, nor what was sold inside a quota.
  private func shrink(_ goods: ModelGoods) {
    var missing = -available(goods)
    guard missing > 0 else { return }
    let promised = lines.values.filter { $0.sku == goods.sku && $0.promises[goods.warehouse] != nil }
    let latestFirst = promised.sorted { one, other in
      let (a, b) = (
        one.promises[goods.warehouse]?.version ?? 0, other.promises[goods.warehouse]?.version ?? 0
      )
      return a != b ? a > b : one.id > other.id
    }
    for var line in latestFirst where missing > 0 {
      guard var promise = line.promises[goods.warehouse] else { continue }
      let kept = max(min(line.ready(at: goods.warehouse), promise.quantity), promise.fromQuota)
      let lost = min(missing, promise.quantity - kept)
      guard lost > 0 else { continue }
      promise.quantity -= lost
      line.promises[goods.warehouse] = promise
      // It waits where it was promised, unless it waits already.
      if line.backordered == 0 { line.waitsAt = goods.warehouse }
      line.backordered += lost
      lines[line.id] = line
      missing -= lost
      count("promises lost")
    }
  }

  /// A line that may be served from anywhere is by whoever has most. Where its goods never were the documents
  /// would look as well; that is taken over.
  private func warehouseWithMost(of sku: String) -> String {
    let known = warehouses.map { ModelGoods(warehouse: $0, sku: sku) }.filter(levels.contains)
    if known.count < warehouses.count, known.allSatisfy({ available($0) < 0 }) {
      count("warehouses to wait for taken over")
    }
    return known.min { (-available($0), $0) < (-available($1), $1) }?.warehouse ?? ""
  }

  /// Who waits is served, the oldest accepted first, whatever of the goods it waits for; lines of one order
  /// together.
  private func serve(_ touched: [ModelGoods], _ deed: ModelDeed) {
    for id in waiting(for: touched) {
      guard let order = orders[id] else { continue }
      if order.shipComplete && !order.isReleased {
        serveWhole(order, deed)
      } else if order.holds.isEmpty {
        for line in order.lines {
          for goods in touched {
            if let line = lines[line], line.waits(for: goods) { give(line, goods, deed) }
          }
        }
      }
    }
  }

  private func waiting(for touched: [ModelGoods]) -> [RecordID] {
    orders.values.filter { order in
      order.state == "accepted"
        && linesInOrder(of: order).contains { line in touched.contains(where: line.waits(for:)) }
    }.sorted { ($0.acceptedVersion, $0.id) < ($1.acceptedVersion, $1.id) }.map(\.id)
  }

  func linesInOrder(of order: ModelOrder) -> [ModelLine] { order.lines.compactMap { lines[$0] } }

  private func give(_ line: ModelLine, _ goods: ModelGoods, _ deed: ModelDeed) {
    var line = line
    let more = min(line.backordered, available(goods))
    guard more > 0 else { return }
    var promise = line.promises[goods.warehouse] ?? ModelPromise()
    promise.quantity += more
    promise.version = deed.version
    line.promises[goods.warehouse] = promise
    line.backordered -= more
    line.waitsAt = goods.warehouse
    lines[line.id] = line
    count("promises made")
  }

  /// All of it or nothing, on hold meanwhile.
  private func serveWhole(_ order: ModelOrder, _ deed: ModelDeed) {
    var order = order
    guard order.holds.subtracting(["SHIP_COMPLETE_WAIT"]).isEmpty else {
      orders[order.id]?.holds.insert("SHIP_COMPLETE_WAIT")
      return
    }
    var plan: [(line: ModelLine, goods: ModelGoods)] = []
    var taken: [ModelGoods: Int64] = [:]
    for line in linesInOrder(of: order) where line.backordered > 0 {
      let places = line.waitsAt.isEmpty ? warehouses : [line.waitsAt]
      let goods = places.map { ModelGoods(warehouse: $0, sku: line.sku) }
      func rest(_ goods: ModelGoods) -> Int64 { available(goods) - (taken[goods] ?? 0) }
      guard let best = goods.min(by: { (-rest($0), $0) < (-rest($1), $1) }), rest(best) >= line.backordered
      else { continue }
      taken[best, default: 0] += line.backordered
      plan.append((line, best))
    }
    if plan.count == linesInOrder(of: order).filter({ $0.backordered > 0 }).count {
      order.holds.remove("SHIP_COMPLETE_WAIT")
      orders[order.id] = order
      for (line, goods) in plan { give(line, goods, deed) }
    } else {
      order.holds.insert("SHIP_COMPLETE_WAIT")
      orders[order.id] = order
    }
  }

  /// What of a line nobody promised yet begins to wait, and is served with everybody.
  func queue(_ id: RecordID) {
    guard var line = lines[id], let order = orders[line.order], order.state == "accepted" else { return }
    let isWaiting = line.backordered > 0
    line.backordered = max(0, line.open - line.allocated)
    let oldest = line.promises.filter { $0.value.quantity > 0 }
      .min { ($0.value.version, $0.key) < ($1.value.version, $1.key) }
    if line.isRemoved || isWaiting && !line.waitsAt.isEmpty {
      // Nobody serves what was taken out before; who waits goes on waiting there.
    } else if !order.warehouse.isEmpty {
      line.waitsAt = order.warehouse
    } else if let oldest {
      line.waitsAt = oldest.key
    } else {
      let most = warehouseWithMost(of: line.sku)
      // Who waits for what comes first goes on so until there is some.
      if !isWaiting || available(ModelGoods(warehouse: most, sku: line.sku)) > 0 { line.waitsAt = most }
    }
    if line.backordered > 0, !line.waitsAt.isEmpty { orders[line.order]?.asked.insert(line.waitsAt) }
    lines[id] = line
    queued.append(id)
    unsettled.formUnion(warehouses.map { ModelGoods(warehouse: $0, sku: line.sku) })
  }

  /// Takes from a line what is beyond what is open: what waits first, then promises.
  func trim(_ id: RecordID) {
    guard var line = lines[id] else { return }
    line.backordered = min(line.backordered, max(0, line.open - line.allocated))
    var excess = line.allocated - line.open
    let latestFirst = line.promises.sorted { ($0.value.version, $0.key) > ($1.value.version, $1.key) }
    for onlyUnpicked in [true, false] {
      for (warehouse, _) in latestFirst where excess > 0 {
        guard var promise = line.promises[warehouse] else { continue }
        let kept = onlyUnpicked ? min(line.ready(at: warehouse), promise.quantity) : 0
        let less = min(excess, promise.quantity - kept)
        promise.quantity -= less
        promise.fromQuota = min(promise.fromQuota, promise.quantity)
        excess -= less
        line.promises[warehouse] = promise
      }
    }
    lines[id] = line
    for warehouse in line.promises.keys { unsettled.insert(ModelGoods(warehouse: warehouse, sku: line.sku)) }
  }
}
