import Testing

@testable import TradeRules

@Suite("Roles: who may do what")
struct RoleTests {
  /// What each role was hired for, written down apart from the rules. Whatever is not here is for
  /// administrators and the centre alone.
  private static let duties: [Role: String] = [
    "agent": """
    customer.create customer.set order.create order.line_add order.line_set order.line_remove order.set
    order.submit order.hold order.release order.cancel order.delete order.charge order.deliver
    shipment.track payment.record payment.refund quota.request quota.return barcode.link
    conflict.resolve task.done work.bring work.withdraw
    """,
    "sales": """
    customer.create customer.set order.create order.line_add order.line_set order.line_remove order.set
    order.submit order.hold order.release order.cancel order.delete order.charge order.deliver
    order.accept order.reject order.allocate customer.merge customer.assign shipment.track
    quota.request quota.return conflict.resolve task.done work.bring work.withdraw
    """,
    "picker": """
    order.pick order.put_back order.pack order.ship order.deliver shipment.track stock.move barcode.link
    task.done work.bring work.withdraw
    """,
    "receiver": "stock.receive stock.move stock.count barcode.link task.done work.bring work.withdraw",
    "lead": """
    order.pick order.put_back order.pack order.ship order.deliver shipment.track order.hold order.release
    stock.receive stock.move stock.count stock.adjust stock.scrap stock.minimum barcode.link
    conflict.resolve task.done work.bring work.withdraw
    """,
    "warehouse": """
    order.pick order.put_back order.pack order.ship order.deliver shipment.track order.hold order.release
    stock.receive stock.move stock.count stock.adjust stock.scrap stock.minimum barcode.link
    conflict.resolve task.done work.bring work.withdraw
    """,
    "buyer": "supplier.create supplier.set conflict.resolve task.done work.bring work.withdraw",
    "finance": """
    payment.record payment.refund customer.credit rate.set tax.set order.hold order.release
    conflict.resolve task.done work.bring work.withdraw
    """,
    "catalogue": """
    category.create category.set product.create product.set product.translate product.attribute
    pack.create pack.retire barcode.link barcode.unlink conflict.resolve task.done work.bring work.withdraw
    """,
    "auditor": "",
  ]

  private static func mayDo(_ role: Role, _ kind: OperationKind) -> Bool {
    role == "admin"
      || duties[role]?.split(whereSeparator: \.isWhitespace).contains { $0 == kind.rawValue } ?? false
  }

  /// Whether a decision gets past the question who does it, on an empty world and an empty form.
  private func isHeard(_ role: Role, _ kind: OperationKind, isFinal: Bool) -> Bool {
    var operation = RuleBench().record("X", Filled<FinishTask>())
    operation.kind = kind
    operation.form = Form()
    var device = Device()
    (device.code, device.role, device.state) = ("X", role, .active)
    let entry = Entry(
      version: 1, receivedAt: operation.recordedAt, device: device, isFinal: isFinal, hash: mixed)
    let view = WorkingSet(horizon: isFinal ? nil : device.grants)
    while true {
      do throws(Interruption) {
        let verdicts = try Rules.decide([operation], on: view, in: entry, observing: Observations())
        return verdicts[0].detail != "\(kind) by \(role)"
      } catch {
        // The world is empty: whatever is asked for is not there.
        guard case .needs(let needs) = error else { return true }
        RuleBench().load(needs, into: view)
      }
    }
  }

  @Test(
    "G19: every role is heard for every kind of its own and for no other, at the centre and on its device")
  func everyPair() {
    #expect(Set(Self.duties.keys).union(["admin"]) == Set(Role.all))
    for role in Role.all + ["king"] {
      for rule in RuleBook.all {
        let may = Self.mayDo(role, rule.kind)
        #expect(Permissions.allows(role, rule.kind) == may, "\(rule.kind) by \(role)")
        for isFinal in [true, false] {
          #expect(isHeard(role, rule.kind, isFinal: isFinal) == may, "\(rule.kind) by \(role)")
        }
      }
    }
  }

  @Test("every duty is a kind of operation that there is")
  func dutiesExist() {
    for (role, kinds) in Self.duties {
      for kind in kinds.split(whereSeparator: \.isWhitespace) {
        #expect(RuleBook.rule(OperationKind(rawValue: String(kind))) != nil, "\(kind) of \(role)")
      }
    }
  }

  @Test("G19: a picker picks what the own warehouse ships, and nothing of another's")
  func pickersPlace() {
    let bench = RuleBench.trading(10)
    bench.addDevice("P-W1", .picker, warehouses: ["W1"])
    bench.addDevice("P-W2", .picker, warehouses: ["W2"])
    let order = bench.accepted("A", [("CHAI", 2)])
    func pick(_ warehouse: String) -> Filled<PickLine> {
      Filled {
        ($0.order, $0.number, $0.line) = (order.id, order.number, order.lines[0])
        ($0.quantity, $0.warehouse, $0.bin) = (1, warehouse, "MAIN")
      }
    }
    #expect(bench.does("P-W2", pick("W1")).codes == [.notPermitted])
    #expect(bench.does("P-W1", pick("W2")).codes == [.notPermitted])
    #expect(bench.does("P-W1", pick("W1")).outcome == .applied)
    #expect(bench.line(order).picked == 1)
    #expect(bench.does("P-W1", order.hold).codes == [.notPermitted])
  }

  @Test("a receiver counts and does not scrap; a buyer or an editor of the catalogue moves no goods at all")
  func stockPlace() {
    let bench = RuleBench.trading(10)
    bench.addDevice("R", .receiver, warehouses: ["W1"])
    bench.addDevice("K", .catalogue, warehouses: ["W1"])
    let scrap = Filled<ScrapStock> {
      ($0.warehouse, $0.sku, $0.quantity, $0.reason, $0.bin) = ("W1", "CHAI", 1, "damaged", "MAIN")
    }
    let count = Filled<CountStock> {
      ($0.warehouse, $0.sku, $0.quantity, $0.bin) = ("W1", "CHAI", 8, "MAIN")
    }
    for device in ["R", "K", "A"] { #expect(bench.does(device, scrap).codes == [.notPermitted]) }
    for device in ["K", "A"] { #expect(bench.does(device, count).codes == [.notPermitted]) }
    #expect(bench.onHand("W1", "CHAI") == 10)
    #expect(bench.does("R", count).outcome == .applied)
    #expect(bench.onHand("W1", "CHAI") == 8)
  }

  @Test(
    "the sales desk decides about orders of its territory and lifts a price review, not the floor or a credit"
  )
  func salesDesk() {
    let bench = RuleBench.trading(100)
    bench.addDevice("S", .sales, territory: "NORTH")
    bench.addDevice("F", .finance)
    bench.addCustomer("C-NORTH", agent: "ANA", territory: "NORTH")
    let anas = bench.draft("A", [("CHAI", 1)])
    #expect(bench.does("S", anas.hold).codes == [.notPermitted])
    func credit(blocked: Bool) -> Filled<SetCredit> {
      Filled { ($0.id, $0.code, $0.isBlocked) = (bench.customer("C-NORTH").id, "C-NORTH", blocked) }
    }
    #expect(bench.does("S", credit(blocked: true)).codes == [.notPermitted])
    #expect(bench.does("F", credit(blocked: true)).outcome == .applied)
    let (order, form) = bench.newOrder("SO-A-2", of: "C-NORTH", [("CHAI", 1)])
    #expect(bench.does("A", form).outcome == .applied)
    #expect(bench.does("A", order.submit).codes == [.customerBlocked])
    for device in ["A", "S"] { #expect(bench.does(device, order.release).codes == [.notPermitted]) }
    #expect(bench.does("S", order.accept).codes == [.notPermitted])
    #expect(bench.does("F", order.release).outcome == .applied)
    #expect(bench.order(order).state == .accepted)
    let holds = Permissions.lifters.filter { $0.roles.contains(.sales) }.map(\.hold)
    #expect(holds == [.priceReview])
  }

  @Test("G19: who may not edit a record may not settle a disagreement about it, though they see it")
  func conflictsOfOthers() {
    let bench = RuleBench.trading(10)
    let order = bench.accepted("A", [("CHAI", 2)])
    bench.does(
      "A2",
      Filled<EditOrder> {
        ($0.order, $0.number) = (order.id, order.number)
        $0.deliveryAddress = PersonalText("9 New Road")
        $0.deliveryAddressSeen = PersonalText("1 First Street")
      })
    let conflict = bench.all(ConflictColumns.self).first ?? Conflict()
    #expect(bench.replica(of: "P").find(ConflictColumns.self, conflict.id)?.code == "ADDRESS_REVIEW")
    let choice = Filled<ResolveConflict>.keep("mine", conflict.id)
    #expect(bench.does("P", choice).codes == [.notPermitted])
    #expect(bench.order(order).deliveryAddress.text == "1 First Street")
    #expect(bench.does("A", choice).outcome == .applied)
    #expect(bench.order(order).deliveryAddress.text == "9 New Road")
  }

  @Test("two editors name a product differently: whoever met the other's name sees both and may choose")
  func editorsConflict() {
    let bench = RuleBench.trading(10)
    for device in ["K1", "K2", "K3"] { bench.addDevice(device, .catalogue) }
    func rename(_ name: String) -> Filled<EditProduct> {
      Filled { ($0.sku, $0.name, $0.nameSeen) = ("CHAI", name, "Product CHAI") }
    }
    bench.does("K1", rename("Chai tea"))
    bench.does("K2", rename("Masala chai"))
    let conflict = bench.all(ConflictColumns.self).first ?? Conflict()
    let choice = Filled<ResolveConflict>.keep("theirs", conflict.id)
    for device in ["A", "P", "K3"] { #expect(bench.does(device, choice).codes == [.notPermitted]) }
    #expect(bench.replica(of: "K2").does("K2", choice).outcome == .applied)
    #expect(bench.does("K2", choice).outcome == .applied)
    #expect(bench.find(ProductColumns.self, "CHAI")?.name == "Chai tea")
  }

  @Test(
    "G19: what is brought in does no more than the device that recorded it may, nor than who brings it may")
  func broughtWork() {
    let bench = RuleBench.trading(10)
    func brings<F: OperationForm>(
      _ device: String, _ number: Int64, of author: String, _ form: Filled<F>
    ) -> [[Code]] {
      let lead = Filled<BringWork> { ($0.device, $0.number, $0.chainHash) = (author, number, mixed([1])) }
      return bench.decide(bench.group([bench.record(device, lead), bench.record(device, form)])).map(\.codes)
    }
    let invitation = Filled<InviteDevice> {
      ($0.device, $0.name, $0.role, $0.secretHash) = ("X9", "Mine", .admin, mixed([9]))
      $0.expiresAt = .day(hour: 20)
    }
    let count = Filled<CountStock> {
      ($0.warehouse, $0.sku, $0.quantity, $0.bin) = ("W1", "CHAI", 8, "MAIN")
    }
    let refused: [[Code]] = [[.groupRejected], [.notPermitted]]
    #expect(brings("HQ", 7, of: "A", invitation) == refused)
    #expect(brings("HQ", 8, of: "A", count) == refused)
    #expect(brings("A", 7, of: "P", count) == refused)
    #expect(bench.find(DeviceColumns.self, "X9") == nil)
    #expect(bench.onHand("W1", "CHAI") == 10)
    #expect(brings("HQ", 8, of: "P", count) == [[], []])
    #expect(bench.onHand("W1", "CHAI") == 8)
    // Of a device that nobody knows any more nobody knows the role.
    #expect(brings("Q", 3, of: "GONE", count) == [[], []])
  }

  @Test("G15: each role sees its places and no more")
  func sight() {
    func grants(_ role: Role) -> Grants {
      Grants(role: role, device: "X", agent: "ANA", territory: "NORTH", warehouses: ["W1"])
    }
    let places: [Bucket] = [.orders("W1"), .ledger("W1"), .ledger("W1", month: "2026-11")]
    for role in Role.all {
      let sees = places.map { grants(role).meet([$0]) }
      let inWarehouse = ["picker", "receiver", "lead", "warehouse"].contains(role.rawValue)
      let everywhere = ["admin", "auditor", "finance"].contains(role.rawValue)
      #expect(sees == Array(repeating: inWarehouse || everywhere, count: 3), "\(role)")
      #expect(grants(role).meet([.hq]) == everywhere, "\(role)")
      #expect(grants(role).meet([.orders("W2"), .agent("BEN"), .stock("W2")]) == everywhere, "\(role)")
    }
  }
}
