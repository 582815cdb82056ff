enum Promises {
  /// Serves backorders where stock rose and shrinks promises where it fell, for every level touched.
  static func settle(_ trade: Trade) throws(Interruption) {}
}
extension CreateOrder {
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict { throw .unknown }
}
extension AddOrderLine {
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict { throw .unknown }
}
extension SetOrderLine {
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict { throw .unknown }
}
extension RemoveOrderLine {
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict { throw .unknown }
}
extension EditOrder {
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict { throw .unknown }
}
extension SubmitOrder {
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict { throw .unknown }
}
extension ReleaseOrder {
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict { throw .unknown }
}
extension HoldOrder {
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict { throw .unknown }
}
extension CancelOrder {
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict { throw .unknown }
}
extension DeleteOrder {
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict { throw .unknown }
}
extension PickLine {
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict { throw .unknown }
}
extension PutBackLine {
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict { throw .unknown }
}
extension ShipOrder {
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict { throw .unknown }
}
