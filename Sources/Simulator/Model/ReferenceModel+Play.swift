import CentralStore
import GRDB
import TradeRules

import struct Foundation.Data

/// The centre's rows that are compared.
struct ModelRows {
  let stock, levels, orders, lines, promises, staged, quotas, answers, held: [GRDB.Row]

  init(_ db: Database) throws {
    func all(_ table: String) throws -> [GRDB.Row] {
      try GRDB.Row.fetchAll(db, sql: "SELECT * FROM \(table)")
    }
    stock = try all("stock")
    levels = try all("stock_level")
    orders = try all("sales_order")
    lines = try all("order_line")
    promises = try all("allocation")
    staged = try all("staged_goods")
    quotas = try all("quota")
    answers = try all("answer")
    held = try all("held")
  }
}

extension RecordID {
  init(sql: Data) { self = RecordID(bytes: Array(sql)) ?? .none }
}

extension ReferenceModel {
  /// The columns of fields by their numbers, from 1 on, as far as they are compared.
  static let columns = [
    "product": ["sku", "", "name", "", "", "status", "", "", "", "weight_grams", "description"],
    "translation": ["", "", "name", "description"], "category": ["", "parent", "name"],
    "customer": ["", "", "name", "phone", "email", "tax_id", "address", "status"],
  ]
  private static let keys = [
    "product": "sku", "category": "code", "translation": "sku || ' ' || locale", "customer": "hex(id)",
  ]

  /// Does what an operation says, as far as it stands.
  func play(_ deed: ModelDeed, in db: Database) throws -> Forecast {
    if deed.codes.first == "WITHDRAWN" { return .open }
    if let device = devices[deed.id.device], device.isOutOfUse {
      return .quarantined(device.state == "retired" ? "DEVICE_RETIRED" : "DEVICE_LOST")
    }
    if deed.codes.first == "DEPENDS_ON_REFUSED" { return .open }
    if let form = deed.form(ResolveConflict.self) { return try resolve(form, deed, in: db) }
    for subject in [playCentre, playStock, playQuota, playOrder, playLine, playGoods, playRecords] {
      let forecast = subject(deed)
      if forecast != .open { return forecast }
    }
    return .open
  }

  private func playCentre(_ deed: ModelDeed) -> Forecast {
    if let form = deed.form(FoundStore.self) {
      epochs = [(form.epoch, deed.version)]
      return .done(partly: false)
    }
    if let form = deed.form(RestoreStore.self) {
      epochs.append((form.epoch, deed.version))
      return .done(partly: false)
    }
    if let form = deed.form(ImportStock.self) { return playOpening(deed, form) }
    if let form = deed.form(ImportCustomers.self) {
      playCustomerFile(deed, form)
      return .done(partly: false)
    }
    if let form = deed.form(ImportWarehouses.self) {
      warehouses += form.rows.map(\.code)
      return .done(partly: false)
    }
    if let form = deed.form(ImportProducts.self) {
      for row in form.rows { make(ModelRecord(table: "product", key: row.sku), row.form, deed) }
      return .done(partly: false)
    }
    if let form = deed.form(ChangeSetting.self) {
      settings[form.name] = form.amount
      return .done(partly: false)
    }
    if let form = deed.form(InviteDevice.self) {
      guard devices[form.device] == nil else { return .refused(["CODE_TAKEN"]) }
      devices[form.device] = ModelDevice(
        role: form.role.rawValue, agents: form.agent.map { [$0] } ?? [],
        territories: form.territory.map { [$0] } ?? [], warehouses: form.warehouses.words)
      return .done(partly: false)
    }
    if let form = deed.form(ChangeScope.self), var device = devices[form.device], deed.stands {
      device.formerAgents += device.agents
      device.formerTerritories += device.territories
      device.formerWarehouses += device.warehouses
      device.agents = form.agent.map { [$0] } ?? []
      device.territories = form.territory.map { [$0] } ?? []
      device.warehouses = form.warehouses.words
      device.since = deed.version
      devices[form.device] = device
      return .done(partly: false)
    }
    if let form = deed.form(ChangeDeviceState.self), deed.stands {
      devices[form.device]?.state = form.state.rawValue
      return .done(partly: false)
    }
    return .open
  }

  func isArchived(_ sku: String) -> Bool {
    records[ModelRecord(table: "product", key: sku)]?[6]?.value == "archived"
  }

  // MARK: Comparing

  /// Holds the centre's rows against what they must be.
  func check(_ db: Database) throws {
    let centre = try ModelRows(db)
    try checkAnswers(centre)
    try checkStock(centre)
    try checkQuotas(centre)
    try checkOrders(centre)
    try checkFields(db)
  }

  func compare<V: Equatable>(_ what: String, _ record: String, _ model: V, _ centre: V) throws {
    guard model != centre else { return }
    throw Finding("model", "\(what) of \(record): the model says \(model), the centre \(centre)")
  }

  /// One answer an operation, the one of the log.
  private func checkAnswers(_ centre: ModelRows) throws {
    for row in centre.answers {
      let id = OperationID(device: row["device"], number: row["number"])
      let said = "\(row["outcome"] as String) \(row["codes"] as String)"
      let deed = decided[id].map { "\($0.outcome) \($0.codes.joined(separator: " "))" } ?? "none"
      try compare("answer", "\(id)", deed, said)
    }
    let answered = decided.keys.filter { $0.device != "centre" }.count
    try compare("answers", "all devices", answered, centre.answers.filter { $0["device"] != "centre" }.count)
    let waiting = centre.held.filter { $0["waiting_for"] != "" }.map { row in
      OperationID(device: row["device"], number: row["number"])
    }
    try compare("held", "all devices", held.sorted(), waiting.sorted())
  }

  private func checkFields(_ db: Database) throws {
    for (record, fields) in records.sorted(by: { $0.key < $1.key }) {
      let key = record.table == "customer" ? record.key.filter { $0 != "-" }.uppercased() : record.key
      if record.table == "customer",
        customers.contains(where: { $0.key.description == record.key && $0.value.isMerged })
      {
        count("customers taken over")
        continue
      }
      let statement = try db.cachedStatement(
        sql: "SELECT * FROM \(record.table) WHERE \(ReferenceModel.keys[record.table] ?? "") = ?")
      guard let row = try GRDB.Row.fetchOne(statement, arguments: [key]) else {
        if fields.isEmpty { continue }
        throw Finding("model", "the centre has no \(record.table) \(record.key)")
      }
      for (place, name) in (ReferenceModel.columns[record.table] ?? []).enumerated() where !name.isEmpty {
        guard let field = fields[place + 1] else { continue }
        let value: DatabaseValue = row[name]
        let found = String.fromDatabaseValue(value) ?? Int64.fromDatabaseValue(value).map { "\($0)" } ?? ""
        try compare(name, "\(record.table) \(record.key)", field.value, found)
        count("fields")
      }
    }
  }
}

extension ReferenceModel {
  /// Adds what was compared since the last time to the figures.
  func tell(_ tally: Tally) {
    for what in counts.keys.sorted() { tally.add(what, counts[what] ?? 0) }
    counts = [:]
  }
}
