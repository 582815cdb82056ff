public import TradeRules
import TradeTables

extension CentralQueries {
  /// Answers a report's question from one consistent view; nobody waits for it.
  ///
  /// - Throws: `Refusal` with `USAGE` for a question the report cannot answer.
  public func report(_ request: ReportRequest) throws -> JSONValue {
    try database.read { db in try Reports.run(request, in: db) }
  }

  /// The report of rows that are not in the trade tables.
  public func report(_ request: ReportRequest, rows: [JSONValue]) throws -> JSONValue {
    try request.check()
    return Reports.document(request, rows: rows)
  }
}
