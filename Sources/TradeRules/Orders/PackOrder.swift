extension PackOrder {
  /// Books picked goods packed together: a fact.
  ///
  /// Without lines it packs what is picked at the warehouse and not packed yet; refuses `NOTHING_PICKED` when
  /// that is nothing. Lines given are facts: more than is picked stands, and the answer says `PICKED_SHORT`. Refuses
  /// `BAD_QUANTITY` for more than any line can have.
  /// Waits for an order or line that has not arrived; refuses `CODE_TAKEN` for a package that is known.
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    var sheet = try OrderSheet.require(form.order, called: form.number, in: trade)
    try trade.checkStockPlace(form.warehouse)
    let known = try trade.ifVisible { () throws(Interruption) in
      try trade.find(PackageColumns.self, form.package)
    }
    guard known == nil, form.package != .none else {
      throw .refused(Refusal(.codeTaken, form.packageNumber))
    }
    try trade.check((0...100_000_000).contains(form.weightGrams ?? 0), "weight")
    let items = try items(of: form, sheet, in: trade)
    guard !items.isEmpty else { throw .refused(Refusal(.nothingPicked, sheet.order.number)) }
    var codes: [Code] = []
    for item in items {
      let line = sheet.lines[item.index]
      sheet.lines[item.index].packed = try trade.sum(line.packed, item.quantity, of: line)
      if sheet.lines[item.index].packed > line.picked { codes = [.pickedShort] }
    }
    Packages.record(form, sheet, items, in: trade)
    try sheet.save(in: trade)
    trade.tell(
      kind.rawValue, of: sheet.order.number, PersonalText(form.packageNumber), places: sheet.places)
    return Verdict(.applied, codes, record: sheet.order.number)
  }

  private static func items(
    of form: Filled<Self>, _ sheet: OrderSheet, in trade: Trade
  ) throws(Interruption) -> [ShippedItem] {
    var items: [ShippedItem] = []
    for entry in form.lines {
      let index = try sheet.requireLine(entry.line, in: trade)
      try trade.checkQuantity(
        entry.quantity, of: try trade.checkProduct(sheet.lines[index].sku), .aboveZero)
      items.append(ShippedItem(index: index, quantity: entry.quantity))
    }
    guard items.isEmpty else { return items }
    for (index, line) in sheet.lines.enumerated() {
      let place = PromisePlace(line: line.id, warehouse: form.warehouse)
      let quantity = min(sheet.stagedQuantity(at: place), line.picked - line.packed)
      if quantity > .zero { items.append(ShippedItem(index: index, quantity: quantity)) }
    }
    return items
  }
}

/// The packages of an order.
enum Packages {
  fileprivate static func record(
    _ form: Filled<PackOrder>, _ sheet: OrderSheet, _ items: [ShippedItem], in trade: Trade
  ) {
    var package = Package()
    package.id = form.package
    package.number = form.packageNumber
    package.order = sheet.order.id
    package.warehouse = form.warehouse
    package.weightGrams = form.weightGrams ?? 0
    package.packedAt = trade.occurredAt
    package.follow(sheet.order)
    trade.put(package)
    var parts: [PackageLine] = []
    for item in items {
      let line = sheet.lines[item.index]
      if let known = parts.firstIndex(where: { $0.line == line.id }) {
        parts[known].quantity += item.quantity
        continue
      }
      var part = PackageLine()
      part.package = package.id
      part.line = line.id
      part.order = sheet.order.id
      part.sku = line.sku
      part.quantity = item.quantity
      part.follow(sheet.order)
      parts.append(part)
    }
    for part in parts { trade.put(part) }
  }

  /// Packages of which nothing is left in staging went with the shipment.
  static func leave(
    with shipment: RecordID, from warehouse: String, _ sheet: OrderSheet, in trade: Trade
  ) throws(Interruption) {
    guard sheet.lines.contains(where: { $0.packed > .zero }) else { return }
    let parts = try trade.all(PackageLineColumns.self, "package_line_order", sheet.order.id)
    for var package in try trade.all(PackageColumns.self, "package_order", sheet.order.id)
    where package.warehouse == warehouse && package.shipment == nil {
      let stands = parts.contains { part in
        part.package == package.id
          && sheet.stagedQuantity(at: PromisePlace(line: part.line, warehouse: warehouse)) > .zero
      }
      if stands { continue }
      package.shipment = shipment
      package.follow(sheet.order)
      trade.put(package)
    }
  }

  /// Shows an order's packages to the warehouses that have to do with it now.
  static func show(_ order: Order, in trade: Trade) throws(Interruption) {
    for var package in try trade.all(PackageColumns.self, "package_order", order.id) {
      package.follow(order)
      trade.put(package)
    }
    for var part in try trade.all(PackageLineColumns.self, "package_line_order", order.id) {
      part.follow(order)
      trade.put(part)
    }
  }
}
