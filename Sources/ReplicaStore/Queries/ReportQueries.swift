public import TradeRules
import TradeTables

extension ReplicaView {
  /// Answers a report's question from what this device holds, its own unsent work among it.
  ///
  /// - Parameter now: what ages are counted back from.
  /// - Throws: `Refusal` with `USAGE` for a question the report cannot answer, with `NOT_PERMITTED` when the
  ///   device sees nobody's payments: all would look unpaid.
  public func report(_ request: ReportRequest, at now: Instant) throws -> JSONValue {
    if request.name == .receivables, !state.grants.seeMoney {
      throw Refusal(.notPermitted, "payments are not visible to this device")
    }
    return try Reports.run(request, at: now, seeing: state.grants, in: db)
  }
}
