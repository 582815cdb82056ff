import CentralStore
import TradeRules

/// What an administrator can ask of the centre, whoever runs it: one JSON line on the control socket, or a
/// call within the process.
enum AdminRequest: Codable, Sendable {
  case status
  /// What is set aside, of one device or of all.
  case quarantine(device: String?)
  /// Has the command of an operation, `A7/42`, done over.
  case release(operation: String)
  case invite(InviteRequest)
  case devices
  case device(code: String)
  case scope(ScopeRequest)
  /// `DeviceState` that an administrator may give.
  case changeState(device: String, state: String)
  case conflicts(onlyOpen: Bool)
  case conflict(id: String)
  case resolve(id: String, keep: String, value: String?, note: String?)
  /// Those of one device, or all.
  case quotas(device: String?)
  case grantQuota(QuotaRequest)
  case writeOffQuota(QuotaRequest, reason: String)
  case settings
  case changeSetting(name: String, amount: Int64)
  case log(LogRequest)
  case history(key: String)
  case verify(deep: Bool)
  /// - Parameter to: a folder, from the root; nil = the centre's own.
  case createBackup(to: String?)
  case export(ExportKind, after: String)
  case report(ReportRequest)
  /// Says what importing these rows would do, and does nothing.
  case rehearse(ImportChunk)
  /// Whether an import of this very file was interrupted and can be taken up again.
  case hasUnfinishedImport(ImportKind, fileHash: [UInt8])
  case beginImport(ImportKind, fileHash: [UInt8], rows: Int64)
  case importRows(ImportChunk)
  case endImport(ImportKind, fileHash: [UInt8])
}

struct InviteRequest: Codable, Sendable {
  var name: String
  var role: String
  /// Nil = the next free one of the role's letter.
  var deviceCode: String?
  var agent: String?
  var territory: String?
  var warehouses: [String]
  /// From now on; 1 … `validMillisecondsMax`.
  var validMilliseconds: Int64

  static let validMillisecondsStandard: Int64 = 24 * 3_600_000
  /// A week: a code that lies about for longer is a door left open.
  static let validMillisecondsMax: Int64 = 7 * 24 * 3_600_000
}

/// All of a device's new scope: what is not named it has no more.
struct ScopeRequest: Codable, Sendable {
  var device: String
  var agent: String?
  var territory: String?
  var warehouses: [String]
}

struct QuotaRequest: Codable, Sendable {
  var device: String
  var sku: String
  var warehouse: String
  /// Nil = all that is unspent.
  var thousandths: Int64?
}

struct LogRequest: Codable, Sendable {
  var record: String?
  var device: String?
  /// Milliseconds since 1970.
  var since: Int64?
  /// The newest so many; nil = all, page by page.
  var limit: Int?
  /// The version after which the next page begins.
  var after: Int64 = 0

  /// Operations one answer may have at most.
  static let limitMax = 10_000
}

/// At most 500 completed rows of a file (`ImportKind.completed`).
struct ImportChunk: Sendable {
  let kind: ImportKind
  let rows: [Form]

  static let rowsMax = 500
}

extension ImportChunk: Codable {
  private enum Field: String, CodingKey { case kind, form, personal }

  /// The operation of these rows, as the log would have it: its bytes, and beside them the texts about
  /// persons.
  func encode(to encoder: any Encoder) throws {
    let draft = kind.draft(rows)
    guard let form = RuleBook.rule(draft.kind)?.form else { throw Failure(.unexpected, "\(draft.kind)") }
    var fields = encoder.container(keyedBy: Field.self)
    try fields.encode(kind, forKey: .kind)
    try fields.encode(Base64.text(form.encode(draft.form)), forKey: .form)
    try fields.encode(form.personalTexts(of: draft.form).map(\.text), forKey: .personal)
  }

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: Field.self)
    kind = try fields.decode(ImportKind.self, forKey: .kind)
    let bytes = Base64.bytes(try fields.decode(String.self, forKey: .form))
    let texts = try fields.decode([String].self, forKey: .personal).map { PersonalText($0) }
    guard let bytes, let form = RuleBook.rule(kind.draft([]).kind)?.form else {
      throw Failure(.malformed, "a chunk of \(kind.rawValue)")
    }
    rows = ImportChunk.rows(of: try form.decode(bytes, personal: texts))
    guard rows.count <= ImportChunk.rowsMax else { throw Failure(.malformed, "\(rows.count) rows") }
  }

  /// Every import form has its rows as its first field.
  private static func rows(of form: Form) -> [Form] {
    if case .list(let rows)? = form[1] { rows } else { [] }
  }
}
