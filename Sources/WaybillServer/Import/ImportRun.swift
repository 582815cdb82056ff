import CentralStore
import Foundation
import SyncSession
import TradeRules

/// One import of one file, in three readings: the rows are compared with each other, all are rehearsed, then
/// what changes something is sent in operations of at most 500 rows. Between the readings stays one bit a row
/// and what is refused, so memory does not grow with the file.
struct ImportRun: ~Copyable {
  struct Options {
    var isDryRun = false
    var isResuming = false
    /// A file for the rows refused.
    var rejects: String?
    /// More refused rows than this import nothing.
    var rejectsMax: Int?
  }

  private let kind: ImportKind
  private let options: Options
  private let link: AdminLink
  private let console: Console
  private var summary: ImportSummary
  private var rejects: RejectsWriter?
  private var progress = Console.Progress()
  /// Rows that are new or changed, to be sent.
  private var changed = RowBits()
  private var changedCount = 0

  init(_ kind: ImportKind, _ options: Options, link: AdminLink, console: Console) {
    self.kind = kind
    self.options = options
    self.link = link
    self.console = console
    summary = ImportSummary(kind: kind, isDryRun: options.isDryRun)
  }

  /// Reads, rehearses and, unless it is a dry run, does it.
  ///
  /// - Throws: `ReadingError` for a file that cannot be used, `Failure` with `TOO_MANY_REJECTS`; then nothing
  ///   was imported.
  mutating func run(_ source: ImportSource) throws -> ImportSummary {
    let (meetings, fileHash) = try compareRows(source)
    try rehearseAll(source, meetings)
    try rejects?.flush()
    console.endProgress(&progress)
    if let most = options.rejectsMax, summary.rejected > most {
      throw Failure(
        .tooManyRejects, "\(summary.rejected) of \(summary.rows), at most \(most)", details: summary.json)
    }
    if !options.isDryRun { try sendChanged(source, fileHash: fileHash) }
    try rejects?.flush()
    return summary
  }

  private func checkColumns(_ columns: [String], isMapped: Bool) throws {
    let missing = kind.requiredColumns.filter { !columns.contains($0) }
    guard missing.isEmpty else {
      throw Failure(
        .fileUnusable,
        "\(kind.rawValue) need the column\(missing.count == 1 ? "" : "s") \(missing.joined(separator: ", ")); "
          + "found \(columns.joined(separator: ", "))",
        hint: "Rename the columns, or give a mapping: --map FILE.")
    }
    let unknown = columns.filter { !kind.columns.contains($0) }
    guard !unknown.isEmpty else { return }
    let names = unknown.joined(separator: ", ")
    guard !isMapped else {
      throw Failure(.fileUnusable, "the mapping fills columns that \(kind.rawValue) do not have: \(names)")
    }
    console.note("columns not used: \(names)")
  }

  // MARK: First reading: rows against each other

  private mutating func compareRows(
    _ source: ImportSource
  ) throws -> (RowMeetings, fileHash: [UInt8]) {
    let file = try source.open()
    try checkColumns(file.rows.columns, isMapped: source.mapping != nil)
    if let path = options.rejects {
      rejects = try RejectsWriter(path: path, header: file.rows.header, delimiter: file.rows.delimiter)
    }
    var prints = try RowFingerprints()
    var currencies = ListCurrencies(of: kind)
    var entries = ImportEntries(file.rows, of: kind)
    var index = 0
    while let next = try entries.next() {
      if case .rows(let rows) = next, let form = try? form(of: rows, &currencies) {
        try prints.add(
          row: index, line: rows[0].line, identity: kind.identity(of: form), content: form.hashValue)
      }
      index += 1
      if index % ImportChunk.rowsMax == 0 { console.progress("read \(index) rows", last: &progress) }
    }
    return (try prints.meetings(), file.hash.value)
  }

  private func form(of rows: [MappedRow], _ currencies: inout ListCurrencies) throws(Refusal) -> Form {
    let form = kind.completed(try kind.form(of: rows.map { RowValues($0.values) }))
    try currencies.take(form, line: rows[0].line)
    return form
  }

  // MARK: Second reading: every row is rehearsed, nothing is written

  /// A row that waits for its turn: refused rows are told in the order of the file.
  private enum Waiting {
    /// What goes to the centre, with what is needed to refuse it.
    case candidate(form: Form, rows: [MappedRow], index: Int)
    case refused(RowRefusal, [[String]])

    var form: Form? {
      guard case .candidate(let form, _, _) = self else { return nil }
      return form
    }
  }

  private mutating func rehearseAll(_ source: ImportSource, _ meetings: RowMeetings) throws {
    let file = try source.open()
    var entries = ImportEntries(file.rows, of: kind)
    var waiting: [Waiting] = []
    var currencies = ListCurrencies(of: kind)
    var contradicting = meetings.contradicting[...]
    while let next = try entries.next() {
      let index = summary.rows
      summary.rows += 1
      switch next {
      case .broken(let error, let rows):
        waiting.append(.refused(RowRefusal(error), rows.isEmpty ? [error.raw] : rows.map(\.raw)))
      case .rows(let rows):
        do throws(Refusal) {
          let form = try form(of: rows, &currencies)
          if let first = contradicting.first, first.row == index {
            contradicting.removeFirst()
            throw Refusal(.codeTaken, "line \(first.line) of the file says something else of it")
          }
          if meetings.repeated.contains(index) {
            summary.unchanged += 1
          } else {
            waiting.append(.candidate(form: form, rows: rows, index: index))
          }
        } catch {
          waiting.append(
            .refused(RowRefusal(row: rows[0].row, line: rows[0].line, error), rows.map(\.raw)))
        }
      }
      if waiting.count == kind.chunkMax { try rehearse(&waiting) }
      // Beyond the limit nothing is imported; the rest need not be sent to the centre.
      if let most = options.rejectsMax, summary.rejected > most { return }
    }
    try rehearse(&waiting)
  }

  private mutating func rehearse(_ waiting: inout [Waiting]) throws {
    let forms = waiting.compactMap(\.form)
    var outcomes: ArraySlice<RowOutcome> = []
    if !forms.isEmpty {
      outcomes = try self.outcomes(.rehearse(ImportChunk(kind: kind, rows: forms)), count: forms.count)[...]
    }
    for row in waiting {
      switch row {
      case .refused(let refusal, let raw): try refuse(refusal, raw)
      case .candidate(_, let rows, let index):
        if let outcome = outcomes.popFirst() { try take(outcome, of: rows, index) }
      }
    }
    guard !waiting.isEmpty else { return }
    waiting = []
    console.progress("checked \(summary.rows) rows", last: &progress)
  }

  private mutating func take(_ outcome: RowOutcome, of rows: [MappedRow], _ index: Int) throws {
    switch outcome {
    case .unchanged: summary.unchanged += 1
    case .created, .updated:
      changed.insert(index)
      changedCount += 1
      if outcome == .created { summary.created += 1 } else { summary.updated += 1 }
    case .rejected(let refusal):
      try refuse(RowRefusal(row: rows[0].row, line: rows[0].line, refusal), rows.map(\.raw))
    }
  }

  private mutating func refuse(_ refusal: RowRefusal, _ raw: [[String]]) throws {
    summary.refuse(refusal)
    for row in raw { try rejects?.write(raw: row, error: refusal.text) }
  }

  // MARK: Third reading: what changes something is done

  private mutating func sendChanged(_ source: ImportSource, fileHash: [UInt8]) throws {
    // A file that changes nothing leaves no trace, not even of having been here.
    guard changedCount > 0 else { return }
    if try !isTakenUp(fileHash) {
      _ = try link.ask(.beginImport(kind, fileHash: fileHash, rows: Int64(changedCount)))
    }
    let file = try source.open()
    var entries = ImportEntries(file.rows, of: kind)
    var currencies = ListCurrencies(of: kind)
    var rows: [Form] = []
    var (index, sent) = (0, 0)
    while let next = try entries.next() {
      if changed.contains(index), case .rows(let found) = next {
        rows.append(try form(of: found, &currencies))
      }
      index += 1
      if rows.count == kind.chunkMax { try send(&rows, &sent) }
    }
    try send(&rows, &sent)
    guard file.hash.value == fileHash else {
      throw Failure(.fileUnusable, "it was changed while it was read", hint: "Import it again.")
    }
    _ = try link.ask(.endImport(kind, fileHash: fileHash))
    console.endProgress(&progress)
  }

  private mutating func send(_ rows: inout [Form], _ sent: inout Int) throws {
    guard !rows.isEmpty else { return }
    let outcomes = try outcomes(.importRows(ImportChunk(kind: kind, rows: rows)), count: rows.count)
    for (row, outcome) in zip(rows, outcomes) {
      // Somebody else changed the store since the rehearsal.
      if case .rejected(let refusal) = outcome { summary.refuseLate(kind.identity(of: row), refusal) }
    }
    sent += rows.count
    rows = []
    console.progress("imported \(sent) of \(changedCount) rows", last: &progress)
  }

  /// Whether this run goes on with an import that was interrupted.
  private func isTakenUp(_ fileHash: [UInt8]) throws -> Bool {
    guard options.isResuming else { return false }
    return try link.ask(.hasUnfinishedImport(kind, fileHash: fileHash))["unfinished"]?.bool ?? false
  }

  private func outcomes(_ request: AdminRequest, count: Int) throws -> [RowOutcome] {
    guard let outcomes = Documents.outcomes(try link.ask(request)), outcomes.count == count else {
      throw Failure(.unexpected, "the centre answered for other rows than it was given")
    }
    return outcomes
  }
}
