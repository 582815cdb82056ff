import GRDB
public import TradeRules
import TradeTables

/// One thing in the life of a record.
public struct HistoryMoment: Sendable {
  public let at: Instant
  /// The person, as far as the centre knows; empty for a rule acting on its own.
  public let who: String
  /// The device where it happened.
  public let device: String
  /// One sentence.
  public let text: String
  /// The operation kind or result code behind the sentence.
  public let code: String
}

extension CentralQueries {
  /// The life of an order, a product or a customer, in the order in which it happened: what people did, what
  /// was merged and why, what was refused, what came to light later; a product's goods as well.
  public func history(of record: NamedRecord) throws -> [HistoryMoment] {
    try database.read { db in
      let people = try People(db)
      var moments = try events(of: record.name, people, in: db)
      if record.kind == .product { moments += try goods(record.name, people, in: db) }
      moments += try refusals(of: record.name, people, in: db)
      moments += try notices(of: record.name, in: db)
      moments += try conflicts(of: record.name, people, in: db)
      // A stable sort: what happened at one moment keeps its order.
      return moments.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
        .map(\.element)
    }
  }

  private func events(of name: String, _ people: People, in db: Database) throws -> [HistoryMoment] {
    let rows = try TradeTables.rows(RowRange(EventColumns.self, "event_record", [name]), in: db)
    return rows.map { Event($0) }.sorted { $0.row.version < $1.row.version }.map { event in
      HistoryMoment(
        at: event.at, who: people.name(event.actor, on: event.device), device: event.device,
        text: EventSentences.sentence(code: event.code, detail: event.detail.text), code: event.code)
    }
  }

  private func goods(_ sku: String, _ people: People, in db: Database) throws -> [HistoryMoment] {
    let movements = try rows(
      MovementColumns.self, "SELECT id FROM movement WHERE sku = ? ORDER BY version, id", sku, in: db)
    let observations = try rows(
      ObservationColumns.self, "SELECT id FROM observation WHERE sku = ? ORDER BY version, id", sku, in: db)
    return movements.map { movement in
      HistoryMoment(
        at: movement.occurredAt, who: people.name(movement.actor, on: movement.device),
        device: movement.device, text: EventSentences.sentence(of: movement),
        code: "stock.\(movement.kind)")
    }
      + observations.map { observation in
        HistoryMoment(
          at: observation.occurredAt, who: people.name(observation.actor, on: observation.device),
          device: observation.device, text: EventSentences.sentence(of: observation),
          code: CountStock.kind.rawValue)
      }
  }

  private func refusals(of name: String, _ people: People, in db: Database) throws -> [HistoryMoment] {
    let found = try GRDB.Row.fetchAll(
      db,
      sql: """
        SELECT device, number FROM answer WHERE record = ? AND outcome <> 'applied' ORDER BY version, number
        """, arguments: [name])
    return try found.compactMap { row in
      let key = RowKey(AnswerColumns.self, row["device"] as String, row["number"] as Int64)
      guard let answer = try TradeTables.row(key, in: db).map({ Answer($0) }),
        let text = EventSentences.sentence(of: answer)
      else { return nil }
      return HistoryMoment(
        at: answer.decidedAt, who: people.name("user", on: answer.device), device: answer.device, text: text,
        code: EventSentences.reasons(of: answer).first?.rawValue ?? answer.outcome.rawValue)
    }
  }

  private func notices(of name: String, in db: Database) throws -> [HistoryMoment] {
    let found = try GRDB.Row.fetchAll(
      db, sql: "SELECT at, code, quantity FROM notice WHERE record = ? ORDER BY version, id",
      arguments: [name])
    return found.map { row in
      let code = Code(rawValue: row["code"])
      let amount = (row["quantity"] as Int64?).map { " (\(Quantity(thousandths: $0).decimalText))" } ?? ""
      return HistoryMoment(
        at: Instant(milliseconds: row["at"]), who: "", device: CentralStore.ownDevice,
        text: CodeBook.entry(for: code).sentence + amount, code: code.rawValue)
    }
  }

  private func conflicts(of name: String, _ people: People, in db: Database) throws -> [HistoryMoment] {
    let conflicts = try rows(
      ConflictColumns.self, "SELECT id FROM conflict WHERE record = ? ORDER BY opened_at, id", name, in: db)
    return conflicts.map { conflict in
      let text = EventSentences.sentence(
        of: conflict, mine: people.name(conflict.actor, on: conflict.device),
        theirs: people.name(conflict.theirActor, on: conflict.theirDevice))
      return HistoryMoment(
        at: conflict.openedAt, who: "", device: CentralStore.ownDevice, text: text, code: conflict.code)
    }
  }

  /// Records whose key is an id, found by a query for the ids.
  private func rows<C: TableColumns>(
    _: C.Type, _ sql: String, _ name: String, in db: Database
  ) throws -> [TradeRules.Record<C>] {
    let keys = try GRDB.Row.fetchAll(db, sql: sql, arguments: [name])
      .compactMap { RecordID(bytes: LogStore.bytes($0["id"])) }.map { RowKey(C.self, $0) }
    let rows = try TradeTables.rows(keys, in: db)
    return keys.compactMap { rows[$0].map { TradeRules.Record<C>($0) } }
  }
}

/// What to call the people behind operations: a device's user by the device's name.
private struct People {
  private let names: [String: String]

  init(_ db: Database) throws {
    let devices = try TradeTables.scan(TableDescription.of(DeviceColumns.self), limit: .max, in: db)
    names = Dictionary(
      devices.map { (Device($0).code, Device($0).name) }, uniquingKeysWith: { first, _ in first })
  }

  func name(_ actor: String, on device: String) -> String {
    guard actor == "user" else { return actor == "rule" ? "" : actor }
    let name = names[device] ?? ""
    return name.isEmpty ? "the user of \(device)" : name
  }
}
