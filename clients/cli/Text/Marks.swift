import ReplicaStore

/// One sign a record: how far its work has come.
enum Marks {
  static let provisional = "~"

  static func mark(of state: SyncState) -> String {
    switch state {
    case .synced: "·"
    case .unsent: "↑"
    case .held: "⧖"
    case .rejected: "!"
    case .conflict: "≠"
    }
  }

  static func mark(of state: OwnWork.State) -> String {
    switch state {
    case .unsent: "↑"
    case .held: "⧖"
    case .rejected: "!"
    case .setAside, .answered, .discarded: "·"
    }
  }
}
