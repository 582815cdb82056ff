import ReplicaStore
import TradeRules

/// What is paid, and given back.
extension Workload {
  /// What people pay with; of the second there is a rate, of the third none.
  private static let currencies = ["EUR", "USD", Shop.currencyWithoutRate]
  /// Numbers of payments outside: few, so that two people tell of one payment, or of two by one number.
  private static let references = ["TX-1", "TX-2", "TX-3", "TX-4"]

  mutating func payment(_ sight: Sight, _ device: SimulatedDevice) throws -> Drafts? {
    guard let order = try sight.some(OrderColumns.self, using: &random) else { return nil }
    let method = random.pick([PaymentMethod.cash, .card, .bank, .bank, .credit]) ?? .cash
    let amount = amount(of: order.totalMinor)
    var form = Filled<RecordPayment> {
      ($0.id, $0.order, $0.number) = (device.newID(at: world.now), order.id, order.number)
      ($0.method, $0.amountMinor) = (method, amount)
    }
    if random.chance(300) { form.currency = random.pick(Workload.currencies) }
    if random.chance(400) { form.reference = random.pick(Workload.references) }
    let (filled, statedAt) = (form, statedAt())
    return { _ in [Draft(filled, at: statedAt)] }
  }

  mutating func refund(_ sight: Sight, _ device: SimulatedDevice) throws -> Drafts? {
    let condition = random.chance(900) ? "paid_minor > refunded_minor" : "1"
    guard let account = try sight.some(OrderAccountColumns.self, where: condition, using: &random),
      let order = try sight.find(OrderColumns.self, account.order)
    else { return nil }
    let method = random.pick([PaymentMethod.cash, .bank, .credit]) ?? .bank
    let amount = amount(of: account.paidMinor - account.refundedMinor)
    var form = Filled<RefundPayment> {
      ($0.id, $0.order, $0.number) = (device.newID(at: world.now), order.id, order.number)
      ($0.method, $0.amountMinor) = (method, amount)
    }
    form.isPaidOut = random.chance(500)
    if random.chance(200) { form.reference = random.pick(Workload.references) }
    if random.chance(300) { form.reason = text("reason") }
    let (filled, statedAt) = (form, statedAt())
    return { _ in [Draft(filled, at: statedAt)] }
  }

  /// All of it, a part, or too much.
  private mutating func amount(of minor: Int64) -> Int64 {
    let whole = max(1, minor)
    switch random.number(0...3) {
    case 0: return max(1, whole / 3)
    case 1: return whole + Int64(random.number(1...5_000))
    default: return whole
    }
  }
}
