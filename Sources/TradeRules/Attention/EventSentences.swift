/// The history of a record in plain sentences; both programs tell it with the same words.
public enum EventSentences {
  /// What happened, as one sentence: `Submitted the order.`
  ///
  /// - Parameters:
  ///   - code: an operation kind or a result code, as `Event.code` has it.
  ///   - detail: the particulars; empty for none, or once the person they are about was erased.
  public static func sentence(code: String, detail: String) -> String {
    if code == SubmitOrder.kind.rawValue { return submission(holds: detail) }
    guard let verb = verbs[code] else {
      let sentence = CodeBook.entry(for: Code(rawValue: code)).sentence
      return detail.isEmpty ? sentence : "\(withoutPeriod(sentence)): \(detail)."
    }
    return detail.isEmpty ? verb.alone + "." : "\(verb.before) \(detail)."
  }

  private static func submission(holds: String) -> String {
    let codes = holds.split(separator: " ").map { CodeBook.entry(for: Code(rawValue: String($0))) }
    guard !codes.isEmpty else { return "Submitted the order." }
    return "Submitted the order, which is on hold: "
      + codes.map { withoutPeriod($0.sentence) }.joined(separator: "; ") + "."
  }

  private static func withoutPeriod(_ sentence: String) -> String {
    sentence.hasSuffix(".") ? String(sentence.dropLast()) : sentence
  }

  /// What to say of a kind of operation: alone, and before its particulars.
  private static let verbs: [String: (alone: String, before: String)] = [
    CreateOrder.kind.rawValue: ("Made the order", "Made the order:"),
    AddOrderLine.kind.rawValue: ("Added a line", "Added a line of"),
    SetOrderLine.kind.rawValue: ("Changed a line", "Changed"),
    RemoveOrderLine.kind.rawValue: ("Removed a line", "Changed"),
    EditOrder.kind.rawValue: ("Edited the order", "Edited"),
    ReleaseOrder.kind.rawValue: ("Released the order", "Released the order:"),
    HoldOrder.kind.rawValue: ("Put the order on hold", "Put the order on hold:"),
    CancelOrder.kind.rawValue: ("Cancelled the order", "Cancelled the order:"),
    DeleteOrder.kind.rawValue: ("Deleted the draft", "Deleted the draft:"),
    PickLine.kind.rawValue: ("Picked goods", "Picked"),
    PutBackLine.kind.rawValue: ("Put goods back", "Put back"),
    ShipOrder.kind.rawValue: ("Shipped goods", "Shipped goods as"),
    CreateProduct.kind.rawValue: ("Added the product to the catalog", "Added the product:"),
    EditProduct.kind.rawValue: ("Edited the product", "Edited"),
    CreateCustomer.kind.rawValue: ("Added the customer", "Added the customer:"),
    EditCustomer.kind.rawValue: ("Edited the customer", "Edited"),
    ImportProducts.kind.rawValue: ("An import brought the product", "An import changed"),
    ImportCustomers.kind.rawValue: ("An import brought the customer", "An import changed"),
    ResolveConflict.kind.rawValue: ("Settled a disagreement", "Settled the disagreement about"),
    FinishTask.kind.rawValue: ("Did a task", "Did the task"),
    CountStock.kind.rawValue: ("Counted stock", "Counted"),
    ReceiveStock.kind.rawValue: ("Received goods", "Received"),
    AdjustStock.kind.rawValue: ("Adjusted stock", "Adjusted"),
    MoveStock.kind.rawValue: ("Moved goods", "Moved"),
    ScrapStock.kind.rawValue: ("Scrapped goods", "Scrapped"),
  ]
}
