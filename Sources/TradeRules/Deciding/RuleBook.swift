/// Every kind of operation there is.
public enum RuleBook {
  public static let all: [OperationRule] = [
    // The centre's own
    OperationRule(FoundStore.self), OperationRule(RestoreStore.self), OperationRule(ChangeSetting.self),
    OperationRule(InviteDevice.self), OperationRule(EnrolDevice.self), OperationRule(ChangeScope.self),
    OperationRule(ChangeDeviceState.self), OperationRule(ReleaseWork.self), OperationRule(BeginImport.self),
    OperationRule(EndImport.self),
    OperationRule(ImportWarehouses.self), OperationRule(ImportProducts.self),
    OperationRule(ImportPrices.self), OperationRule(ImportCustomers.self), OperationRule(ImportStock.self),
    OperationRule(ImportCategories.self), OperationRule(ImportTranslations.self),
    OperationRule(ImportAttributes.self), OperationRule(ImportPacks.self),
    OperationRule(ImportBarcodes.self), OperationRule(ImportRates.self), OperationRule(ImportTaxes.self),
    OperationRule(ImportOrders.self),
    OperationRule(BringWork.self),
    // Catalog and parties
    OperationRule(CreateCategory.self), OperationRule(EditCategory.self),
    OperationRule(TranslateProduct.self), OperationRule(SetAttribute.self), OperationRule(CreatePack.self),
    OperationRule(RetirePack.self), OperationRule(LinkBarcode.self), OperationRule(UnlinkBarcode.self),
    OperationRule(SetExchangeRate.self), OperationRule(SetTaxRate.self),
    OperationRule(SetPrice.self), OperationRule(PublishPrices.self),
    OperationRule(CreateProduct.self), OperationRule(EditProduct.self), OperationRule(CreateCustomer.self),
    OperationRule(EditCustomer.self), OperationRule(ResolveConflict.self), OperationRule(FinishTask.self),
    OperationRule(WithdrawWork.self),
    // Inventory
    OperationRule(ReceiveStock.self), OperationRule(MoveStock.self), OperationRule(AdjustStock.self),
    OperationRule(ScrapStock.self), OperationRule(CountStock.self), OperationRule(SetStockMinimum.self),
    // Orders
    OperationRule(CreateOrder.self), OperationRule(AddOrderLine.self), OperationRule(SetOrderLine.self),
    OperationRule(RemoveOrderLine.self), OperationRule(EditOrder.self), OperationRule(SubmitOrder.self),
    OperationRule(ReleaseOrder.self), OperationRule(HoldOrder.self), OperationRule(CancelOrder.self),
    OperationRule(DeleteOrder.self), OperationRule(PickLine.self), OperationRule(PutBackLine.self),
    OperationRule(ShipOrder.self), OperationRule(AcceptOrder.self), OperationRule(RejectOrder.self),
    OperationRule(AllocateLine.self), OperationRule(ChargeOrder.self), OperationRule(DeliverOrder.self),
    OperationRule(TrackShipment.self), OperationRule(PackOrder.self),
    // Money
    OperationRule(RecordPayment.self), OperationRule(RefundPayment.self), OperationRule(ImportPayments.self),
    // Parties
    OperationRule(SetCredit.self), OperationRule(CreateSupplier.self), OperationRule(EditSupplier.self),
    OperationRule(ImportSuppliers.self), OperationRule(MergeCustomers.self),
    OperationRule(AssignCustomer.self), OperationRule(CreateAgent.self), OperationRule(EditAgent.self),
    OperationRule(CreateTerritory.self), OperationRule(EditTerritory.self),
    // Quotas
    OperationRule(RequestQuota.self), OperationRule(ReturnQuota.self), OperationRule(GrantQuota.self),
    OperationRule(WriteOffQuota.self),
  ]

  private static let byKind: [OperationKind: OperationRule] = Dictionary(
    uniqueKeysWithValues: all.map { ($0.kind, $0) })

  /// The rule of a kind; nil for one that no program of this version knows.
  public static func rule(_ kind: OperationKind) -> OperationRule? { byKind[kind] }
}
