/// Work for a person: every exception has an owner (put back, recount, relocate …).
public struct TaskColumns: TableColumns {
  public static let columns = Self()
  public static let number: TableNumber = 60
  public static let name = "task"
  public static let reach = Reach<Self>.following { task in
    var buckets: [Bucket] = []
    if !task.warehouse.isEmpty { buckets.append(.ledger(task.warehouse)) }
    if let agent = task.agent { buckets.append(.agent(agent)) }
    return buckets
  }
  public static let indexes = [
    Index("task_of_stock", equal: ["warehouse", "sku", "bin", "isOpen"]),
    Index("task_of_record", equal: ["record", "isOpen"]),
  ]
  public let id = Column<RecordID>(1, .key)
  public let kind = Column<TaskKind>(2)
  public let code = Column<String>(3)
  /// What a person calls the thing: an order number, a SKU.
  public let record = Column<String>(4)
  public let sku = Column<String>(5)
  public let quantity = Column<Quantity>(6)
  public let bin = Column<String>(7)
  /// The place that owns the task; empty when an agent or headquarters does.
  public let warehouse = Column<String>(8)
  public let agent = Column<String?>(9)
  /// The role that has to do it.
  public let owner = Column<Role>(10)
  public let dueAt = Column<Instant>(11)
  public let isOpen = Column<Bool>(12)
  public let openedAt = Column<Instant>(13)
  /// The device whose operation opened it.
  public let device = Column<String>(14)
  /// The order line it is about.
  public let line = Column<RecordID?>(15)
}
public typealias TradeTask = Record<TaskColumns>

public struct TaskKind: Word {
  public let rawValue: String
  public init(rawValue: String) { self.rawValue = rawValue }
  public static let putBack: TaskKind = "put_back"
  public static let recount: TaskKind = "recount"
  public static let relocate: TaskKind = "relocate"
  public static let confirmLine: TaskKind = "confirm_line"
  public static let draftReturn: TaskKind = "draft_return"
  public static let shippedAfterCancel: TaskKind = "shipped_after_cancel"
  public static let reviewAdjustment: TaskKind = "review_adjustment"
  public static let reviewOrder: TaskKind = "review_order"
  public static let reviewPayment: TaskKind = "review_payment"
  public static let reviewDelivery: TaskKind = "review_delivery"
  public static let reviewQuota: TaskKind = "review_quota"
  public static let mergeCustomers: TaskKind = "merge_customers"
}

public struct ConflictState: Word {
  public let rawValue: String
  public init(rawValue: String) { self.rawValue = rawValue }
  public static let open: ConflictState = "open"
  public static let resolved: ConflictState = "resolved"
}

/// Two people gave one field different values. One stands; the other is kept here and can be applied again
/// with one command (P3).
public struct ConflictColumns: TableColumns {
  public static let columns = Self()
  public static let number: TableNumber = 61
  public static let name = "conflict"
  public static let reach = Reach<Self>.following { $0.places.words.map { Bucket($0) } }
  public static let indexes = [Index("conflict_record", equal: ["table", "recordKey", "state"])]
  public let id = Column<RecordID>(1, .key)
  public let kind = Column<String>(2)
  public let code = Column<String>(3)
  public let record = Column<String>(4)
  public let table = Column<Int64>(5)
  public let recordKey = Column<[UInt8]>(6)
  public let field = Column<String>(7)
  /// What the author saw when editing.
  public let base = Column<PersonalText>(8)
  /// The value of the operation that opened the conflict.
  public let mine = Column<PersonalText>(9)
  /// What it met at the centre.
  public let theirs = Column<PersonalText>(10)
  /// `mine` or `theirs`: which value stands for now, or was chosen; `value` when a third one was given.
  public let chosen = Column<String>(11)
  public let state = Column<ConflictState>(12)
  public let device = Column<String>(13)
  public let actor = Column<String>(14)
  public let theirDevice = Column<String>(15)
  public let theirActor = Column<String>(16)
  public let openedAt = Column<Instant>(17)
  public let resolvedBy = Column<String>(18)
  public let note = Column<PersonalText>(19)
  /// Names of the buckets of the record, copied.
  public let places = Column<WordList>(20)
  /// The third value that was given instead of both; empty when none was.
  public let value = Column<PersonalText>(21)
}
public typealias Conflict = Record<ConflictColumns>

/// News for the author of an operation: a later fact changed what it achieved. The answer itself stays.
public struct NoticeColumns: TableColumns {
  public static let columns = Self()
  public static let number: TableNumber = 62
  public static let name = "notice"
  public static let reach = Reach<Self>.following { [.device($0.device)] }
  public let device = Column<String>(1, .key)
  public let id = Column<RecordID>(2, .key)
  public let code = Column<String>(3)
  /// The operation of `device` it is about; 0 when it is about none in particular.
  public let operation = Column<Int64>(4)
  public let record = Column<String>(5)
  public let quantity = Column<Quantity?>(6)
  public let at = Column<Instant>(7)
}
public typealias Notice = Record<NoticeColumns>

public struct Outcome: Word {
  public let rawValue: String
  public init(rawValue: String) { self.rawValue = rawValue }
  public static let applied: Outcome = "applied"
  public static let partly: Outcome = "partly"
  public static let rejected: Outcome = "rejected"
  public static let quarantined: Outcome = "quarantined"
  /// Not an answer: the operation waits for a record it names.
  public static let held: Outcome = "held"
}

/// The centre's final, immutable answer to one operation (G4).
public struct AnswerColumns: TableColumns {
  public static let columns = Self()
  public static let number: TableNumber = 63
  public static let name = "answer"
  public static let reach = Reach<Self>.following { [.device($0.device)] }
  public let device = Column<String>(1, .key)
  public let number = Column<Int64>(2, .key)
  public let kind = Column<String>(3)
  public let outcome = Column<Outcome>(4)
  public let codes = Column<WordList>(5)
  /// What later commands accept: an order number, a SKU, a customer code.
  public let record = Column<String>(6)
  /// Ids of conflicts it opened.
  public let conflicts = Column<WordList>(7)
  public let decidedAt = Column<Instant>(8)
}
public typealias Answer = Record<AnswerColumns>

/// An operation that waits for a record not seen yet.
public struct HeldColumns: TableColumns {
  public static let columns = Self()
  public static let number: TableNumber = 64
  public static let name = "held"
  public static let reach = Reach<Self>.following { [.device($0.device)] }
  public static let indexes = [Index("held_waiting", equal: ["waitingFor"], orderedBy: "heldVersion")]
  public let device = Column<String>(1, .key)
  public let number = Column<Int64>(2, .key)
  public let kind = Column<String>(3)
  /// The missing record's table and key in hexadecimal; empty once decided.
  public let waitingFor = Column<String>(4)
  public let heldVersion = Column<Int64>(5)
  /// What a person would call the missing record.
  public let missing = Column<String>(6)
  /// The operation by which its author gave it up, `A7/44`; empty when nobody did.
  public let withdrawnBy = Column<String>(7)
}
public typealias Held = Record<HeldColumns>

/// One sentence in the life of an order, product or customer; `history` reads them.
public struct EventColumns: TableColumns {
  public static let columns = Self()
  public static let number: TableNumber = 65
  public static let name = "event"
  public static let reach = Reach<Self>.following { $0.places.words.map { Bucket($0) } }
  public static let indexes = [Index("event_record", equal: ["record"])]
  public let id = Column<RecordID>(1, .key)
  /// The order's number, the SKU or the customer's code.
  public let record = Column<String>(2)
  public let at = Column<Instant>(3)
  public let actor = Column<String>(4)
  public let device = Column<String>(5)
  /// What happened, an operation kind or a result code.
  public let code = Column<String>(6)
  /// The particulars, for the sentence.
  public let detail = Column<PersonalText>(7)
  public let places = Column<WordList>(8)
}
public typealias Event = Record<EventColumns>

/// Who changed a mergeable field last, and from when: what makes an edit concurrent (#52).
public struct FieldStampColumns: TableColumns {
  public static let columns = Self()
  public static let number: TableNumber = 66
  public static let name = "field_stamp"
  public static let reach = Reach<Self>.centreOnly
  public let table = Column<Int64>(1, .key)
  /// The column's number in that table.
  public let field = Column<Int64>(2, .key)
  public let record = Column<[UInt8]>(3, .key)
  public let changedVersion = Column<Int64>(4)
  public let device = Column<String>(5)
  public let operation = Column<Int64>(6)
  public let actor = Column<String>(7)
  public let recordedAt = Column<Instant>(8)
}
public typealias FieldStamp = Record<FieldStampColumns>

/// What an import last wrote for an external id: running the file again undoes nobody's edits.
public struct ImportedColumns: TableColumns {
  public static let columns = Self()
  public static let number: TableNumber = 67
  public static let name = "imported"
  public static let reach = Reach<Self>.centreOnly
  public let kind = Column<String>(1, .key)
  public let external = Column<String>(2, .key)
  /// The file's row as the bytes of its form, which only mark personal fields.
  public let content = Column<[UInt8]>(3)
  /// The personal fields in the order of their marks, each ended by a unit separator (U+001F); the
  /// commitment is the SHA-256 of theirs, one after the other.
  public let personal = Column<PersonalText>(4)
}
public typealias Imported = Record<ImportedColumns>
