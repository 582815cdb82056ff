import GRDB
import SyncSession
import TradeRules
import TradeTables

import struct Foundation.Data

/// One check of a replica and what it found.
public struct ReplicaCheck: Sendable {
  public let name: String
  public let isOK: Bool
  /// What was compared, or where it differs first.
  public let detail: String
}

extension ReplicaView {
  /// Checks all that a replica can check alone: the file, the device's own chain, the digests, and each sum
  /// against what it is the sum of, where this device sees all of that (G23).
  public func verify() throws -> [ReplicaCheck] {
    let file = try checkFile()
    // Nothing that follows can be trusted, or even read, in a file that is not sound.
    guard file.isOK else { return [file] }
    return [file, try checkChain(), try checkDigests(), try checkLevels()]
      + (try checkBalances()) + (try checkAllocations())
  }

  private func checkFile() throws -> ReplicaCheck {
    let found = try String.fetchOne(db, sql: "PRAGMA integrity_check(1)") ?? ""
    return ReplicaCheck(
      name: "file", isOK: found == "ok", detail: found == "ok" ? "every page can be read" : found)
  }

  /// Each link of the device's chain covers the operation and the link before it (G18).
  private func checkChain() throws -> ReplicaCheck {
    let (count, finding) = try Outbox.followChain(state, in: db)
    return ReplicaCheck(
      name: "chain", isOK: finding == nil, detail: finding ?? "\(count) operations follow one another")
  }

  /// The confirmed rows, each read and hashed anew, against what the centre proved at the checkpoint.
  private func checkDigests() throws -> ReplicaCheck {
    let held = try GRDB.Row.fetchAll(db, sql: "SELECT name, digest FROM bucket ORDER BY name")
    let digests = try BaseImages.confirmedDigests(in: db)
    let suspects = try Suspects.fetch(in: db).map(\.name)
    let wrong =
      suspects
      + (try held.compactMap { row -> String? in
        let bucket = Bucket(try row.cell("name", .file))
        let found = bucket == ConfirmedRows.everything ? digests.all : digests[bucket]
        let digest = Array(try row.cell("digest", .file, as: Data.self))
        return found.bytes == digest || suspects.contains(bucket.name) ? nil : bucket.name
      })
    return ReplicaCheck(
      name: "digests", isOK: wrong.isEmpty,
      detail: wrong.isEmpty
        ? "\(held.count) buckets are the centre's at version \(state.checkpoint)"
        : "differ: \(wrong.joined(separator: ", "))")
  }

  /// What a warehouse has of a product is the sum of its bins.
  private func checkLevels() throws -> ReplicaCheck {
    try check(
      "levels", "every level is the sum of its bins",
      """
      SELECT warehouse || ' ' || sku FROM (
        SELECT warehouse, sku, sum(on_hand) AS on_hand,
          sum(CASE condition WHEN 'good' THEN 0 ELSE on_hand END) AS unavailable
        FROM stock GROUP BY warehouse, sku
      ) AS bins FULL JOIN stock_level AS level USING (warehouse, sku)
      WHERE coalesce(bins.on_hand, 0) <> coalesce(level.on_hand, 0)
        OR coalesce(bins.unavailable, 0) <> coalesce(level.unavailable, 0)
      """)
  }

  /// Each balance is its movements and the adjustments of its counts, for warehouses whose ledger is here.
  private func checkBalances() throws -> [ReplicaCheck] {
    let warehouses = try all(WarehouseColumns.self).map(\.code).filter { warehouse in
      state.grants.contains(.ledger(warehouse)) && state.grants.contains(.ledger(warehouse, month: "0000-00"))
    }
    return try warehouses.map { warehouse in
      try check(
        "balances of \(warehouse)", "every balance is what its ledger says",
        """
        WITH change AS (
          SELECT to_bin AS bin, sku, lot, condition, quantity FROM movement
          WHERE warehouse = :warehouse AND to_bin <> ''
          UNION ALL
          SELECT from_bin, sku, lot, condition, -quantity FROM movement
          WHERE warehouse = :warehouse AND from_bin <> ''
          UNION ALL
          SELECT o.bin, o.sku, o.lot, o.condition, a.quantity
          FROM count_adjustment a JOIN observation o ON o.id = a.observation WHERE o.warehouse = :warehouse
        ), book AS (
          SELECT bin, sku, lot, condition, sum(quantity) AS quantity FROM change GROUP BY bin, sku, lot, condition
        )
        SELECT bin || ' ' || sku FROM book
        FULL JOIN (SELECT * FROM stock WHERE warehouse = :warehouse) USING (bin, sku, lot, condition)
        WHERE coalesce(quantity, 0) <> coalesce(on_hand, 0)
        """, ["warehouse": warehouse])
    }
  }

  /// What is promised of a product is the sum of the promises, for warehouses whose orders are all here.
  private func checkAllocations() throws -> [ReplicaCheck] {
    let warehouses = try all(WarehouseColumns.self).map(\.code)
      .filter { state.grants.contains(.orders($0)) && state.grants.contains(.stock($0)) }
    return try warehouses.map { warehouse in
      try check(
        "allocations of \(warehouse)", "every level's promises are its orders'",
        """
        SELECT sku FROM (
          SELECT sku, sum(quantity) AS quantity FROM allocation WHERE warehouse = :warehouse GROUP BY sku
        ) FULL JOIN (SELECT * FROM stock_level WHERE warehouse = :warehouse) USING (sku)
        WHERE coalesce(quantity, 0) <> coalesce(allocated, 0)
        """, ["warehouse": warehouse])
    }
  }

  /// Runs a query that finds what is wrong: nothing, where all is well.
  private func check(
    _ name: String, _ whenRight: String, _ sql: String, _ arguments: StatementArguments = [:]
  ) throws -> ReplicaCheck {
    let wrong = try String.fetchAll(db, sql: sql + " LIMIT 6", arguments: arguments)
    let first = wrong.prefix(5).joined(separator: ", ") + (wrong.count > 5 ? " and more" : "")
    return ReplicaCheck(
      name: name, isOK: wrong.isEmpty, detail: wrong.isEmpty ? whenRight : "differ: \(first)")
  }
}
