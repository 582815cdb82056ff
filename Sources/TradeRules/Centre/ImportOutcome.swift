/// What came of one row of an import.
public enum RowOutcome: Hashable, Sendable {
  case created
  case updated
  /// Equal to what was last imported: nobody's edits are undone.
  case unchanged
  /// The row is refused, the others stand.
  case rejected(Refusal)
}

/// What all imports have in common.
enum Importing {
  /// More rows in one operation are a mistake of the program that sent them.
  static let rowsMax = 500

  /// Takes in every row, each on its own: one bad row never stops the others.
  ///
  /// - Parameter take: refuses before it writes anything.
  static func each<F: FormFields>(
    _ rows: [Filled<F>], in trade: Trade, take: (Filled<F>) throws(Interruption) -> RowOutcome
  ) throws(Interruption) -> Verdict {
    guard rows.count <= rowsMax else {
      throw .refused(Refusal(.malformed, "\(rows.count) rows, at most \(rowsMax)"))
    }
    var verdict = Verdict(.applied)
    var needs: [Need] = []
    for row in rows {
      let mark = trade.mark()
      do throws(Interruption) {
        let outcome = try take(row)
        try checkSizes(since: mark, in: trade)
        verdict.rows.append(outcome)
      } catch .refused(let refusal) {
        verdict.rows.append(.rejected(refusal))
        verdict.outcome = .partly
        verdict.codes = [.rowsRejected]
      } catch .needs(let more) {
        // What the other rows lack comes with the same trip to the store; this attempt is taken back whole.
        needs += more
      }
    }
    if !needs.isEmpty { throw .needs(needs) }
    return verdict
  }

  /// A row of a file that would make a record too large is refused alone, like any other.
  private static func checkSizes(
    since mark: WorkingSet.Mark, in trade: Trade
  ) throws(Interruption) {
    do throws(Interruption) { try trade.checkSizes(since: mark) } catch {
      trade.rollBack(to: mark)
      throw error
    }
  }
}

/// A row of a file beside what the same external id had in the file before.
struct ImportedRow {
  private var record: Imported
  private let description: FormDescription
  private let form: Form
  /// Nil when the id was never imported.
  let last: Form?
  let isUnchanged: Bool
  /// Numbers of the fields that differ from the last import; all given ones when there was none.
  let changedFields: Set<Int>

  init(
    _ kind: String, _ external: String, _ form: Form, _ description: FormDescription, in trade: Trade
  ) throws(Interruption) {
    let found = try trade.find(ImportedColumns.self, kind, external)
    var record = found ?? Imported()
    record.kind = kind
    record.external = external
    self.record = record
    self.description = description
    self.form = form
    last = found.flatMap { ImportedRow.form(of: $0, description) }
    var changed: Set<Int> = []
    for field in description.fields {
      if ImportedRow.differs(form[field.number], last?[field.number], in: trade) {
        changed.insert(field.number)
      }
    }
    changedFields = changed
    isUnchanged = last != nil && changed.isEmpty
  }

  /// Keeps the row as what was imported last.
  func keep(in trade: Trade) {
    var record = record
    let texts = description.personalTexts(of: form)
    record.content = description.encode(form)
    // One commitment for all texts of the row: the hash of theirs.
    record.personal = PersonalText(
      texts.map { $0.text + "\u{1F}" }.joined(),
      commitment: texts.isEmpty ? [] : trade.entry.hash(texts.flatMap(\.commitment)))
    trade.put(record)
  }

  private static func form(of record: Imported, _ description: FormDescription) -> Form? {
    let texts = record.personal.text.split(separator: "\u{1F}", omittingEmptySubsequences: false)
      .dropLast().map { PersonalText(String($0)) }
    if let form = try? description.decode(record.content, personal: texts) { return form }
    // The person was erased: as many empty texts as there are marks.
    for count in 0...description.fields.count {
      let empty = [PersonalText](repeating: PersonalText(""), count: count)
      if let form = try? description.decode(record.content, personal: empty) { return form }
    }
    return nil
  }

  private static func differs(
    _ new: Form.Content?, _ old: Form.Content?, in trade: Trade
  ) -> Bool {
    guard case .value(.personal(let new))? = new, case .value(.personal(let old))? = old else {
      return new != old
    }
    return !trade.observeEqual(new, old)
  }
}

extension ImportedRow {
  /// Writes the fields that changed in the file into a record whose columns have the fields' numbers.
  ///
  /// - Parameter new: the record as the file has it.
  /// - Returns: names of the columns written.
  func update<C: TableColumns>(
    _ record: inout Record<C>, to new: Record<C>, keeping kept: [Int] = [], in trade: Trade
  ) throws(Interruption) -> [String] {
    var names: [String] = []
    for column in TableDescription.of(C.self).columns
    where !column.isKey && changedFields.contains(column.number) && !kept.contains(column.number) {
      record.row.values[column.number - 1] = new.row.values[column.number - 1]
      names.append(column.name)
      if column.isMergeable { try FieldStamps.note(column.number, of: record.key, in: trade) }
    }
    return names
  }

  /// The keys under which rows of a kind were last imported, to be loaded at once.
  static func needs(_ kind: String, _ externals: [String]) -> [Need] {
    externals.map { .row(RowKey(ImportedColumns.self, kind, $0)) }
  }
}
