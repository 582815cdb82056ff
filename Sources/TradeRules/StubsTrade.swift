extension FoundStore {
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict { throw .unknown }
}
extension ChangeSetting {
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict { throw .unknown }
}
extension InviteDevice {
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict { throw .unknown }
}
extension EnrolDevice {
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict { throw .unknown }
}
extension BeginImport {
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict { throw .unknown }
}
extension EndImport {
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict { throw .unknown }
}
extension ImportWarehouses {
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict { throw .unknown }
}
extension ImportProducts {
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict { throw .unknown }
}
extension ImportPrices {
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict { throw .unknown }
}
extension ImportCustomers {
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict { throw .unknown }
}
extension ImportStock {
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict { throw .unknown }
}
extension CreateProduct {
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict { throw .unknown }
}
extension EditProduct {
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict { throw .unknown }
}
extension CreateCustomer {
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict { throw .unknown }
}
extension EditCustomer {
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict { throw .unknown }
}
extension ResolveConflict {
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict { throw .unknown }
}
extension FinishTask {
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict { throw .unknown }
}
extension ReceiveStock {
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict { throw .unknown }
}
extension MoveStock {
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict { throw .unknown }
}
extension AdjustStock {
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict { throw .unknown }
}
extension ScrapStock {
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict { throw .unknown }
}
extension CountStock {
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict { throw .unknown }
}
