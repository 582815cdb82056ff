import TradeRules

/// Who said something, when, and what they had seen.
struct ModelStamp {
  let version: Int64
  let basedOn: Int64
  let operation: OperationID
  let recordedAt: Int64

  init(_ deed: ModelDeed) {
    (version, basedOn, operation, recordedAt) = (deed.version, deed.basedOn, deed.id, deed.recordedAt)
  }

  /// Whether its author could not know of the other, who is somebody else.
  func meets(_ other: ModelStamp) -> Bool {
    operation.device != other.operation.device && other.version > basedOn
  }

  static func < (one: ModelStamp, other: ModelStamp) -> Bool {
    one.recordedAt != other.recordedAt
      ? one.recordedAt < other.recordedAt : one.operation < other.operation
  }
}

struct ModelRecord: Hashable, Comparable {
  let table: String
  let key: String
  static func < (one: ModelRecord, other: ModelRecord) -> Bool {
    (one.table, one.key) < (other.table, other.key)
  }
}

/// The fields of a record by the numbers of their columns.
typealias ModelFields = [Int: (value: String, stamp: ModelStamp)]

struct ModelCustomer {
  let code: String
  var agent: String?
  var territory: String?
  var warehouse: String?
  var mergedInto: RecordID?
  /// Of those who were merged into this one.
  var otherAgents: [String] = []
  var otherTerritories: [String] = []
  /// Merged customers' fields are taken over.
  var isMerged = false
}

/// Edits of one record by several people: field by field, and what is lost is kept.
extension ReferenceModel {
  /// A new value has its column's number; what its author saw has that number and 32 more.
  func edit(_ record: ModelRecord, _ form: Form, keys: Set<Int>, sensitive: Set<Int>, _ deed: ModelDeed)
    -> Forecast
  {
    guard records[record] != nil else { return .open }
    var isPartly = false
    for (number, content) in form.contents where number < 32 && !keys.contains(number) {
      guard case .value(let value) = content else { continue }
      let (mine, stamp) = (ReferenceModel.text(value), ModelStamp(deed))
      let theirs = records[record]?[number]
      guard mine != theirs?.value ?? "" else { continue }
      guard let theirs, stamp.meets(theirs.stamp) else {
        if deed.stands { records[record]?[number] = (mine, stamp) }
        continue
      }
      let isWon = !sensitive.contains(number) && theirs.stamp < stamp
      if !isWon { isPartly = true }
      guard deed.stands else { continue }
      if isWon { records[record]?[number] = (mine, stamp) }
      met[record, default: [:]][number] = isWon ? mine : theirs.value
      count("fields met")
    }
    return .done(partly: isPartly)
  }

  static func text(_ value: Value) -> String {
    switch value {
    case .integer(let integer): "\(integer)"
    case .text(let text): text
    case .personal(let personal): personal.text
    default: ""
    }
  }

  /// What a new record says where its form says nothing.
  private static let unsaid: [String: [Int: String]] = ["product": [6: "active"], "customer": [8: "active"]]

  func make(_ record: ModelRecord, _ form: Form, _ deed: ModelDeed) {
    var fields = ReferenceModel.unsaid[record.table] ?? [:]
    for (number, content) in form.contents where number < 32 {
      if case .value(let value) = content { fields[number] = ReferenceModel.text(value) }
    }
    records[record] = fields.mapValues { ($0, ModelStamp(deed)) }
  }

  func playRecords(_ deed: ModelDeed) -> Forecast {
    if let form = deed.form(CreateProduct.self) {
      let record = ModelRecord(table: "product", key: form.sku)
      if records[record] != nil { return .refused(["SKU_TAKEN"]) }
      if deed.stands { make(record, form.form, deed) }
      return .done(partly: false)
    }
    if let form = deed.form(EditProduct.self) {
      let record = ModelRecord(table: "product", key: form.sku)
      if records[record] == nil { return .refused(["UNKNOWN_SKU"]) }
      return edit(record, form.form, keys: [1], sensitive: [], deed)
    }
    if let form = deed.form(TranslateProduct.self) {
      let record = ModelRecord(table: "translation", key: "\(form.sku) \(form.locale)")
      if records[record] == nil { records[record] = [:] }
      return edit(record, form.form, keys: [1, 2], sensitive: [], deed)
    }
    if let form = deed.form(CreateCategory.self) {
      let record = ModelRecord(table: "category", key: form.code)
      if records[record] != nil { return .refused(["CODE_TAKEN"]) }
      if deed.stands { make(record, form.form, deed) }
      return .done(partly: false)
    }
    if let form = deed.form(EditCategory.self) {
      let record = ModelRecord(table: "category", key: form.code)
      if let parent = form.parent, isBelow(parent, form.code) { return .refused(["CATEGORY_CYCLE"]) }
      return edit(record, form.form, keys: [1], sensitive: [], deed)
    }
    return playParties(deed)
  }

  /// Whether a category is another or lies below it.
  private func isBelow(_ code: String, _ top: String) -> Bool {
    var code = code
    for _ in 0...records.count where !code.isEmpty {
      if code == top { return true }
      code = records[ModelRecord(table: "category", key: code)]?[2]?.value ?? ""
    }
    return false
  }

  // MARK: Customers

  /// Who a customer is now: merged ones lead to another.
  func survivor(of id: RecordID) -> RecordID {
    var id = id
    while let next = customers[id]?.mergedInto { id = next }
    return id
  }

  private func playParties(_ deed: ModelDeed) -> Forecast {
    if let form = deed.form(CreateCustomer.self) {
      if customers.values.contains(where: { $0.code == form.code }) { return .refused(["CODE_TAKEN"]) }
      guard deed.stands else { return .open }
      let device = devices[deed.id.device]
      customers[form.id] = ModelCustomer(
        code: form.code, agent: form.agent ?? device?.agents.first,
        territory: form.territory ?? device?.territories.first, warehouse: form.warehouse)
      make(ModelRecord(table: "customer", key: form.id.description), form.form, deed)
      return .done(partly: false)
    }
    if let form = deed.form(EditCustomer.self) {
      let id = survivor(of: form.id)
      guard let customer = customers[id], !customer.isMerged else { return .open }
      guard sees(deed, customer) else { return .refused(["NOT_PERMITTED"]) }
      let record = ModelRecord(table: "customer", key: id.description)
      return edit(record, form.form, keys: [1, 2], sensitive: [6], deed)
    }
    if let form = deed.form(MergeCustomers.self) { return merge(form, deed) }
    return .open
  }

  func sees(_ deed: ModelDeed, _ customer: ModelCustomer) -> Bool {
    guard let device = devices[deed.id.device] else { return true }
    return sees(deed.id.device, device.known(to: deed), customer)
  }

  func sees(_ code: String, _ device: ModelDevice, _ customer: ModelCustomer) -> Bool {
    if device.seesAll { return true }
    let agents = customer.otherAgents + (customer.agent.map { [$0] } ?? [])
    let territories = customer.otherTerritories + (customer.territory.map { [$0] } ?? [])
    return agents.contains(where: device.agents.contains)
      || territories.contains(where: device.territories.contains)
  }

  private func merge(_ form: Filled<MergeCustomers>, _ deed: ModelDeed) -> Forecast {
    let (merged, left) = (survivor(of: form.merged), survivor(of: form.survivor))
    if merged == left { return .refused(["ALREADY_MERGED", "BAD_VALUE"]) }
    guard deed.stands else { return .stands }
    customers[merged]?.mergedInto = left
    customers[merged]?.isMerged = true
    customers[left]?.isMerged = true
    if let gone = customers[merged] {
      customers[left]?.otherAgents += gone.otherAgents + (gone.agent.map { [$0] } ?? [])
      customers[left]?.otherTerritories += gone.otherTerritories + (gone.territory.map { [$0] } ?? [])
    }
    for order in orders.values where order.customer == merged { orders[order.id]?.customer = left }
    return .stands
  }

  /// The company's file: a customer it has is given to the agent and territory it says.
  func playCustomerFile(_ deed: ModelDeed, _ form: Filled<ImportCustomers>) {
    for row in form.rows where deed.stands {
      if let known = customers.first(where: { $0.value.code == row.code })?.key {
        let id = survivor(of: known)
        // The file is held against what it had before, not against the record, each field for itself.
        guard let before = filed.updateValue((row.agent, row.territory), forKey: row.code), id == known
        else { continue }
        give(\.agent, \.agent, row.agent, before.agent, id)
        give(\.territory, \.territory, row.territory, before.territory, id)
      } else {
        customers[row.id] = ModelCustomer(
          code: row.code, agent: row.agent, territory: row.territory, warehouse: row.warehouse)
        make(ModelRecord(table: "customer", key: row.id.description), row.form, deed)
        filed[row.code] = (row.agent, row.territory)
      }
    }
  }

  /// A customer goes to somebody else with the orders that are not over.
  private func give(
    _ ofCustomer: WritableKeyPath<ModelCustomer, String?>, _ ofOrder: WritableKeyPath<ModelOrder, String?>,
    _ said: String?, _ saidBefore: String?, _ id: RecordID
  ) {
    guard said != saidBefore, var customer = customers[id], customer[keyPath: ofCustomer] != said
    else { return }
    customer[keyPath: ofCustomer] = said
    customers[id] = customer
    for var order in orders.values
    where order.customer == id && !["closed", "cancelled", "rejected"].contains(order.state) {
      order[keyPath: ofOrder] = said
      orders[order.id] = order
    }
  }
}
