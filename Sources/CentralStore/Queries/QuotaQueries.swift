import GRDB
public import TradeRules
import TradeTables

extension CentralQueries {
  /// What is or was set aside for a device, or for all when it is nil, in order of devices, SKUs and
  /// warehouses.
  public func quotas(of device: String?) throws -> [Quota] {
    try database.read { db in
      try TradeTables.scan(TableDescription.of(QuotaColumns.self), limit: .max, in: db).map { Quota($0) }
        .filter { device == nil || $0.device == device }
    }
  }
}
