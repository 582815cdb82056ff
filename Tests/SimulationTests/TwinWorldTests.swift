import SyncProtocol
import Testing
import TradeRules
import TradeTables

@testable import CentralStore
@testable import Simulator

@Suite("G15 what the simulator holds against all that a device is sent")
struct TwinWorldTests {
  @Test("G15 a device is sent the same bytes at the same moments, whatever is said of what it must not see")
  func twins() throws {
    var compared = 0
    for seed in 1...200 as ClosedRange<UInt64> where compared == 0 {
      guard TwinWorlds(seed: seed, Swarm(seed: seed)) != nil else { continue }
      let first = try Simulation(seed: seed)
      let finding = first.run() ?? TwinWorlds.finding(of: first)
      #expect(finding == nil, "seed \(seed): \(finding.map { "\($0.checker): \($0.message)" } ?? "")")
      compared = first.inspector.tally.counts["secrets of twin worlds"] ?? 0
    }
    #expect(compared > 0)
  }

  private func sent(_ message: Message, at milliseconds: Int64 = 0) -> TwinWatch.Sent {
    let delivery = Network.Delivery(link: 1, end: .device("A1"), bytes: message.encode(), closes: false)
    return TwinWatch.Sent(at: Instant(milliseconds: milliseconds), delivery: delivery)
  }

  private func checkpoint(_ digests: [Checkpoint.Digest] = [], hash: UInt8 = 1) -> Message {
    .checkpoint(
      Checkpoint(
        version: 7, appliedThrough: 0, digests: digests, centreTime: Instant(milliseconds: 0),
        headHash: [UInt8](repeating: hash, count: 32)))
  }

  @Test("G15 another byte, moment or message tells two worlds apart; the log's hash does not")
  func differences() throws {
    let plain = sent(checkpoint())
    #expect(try TwinWorlds.difference([plain], [sent(checkpoint(hash: 2))]) == nil)
    let digests = (1...2 as ClosedRange<UInt8>).map { byte in
      Checkpoint.Digest(bucket: .catalog, bytes: [UInt8](repeating: byte, count: 16))
    }
    let (one, other) = (sent(checkpoint([digests[0]])), sent(checkpoint([digests[1]])))
    #expect(try TwinWorlds.difference([one], [other])?.contains("has other bytes") == true)
    let late = try TwinWorlds.difference([plain, one], [plain, sent(checkpoint([digests[0]]), at: 1)])
    #expect(late?.hasPrefix("message 2, ") == true)
    let more = try TwinWorlds.difference([plain], [plain, one])
    #expect(more?.hasPrefix("only the second has ") == true)
  }

  @Test("G15 what is said in the place of a secret is alike where the secret was, and as long")
  func disguise() {
    let texts: Set = ["note 1", "Note 12", "TX-1"]
    func disguise(_ isLonger: Bool) -> Disguise {
      Disguise(texts: texts, visible: [], seesMoney: true, isLonger: isLonger)
    }
    #expect(disguise(false).text("TX-1") == "GK-6")
    #expect(disguise(true).text("TX-1") == "GK-6GK-6")
    #expect(disguise(false).text("TX-2") == "TX-2")
    let keys = texts.map { MatchKey.of(disguise(false).text($0)) }
    #expect(Set(keys).count == 3)
    #expect([1, 2, 3, 98].map { disguise(false).amount($0, for: .none) } == [1, 3, 2, 99])
  }

  // MARK: Scope taint

  /// A page for a picker with rows or keys that are not what it may have.
  private func page(
    of bucket: Bucket, rows: [(table: TableDescription, rows: [Row])] = [], left: [RowKey] = [],
    cursor: [UInt8] = []
  ) throws -> Message {
    let body = try PageBody(PageContent.encode(rows: rows, left: left), compressing: false)
    return .page(Page(bucket: bucket, cursor: cursor, isSnapshot: false, body: body))
  }

  private static let products = TableDescription.of(ProductColumns.self)
  private static let customers = TableDescription.of(CustomerColumns.self)

  /// What must not be said to a picker in W1, one message each.
  private func leaks(_ customer: Row, _ renamed: Row) throws -> [Message] {
    let (agents, zeros) = (Bucket.agent("ANA"), [UInt8](repeating: 0, count: 64))
    let (products, customers) = (TwinWorldTests.products, TwinWorldTests.customers)
    let digest = Array(zeros.prefix(16))
    let welcome = Welcome(
      epoch: .none, centreTime: Instant(milliseconds: 0), incarnation: .none,
      grants: Grants(exact: [.catalog, agents]), appliedThrough: 0, headVersion: 1,
      headHash: Array(zeros.prefix(32)), signature: zeros)
    return try [
      .welcome(welcome), .settled(Settled(through: 999)),
      .refused(Refused(code: "Ana's customer owes us money")), .fetch(Fetch(buckets: [.catalog])),
      .wipe(Wipe(through: 0, signature: zeros)),
      .summary(Summary(bucket: .hq, bits: 8, rows: 0, digests: [UInt64](repeating: 0, count: 256))),
      .surplus(Surplus(bucket: agents, hashes: [])),
      checkpoint([.init(bucket: agents, bytes: digest)]),
      checkpoint([.init(bucket: .reference, bytes: digest)]),
      page(of: agents), page(of: .catalog, rows: [(customers, [customer])]),
      page(of: .catalog, rows: [(products, [renamed])]),
      page(of: .orders("W1"), left: [customers.key(of: customer)]),
      page(of: .catalog, cursor: [2] + Array("hq".utf8) + [0]),
    ]
  }

  @Test("G15 whatever message it is in: what its receiver may not see is noticed")
  func taint() throws {
    let shop = try Shop()
    let (product, customer) = try shop.world.store.read { db in
      (
        try TradeTables.row(RowKey(ProductColumns.self, "CHAI"), in: db),
        try TradeTables.scan(TwinWorldTests.customers, limit: 1, in: db).first
      )
    }
    var renamed = Record<ProductColumns>(try #require(product))
    renamed.name = "Mate"
    for message in try leaks(try #require(customer), renamed.row) {
      #expect(throws: Finding.self, "\(message)") {
        try ScopeTaint.check(message, to: shop.pia.code, in: shop.world, Tally())
      }
    }
    let harmless = try page(of: .catalog, rows: [(TwinWorldTests.products, [try #require(product)])])
    try ScopeTaint.check(harmless, to: shop.pia.code, in: shop.world, Tally())
  }
}
