/// What a decision leaves for people: sentences of history, work to do, news, disagreements.
extension Trade {
  /// Writes one sentence into the life of an order, a product or a customer.
  ///
  /// - Parameter places: the buckets of the record, so that whoever sees it sees its history.
  func tell(_ code: String, of record: String, _ detail: PersonalText = PersonalText(""), places: [Bucket]) {
    var event = Event()
    event.id = derivedID("event")
    event.record = record
    event.at = occurredAt
    event.actor = operation.actor
    event.device = operation.id.device
    event.code = code
    event.detail = detail
    event.places = WordList(places.map(\.name))
    put(event)
  }

  /// Where the life of a catalogue's record is told, and disagreements about it are kept: at headquarters, and
  /// with whoever caused them.
  var catalogPlaces: [Bucket] {
    isHeadquarters || device.grants.everything ? [.hq] : [.hq, .device(device.code)]
  }

  /// Gives somebody work. Every exception has an owner: a role at a place, an agent, or headquarters.
  @discardableResult
  func openTask(
    _ kind: TaskKind, _ code: Code, record: String, owner: Role, warehouse: String = "",
    agent: String? = nil, sku: String = "", quantity: Quantity = .zero, bin: String = ""
  ) throws(Interruption) -> TradeTask {
    var task = TradeTask()
    task.id = derivedID("task")
    task.kind = kind
    task.code = code.rawValue
    task.record = record
    task.sku = sku
    task.quantity = quantity
    task.bin = bin
    task.warehouse = warehouse
    task.agent = agent
    task.owner = owner
    task.isOpen = true
    task.openedAt = entry.receivedAt
    task.dueAt = entry.receivedAt.advanced(byMilliseconds: try setting(.taskDueMilliseconds))
    task.device = operation.id.device
    put(task)
    return task
  }

  /// Tells the author of an earlier operation that a later fact changed what it achieved. The stored answer
  /// stays as it is.
  func notify(_ author: OperationID, _ code: Code, record: String, quantity: Quantity? = nil) {
    var notice = Notice()
    notice.device = author.device
    notice.id = derivedID("notice")
    notice.code = code.rawValue
    notice.operation = author.number
    notice.record = record
    notice.quantity = quantity
    notice.at = entry.receivedAt
    if !PlantedBug.isPlanted(.noticeLost) { put(notice) }
  }
}
