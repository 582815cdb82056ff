public import TradeRules
import TradeTables

extension ReplicaView {
  /// Answers a report's question from what this device holds, its own unsent work among it.
  ///
  /// - Throws: `Refusal` with `USAGE` for a question the report cannot answer.
  public func report(_ request: ReportRequest) throws -> JSONValue { try Reports.run(request, in: db) }
}
