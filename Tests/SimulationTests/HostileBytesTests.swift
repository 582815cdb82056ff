import SyncProtocol
import Testing
import TradeRules

@testable import CentralStore
@testable import ReplicaStore
@testable import Simulator

@Suite("Bytes that nobody should send")
struct HostileBytesTests {
  /// Frames of one real conversation of Ana's, in one direction.
  private func conversation(_ shop: Shop, toCentre: Bool) throws -> [[UInt8]] {
    var frames: [[UInt8]] = []
    shop.world.onArrival = { delivery in
      guard shop.world.network.device(of: delivery.link) == "A1", !delivery.closes else { return .arrives }
      if case .centre = delivery.end {
        if toCentre { frames.append(delivery.bytes) }
      } else if !toCentre {
        frames.append(delivery.bytes)
      }
      return .arrives
    }
    try shop.cutOff(shop.ana)
    try shop.ana.orders(("CHAI", 4))
    try shop.reconnect(shop.ana)
    try shop.pia.receives(1)
    try shop.settle()
    shop.world.onArrival = nil
    return frames
  }

  /// Cut short, lengthened, with single bits changed, with other bytes in the middle.
  private func variants(of frame: [UInt8], _ random: inout Random) -> [[UInt8]] {
    var variants = [Array(frame.prefix(frame.count / 2)), frame + [0xFF], [], [0xFF]]
    for _ in 0..<12 {
      var variant = frame
      let place = Int(random.next() % UInt64(frame.count))
      variant[place] ^= 1 << UInt8(random.next() % 8)
      variants.append(variant)
    }
    var noisy = frame
    for place in stride(from: frame.count / 3, to: frame.count * 2 / 3, by: 1) {
      noisy[place] = UInt8(truncatingIfNeeded: random.next())
    }
    return variants + [noisy]
  }

  @Test("noise before a proof of identity closes the connection and changes nothing", arguments: 1...40)
  func noiseFromStrangers(seed: Int) throws {
    let shop = try Shop(staffed: ["A1"])
    var random = Random(seed: UInt64(seed), "noise")
    let head = shop.world.store.head
    let noise = random.bytes(Int(random.next() % 300) + 1)
    _ = shop.world.centre.handle([.connected(1_000)], at: shop.world.now)
    let orders = shop.world.centre.handle([.received(1_000, noise)], at: shop.world.now)
    guard case .close(1_000, .protocolViolation, _)? = orders.last else {
      return #expect(Bool(false), "\(orders)")
    }
    #expect(shop.world.centre.connections[1_000] == nil)
    #expect(shop.world.store.head == head)
  }

  @Test("frames with a changed bit never crash the centre, and decide nothing that was not signed")
  func damagedUploads() throws {
    let shop = try Shop(staffed: ["A1", "P1"])
    let frames = try conversation(shop, toCentre: true)
    let head = shop.world.store.head
    var random = Random(seed: 3, "damage")
    for frame in frames {
      for variant in variants(of: frame, &random) {
        // To a stranger's connection, and to Ana's own.
        _ = shop.world.centre.handle([.connected(1_000), .received(1_000, variant)], at: shop.world.now)
        _ = shop.world.centre.handle([.disconnected(1_000)], at: shop.world.now)
        if let link = shop.ana.device.link {
          shop.world.network.send(variant, on: link, to: .centre, at: shop.world.now)
        }
        try shop.world.run(milliseconds: 50)
      }
    }
    #expect(shop.world.store.head == head)
    try shop.world.setOnline("A1", true)
    try shop.expectAllIsWell()
  }

  @Test("frames with a changed bit never crash a replica, and it ends up with the centre's rows")
  func damagedDownloads() throws {
    let shop = try Shop(staffed: ["A1", "P1"])
    let frames = try conversation(shop, toCentre: false)
    var random = Random(seed: 4, "damage")
    for frame in frames {
      for variant in variants(of: frame, &random) {
        if let link = shop.ana.device.link {
          shop.world.network.send(variant, on: link, to: .device("A1"), at: shop.world.now)
        }
        try shop.world.run(milliseconds: 50)
      }
    }
    try shop.world.setOnline("A1", true)
    try shop.pia.receives(2)
    try shop.expectAllIsWell()
  }

  @Test(
    "edits that would make a record larger than a page are refused: everybody goes on, a new device loads")
  func rowsThatOutgrowAPage() throws {
    let shop = try Shop(staffed: ["A1", "HQ"])
    func edits(_ bytes: Int) -> [Filled<EditCustomer>] {
      let long = PersonalText(String(repeating: "x", count: bytes))
      let changes: [(inout Filled<EditCustomer>) -> Void] = [
        { $0.phone = long }, { $0.email = long }, { $0.address = long }, { $0.taxId = long },
        { $0.name = long },
      ]
      return changes.map { change in
        var form = Filled<EditCustomer> { ($0.id, $0.code) = (Shop.customerID(1), "C-ANA") }
        change(&form)
        return form
      }
    }
    // Four of these were a megabyte: the row fitted no page, and who asked for it ended the centre.
    for edit in edits(261_900) {
      #expect(try shop.world.decide(edit).map(\.codes) == [[.malformed]])
      #expect(throws: Refusal.self) { try shop.ana.record(edit) }
    }
    for edit in edits(RowLimits.textBytesMax) {
      try shop.ana.record(edit)
      try shop.settle()
    }
    let long = String(repeating: "x", count: RowLimits.textBytesMax)
    try shop.headquarters.record(Filled<EditProduct> { ($0.sku, $0.name) = ("CHAI", long) })
    try shop.settle()
    let last = Filled<EditProduct> { ($0.sku, $0.description) = ("CHAI", long) }
    #expect(try shop.world.decide(last).map(\.codes) == [[.badValue]])
    #expect(throws: Refusal.self) { try shop.headquarters.record(last) }
    try shop.hire("A2")
    try shop.settle()
    #expect(
      try shop.anasPhone.books.find(ProductColumns.self, key: RowKey(ProductColumns.self, "CHAI"))?.name
        == long)
    #expect(
      try shop.anasPhone.books.all(CustomerColumns.self).first?.taxId.text.utf8.count == long.utf8.count)
    try shop.expectAllIsWell()
  }

  @Test("a message that does not belong here closes the connection with a protocol violation")
  func outOfPlace() throws {
    let shop = try Shop(staffed: ["A1"])
    try shop.send(.settled(Settled(through: 1)), from: shop.ana)
    var closed: [Code?] = []
    shop.world.onArrival = { delivery in
      if delivery.closes { closed.append(shop.ana.device.host.progress.trouble) }
      return .arrives
    }
    try shop.world.run(milliseconds: 100)
    #expect(closed.count == 1)
    try shop.expectAllIsWell()
  }

  @Test("a place in a download that lies before the first version is no place")
  func impossibleCursor() {
    let key = RowKey(ProductColumns.self, "CHAI")
    /// A leg of the catalog behind a change of a version, as a varint in zigzag.
    func cursor(_ version: [UInt8]) -> [UInt8] {
      let place = [2, 0] + version + [key.table] + key.bytes
      return [0, 7] + Array("catalog".utf8) + [UInt8(place.count)] + place
    }
    #expect(Download(cursor: cursor([8]))?.legs.count == 1)
    #expect(Download(cursor: cursor([7])) == nil)
    #expect(Download(cursor: cursor([UInt8](repeating: 0xFF, count: 9) + [1])) == nil)
    // More in common with the name before than that has; and as far as nobody came before.
    #expect(Download(cursor: [1] + cursor([8]).dropFirst()) == nil)
    #expect(Download(cursor: [0, 1, 0x61, 0]) == nil)
  }

  @Test("a device that brings the same work in twice keeps nobody from being decided")
  func broughtTwice() throws {
    let shop = try Shop(staffed: ["A1", "P1"])
    let bring = Filled<BringWork> {
      ($0.device, $0.number, $0.chainHash) = ("Z9", 1, [UInt8](repeating: 7, count: 32))
    }
    _ = try shop.ana.device.record(in: shop.world) { _ in [Draft(bring), Draft(bring)] }
    try shop.pia.receives(1)
    try shop.settle()
    #expect(try shop.centre.onHand() == 101)
    try shop.expectAllIsWell()
  }

  @Test("a download of three thousand ledgers has a cursor that fits its message")
  func manyBuckets() throws {
    let buckets = (1...50).flatMap { place in
      (1...60).map { Bucket.ledger("WAREHOUSE-\(place)", month: "20\(10 + $0 / 12)-\(10 + $0 % 12)") }
    }.sorted()
    let download = Download(of: buckets, changedAfter: 1_000_000)
    #expect(download.cursor.count <= WireLimits.cursorBytesMax)
    let read = try #require(Download(cursor: download.cursor))
    #expect(read.legs.map(\.bucket) == buckets)
    #expect(read.cursor == download.cursor)
  }

  @Test("a tablet that holds the ledgers of many years still says hello in what a stranger may say")
  func manyYears() throws {
    let shop = try Shop(staffed: ["P1"])
    try shop.cutOff(shop.pia)
    try shop.pia.receives(4)
    try shop.pia.device.store.write { db in
      for number in 1...3_000 {
        try db.execute(
          sql: "INSERT INTO bucket (name, digest) VALUES (?, zeroblob(16))",
          arguments: ["ledger/W1/years-ago-\(number)"])
      }
    }
    var sizes: [Int] = []
    shop.world.onArrival = { delivery in
      if case .centre = delivery.end, !delivery.closes, case .hello = try Message.decode(delivery.bytes) {
        sizes.append(delivery.bytes.count)
      }
      return .arrives
    }
    try shop.reconnect(shop.pia)
    #expect(sizes.allSatisfy { $0 <= WireLimits.frameBytesBeforeProofMax } && !sizes.isEmpty, "\(sizes)")
    #expect(sizes.allSatisfy { $0 > WireLimits.frameBytesBeforeProofMax / 2 }, "what fits is said: \(sizes)")
    #expect(try shop.centre.onHand() == 104)
    try shop.expectAllIsWell()
  }

  @Test("who asks more about a bucket than is answered is cut off; who asks the same again is answered once")
  func manyQuestions() throws {
    let shop = try Shop(staffed: ["A1"])
    let number = try #require(shop.world.centre.connections.first { $0.value.device == "A1" }?.key)
    let question = Compare(bucket: .catalog, bits: 8)
    try shop.world.centre.summarise(question, for: number, at: shop.world.now)
    try shop.world.centre.summarise(question, for: number, at: shop.world.now)
    #expect(shop.world.centre.ranges.questions.count == 1)
    #expect(throws: ProtocolViolation.self) {
      try shop.world.centre.summarise(
        Compare(bucket: .catalog, bits: 12, ranges: [1]), for: number, at: shop.world.now)
    }
  }
}
