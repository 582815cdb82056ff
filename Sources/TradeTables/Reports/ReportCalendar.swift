import Foundation
import TradeRules

/// Days and months of a report: those of a time zone.
struct ReportCalendar {
  private let zone: TimeZone?
  /// Of a zone that never changes its offset; minutes east of UTC.
  private let minutes: Int64
  /// The quarter of an hour asked for last, and its offset: times come in runs.
  private var known: (quarter: Int64, offset: Int64)?

  private static let quarterMilliseconds: Int64 = 15 * 60_000

  /// - Parameter name: `UTC`, `+02:00`, `-03:30`, or a name of the IANA database.
  /// - Throws: `Refusal` with `USAGE` for a zone nobody here knows.
  init(_ name: String) throws(Refusal) {
    let offset = ["UTC", "Z"].contains(name) ? Instant(milliseconds: 0) : ReportCalendar.offset(name)
    zone = offset == nil ? TimeZone(identifier: name) : nil
    minutes = -(offset?.milliseconds ?? 0) / 60_000
    guard offset != nil || zone != nil else {
      throw Refusal(.usage, "--zone takes UTC, an offset such as +02:00, or a name such as Europe/Madrid")
    }
  }

  /// Midnight of 1970 in a zone with that offset.
  private static func offset(_ name: String) -> Instant? { Instant(timestamp: "1970-01-01T00:00:00" + name) }

  /// `2026-11-03`.
  mutating func day(of instant: Instant) -> String { local(instant).dateText }

  /// `2026-11`.
  mutating func month(of instant: Instant) -> String { String(day(of: instant).prefix(7)) }

  /// The moment a person meant: RFC 3339, or a plain date, which is its midnight here.
  ///
  /// - Throws: `Refusal` with `USAGE`.
  mutating func moment(_ text: String?, _ option: String) throws(Refusal) -> Instant? {
    guard let text else { return nil }
    guard let instant = Instant(timestamp: text) else {
      throw Refusal(.usage, "\(option) takes 2026-11-03 or 2026-11-03T09:10:00Z, not \(text)")
    }
    guard text.utf8.count == 10 else { return instant }
    // The offset at the wall's midnight is that of the moment itself but for the hours beside a change.
    let guess = instant.advanced(byMilliseconds: -offset(at: instant))
    return instant.advanced(byMilliseconds: -offset(at: guess))
  }

  private mutating func local(_ instant: Instant) -> Instant {
    instant.advanced(byMilliseconds: offset(at: instant))
  }

  /// Milliseconds east of UTC.
  private mutating func offset(at instant: Instant) -> Int64 {
    guard let zone else { return minutes * 60_000 }
    // Zones change their offset at full quarters of an hour.
    let quarter = instant.milliseconds / ReportCalendar.quarterMilliseconds
    if let known, known.quarter == quarter { return known.offset }
    let date = Date(timeIntervalSince1970: TimeInterval(instant.milliseconds / 1_000))
    let offset = Int64(zone.secondsFromGMT(for: date)) * 1_000
    known = (quarter, offset)
    return offset
  }
}
