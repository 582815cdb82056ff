import CentralStore
import Foundation
import SyncSession
import TradeRules

/// One import of one file: all rows are read and rehearsed first, then what changes something is sent in
/// operations of at most 500 rows.
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
  private var consistency: FileConsistency
  private var rejects: RejectsWriter?
  private var progress = Console.Progress()
  /// Rows that are new or changed, to be sent.
  private var changed: [Form] = []

  init(_ kind: ImportKind, _ options: Options, link: AdminLink, console: Console) {
    self.kind = kind
    self.options = options
    self.link = link
    self.console = console
    summary = ImportSummary(kind: kind, isDryRun: options.isDryRun)
    consistency = FileConsistency(of: kind)
  }

  /// Reads, rehearses and, unless it is a dry run, does it.
  ///
  /// - Throws: `ReadingError` for a file that cannot be used, `Failure` with `TOO_MANY_REJECTS`; then nothing
  ///   was imported.
  mutating func run(_ source: ImportSource) throws -> ImportSummary {
    var rows = try MappedRows(source: source.bytes, mapping: source.mapping, lookupFolder: source.folder)
    try checkColumns(rows.columns, isMapped: source.mapping != nil)
    if let path = options.rejects {
      rejects = try RejectsWriter(path: path, header: rows.header, delimiter: rows.delimiter)
    }
    try rehearseAll(&rows)
    try rejects?.flush()
    console.endProgress(&progress)
    if let most = options.rejectsMax, summary.rejected > most {
      throw Failure(
        .tooManyRejects, "\(summary.rejected) of \(summary.rows), at most \(most)", details: summary.json)
    }
    if !options.isDryRun { try sendChanged(fileHash: source.hash.value) }
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

  // MARK: First pass: every row is looked at, nothing is written

  /// A row that goes to the centre, with what is needed to refuse it.
  private struct Candidate {
    let form: Form
    let row: MappedRow
  }

  private mutating func rehearseAll(_ rows: inout MappedRows) throws {
    var candidates: [Candidate] = []
    while let next = try rows.next() {
      summary.rows += 1
      switch next {
      case .failure(let error): try refuse(RowRefusal(error), raw: error.raw)
      case .success(let row):
        do throws(Refusal) {
          let form = kind.completed(try kind.form(of: RowValues(row.values)))
          if try consistency.take(form, line: row.line) == .repeated {
            summary.unchanged += 1
          } else {
            candidates.append(Candidate(form: form, row: row))
          }
        } catch {
          try refuse(RowRefusal(row: row.row, line: row.line, error), raw: row.raw)
        }
      }
      if candidates.count == ImportChunk.rowsMax { try rehearse(&candidates) }
      // Beyond the limit nothing is imported; the rest need not be sent to the centre.
      if let most = options.rejectsMax, summary.rejected > most { return }
    }
    try rehearse(&candidates)
  }

  private mutating func rehearse(_ candidates: inout [Candidate]) throws {
    guard !candidates.isEmpty else { return }
    let chunk = ImportChunk(kind: kind, rows: candidates.map(\.form))
    let outcomes = try outcomes(.rehearse(chunk), count: candidates.count)
    for (candidate, outcome) in zip(candidates, outcomes) {
      switch outcome {
      case .unchanged: summary.unchanged += 1
      case .created, .updated:
        changed.append(candidate.form)
        if outcome == .created { summary.created += 1 } else { summary.updated += 1 }
      case .rejected(let refusal):
        try refuse(
          RowRefusal(row: candidate.row.row, line: candidate.row.line, refusal), raw: candidate.row.raw)
      }
    }
    candidates = []
    console.progress("checked \(summary.rows) rows", last: &progress)
  }

  private mutating func refuse(_ refusal: RowRefusal, raw: [String]) throws {
    summary.refuse(refusal)
    try rejects?.write(raw: raw, error: refusal.text)
  }

  // MARK: Second pass: what changes something is done

  private mutating func sendChanged(fileHash: [UInt8]) throws {
    // A file that changes nothing leaves no trace, not even of having been here.
    guard !changed.isEmpty else { return }
    if try !isTakenUp(fileHash) {
      _ = try link.ask(.beginImport(kind, fileHash: fileHash, rows: Int64(changed.count)))
    }
    for start in stride(from: 0, to: changed.count, by: ImportChunk.rowsMax) {
      let rows = Array(changed[start..<min(start + ImportChunk.rowsMax, changed.count)])
      let chunk = ImportChunk(kind: kind, rows: rows)
      let outcomes = try outcomes(.importRows(chunk), count: rows.count)
      for (row, outcome) in zip(rows, outcomes) {
        // Somebody else changed the store since the rehearsal.
        if case .rejected(let refusal) = outcome { summary.refuseLate(kind.identity(of: row), refusal) }
      }
      console.progress("imported \(start + rows.count) of \(changed.count) rows", last: &progress)
    }
    _ = try link.ask(.endImport(kind, fileHash: fileHash))
    console.endProgress(&progress)
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

/// The file of an import and how it is read.
struct ImportSource {
  let bytes: ByteSource
  let mapping: MappingFile?
  /// Where lookup files are looked for after the mapping's own folder.
  let folder: String?
  /// Of the file's bytes, complete when they are all read.
  let hash = FileHash()

  /// - Throws: `ReadingError`; `Failure` for a mapping of another kind.
  init(path: String, mapping mappingPath: String?, kind: ImportKind) throws {
    let hash = hash
    bytes = try ByteSource(path: path) { hash.update($0) }
    mapping = try mappingPath.map { try MappingFile(path: $0) }
    folder = path == "-" ? nil : URL(fileURLWithPath: path).deletingLastPathComponent().path
    if let mapping, mapping.kind != kind.rawValue {
      throw Failure(.fileUnusable, "\(mapping.path) maps \(mapping.kind), not \(kind.rawValue)")
    }
  }
}

/// The hash of a file while somebody else reads it.
final class FileHash {
  private var running = RunningHash()

  func update(_ bytes: [UInt8]) { running.update(bytes) }
  var value: [UInt8] { running.value }
}
