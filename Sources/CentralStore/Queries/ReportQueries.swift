public import TradeRules
import TradeTables

extension CentralQueries {
  /// Answers a report's question from one consistent view; nobody waits for it.
  ///
  /// - Parameter now: what ages are counted back from.
  /// - Throws: `Refusal` with `USAGE` for a question the report cannot answer.
  public func report(_ request: ReportRequest, at now: Instant) throws -> JSONValue {
    try database.read { db in try Reports.run(request, at: now, in: db) }
  }

  /// The report of rows that are not in the trade tables.
  public func report(_ request: ReportRequest, rows: [JSONValue]) throws -> JSONValue {
    try request.check()
    return Reports.document(request, rows: rows)
  }
}
