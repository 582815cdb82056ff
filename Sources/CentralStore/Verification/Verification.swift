import GRDB
import TradeRules

/// Whether the store is what its log says (G10, G21, G23, G29): each check derives one thing anew from another
/// and compares.
enum Verification {
  /// All checks but the replay, in the order in which they are shown, on one consistent view.
  static func checks(in db: Database) throws -> [CheckResult] {
    let file = try FileCheck.run(in: db)
    do { return try [file] + checks(ofRowsIn: db) } catch {
      // Where SQLite found the file damaged, the others may come to nothing.
      if file.isOK { throw error }
      return [file]
    }
  }

  private static func checks(ofRowsIn db: Database) throws -> [CheckResult] {
    try [
      LogChainCheck.run(in: db), DeviceChainCheck.run(in: db), AnswerCheck.run(in: db),
      StockChecks.balances(in: db), StockChecks.adjustments(in: db), StockChecks.levels(in: db),
      StockChecks.promises(in: db), StockChecks.quotas(in: db), StockChecks.staging(in: db),
      MoneyChecks.accounts(in: db), DigestCheck.run(in: db), MembershipCheck.run(in: db),
    ]
  }
}

extension CentralQueries {
  /// What SQLite finds in the file, page by page: the check that a store can still be put to that is too damaged for the
  /// others.
  public func checkFile() throws -> CheckResult { try database.read(FileCheck.run) }

  /// Checks the store against itself.
  ///
  /// - Parameter deep: also decides the whole log again in memory and compares every row.
  /// - Returns: every check by name; the store is sound only if all hold.
  /// - Throws: when the store cannot be read at all.
  public func verify(deep: Bool) throws -> [CheckResult] {
    try database.read { db in
      var results = try Verification.checks(in: db)
      if deep { results.append(try ReplayCheck.run(in: db)) }
      return results
    }
  }
}
