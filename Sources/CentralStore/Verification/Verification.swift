import GRDB
import TradeRules

/// Whether the store is what its log says (G10, G21, G23, G29): each check derives one thing anew from another
/// and compares.
enum Verification {
  /// All checks but the replay, in the order in which they are shown, on one consistent view.
  static func checks(in db: Database) throws -> [CheckResult] {
    try [
      FileCheck.run(in: db), LogChainCheck.run(in: db), DeviceChainCheck.run(in: db), AnswerCheck.run(in: db),
      StockChecks.balances(in: db), StockChecks.adjustments(in: db), StockChecks.levels(in: db),
      StockChecks.promises(in: db), StockChecks.quotas(in: db), StockChecks.staging(in: db),
      MoneyChecks.accounts(in: db), DigestCheck.run(in: db), MembershipCheck.run(in: db),
    ]
  }
}

extension CentralQueries {
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
