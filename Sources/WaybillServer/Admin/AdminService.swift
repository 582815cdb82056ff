import CentralStore
import SyncSession
import TradeRules

/// Does what administrators ask, the same whether a server has the centre or a command opened it.
///
/// Lives on the thread that owns the host. What only reads and may take long is handed back to be done on the
/// asker's thread, on a connection of its own, while the centre goes on deciding.
struct AdminService {
  let host: CentralHost
  let folder: DataFolder
  /// `os:NAME`.
  let actor: String
  /// Whether devices can connect.
  let isServing: Bool

  enum Answer {
    /// Done; the orders are for the live replicas.
    case done(JSONValue, orders: [CentralHost.Order])
    case later(@Sendable () throws -> JSONValue)
  }

  /// - Throws: `Failure`, `AmbiguousKey`, or what the store throws; then nothing was done.
  func answer(_ request: AdminRequest) throws -> Answer {
    let queries = host.store.queries
    switch request {
    case .status:
      let (online, isServing, halted) = (host.onlineDevices.count, isServing, host.halted)
      let (backups, key) = (BackupFolder.of(folder), host.publicKey)
      return .later {
        Documents.status(
          try queries.status(at: SystemClock.now), online: online, isServing: isServing,
          halted: halted, lastBackup: Result { try backups.list(signedBy: key).last })
      }
    case .devices: return devices(queries)
    case .device(let code): return device(code, queries)
    case .scope(let scope): return try self.scope(scope)
    case .changeState(let device, let state): return try changeState(of: device, to: state)
    case .quarantine(let device): return AdminService.quarantine(of: device, queries)
    case .release(let operation): return try release(operation)
    case .invite(let invite): return try self.invite(invite)
    case .conflicts(let onlyOpen):
      return .later {
        ["conflicts": .array(try queries.conflicts(onlyOpen: onlyOpen).map(Documents.conflict))]
      }
    case .conflict(let id): return .later { Documents.conflict(try queries.conflict(typed: id)) }
    case .resolve(let id, let keep, let value, let note):
      return try resolve(try queries.conflict(typed: id), keep: keep, value: value, note: note)
    case .quotas(let device):
      return .later { ["quotas": .array(try queries.quotas(of: device).map(Documents.quota))] }
    case .grantQuota(let quota): return try grant(quota)
    case .writeOffQuota(let quota, let reason): return try writeOff(quota, reason: reason)
    case .settings: return .later { Documents.settings(try queries.settings()) }
    case .changeSetting(let name, let amount): return try change(name, to: amount)
    case .log(let log): return .later { try Documents.log(log, queries) }
    case .history(let key): return .later { try Documents.history(of: key, queries) }
    case .verify(let deep): return .later { Documents.checks(try queries.verify(deep: deep)) }
    case .createBackup(let place):
      let (backups, key) = (place.map(BackupFolder.init) ?? BackupFolder.of(folder), try folder.key())
      return .later {
        Documents.backup(try backups.create(of: queries, signedBy: key, at: SystemClock.now))
      }
    case .export(let kind, let after): return .later { try ExportPages(queries).page(of: kind, after: after) }
    case .report(let report): return self.report(report, queries)
    case .rehearse, .hasUnfinishedImport, .beginImport, .importRows, .endImport:
      return try importing(request, queries)
    }
  }

  /// The steps of an import.
  private func importing(_ request: AdminRequest, _ queries: CentralQueries) throws -> Answer {
    switch request {
    case .rehearse(let chunk):
      let (actor, now) = (actor, SystemClock.now)
      return .later {
        Documents.rows(try queries.rehearse(chunk.kind.draft(chunk.rows), actor: actor, at: now))
      }
    case .hasUnfinishedImport(let kind, let fileHash):
      return .later { ["unfinished": .bool(try queries.hasUnfinishedImport(kind, fileHash: fileHash))] }
    case .beginImport(let kind, let fileHash, let rows):
      let form = Filled<BeginImport> {
        $0.kind = kind.rawValue
        $0.fileHash = fileHash
        $0.rows = rows
      }
      return .done([:], orders: try record(OwnDraft(form)).orders)
    case .importRows(let chunk):
      let (verdict, orders) = try record(chunk.kind.draft(chunk.rows))
      return .done(Documents.rows(verdict), orders: orders)
    case .endImport(let kind, let fileHash):
      let form = Filled<EndImport> {
        $0.kind = kind.rawValue
        $0.fileHash = fileHash
      }
      return .done([:], orders: try record(OwnDraft(form)).orders)
    default: throw Failure(.unexpected, "no step of an import")
    }
  }

  /// That the clock and the store can be trusted, which a server knows by itself.
  func requireTrust() throws {
    guard !isServing else { return }
    try ClockMark(folder).check(head: host.store.head, isConfirmed: false)
    guard try !DamageMark(folder).isSet else {
      throw Failure(.storeCorrupt, "the server found it damaged and has not found it sound since")
    }
  }

  /// Records one operation of the centre.
  ///
  /// - Throws: `Failure` with the code of a refusal.
  func record(_ draft: OwnDraft) throws -> (verdict: Verdict, orders: [CentralHost.Order]) {
    try requireTrust()
    let (verdicts, orders) = try host.record([draft], actor: actor, at: SystemClock.now)
    guard let verdict = verdicts.first else { throw Failure(.unexpected, "no answer to \(draft.kind)") }
    guard verdict.outcome != .rejected else {
      throw Failure(
        verdict.codes.first ?? .unexpected, verdict.detail.isEmpty ? verdict.record : verdict.detail)
    }
    return (verdict, orders)
  }

  private func report(_ report: ReportRequest, _ queries: CentralQueries) -> Answer {
    let online = Set(host.onlineDevices)
    return .later {
      let now = SystemClock.now
      guard report.name == .sync else { return try queries.report(report, at: now) }
      let devices = try queries.devices()
      return try queries.report(
        report,
        rows: devices.map {
          Documents.syncRow(Documents.device($0, isOnline: online.contains($0.device.code), at: now))
        })
    }
  }

  // MARK: Devices

  private func devices(_ queries: CentralQueries) -> Answer {
    let online = Set(host.onlineDevices)
    return .later {
      let (devices, now) = (try queries.devices(), SystemClock.now)
      return [
        "devices": .array(
          devices.map { Documents.device($0, isOnline: online.contains($0.device.code), at: now) })
      ]
    }
  }

  private func device(_ code: String, _ queries: CentralQueries) -> Answer {
    let isOnline = host.onlineDevices.contains(code)
    return .later {
      guard let found = try queries.device(code) else {
        throw Failure(.unknownRecord, "device \(code)", hint: "waybill-server device list shows them.")
      }
      return Documents.device(found, isOnline: isOnline, at: SystemClock.now)
    }
  }

  private func invite(_ invite: InviteRequest) throws -> Answer {
    let role = Role(rawValue: invite.role)
    let device = try invite.deviceCode ?? host.store.queries.nextDeviceCode(Invitations.letter(of: role))
    let code = EnrolmentCode(
      secret: SystemRandom.bytes(EnrolmentCode.secretBytes), centreKey: host.publicKey)
    let valid = max(1, min(invite.validMilliseconds, InviteRequest.validMillisecondsMax))
    let expiresAt = SystemClock.now.advanced(byMilliseconds: valid)
    // An agent's own customers must be seen by somebody: without an agent or a territory, by this device.
    let isAlone = role == .agent && invite.agent == nil && invite.territory == nil
    let form = Filled<InviteDevice> {
      $0.device = device
      $0.name = invite.name
      $0.role = role
      $0.agent = isAlone ? device : invite.agent
      $0.territory = invite.territory
      $0.warehouses = WordList(invite.warehouses)
      $0.secretHash = code.secretHash
      $0.expiresAt = expiresAt
    }
    let orders = try record(OwnDraft(form)).orders
    return .done(
      ["code": .string(code.text), "expiresAt": .instant(expiresAt), "deviceCode": .string(device)],
      orders: orders)
  }

  // MARK: Conflicts

  private func resolve(_ conflict: Conflict, keep: String, value: String?, note: String?) throws -> Answer {
    let form = Filled<ResolveConflict> {
      $0.conflict = conflict.id
      $0.keep = keep
      $0.value = value.map { PersonalText($0) }
      $0.note = note.map { PersonalText($0) }
    }
    let orders = try record(OwnDraft(form)).orders
    let settled = try host.store.queries.conflict(conflict.id) ?? conflict
    return .done(Documents.conflict(settled), orders: orders)
  }
}

extension CentralQueries {
  /// A conflict by its id, or by the beginning of it that lists show.
  ///
  /// - Throws: `Failure` with `UNKNOWN_CONFLICT` or `AMBIGUOUS_KEY`.
  fileprivate func conflict(typed id: String) throws -> Conflict {
    if let id = RecordID(id), let conflict = try conflict(id) { return conflict }
    let found = try conflicts(onlyOpen: false).filter {
      id.count >= 4 && $0.id.description.hasPrefix(id.lowercased())
    }
    guard found.count <= 1 else { throw Failure(.ambiguousKey, id) }
    guard let conflict = found.first else {
      throw Failure(.unknownConflict, id, hint: "waybill-server conflict list shows them.")
    }
    return conflict
  }
}

/// What invitations have in common.
enum Invitations {
  /// What the codes of a role's devices begin with: agents, the sales desk, warehouses,
  /// headquarters, auditors.
  static func letter(of role: Role) -> String {
    switch role {
    case .agent: "A"
    case .sales: "S"
    case .picker, .receiver, .lead, .warehouse: "W"
    case .admin, .finance, .buyer, .catalogue: "H"
    default: "R"
    }
  }
}
