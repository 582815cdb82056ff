import ReplicaStore
import TradeRules

/// What is done to customers, products, conflicts and tasks.
extension Workload {
  func newCustomer(_ device: SimulatedDevice, code: String? = nil, name: PersonalText? = nil) -> Drafts {
    let id = device.newID(at: world.now)
    return { numbering in
      let code = try code ?? numbering.take("C")
      return [
        Draft(
          Filled<CreateCustomer> {
            ($0.id, $0.code, $0.name, $0.currency) = (
              id, code, name ?? PersonalText("Customer \(code)"), "EUR"
            )
          })
      ]
    }
  }

  mutating func customerEdit(_ sight: Sight) throws -> Drafts? {
    guard let customer = try sight.some(CustomerColumns.self, using: &random) else { return nil }
    var form = Filled<EditCustomer> {
      $0.id = customer.id
      $0.code = customer.code
    }
    if random.chance(500) { (form.phone, form.phoneSeen) = (text("phone"), customer.phone) }
    if random.chance(400) { (form.address, form.addressSeen) = (text("address"), customer.address) }
    if random.chance(200) { (form.taxId, form.taxIdSeen) = (text("tax"), customer.taxId) }
    if random.chance(100) {
      form.statusSeen = customer.status.rawValue
      form.status = (customer.status == .active ? CustomerStatus.blocked : .active).rawValue
    }
    if form.form.contents.count == 2 { (form.name, form.nameSeen) = (text("name"), customer.name) }
    let filled = form
    return { _ in [Draft(filled)] }
  }

  mutating func newProduct() -> Drafts {
    let sku = "NEW-\(random.number(1...6))"
    return { _ in
      [
        Draft(
          Filled<CreateProduct> {
            ($0.sku, $0.skuFolded, $0.name) = (sku, sku.lowercased(), "Product \(sku)")
          })
      ]
    }
  }

  mutating func productEdit(_ sight: Sight) throws -> Drafts? {
    guard let product = try sight.some(ProductColumns.self, using: &random) else { return nil }
    texts += 1
    var form = Filled<EditProduct> { $0.sku = product.sku }
    if random.chance(600) { (form.name, form.nameSeen) = ("name \(texts)", product.name) }
    if random.chance(300) {
      (form.description, form.descriptionSeen) = ("text \(texts)", product.description)
    }
    if random.chance(200) {
      form.statusSeen = product.status.rawValue
      form.status = (product.status == .active ? ProductStatus.archived : .active).rawValue
    }
    if form.form.contents.count == 1 {
      (form.weightGrams, form.weightGramsSeen) = (Int64(texts), product.weightGrams)
    }
    let filled = form
    return { _ in [Draft(filled)] }
  }

  mutating func resolution(_ sight: Sight) throws -> Drafts? {
    let condition = random.chance(900) ? "state = 'open'" : "1"
    guard let conflict = try sight.some(ConflictColumns.self, where: condition, using: &random) else {
      return nil
    }
    var form = Filled<ResolveConflict> { $0.conflict = conflict.id }
    form.keep = random.pick(["mine", "theirs", "value"]) ?? "mine"
    if form.keep == "value" {
      form.value = conflict.field == "ordered" ? PersonalText("\(random.number(1...12))") : text("chosen")
    }
    if random.chance(200) { form.note = text("note") }
    let filled = form
    return { _ in [Draft(filled)] }
  }

  mutating func finishedTask(_ sight: Sight) throws -> Drafts? {
    guard let task = try sight.some(TaskColumns.self, where: "is_open = 1", using: &random) else {
      return nil
    }
    return { _ in [Draft(Filled<FinishTask> { $0.task = task.id })] }
  }

  /// What a device allows and the centre may not: names that others may have taken, things others may have
  /// ended, counts of places that turn out to be several.
  mutating func presumption(_ sight: Sight, _ device: SimulatedDevice) throws -> Drafts? {
    let place = random.number(1...3)
    switch random.number(0...8) {
    case 5, 7, 8: return try onHearsay(device)
    case 6: return try twoOrders(sight, device)
    case 0: return newCustomer(device, code: "C-\(place)", name: text("name"))
    case 1: return try newOrder(sight, device, submitting: true, numbered: "SO-\(place)")
    case 2: return try stockFact(.count, sight, device)
    default:
      guard let order = try sight.some(OrderColumns.self, using: &random),
        let deed = random.pick([Deed.submit, .cancel, .release, .delete, .hold])
      else { return nil }
      return step(deed, order)
    }
  }

  /// Two orders at once, the second with a number that may be taken: then the first must not be either (#69).
  private mutating func twoOrders(_ sight: Sight, _ device: SimulatedDevice) throws -> Drafts? {
    let number = "SO-\(random.number(1...3))"
    guard let first = try newOrder(sight, device, submitting: true),
      let second = try newOrder(sight, device, submitting: false, numbered: number)
    else { return nil }
    return { numbering in try first(numbering) + second(numbering) }
  }

  /// Something done to an order that a colleague has shown on another device: this one, and perhaps the
  /// centre, has not heard of it yet.
  private mutating func onHearsay(_ device: SimulatedDevice) throws -> Drafts? {
    let others = world.devices.keys.sorted().filter { $0 != device.code }
    guard let code = random.pick(others), let colleague = world.devices[code] else { return nil }
    let shown = Sight(store: colleague.store)
    if random.chance(500) { return try pick(shown) }
    return try orderStep(random.pick([.submit, .cancel, .hold]) ?? .hold, shown)
  }
}
