extension ResolveConflict {
  /// Lets one value stand. Choosing the one that stands already writes nothing: the field may have moved on.
  /// Refuses `UNKNOWN_CONFLICT`, `NOT_PERMITTED` to whom the record is out of scope or may not be edited,
  /// `CONFLICT_RESOLVED`, `BAD_VALUE`.
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    guard var conflict = try trade.find(ConflictColumns.self, form.conflict) else {
      throw .refused(Refusal(.unknownConflict, form.conflict.description))
    }
    let places = conflict.places.words.map { Bucket($0) }
    guard trade.mayChange(places), Permissions.mayEdit(conflict.table, trade.role) else {
      throw .refused(Refusal(.notPermitted, conflict.record))
    }
    guard conflict.state == .open else { throw .refused(Refusal(.conflictResolved, conflict.record)) }
    let value: PersonalText
    switch form.keep {
    case "mine": value = conflict.mine
    case "theirs": value = conflict.theirs
    case "value":
      guard let given = form.value else { throw .refused(Refusal(.badValue, "value")) }
      value = given
    default: throw .refused(Refusal(.badValue, "keep"))
    }
    if conflict.table == Int64(BarcodeColumns.number) { try Barcodes.checkMayDecide(in: trade) }
    if form.keep != conflict.chosen { try write(value, of: conflict, in: trade) }
    conflict.chosen = form.keep
    if form.keep == "value" { conflict.value = value }
    conflict.state = .resolved
    conflict.resolvedBy = trade.operation.actor
    conflict.note = form.note ?? PersonalText("")
    trade.put(conflict)
    trade.tell(kind.rawValue, of: conflict.record, PersonalText(conflict.field), places: places)
    try OrderConflicts.resolved(conflict, in: trade)
    try Barcodes.resolved(conflict, in: trade)
    return Verdict(.applied, record: conflict.record)
  }

  private static func write(
    _ text: PersonalText, of conflict: Conflict, in trade: Trade
  ) throws(Interruption) {
    guard let number = TableNumber(exactly: conflict.table),
      let table = TableDescription.numbered(number),
      let column = table.column(named: conflict.field),
      var row = try trade.row(RowKey(table: number, bytes: conflict.recordKey))
    else { throw .refused(Refusal(.unknownRecord, conflict.record)) }
    guard let value = FieldText.value(of: text, in: column) else {
      throw .refused(Refusal(.badValue, column.name))
    }
    let before = row
    row.values[column.number - 1] = value
    row = try checked(row, was: before, of: number, in: trade)
    trade.put(row, in: table)
    try FieldStamps.note(column.number, of: table.key(of: row), in: trade)
  }
}

extension ResolveConflict {
  /// The row as an edit would have had to leave it; a value chosen by hand may be anything.
  private static func checked(
    _ row: Row, was before: Row, of table: TableNumber, in trade: Trade
  ) throws(Interruption) -> Row {
    switch table {
    case ProductColumns.number:
      var product = Product(row)
      try trade.checkFields(of: &product)
      if !product.category.isEmpty { try Categories.check(product.category, in: trade) }
      if try Barcodes.follow(gtin: Product(before).gtin, of: &product, in: trade) != nil {
        throw .refused(Refusal(.barcodeConflict, Product(row).gtin))
      }
      return product.row
    case CategoryColumns.number:
      try trade.check(!Category(row).name.isEmpty, "name")
      try Categories.checkParent(of: Category(row), in: trade)
      return row
    case BarcodeColumns.number: return try Barcodes.settled(row, in: trade)
    case ExchangeRateColumns.number:
      try trade.check(ExchangeRate(row).ratio > Ratio(trillionths: 0), "rate")
      return row
    case PriceDraftColumns.number:
      try trade.check(PriceDraft(row).amount.isPayable, "amount")
      return row
    case TaxRateColumns.number:
      try trade.check(TaxRate(row).percent >= .zero, "rate")
      return row
    case CustomerColumns.number:
      let customer = Customer(row)
      try trade.check(trade.observe { !customer.name.text.isEmpty }, "name")
      try trade.checkMayChange(Customer(before).status, to: customer.status)
      try trade.checkFields(
        status: customer.status, country: customer.country, currency: customer.currency,
        warehouse: customer.warehouse)
      return row
    case SupplierColumns.number:
      try trade.checkFields(of: Supplier(row))
      return row
    case LotColumns.number:
      try trade.check(CivilDate(Lot(row).expiry) != nil, "expiry")
      return row
    default: return row
    }
  }
}

extension FinishTask {
  /// Closes a task. Refuses `UNKNOWN_TASK`, `NOT_PERMITTED` where it is out of scope or another role's work,
  /// `TASK_DONE`.
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    guard var task = try trade.find(TaskColumns.self, form.task) else {
      throw .refused(Refusal(.unknownTask, form.task.description))
    }
    let places = TableDescription.of(TaskColumns.self).buckets(of: task.row)
    guard trade.mayChange(places), trade.role.does(workOf: task.owner) else {
      throw .refused(Refusal(.notPermitted, task.record))
    }
    guard task.isOpen else { throw .refused(Refusal(.taskDone, task.record)) }
    task.isOpen = false
    trade.put(task)
    return Verdict(.applied, record: task.record)
  }
}

extension Trade {
  /// Whether it is the centre's own work or an administrator's.
  var isHeadquarters: Bool { role == .centre || role == .admin }
}
