import GRDB
public import TradeRules
import TradeTables

/// One thing in the life of a record, as this device knows it.
public struct HistoryEntry: Sendable {
  public let at: Instant
  /// The person, as far as the device knows; empty for a rule acting on its own.
  public let who: String
  /// The device where it happened.
  public let device: String
  /// One sentence.
  public let text: String
  /// The operation kind or result code behind the sentence.
  public let code: String
}

extension ReplicaView {
  /// The life of a record, oldest first: what people did, what was merged and why, what the centre refused,
  /// what came to light later.
  ///
  /// - Parameter name: as `recordName` gives it.
  public func history(of name: String) throws -> [HistoryEntry] {
    var entries = try events(of: name) + refusals(of: name)
    entries += try notices().filter { $0.record == name }.map { notice in
      let sentence = CodeBook.entry(for: Code(rawValue: notice.code)).sentence
      return HistoryEntry(
        at: notice.at, who: "", device: "centre", text: sentence + amount(notice.quantity), code: notice.code)
    }
    entries += try conflicts(openOnly: false).filter { $0.record == name }.flatMap(entries(of:))
    // A stable sort: what happened at one moment keeps its order.
    return entries.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
      .map(\.element)
  }

  private func events(of name: String) throws -> [HistoryEntry] {
    try all(EventColumns.self, "event_record", name).map { event in
      let sentence = EventSentences.sentence(code: event.code, detail: event.detail.text)
      let note = try isGuess(event.key) ? " (not confirmed by the centre yet)" : ""
      return HistoryEntry(
        at: event.at, who: try person(event.actor, on: event.device), device: event.device,
        text: sentence + note, code: event.code)
    }
  }

  /// What this device asked for and did not get; the centre writes no events about it.
  private func refusals(of name: String) throws -> [HistoryEntry] {
    try own(about: name).compactMap { work in
      if let answer = work.answer, work.state == .rejected || answer.outcome == .partly {
        return EventSentences.sentence(of: answer).map { text in
          HistoryEntry(
            at: answer.decidedAt, who: "", device: "centre", text: text,
            code: EventSentences.reasons(of: answer).first?.rawValue ?? answer.outcome.rawValue)
        }
      }
      guard let held = work.held else { return nil }
      return HistoryEntry(
        at: work.item.recordedAt, who: "", device: "centre",
        text: "\(work.id) waits for \(held.missing), which has not arrived.", code: Outcome.held.rawValue)
    }
  }

  private func entries(of conflict: Conflict) throws -> [HistoryEntry] {
    let text = EventSentences.sentence(
      of: conflict, mine: try person(conflict.actor, on: conflict.device),
      theirs: try person(conflict.theirActor, on: conflict.theirDevice))
    return [HistoryEntry(at: conflict.openedAt, who: "", device: "centre", text: text, code: conflict.code)]
  }

  private func amount(_ quantity: Quantity?) -> String {
    quantity.map { " (\($0.decimalText))" } ?? ""
  }

  /// What to call the author of something: a device's user by the device's name, where it is known here.
  public func person(_ actor: String, on device: String) throws -> String {
    guard actor == "user" else { return actor == "rule" ? "" : actor }
    if device == state.device, !state.name.isEmpty { return state.name }
    let name = try find(DeviceColumns.self, RowKey(DeviceColumns.self, device))?.name ?? ""
    return name.isEmpty ? "the user of \(device)" : name
  }
}
