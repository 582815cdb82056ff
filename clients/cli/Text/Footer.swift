import ReplicaStore
import TradeRules

/// The last line on a terminal: how old what was shown is, and what waits.
struct Footer {
  let text: String

  init(_ view: ReplicaView, file: ReplicaFile) throws {
    let now = Clocks.now
    var parts: [String] = []
    if let synced = view.state.lastSyncAt {
      parts.append("synced \(Times.local(synced, now: now)) (\(Times.ago(synced, now: now)))")
    } else {
      parts.append("never synced")
    }
    parts.append("unsent \(try view.unsent().count)")
    parts.append("attention \(try view.attention().total)")
    if let synced = view.state.lastSyncAt { parts.append("stock age \(Times.age(synced, now: now))") }
    parts.append(file.isSyncing && !file.isSyncingWithoutLink ? "syncing" : "offline")
    text = parts.joined(separator: " · ")
  }
}
