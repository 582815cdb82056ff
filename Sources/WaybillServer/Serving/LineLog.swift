import Foundation
import Logging
import TradeRules

/// Writes each event as one line on standard error: time, level, what happened, then `key=value` in order of
/// the keys. Control characters and quotes are escaped, so that no peer can forge a line.
struct LineLog: LogHandler {
  var logLevel: Logger.Level
  var metadata: Logger.Metadata = [:]

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  init(level: Logger.Level) { logLevel = level }

  func log(event: LogEvent) {
    let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
    let line = LineLog.line(event.level, "\(event.message)", all, at: SystemClock.now)
    Console.tell(line + "\n")
  }

  static func line(
    _ level: Logger.Level, _ message: String, _ metadata: Logger.Metadata, at now: Instant
  ) -> String {
    let fields = metadata.sorted { $0.key < $1.key }.map { "\($0.key)=\(quoted("\($0.value)"))" }
    return ([now.timestamp, level.rawValue, quoted(message)] + fields).joined(separator: " ")
  }

  /// A word as it is, anything else as a JSON string.
  private static func quoted(_ text: String) -> String {
    let isWord =
      !text.isEmpty
      && text.utf8.allSatisfy {
        $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "=")
      }
    return isWord ? text : JSONValue.string(text).text
  }
}
