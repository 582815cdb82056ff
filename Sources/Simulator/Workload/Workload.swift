import GRDB
import ReplicaStore
import TradeRules

/// People at their devices, and somebody at the centre's console, doing one random thing after another on a
/// few records that all of them want.
///
/// Most deeds are what a person could do with what the device shows; about one in fifteen is of a kind that
/// the device allows and the centre, which knows more, may refuse.
struct Workload {
  let world: World
  let receipts: Receipts
  var random: Random
  /// Deeds recorded, by what they were.
  var recorded: [String: Int] = [:]
  var refusedAtOnce = 0
  /// Deeds that failed because a disk did, or a program stopped.
  var interrupted = 0
  /// Told of what is recorded, and of ids made for it.
  var note: (Schedule.Item) -> Void = { _ in }
  /// Texts about persons are all different, so that none stands in for another.
  var texts = 0

  init(world: World, receipts: Receipts) {
    self.world = world
    self.receipts = receipts
    random = Random(seed: world.seed, "workload")
  }

  /// Lets somebody who can do something do it.
  mutating func doSomething() throws {
    if random.chance(20) { return try changeDevice() }
    if random.chance(60) { return try workAtConsole() }
    let able = try world.devices.keys.sorted().compactMap { world.devices[$0] }.filter { device in
      try !device.isOff && !device.isCopy && device.store.state().map { $0.checkpoint > 0 } ?? false
    }
    guard let device = random.pick(able), let role = try device.store.state()?.role else { return }
    // What nobody can do now, somebody will later: a few tries are enough.
    for _ in 0..<6 {
      guard let deed = random.pick(Workload.deeds(of: role)) else { return }
      if try attempt(deed, at: device) { return }
    }
  }

  enum Deed: String {
    case createOrder, submitNewOrder, addLine, setLine, removeLine, editOrder, submit, cancel, delete
    case hold, release, pick, putBack, ship
    case receive, move, adjust, scrap, count
    case translate, linkBarcode, freeBarcode, moveCategory, newPrice
    case createCustomer, editCustomer, createProduct, editProduct, resolve, finishTask, presume
    case requestQuota, returnQuota
    case pack, deliver, track, pay, refund, withdraw, giveUp, again
  }

  private static let selling: [Deed] = [
    .createOrder, .submitNewOrder, .submitNewOrder, .submitNewOrder, .submitNewOrder, .addLine, .setLine,
    .setLine, .setLine, .removeLine, .editOrder, .submit, .submit, .cancel, .delete, .hold, .release,
    .createCustomer, .editCustomer, .editCustomer, .resolve, .finishTask, .presume, .presume,
    .requestQuota, .requestQuota, .returnQuota, .pay, .pay, .pay, .refund, .deliver, .track, .withdraw,
    .giveUp, .again,
  ]
  private static let handling: [Deed] = [
    .pick, .pick, .pick, .pick, .pick, .putBack, .putBack, .ship, .ship, .ship, .receive, .receive, .move,
    .move, .adjust, .scrap, .count, .count, .count, .release, .hold, .finishTask, .resolve, .presume,
    .linkBarcode, .pack, .pack, .deliver, .deliver, .track, .withdraw, .giveUp, .again,
  ]
  private static let heading: [Deed] =
    selling + handling + [
      .createProduct, .editProduct, .editProduct, .editProduct, .translate, .translate, .linkBarcode,
      .freeBarcode, .moveCategory, .moveCategory, .newPrice,
    ]

  private static func deeds(of role: Role) -> [Deed] {
    switch role {
    case .agent, .sales: selling
    case .picker, .receiver, .lead, .warehouse: handling
    case .admin: heading
    default: []
    }
  }

  /// Whether there was anything to do it to.
  private mutating func attempt(_ deed: Deed, at device: SimulatedDevice) throws -> Bool {
    if [.giveUp, .again].contains(deed) { return try dealWithRefusal(deed, at: device) }
    let sight = Sight(store: device.store)
    let made = device.idsMade
    let drafts: Drafts? =
      switch deed {
      case .createOrder: try newOrder(sight, device, submitting: false)
      case .submitNewOrder: try newOrder(sight, device, submitting: true)
      case .addLine: try newLine(sight, device)
      case .setLine: try lineChange(sight)
      case .removeLine: try lineRemoval(sight)
      case .editOrder: try orderEdit(sight)
      case .submit, .cancel, .delete, .hold, .release: try orderStep(deed, sight)
      case .pick: try pick(sight)
      case .putBack: try putBack(sight)
      case .ship: try shipment(sight, device)
      case .receive, .move, .adjust, .scrap, .count: try stockFact(deed, sight, device)
      case .createCustomer: newCustomer(device)
      case .editCustomer: try customerEdit(sight)
      case .createProduct: newProduct()
      case .editProduct: try productEdit(sight)
      case .translate: try translation(sight)
      case .linkBarcode: try barcodeLink(sight)
      case .freeBarcode: try barcodeRelease(sight)
      case .moveCategory: try categoryMove(sight)
      case .newPrice: try newPrice(sight)
      case .resolve: try resolution(sight)
      case .finishTask: try finishedTask(sight)
      case .presume: try presumption(sight, device)
      case .requestQuota: quotaRequest()
      case .returnQuota: try quotaReturn(sight, device)
      case .pack: try packing(sight, device)
      case .deliver: try delivery(sight)
      case .track: try tracking(sight)
      case .pay: try payment(sight, device)
      case .refund: try refund(sight, device)
      case .withdraw: try withdrawal(device)
      case .giveUp, .again: nil
      }
    if device.idsMade > made { note(.ids(device.code, device.idsMade - made)) }
    guard let drafts else { return false }
    try record(deed.rawValue, drafts, at: device)
    return true
  }

  // MARK: Chance

  /// An amount that fits the unit of the product, most often a handful.
  mutating func quantity(of sku: String, most: Int = 12) -> Quantity {
    let whole = Quantity(Int64(random.number(1...most)))
    guard sku == Shop.weighed, random.chance(500) else { return whole }
    return Quantity(thousandths: Int64(random.number(1...most * 1_000)))
  }

  mutating func text(_ about: String) -> PersonalText {
    texts += 1
    return PersonalText("\(about) \(texts)")
  }

  /// When a person says that something happened: most often they do not.
  mutating func statedAt() -> Instant? {
    guard random.chance(250) else { return nil }
    let shift = random.chance(100) ? random.number(0...600_000) : -random.number(0...6 * 3_600_000)
    // Whole minutes: people say "ten past nine", and two of them say the same.
    return Instant(milliseconds: (world.now.milliseconds + Int64(shift)) / 60_000 * 60_000)
  }
}
