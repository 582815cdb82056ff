extension TableDescription {
  /// Every table that is synced or replayed, in order of their numbers.
  public static let all: [TableDescription] = [
    TableDescription(UnitColumns.self), TableDescription(CurrencyColumns.self),
    TableDescription(SettingColumns.self), TableDescription(WarehouseColumns.self),
    TableDescription(ProductColumns.self), TableDescription(PriceListColumns.self),
    TableDescription(PriceColumns.self), TableDescription(CustomerColumns.self),
    TableDescription(CategoryColumns.self), TableDescription(TranslationColumns.self),
    TableDescription(BarcodeColumns.self), TableDescription(PackColumns.self),
    TableDescription(AttributeColumns.self), TableDescription(TaxRateColumns.self),
    TableDescription(ExchangeRateColumns.self),
    TableDescription(PriceDraftColumns.self),
    TableDescription(BinColumns.self), TableDescription(LotColumns.self),
    TableDescription(StockColumns.self), TableDescription(StockLevelColumns.self),
    TableDescription(StockMinimumColumns.self),
    TableDescription(MovementColumns.self), TableDescription(ObservationColumns.self),
    TableDescription(CountAdjustmentColumns.self), TableDescription(AdjustmentRevisionColumns.self),
    TableDescription(OrderColumns.self), TableDescription(OrderLineColumns.self),
    TableDescription(AllocationColumns.self), TableDescription(ShipmentColumns.self),
    TableDescription(ShipmentLineColumns.self), TableDescription(StagedColumns.self),
    TableDescription(TaskColumns.self),
    TableDescription(ConflictColumns.self), TableDescription(NoticeColumns.self),
    TableDescription(AnswerColumns.self), TableDescription(EventColumns.self),
    TableDescription(DeviceColumns.self), TableDescription(HeldColumns.self),
    TableDescription(FieldStampColumns.self), TableDescription(InvitationColumns.self),
    TableDescription(ImportedColumns.self), TableDescription(TrackingEventColumns.self),
    TableDescription(RecentOrderColumns.self), TableDescription(PackageColumns.self),
    TableDescription(PackageLineColumns.self), TableDescription(PaymentColumns.self),
    TableDescription(RefusedRecordColumns.self), TableDescription(ReleasedWorkColumns.self),
    TableDescription(OrderAccountColumns.self),
    TableDescription(CustomerAccountColumns.self), TableDescription(QuotaColumns.self),
    TableDescription(CreditColumns.self), TableDescription(SupplierColumns.self),
    TableDescription(AgentColumns.self), TableDescription(TerritoryColumns.self),
  ].sorted { $0.number < $1.number }

  private static let byNumber: [TableDescription?] = {
    var table = [TableDescription?](repeating: nil, count: 256)
    for description in all { table[Int(description.number)] = description }
    return table
  }()

  /// The table with a number; nil for a number that only a newer program knows.
  public static func numbered(_ number: TableNumber) -> TableDescription? { byNumber[Int(number)] }

  public static func of<C: TableColumns>(_: C.Type) -> TableDescription {
    guard let description = byNumber[Int(C.number)] else {
      preconditionFailure("\(C.name) is not listed in TableDescription.all")
    }
    return description
  }
}
