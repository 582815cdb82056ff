import GRDB

/// Rare events that a long run has to meet: where one never happens, nothing is tested.
enum Mark: String, CaseIterable {
  // On the wire.
  case downloadResumed = "a download went on where it stopped"
  case connectionReplaced = "a newer connection took over"
  case scopeChangedLive = "the scope of a connected device changed"
  case suspended = "a suspended device was shut out"
  case copyRefused = "a copy of a replica was refused"
  // What administrators do.
  case restored = "the centre was restored from a backup"
  case sentAgain = "work that a restore lost was sent again"
  case handedOver = "a retired device was heard out and shut out"
  case wiped = "a lost device wiped itself and said so"
  case quarantined = "work of a device that is out of use was set aside"
  case turnedAway = "a device that enrolled after the backup was turned away"
  case mended = "a replica whose rows rotted mended itself"
  // In the evening, at the centre.
  case rowLeft = "a row left a bucket, and the devices that had it for that"
  case heldReleased = "work that waited for a record was decided"
  case dependedOnRefused = "work fell because it stood on refused work"
  case countRevised = "a late fact changed what a count booked"
  case promiseTakenBack = "a promise was taken back"
  case fieldConflict = "two people gave one field two values"
  case conflictResolved = "somebody chose between two values"
  case groupRejected = "a whole group fell because of one operation"
  case partlyApplied = "an operation was applied in part"
  case shippedAfterCancel = "goods left after their order was cancelled"
  case surplusPutBack = "goods picked too much were put back"
  case negativeBin = "more was taken from a bin than it held"
  case previousOwner = "work from before a new scope was decided under it"
  case clockSuspect = "a clock was too far off to be believed"

  /// Codes that the centre has to give some operation in its answer.
  static let codes = [
    "ACCEPTED_PUTBACK", "ADDRESS_REVIEW", "ALLOCATION_SHORT", "ALREADY_DELIVERED", "BARCODE_CONFLICT",
    "BIN_REQUIRED", "CANCEL_REJECTED_SHIPPED", "CATEGORY_CYCLE", "CODE_TAKEN", "COUNT_NEAR_MOVEMENT",
    "CREDIT_SHORT", "CUSTOMER_BLOCKED", "DELIVERED_BEFORE_SHIPPED", "DEVICE_LOST", "DEVICE_RETIRED",
    "LINE_SHIPPED", "LOT_EXPIRY_CONFLICT", "NEGATIVE_BIN", "NOTHING_PICKED", "NOTHING_SHIPPED", "NOT_ON_HOLD",
    "NOT_PERMITTED", "ON_HOLD", "ORDER_CANCELLED", "OVERPAID", "OVER_PICKED", "OVER_SHIPPED", "PICKED_SHORT",
    "PRICE_BELOW_FLOOR", "PRICE_MANUAL", "PRODUCT_DISCONTINUED", "PUT_BACK", "QUOTA_EXCEEDED", "QUOTA_SHORT",
    "RATE_MISSING", "REFERENCE_REUSED", "REFUND_EXCEEDS_CAPTURED", "SHIP_COMPLETE_WAIT", "TASK_DONE",
    "UNKNOWN_TASK", "WITHDRAWN",
  ]

  /// Counts it in the centre's rows; nil for what is not seen there.
  private var query: String? {
    switch self {
    case .downloadResumed, .connectionReplaced, .scopeChangedLive, .suspended, .copyRefused: nil
    case .restored, .sentAgain, .handedOver, .wiped, .turnedAway, .mended: nil
    case .quarantined: "SELECT count(*) FROM answer WHERE outcome = 'quarantined'"
    case .rowLeft: "SELECT count(*) FROM member WHERE has_left = 1"
    case .heldReleased: "SELECT count(*) FROM held WHERE waiting_for = ''"
    case .dependedOnRefused: "SELECT count(*) FROM answer WHERE codes LIKE '%DEPENDS_ON_REFUSED%'"
    case .countRevised: "SELECT count(*) FROM adjustment_revision WHERE revision > 1"
    case .promiseTakenBack: "SELECT count(*) FROM notice WHERE code = 'ALLOCATION_REDUCED'"
    case .fieldConflict: "SELECT count(*) FROM conflict WHERE code = 'FIELD_CONFLICT'"
    case .conflictResolved: "SELECT count(*) FROM conflict WHERE state = 'resolved'"
    case .groupRejected: "SELECT count(*) FROM answer WHERE codes = 'GROUP_REJECTED'"
    case .partlyApplied: "SELECT count(*) FROM answer WHERE outcome = 'partly'"
    case .shippedAfterCancel: "SELECT count(*) FROM task WHERE code = 'SHIPPED_AFTER_CANCEL'"
    case .surplusPutBack: "SELECT count(*) FROM task WHERE kind = 'put_back' AND is_open = 0"
    case .negativeBin: "SELECT count(*) FROM stock WHERE on_hand < 0"
    case .previousOwner: "SELECT count(*) FROM answer WHERE codes LIKE '%PREVIOUS_OWNER%'"
    case .clockSuspect: "SELECT count(*) FROM answer WHERE codes LIKE '%CLOCK_SUSPECT%'"
    }
  }

  /// What of it the centre's rows tell, by name.
  static func counts(in db: Database) throws -> [String: Int] {
    var counts: [String: Int] = [:]
    for mark in allCases {
      guard let query = mark.query else { continue }
      let count = try Int.fetchOne(db, sql: query) ?? 0
      if count > 0 { counts[mark.rawValue] = count }
    }
    return counts
  }
}
