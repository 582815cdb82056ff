import GRDB
import SyncProtocol
import SyncSession
public import TradeRules
import TradeTables

/// What can still be read of a damaged replica's outbox.
struct Salvage {
  /// Answered operations that can be proved, and unsent ones up to the first that is damaged; in order.
  private(set) var kept: [OutboxItem] = []
  /// Operations behind a damaged one: what was entered is known, but their place in the chain is lost.
  private(set) var loose: [OutboxItem] = []
  /// Unsent operations that cannot be read any more, or belong to a command of which a part cannot.
  private(set) var lost: [LostOperation] = []
  /// The chain after answered operations that are not kept, as far as known: it proves those behind them.
  private(set) var chains: [Int64: [UInt8]]

  /// - Parameters:
  ///   - items: every operation that could be read, in order.
  ///   - state: what the replica knows of itself; where the centre's part of the chain ends.
  ///   - last: the last operation there was, as far as known.
  ///   - chains: what was noted of operations that were missing already.
  init(
    _ items: [OutboxItem], through last: Int64, state: ReplicaState, chains: [Int64: [UInt8]]
  ) {
    self.chains = chains
    let byNumber = Dictionary(items.map { ($0.number, $0) }, uniquingKeysWith: { first, _ in first })
    let last = max(items.last?.number ?? 0, last)
    keepAnswered(byNumber, state)
    let anchor = state.appliedThrough == 0 ? OperationChain.start : state.appliedHash
    keepUnsent(byNumber, after: state.appliedThrough, through: last, anchor: anchor, device: state.device)
  }

  /// Answered operations that hang on the one before: a centre that comes back from a backup may ask for them again.
  private mutating func keepAnswered(_ items: [Int64: OutboxItem], _ state: ReplicaState) {
    for number in items.keys.filter({ $0 <= state.appliedThrough }).sorted() {
      guard let item = items[number] else { continue }
      let previous = number == 1 ? OperationChain.start : items[number - 1]?.chainHash ?? chains[number - 1]
      if let previous, item.isIntact(after: previous) {
        kept.append(item)
      } else {
        chains[number] = item.chainHash
      }
    }
    if kept.last?.number ?? 0 < state.appliedThrough, !state.appliedHash.isEmpty {
      chains[state.appliedThrough] = state.appliedHash
    }
  }

  private mutating func keepUnsent(
    _ items: [Int64: OutboxItem], after: Int64, through last: Int64, anchor: [UInt8], device: String
  ) {
    guard after < last else { return }
    var chain: [UInt8]? = anchor
    var intact: [OutboxItem] = []
    var broken: Set<Int64> = []
    for number in after + 1...last {
      let item = items[number]
      // Behind a damaged one the chain it left is all there is to go by.
      if let item, let previous = chain, item.isIntact(after: previous) {
        intact.append(item)
      } else {
        broken.insert(number)
        lost.append(LostOperation(id: OperationID(device: device, number: number), item: item))
      }
      chain = item?.chainHash ?? chains[number]
    }
    let firstBroken = broken.min() ?? .max
    // A group goes whole or not at all.
    let torn = Set(
      intact.filter { item in broken.contains { $0 >= item.group && $0 <= item.number } }.map(\.group)
    )
    .union(lost.compactMap(\.item?.group))
    for item in intact {
      if torn.contains(item.group) {
        lost.append(LostOperation(id: OperationID(device: device, number: item.number), item: item))
      } else if item.number < firstBroken {
        kept.append(item)
      } else {
        loose.append(item)
      }
    }
    lost.sort { $0.id < $1.id }
  }
}

/// An operation that nobody can read any more.
public struct LostOperation: Sendable {
  public let id: OperationID
  let item: OutboxItem?

  /// What is written beside its bytes, as far as that can be read: perhaps of help to whoever records it anew.
  public var kind: String? { item?.kind.rawValue }
  public var record: String? { item?.record }
}

extension Salvage {
  /// Reads a damaged outbox one operation at a time, from both ends, so that one bad page hides as little as
  /// possible.
  static func items(in db: Database, through last: Int64) -> [OutboxItem] {
    var items: [Int64: OutboxItem] = [:]
    func read(_ sql: String) {
      // What cannot be read is what is looked for: it shows as a gap.
      guard let rows = try? GRDB.Row.fetchCursor(db, sql: sql) else { return }
      while let row = try? rows.next() {
        if let item = try? Outbox.item(row) { items[item.number] = item }
      }
    }
    read("SELECT * FROM outbox ORDER BY number")
    read("SELECT * FROM outbox ORDER BY number DESC")
    let known = max(last, items.keys.max() ?? 0)
    for number in stride(from: Int64(1), through: known, by: 1) where items[number] == nil {
      items[number] = find(number, in: db)
    }
    return items.values.sorted { $0.number < $1.number }
  }

  /// Says what unsent work lies in a file that can be read and not be sent; empty when there is none.
  static func unsentNames(in db: Database) -> String {
    let names = items(in: db, through: 0).filter { $0.state == .unsent || $0.state == .held }
      .map { "\($0.number) \($0.kind.rawValue) \($0.record)" }
    return names.isEmpty ? "" : "; unsent work in it: " + names.joined(separator: ", ")
  }

  /// How often a disk is asked that does not answer.
  private static let triesMax = 3

  private static func find(_ number: Int64, in db: Database) -> OutboxItem? {
    for _ in 0..<triesMax {
      do { return try Outbox.find(number, in: db) } catch  where ReplicaFault.mayPass(error) {
        continue
      } catch { return nil }
    }
    return nil
  }
}
