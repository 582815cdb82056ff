/// Every result code there is: its sentence, its hint, whether trying again can help, its exit status.
///
/// The one place where codes are defined; docs/RULES.md lists them.
public enum CodeBook {
  public static func entry(for code: Code) -> CodeEntry {
    byCode[code]
      ?? CodeEntry(
        code: code, sentence: "The centre says \(code).",
        hint: "A newer version of this program can explain it.", isRetryable: false, status: .attention,
        isRefusedAtOnce: false)
  }

  private static let byCode = Dictionary(uniqueKeysWithValues: entries.map { ($0.code, $0) })

  static func entry(
    _ code: Code, _ sentence: String, _ hint: String, _ status: ExitStatus, retryable: Bool = false,
    atOnce: Bool = false
  ) -> CodeEntry {
    CodeEntry(
      code: code, sentence: sentence, hint: hint, isRetryable: retryable, status: status,
      isRefusedAtOnce: atOnce)
  }

  public static let entries: [CodeEntry] = trade + catalog + machines

  /// What rules say of operations.
  private static let trade: [CodeEntry] = [
    // Refusals that no waiting mends
    entry(
      .malformed, "The operation cannot be read.",
      "Record it again with this version of the program.", .validation, atOnce: true),
    entry(
      .notPermitted, "The device's role does not allow this.",
      "Ask an administrator, or use a device with the role.", .notPermitted, atOnce: true),
    entry(
      .groupRejected, "Another operation of the same group was refused, so none of it was applied.",
      "Mend the refused one and record the group again.", .rejectedByCentre),
    entry(
      .dependsOnRefused, "What this was recorded for was refused.",
      "Mend and retry that first, then this: waybill outbox retry.", .rejectedByCentre),
    entry(
      .notHeld, "The operation does not wait for anything.",
      "waybill outbox show tells what became of it.", .rejectedByCentre),
    entry(
      .notRejected, "The operation was not refused.",
      "waybill outbox show tells what became of it.", .rejectedByCentre),
    entry(
      .withdrawn, "The operation was withdrawn by its author.",
      "", .done),
    entry(
      .unknownSku, "No product has this SKU.",
      "waybill product search finds products by name.", .notFound, atOnce: true),
    entry(
      .unknownWarehouse, "No warehouse has this code.",
      "waybill sql \"SELECT code, name FROM warehouse\" lists them.", .notFound, atOnce: true),
    entry(
      .unknownCustomer, "No customer has this code.",
      "waybill customer list shows the customers of this device.", .notFound, atOnce: true),
    entry(
      .unknownSupplier, "No supplier has this code.",
      "waybill supplier list shows them.", .notFound, atOnce: true),
    entry(
      .unknownOrder, "No order has this number.",
      "waybill order list shows the orders of this device.", .notFound, atOnce: true),
    entry(
      .unknownLine, "The order has no such line.",
      "waybill order show lists its lines.", .notFound, atOnce: true),
    entry(
      .unknownShipment, "No shipment has this number.",
      "waybill order show names the shipments of an order.", .notFound, atOnce: true),
    entry(
      .unknownConflict, "No conflict has this id.",
      "waybill conflict list shows them.", .notFound, atOnce: true),
    entry(
      .unknownTask, "No task has this id.",
      "waybill task list shows them.", .notFound, atOnce: true),
    entry(
      .unknownCurrency, "No currency has this code.",
      "Use an ISO 4217 code, such as EUR.", .validation, atOnce: true),
    entry(
      .unknownUnit, "No unit has this code.",
      "Use a UN/ECE Recommendation 20 code, such as EA or KGM.", .validation, atOnce: true),
    entry(
      .unknownSetting, "No setting has this name.",
      "Show them: waybill-server setting list.", .notFound, atOnce: true),
    entry(
      .unknownRecord, "No record has this key.",
      "Search for it by name, or show the list.", .notFound, atOnce: true),
    entry(
      .ambiguousKey, "Several records have this key.",
      "Use the record's id.", .validation, atOnce: true),
    entry(
      .skuTaken, "Another product has this SKU.",
      "Choose another SKU, or edit the product that has it.", .validation, atOnce: true),
    entry(
      .codeTaken, "Another record has this code.",
      "Choose another code.", .validation, atOnce: true),
    entry(
      .badValue, "A value is not of the form its field needs.",
      "The message names the field and what it takes.", .validation, atOnce: true),
    entry(
      .badQuantity, "The quantity is zero, negative, too large, or finer than the unit allows.",
      "Give a quantity above zero with as many decimals as the unit has.", .validation, atOnce: true),
    entry(
      .priceMissing, "The price lists have no price for this product.",
      "Give one by hand: SKU=QTY@PRICE.", .validation),
    entry(
      .binRequired, "The product lies in several bins.",
      "Name the one: --bin BIN.", .validation, atOnce: true),
    entry(
      .fieldNotEditable, "This field cannot be edited.",
      "The message lists those that can.", .validation, atOnce: true),
    entry(
      .workKnown, "The centre knows this work already; it counts once.",
      "", .done),
    entry(
      .workNotDone, "The centre knows this work already, and has refused it or set it aside.",
      "What is set aside an administrator releases: waybill-server quarantine list.", .attention),
    // What an order may no longer do
    entry(
      .alreadySubmitted, "The order was submitted already.",
      "Changes are amendments now; to undo it, cancel the order.", .rejectedByCentre, atOnce: true),
    entry(
      .notSubmitted, "The order is still a draft.",
      "Submit it first: waybill order submit.", .validation, atOnce: true),
    entry(
      .orderCancelled, "The order was cancelled.",
      "Make a new order.", .rejectedByCentre, atOnce: true),
    entry(
      .orderClosed, "The order is closed.",
      "Make a new order.", .rejectedByCentre, atOnce: true),
    entry(
      .orderRejected, "Headquarters rejected the order.",
      "waybill history tells why; make a new order.", .rejectedByCentre, atOnce: true),
    entry(
      .alreadyAccepted, "The order was accepted already.",
      "To undo it, cancel the order.", .rejectedByCentre, atOnce: true),
    entry(
      .notAccepted, "The order is not accepted yet.",
      "waybill order show tells what holds it.", .rejectedByCentre),
    entry(
      .orderEmpty, "The order has no lines.",
      "Add one: waybill order line add.", .validation, atOnce: true),
    entry(
      .notOnHold, "The order is not on hold.",
      "", .validation, atOnce: true),
    entry(
      .lineShipped, "What was to be changed has been shipped.",
      "Request a return for it.", .rejectedByCentre),
    entry(
      .cancelRejectedShipped, "The order was shipped before the cancellation; it stays shipped.",
      "Request a return if the customer does not want the goods.", .rejectedByCentre),
    entry(
      .nothingPicked, "Nothing is picked that could be shipped.",
      "Pick first: waybill pick.", .validation),
    entry(
      .nothingShipped, "Nothing is shipped that could be delivered.",
      "Name the lines: waybill deliver N --line LINE=QTY.", .validation),
    entry(
      .alreadyDelivered, "All that was shipped is delivered already.",
      "", .rejectedByCentre),
    entry(
      .creditShort, "The customer has less to their credit than that.",
      "waybill payment list tells how much.", .rejectedByCentre),
    entry(
      .refundExceedsCaptured, "More would be refunded than was paid.",
      "waybill payment list tells what was.", .rejectedByCentre),
    entry(
      .pickedShort, "Less is picked than was to be shipped or put back.",
      "waybill order show tells what is picked.", .validation),
    entry(
      .taskDone, "The task is done already.",
      "", .done, atOnce: true),
    entry(
      .conflictResolved, "The conflict is resolved already.",
      "waybill conflict show tells how.", .rejectedByCentre, atOnce: true),
    // What an answer explains
    entry(
      .allocationShort, "Stock covers only a part; the rest waits as a backorder.",
      "The rest is allocated as soon as stock arrives.", .done),
    entry(
      .shipCompleteWait, "The order ships complete or not at all, and stock does not cover all of it.",
      "Wait for stock, or release it: waybill order release.", .attention),
    entry(
      .allocationReduced, "A count or correction found less stock; a promise to this order was reduced.",
      "The rest waits as a backorder.", .attention),
    entry(
      .priceManual, "The price was given by hand.",
      "", .done),
    entry(
      .priceBelowFloor, "The price given by hand is below the floor.",
      "Somebody with the right to must release the order.", .attention),
    entry(
      .priceVersionOld, "The price list changed after the order was taken; the older price is honoured.",
      "", .done),
    entry(
      .priceReview, "The price list changed long before the order arrived.",
      "Somebody with the right to must release the order.", .attention),
    entry(
      .customerBlocked, "The customer is blocked.",
      "Headquarters must release the order.", .attention),
    entry(
      .productDiscontinued, "A product of the order is archived.",
      "What is on hand is allocated; nothing is backordered.", .attention),
    entry(
      .possibleDuplicate, "The customer ordered nearly the same a short while ago.",
      "Cancel one of the two, or release it: waybill order release.", .attention),
    entry(
      .onHold, "The order was put on hold by a person.",
      "Release it: waybill order release.", .attention),
    entry(
      .confirmLine, "Two people set a different quantity for one line.",
      "Choose one: waybill conflict resolve.", .attention),
    entry(
      .fieldConflict, "Somebody else changed the same field; one value stands and the other is kept.",
      "waybill conflict show tells both.", .attention),
    entry(
      .sensitiveConflict,
      "Somebody else changed the same sensitive field; the centre's value stands until a person decides.",
      "waybill conflict resolve chooses.", .attention),
    entry(
      .lineKept, "A line was removed and edited at once; the edit stands.",
      "waybill conflict resolve chooses.", .attention),
    entry(
      .acceptedPutback, "The cut was accepted; what was picked too much is put back.",
      "", .done),
    entry(
      .addressReview,
      "The address was changed after the submission; the old one holds until somebody decides.",
      "waybill conflict resolve chooses.", .attention),
    entry(
      .putBack, "Goods in staging belong back in their bin.",
      "waybill putback does it.", .attention),
    entry(
      .overPicked, "More was picked than the line can ship.",
      "Put the surplus back.", .attention),
    entry(
      .countNearMovement, "The count and a movement are closer than the clocks are exact.",
      "Count again.", .attention),
    entry(
      .negativeBin, "More was taken from the bin than the books say was there.",
      "Count the bin.", .attention),
    entry(
      .possibleDuplicateAdjustment, "The same correction was recorded twice; both count.",
      "Reverse one if it happened once.", .attention),
    entry(
      .lotExpiryConflict,
      "The lot is known with another expiry; the earlier one rules until somebody decides.",
      "waybill conflict resolve chooses.", .attention),
    entry(
      .shippedAfterCancel, "Goods left of an order that was cancelled or rejected.",
      "Recall the shipment or draft a return.", .attention),
    entry(
      .deliveredBeforeShipped, "More was handed over than the books say was shipped.",
      "Record the shipment: waybill ship.", .attention),
    entry(
      .trackingKnown, "The shipment's tracking has this already.",
      "", .done),
    entry(
      .overShipped, "More was shipped than was ordered; the shipment stands.",
      "Draft a return for the surplus.", .attention),
    entry(
      .paymentKnown, "This payment was recorded already; it counts once.",
      "", .done),
    entry(
      .referenceReused, "Another payment has the same reference; both count.",
      "Find out which is true; refund what came in once.", .attention),
    entry(
      .rateMissing, "No exchange rate is known, so the money counts for no order yet.",
      "Record it again with --rate, and refund this one.", .attention),
    entry(
      .overpaid, "More was paid than the order costs; the rest is the customer's credit.",
      "Refund it, or pay another order with it: --method credit.", .done),
    entry(
      .clockSuspect, "The device's clock is wrong; times were corrected.",
      "Set the device's clock.", .done),
    entry(
      .previousOwner, "The work was done for a place that meanwhile has another owner.",
      "", .done),
    // Parties
    entry(
      .creditLimit, "The order would exceed what the customer may owe.",
      "Headquarters must release the order.", .attention),
    entry(
      .unknownAgent, "No agent has this code.", "waybill agent list shows them.", .notFound, atOnce: true),
    entry(
      .unknownTerritory, "No territory has this code.", "waybill territory list shows them.", .notFound,
      atOnce: true),
    entry(
      .alreadyMerged, "The two are one customer already.", "waybill customer show tells into whom.",
      .rejectedByCentre, atOnce: true),
    entry(
      .possibleDuplicateCustomer, "Another customer has the same tax id, phone or name.",
      "Go on; headquarters looks at both, and if they are one both codes lead to it.", .done),
    // Quotas
    entry(
      .quotaShort, "Less can be set aside than was asked for; the rest is promised to others.",
      "waybill stock show tells what is available.", .rejectedByCentre),
    entry(
      .quotaExceeded, "The device's quota has less left than was to be taken from it.",
      "waybill quota list tells what is left.", .validation, atOnce: true),
    entry(
      .quotaWrittenOff, "An administrator wrote the quota off; what was sold of it takes ordinary stock.",
      "waybill order show tells what is promised.", .attention),
  ]
}
