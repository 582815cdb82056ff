import TradeRules

struct ModelQuota {
  struct Key: Hashable {
    let device: String
    let sku: String
    let warehouse: String
  }
  var granted: Int64 = 0
  var spent: Int64 = 0
  var returned: Int64 = 0
  var writtenOff: Int64 = 0
  var free: Int64 { granted - spent - returned - writtenOff }
}

/// What is set aside for devices: granted, spent, given back, written off.
extension ReferenceModel {
  /// Only the device's own work spends what was set aside for it.
  func spend(_ covers: [Filled<QuotaCover>], _ deed: ModelDeed) {
    for cover in covers {
      guard var line = lines[cover.line] else { continue }
      let key = ModelQuota.Key(device: deed.id.device, sku: line.sku, warehouse: cover.warehouse)
      var quota = quotas[key] ?? ModelQuota()
      let taken = min(cover.quantity.thousandths, quota.free, max(0, line.open - line.allocated))
      guard taken > 0 else { continue }
      quota.spent += taken
      quotas[key] = quota
      var promise = line.promises[cover.warehouse] ?? ModelPromise()
      promise.quantity += taken
      promise.fromQuota += taken
      promise.version = deed.version
      line.promises[cover.warehouse] = promise
      lines[line.id] = line
      unsettled.insert(ModelGoods(warehouse: cover.warehouse, sku: line.sku))
      count("quotas spent")
    }
  }

  func playQuota(_ deed: ModelDeed) -> Forecast {
    if let form = deed.form(RequestQuota.self) {
      return grant(
        to: deed.id.device, form.sku, form.warehouse, form.quantity.thousandths, isWhole: false, deed)
    }
    if let form = deed.form(GrantQuota.self) {
      guard let device = devices[form.device] else { return .refused(["UNKNOWN_RECORD"]) }
      guard !device.isOutOfUse else { return .refused(["WRONG_DEVICE_STATE"]) }
      guard ["agent", "sales", "admin"].contains(device.role) else { return .refused(["NOT_PERMITTED"]) }
      return grant(to: form.device, form.sku, form.warehouse, form.quantity.thousandths, isWhole: true, deed)
    }
    if let form = deed.form(ReturnQuota.self) {
      let key = ModelQuota.Key(device: deed.id.device, sku: form.sku, warehouse: form.warehouse)
      var quota = quotas[key] ?? ModelQuota()
      let given = min(form.quantity.thousandths, quota.free)
      guard !doubtful.contains(form.sku) else { return .open }
      guard given > 0 else { return .refused(["QUOTA_EXCEEDED", "QUOTA_WRITTEN_OFF", "NOT_PERMITTED"]) }
      if deed.stands { quota.returned += given }
      quotas[key] = quota
      unsettled.insert(ModelGoods(warehouse: form.warehouse, sku: form.sku))
      return .done(partly: given < form.quantity.thousandths)
    }
    if let form = deed.form(WriteOffQuota.self) {
      let key = ModelQuota.Key(device: form.device, sku: form.sku, warehouse: form.warehouse)
      var quota = quotas[key] ?? ModelQuota()
      let ended = form.quantity?.thousandths ?? quota.free
      guard !doubtful.contains(form.sku) else { return .open }
      guard ended > 0, ended <= quota.free else { return .refused(["QUOTA_EXCEEDED", "UNKNOWN_RECORD"]) }
      if deed.stands { quota.writtenOff += ended }
      quotas[key] = quota
      unsettled.insert(ModelGoods(warehouse: form.warehouse, sku: form.sku))
      return .done(partly: false)
    }
    return .open
  }

  /// As much as nobody else was promised.
  private func grant(
    to device: String, _ sku: String, _ warehouse: String, _ wanted: Int64, isWhole: Bool, _ deed: ModelDeed
  ) -> Forecast {
    // Of a place that was lost meanwhile nothing is set aside, whenever it was asked for.
    if let asking = devices[deed.id.device], !asking.seesAll, !asking.warehouses.contains(warehouse) {
      return .refused(["NOT_PERMITTED"])
    }
    let free = max(0, available(ModelGoods(warehouse: warehouse, sku: sku)))
    let isKnown = !doubtful.contains(sku)
    guard isWhole ? free >= wanted : free > 0 else { return isKnown ? .refused(["QUOTA_SHORT"]) : .open }
    let key = ModelQuota.Key(device: device, sku: sku, warehouse: warehouse)
    if deed.stands { quotas[key, default: ModelQuota()].granted += min(wanted, free) }
    return isKnown ? .done(partly: free < wanted) : .open
  }

  func checkQuotas(_ centre: ModelRows) throws {
    var rest = quotas.filter { $0.value.granted > 0 }
    for row in centre.quotas {
      let key = ModelQuota.Key(device: row["device"], sku: row["sku"], warehouse: row["warehouse"])
      if doubtful.contains(key.sku) {
        rest[key] = nil
        count("quotas taken over")
        continue
      }
      let quota = rest.removeValue(forKey: key) ?? ModelQuota()
      try compare("granted", "\(key)", quota.granted, row["granted"] as Int64)
      try compare("spent", "\(key)", quota.spent, row["spent"] as Int64)
      try compare("returned", "\(key)", quota.returned, row["returned"] as Int64)
      try compare("written off", "\(key)", quota.writtenOff, row["written_off"] as Int64)
      count("quotas")
    }
    if let key = rest.keys.first(where: { !doubtful.contains($0.sku) }) {
      throw Finding("model", "\(key): the model has a quota, the centre none")
    }
  }
}
