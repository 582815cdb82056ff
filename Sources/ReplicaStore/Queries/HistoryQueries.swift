import GRDB
public import TradeRules
import TradeTables

import struct Foundation.Data

/// One thing in the life of a record, as this device knows it.
public struct HistoryEntry: Sendable {
  public let at: Instant
  /// The person, as far as the device knows; empty for a rule acting on its own.
  public let who: String
  /// The device where it happened.
  public let device: String
  /// A sentence without its subject.
  public let text: String
  /// An operation kind, a result code or a kind of stock fact.
  public let code: String
}

extension ReplicaView {
  /// The life of a record, oldest first: what people did, what was merged and why, what was refused, what
  /// came to light later.
  ///
  /// - Parameter name: as `recordName` gives it.
  public func history(of name: String) throws -> [HistoryEntry] {
    let events = try all(EventColumns.self, "event_record", name)
    let own = try own(about: name)
    let isProduct = try find(ProductColumns.self, RowKey(ProductColumns.self, name)) != nil
    let moments = EventSentences.moments(
      events: events, conflicts: try conflicts(openOnly: false).filter { $0.record == name },
      refusals: own.compactMap(\.answer),
      movements: isProduct ? try facts(MovementColumns.self, of: name) : [],
      observations: isProduct ? try facts(ObservationColumns.self, of: name) : [])
    let entries = try moments.map { moment in
      HistoryEntry(
        at: moment.at, who: try person(moment.who, on: moment.device), device: moment.device,
        text: moment.version == 0 ? moment.text + " (not confirmed by the centre yet)" : moment.text,
        code: moment.code)
    }
    let told = Set(moments.filter { $0.version == 0 }.map(\.code))
    return (entries + waiting(own.filter { !told.contains($0.item.kind.rawValue) }) + (try news(about: name)))
      .enumerated()
      .sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
  }

  /// The stock facts of a product.
  private func facts<C: TableColumns>(_: C.Type, of sku: String) throws -> [Record<C>] {
    let ids = try Data.fetchAll(
      db, sql: "SELECT id FROM \(C.name) WHERE sku = ? ORDER BY id", arguments: [sku])
    return try records(C.self, ids.map { RowKey(C.self, RecordID($0)) })
  }

  /// What this device did and the centre has not answered: its events may still change.
  private func waiting(_ work: [OwnWork]) -> [HistoryEntry] {
    work.compactMap { work in
      let text: String
      switch work.state {
      case .unsent: text = "\(work.item.kind): not sent yet; the centre may decide otherwise"
      case .held: text = "\(work.item.kind): waits for \(work.held?.missing ?? "a record")"
      case .setAside: text = "\(work.item.kind): set aside at the centre"
      case .rejected, .answered, .discarded: return nil
      }
      return HistoryEntry(
        at: work.item.recordedAt, who: state.name, device: state.device, text: text,
        code: work.state.rawValue)
    }
  }

  private func news(about name: String) throws -> [HistoryEntry] {
    try notices().filter { $0.record == name }.map { notice in
      let sentence = CodeBook.entry(for: Code(rawValue: notice.code)).sentence
      let amount = notice.quantity.map { " (\($0.decimalText))" } ?? ""
      return HistoryEntry(
        at: notice.at, who: "", device: notice.device, text: sentence + amount, code: notice.code)
    }
  }

  /// What to call the author of something: a device's user by the device's name, where it is known here.
  public func person(_ actor: String, on device: String) throws -> String {
    let name =
      device == state.device && !state.name.isEmpty
      ? state.name : try find(DeviceColumns.self, RowKey(DeviceColumns.self, device))?.name ?? ""
    return EventSentences.person(actor, on: device, called: name)
  }
}
