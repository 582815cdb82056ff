public import TradeRules

/// What was found when a replica's file was read from end to end, and done about it.
public enum Mending: Sendable {
  case sound
  /// Rows of these buckets are damaged: the next sync fetches what differs.
  case refetching([Bucket])
  /// The file was damaged and was made anew.
  case rebuilt(RebuildReport)
}
