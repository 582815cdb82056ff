/// Selling inside a quota.
extension OrderSheet {
  /// Promises lines what the selling device's own quota covers of them.
  ///
  /// It needs no available stock, since these units were set aside before, and holds whether or not something
  /// puts the order on hold: the sale spends the quota when it is made. What is claimed beyond the quota asks
  /// for ordinary stock with everybody else.
  ///
  /// - Returns: nothing when every claim was met; `QUOTA_WRITTEN_OFF` when an administrator ended the quota
  ///   meanwhile, `QUOTA_EXCEEDED` when the claim is more than the device ever had left.
  mutating func cover(
    _ covers: [Filled<QuotaCover>], in trade: Trade
  ) throws(Interruption) -> [Code] {
    let device = trade.operation.id.device
    try trade.prepare(
      covers.flatMap { cover -> [RowKey] in
        let sku = lines.first { $0.id == cover.line }?.sku ?? ""
        return [
          RowKey(QuotaColumns.self, device, sku, cover.warehouse),
          RowKey(StockLevelColumns.self, cover.warehouse, sku),
        ]
      })
    var codes: [Code] = []
    for cover in covers {
      guard let index = lines.firstIndex(where: { $0.id == cover.line }), cover.quantity > .zero else {
        continue
      }
      var quota = try Quotas.find(device, lines[index].sku, cover.warehouse, in: trade)
      let before = quota.free
      let wanted = min(cover.quantity, lines[index].open - lines[index].allocated)
      let taken = min(wanted, before)
      if taken < wanted { codes.append(quota.writtenOff > .zero ? .quotaWrittenOff : .quotaExceeded) }
      guard taken > .zero else { continue }
      quota.spent += taken
      try Quotas.put(quota, freeBefore: before, in: trade)
      try promise(taken, ofQuotaFor: index, at: cover.warehouse, in: trade)
    }
    return codes.uniqued()
  }

  /// Adds units of a quota to a line's promise at a warehouse.
  private mutating func promise(
    _ quantity: Quantity, ofQuotaFor index: Int, at warehouse: String, in trade: Trade
  ) throws(Interruption) {
    let place = PromisePlace(line: lines[index].id, warehouse: warehouse)
    try promise(promised(at: place) + quantity, of: index, at: warehouse, in: trade)
    guard let known = promises.firstIndex(where: { $0.line == place.line && $0.warehouse == warehouse })
    else { return }
    promises[known].fromQuota += quantity
  }

  /// What of a line was promised from quotas and is not shipped.
  func covered(_ index: Int) -> Quantity {
    let line = lines[index].id
    return promises.reduce(.zero) { sum, promise in promise.line == line ? sum + promise.fromQuota : sum }
  }

  /// What of a line's promise at a place no shortage takes away: what is in the picker's hands, whatever the
  /// books say, and what was sold from a quota.
  func firm(at place: PromisePlace) -> Quantity { max(stagedQuantity(at: place), fromQuota(at: place)) }

  /// What of a line's promise at a place was sold from a quota.
  func fromQuota(at place: PromisePlace) -> Quantity {
    promises.first { $0.line == place.line && $0.warehouse == place.warehouse }?.fromQuota ?? .zero
  }

  /// Tells headquarters when goods sold from a quota that was written off are not there (G13).
  func reportOversold(_ codes: [Code], in trade: Trade) throws(Interruption) {
    guard codes.contains(.quotaWrittenOff) else { return }
    for line in lines where line.backordered > .zero {
      try trade.openTask(
        .reviewQuota, .quotaWrittenOff, record: order.number, owner: .admin, sku: line.sku,
        quantity: line.backordered)
    }
  }
}
