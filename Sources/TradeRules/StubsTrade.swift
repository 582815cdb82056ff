/// The one way stock changes.
struct MovementDraft {
  var kind: MovementKind
  var warehouse: String
  var sku: String
  var lot = ""
  var condition = Condition.good
  var quantity: Quantity
  /// Empty: from outside the warehouse.
  var fromBin: String
  /// Empty: out of the warehouse.
  var toBin: String
  var reason = ""
  var line: RecordID?
}

enum StockLedger {
  @discardableResult
  static func record(_ draft: MovementDraft, in trade: Trade) throws(Interruption) -> Movement { throw .unknown }
  /// The bin named, or the SKU's only bin with stock, else `MAIN`.
  static func bin(_ named: String?, sku: String, warehouse: String, in trade: Trade) throws(Interruption) -> String { throw .unknown }
}
/// Field-by-field merging of an edit form into a record (#52); see MergeResult.
struct MergeResult { var conflicts: [RecordID] = []; var codes: [Code] = [] ; var changedFields: [String] = [] }
enum FieldMerge {
  static func apply<C: TableColumns>(_ form: Form, to record: inout Record<C>, called name: String, places: [Bucket], in trade: Trade) throws(Interruption) -> MergeResult { throw .unknown }
}
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
