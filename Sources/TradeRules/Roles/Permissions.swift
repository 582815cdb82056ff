/// Who may do what: the one table of roles and kinds of operations, held at the centre when it decides (G19)
/// and foreseen on the device.
///
/// Administrators and the centre itself may do everything and are not listed; a kind that no role has is
/// theirs alone. Beyond the kind, an operation must stay in the device's scope (`Trade.mayChange`,
/// `Trade.checkStockPlace`).
public enum Permissions {
  /// Whether a role may record operations of a kind.
  public static func allows(_ role: Role, _ kind: OperationKind) -> Bool {
    role == .centre || role == .admin || kinds[role]?.contains(kind) ?? false
  }

  /// The roles that may, the centre and administrators aside, in the order of `Role.all`.
  public static func roles(of kind: OperationKind) -> [Role] {
    Role.all.filter { kinds[$0]?.contains(kind) ?? false }
  }

  /// - Throws: `.refused` with `NOT_PERMITTED` for a kind that is not the role's.
  static func check(_ role: Role, _ kind: OperationKind) throws(Interruption) {
    guard allows(role, kind) else { throw .refused(refusal(role, kind)) }
  }

  /// Why a kind is not the role's.
  public static func refusal(_ role: Role, _ kind: OperationKind) -> Refusal {
    Refusal(.notPermitted, "\(kind) by \(role)")
  }

  /// What each role may do.
  public static let table: [(role: Role, kinds: [OperationKind])] = [
    (.agent, selling + collecting + [LinkBarcode.kind] + attending),
    (.sales, selling + deciding + attending),
    (.picker, picking + [LinkBarcode.kind] + working),
    (.receiver, receiving + [LinkBarcode.kind] + working),
    (.lead, picking + receiving + leading + [LinkBarcode.kind] + attending),
    (.warehouse, picking + receiving + leading + [LinkBarcode.kind] + attending),
    (.buyer, [CreateSupplier.kind, EditSupplier.kind] + attending),
    (.finance, collecting + accounting + attending),
    (.catalogue, describing + attending),
    (.auditor, []),
  ]

  private static let kinds: [Role: Set<OperationKind>] = Dictionary(
    uniqueKeysWithValues: table.map { ($0.role, Set($0.kinds)) })

  /// Everybody closes the tasks of theirs, gives up work that is held, and brings in what a lost device had.
  private static let working: [OperationKind] = [FinishTask.kind, WithdrawWork.kind, BringWork.kind]

  /// Who edits records settles the disagreements about them.
  private static let attending: [OperationKind] = working + [ResolveConflict.kind]

  private static let selling: [OperationKind] = [
    CreateCustomer.kind, EditCustomer.kind, CreateOrder.kind, AddOrderLine.kind, SetOrderLine.kind,
    RemoveOrderLine.kind, EditOrder.kind, SubmitOrder.kind, HoldOrder.kind, ReleaseOrder.kind,
    CancelOrder.kind, DeleteOrder.kind, ChargeOrder.kind, DeliverOrder.kind, TrackShipment.kind,
    RequestQuota.kind, ReturnQuota.kind,
  ]

  private static let collecting: [OperationKind] = [RecordPayment.kind, RefundPayment.kind]

  /// What the sales desk may besides.
  private static let deciding: [OperationKind] = [
    AcceptOrder.kind, RejectOrder.kind, AllocateLine.kind, MergeCustomers.kind, AssignCustomer.kind,
  ]

  private static let picking: [OperationKind] = [
    PickLine.kind, PutBackLine.kind, PackOrder.kind, ShipOrder.kind, DeliverOrder.kind, TrackShipment.kind,
    MoveStock.kind,
  ]

  private static let receiving: [OperationKind] = [ReceiveStock.kind, MoveStock.kind, CountStock.kind]

  private static let leading: [OperationKind] = [
    AdjustStock.kind, ScrapStock.kind, SetStockMinimum.kind, HoldOrder.kind, ReleaseOrder.kind,
  ]

  private static let accounting: [OperationKind] = [
    SetCredit.kind, SetExchangeRate.kind, SetTaxRate.kind, HoldOrder.kind, ReleaseOrder.kind,
  ]

  private static let describing: [OperationKind] = [
    CreateCategory.kind, EditCategory.kind, CreateProduct.kind, EditProduct.kind, TranslateProduct.kind,
    SetAttribute.kind, CreatePack.kind, RetirePack.kind, LinkBarcode.kind, UnlinkBarcode.kind,
  ]
}

// MARK: - Beyond the kind

extension Permissions {
  /// Holds of an order that not everybody who releases orders may lift. A price below the floor is
  /// headquarters' alone.
  static let lifters: [(hold: Code, roles: [Role])] = [
    (.customerBlocked, [.finance]), (.creditLimit, [.finance]), (.priceReview, [.sales]),
    (.priceBelowFloor, []),
  ]

  /// - Throws: `.refused` with `NOT_PERMITTED` when one of the holds is not for the device's role to lift.
  static func checkMayLift(_ holds: WordList, in trade: Trade) throws(Interruption) {
    guard !trade.isHeadquarters else { return }
    for (hold, roles) in lifters where holds.contains(hold.rawValue) && !roles.contains(trade.role) {
      let who = (roles + [.admin]).map(\.rawValue).joined(separator: " or ")
      throw .refused(Refusal(.notPermitted, "only \(who) may lift \(hold)"))
    }
  }

  /// The kind of operation by which a table's fields are edited: who may not record it may not settle a
  /// conflict about them either.
  private static let editing: [TableNumber: OperationKind] = [
    CustomerColumns.number: EditCustomer.kind, OrderColumns.number: EditOrder.kind,
    OrderLineColumns.number: SetOrderLine.kind, ProductColumns.number: EditProduct.kind,
    TranslationColumns.number: TranslateProduct.kind, AttributeColumns.number: SetAttribute.kind,
    CategoryColumns.number: EditCategory.kind, ExchangeRateColumns.number: SetExchangeRate.kind,
    TaxRateColumns.number: SetTaxRate.kind, SupplierColumns.number: EditSupplier.kind,
    LotColumns.number: ReceiveStock.kind,
  ]

  /// Whether a role may choose between values of a table's fields; of a table not listed, headquarters alone.
  static func mayEdit(_ table: Int64, _ role: Role) -> Bool {
    if role == .centre || role == .admin { return true }
    guard let kind = TableNumber(exactly: table).flatMap({ editing[$0] }) else { return false }
    return allows(role, kind)
  }
}
