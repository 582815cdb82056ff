import CentralStore
import TradeRules
import TradeTables

/// In which buckets each row at the centre has ever been, and which texts were ever in it.
struct Exposure {
  private struct Trail {
    var version: Int64 = -1
    var buckets: Set<Bucket> = []
    var texts: Set<String> = []
    var ids: Set<RecordID> = []

    mutating func follow(_ row: Row, of table: TableDescription) {
      version = row.version
      buckets.formUnion(table.buckets(of: row))
      for value in row.values {
        switch value {
        case .text(let text): texts.insert(text)
        case .personal(let personal): texts.insert(personal.text)
        case .null, .integer, .blob, .id: break
        }
      }
      for case .id(let id) in table.keyValues(of: table.key(of: row)) ?? [] { ids.insert(id) }
    }
  }

  private var trails: [RowKey: Trail] = [:]
  private var seenHead: [UInt8] = []

  /// Takes in what has changed at the centre since the last time.
  mutating func look(at store: CentralStore) throws {
    guard store.head.hash != seenHead else { return }
    seenHead = store.head.hash
    var trails = trails
    try store.read { db in
      for table in TableDescription.all where !table.isCentreOnly {
        try TradeTables.visit(table, in: db) { row in
          let key = table.key(of: row)
          guard trails[key]?.version != row.version else { return }
          trails[key, default: Trail()].follow(row, of: table)
        }
      }
    }
    self.trails = trails
  }

  /// What a device with this scope might have seen: every text and the ids of all rows that it ever met.
  func seen(by grants: Grants) -> (texts: Set<String>, ids: Set<RecordID>) {
    var texts: Set<String> = []
    var ids: Set<RecordID> = []
    for trail in trails.values where grants.meet(Array(trail.buckets)) {
      texts.formUnion(trail.texts)
      ids.formUnion(trail.ids)
    }
    return (texts, ids)
  }
}
