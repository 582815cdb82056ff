import GRDB
public import TradeRules

extension ReplicaStore {
  /// A number that changes whenever another program commits to this replica; commits of this store do not
  /// change it (https://sqlite.org/pragma.html#pragma_data_version).
  public func othersCommits() throws -> Int64 {
    try read { db in try Int64.fetchOne(db, sql: "PRAGMA data_version") ?? 0 }
  }

  /// Remembers where the centre is now, and what its certificate is held against where that is another.
  public func moveCentre(to url: String, caFile: String? = nil) throws {
    guard var state = try state(), state.url != url || state.caFile != caFile ?? state.caFile else { return }
    (state.url, state.caFile) = (url, caFile ?? state.caFile)
    try keep(state)
  }

  /// Remembers for `status` why whatever answers at the centre's address cannot be trusted; the next welcome forgets it.
  /// What the centre itself said last stays.
  public func noteDistrust(_ code: Code) throws {
    guard var state = try state(), state.refusedWith.isEmpty else { return }
    state.refusedWith = code.rawValue
    try keep(state)
  }
}
