import SyncProtocol
import SyncSession
import Testing
import TradeRules

@testable import CentralStore
@testable import Simulator

@Suite("Pages are read once for all who lack the same")
struct SharedPageStories {
  @Test("the pages of a bucket are made once for all the devices that start together")
  func sharedPages() throws {
    var limits = SyncLimits()
    limits.pageRowsMax = 50
    let shop = try Shop(staffed: [], limits: limits)
    try shop.decide(
      Filled<ImportProducts> { $0.rows = (0..<400).map { Shop.product("ART-\($0)") } })
    try shop.settle()
    let before = shop.world.centre.pages
    try shop.hire("A1")
    try shop.settle()
    let first = shop.world.centre.pages
    for code in ["P1", "P2", "B1"] { try shop.hire(code) }
    try shop.settle()
    let after = shop.world.centre.pages
    // The catalog and what else is common; each device has its own bucket, each agent another.
    #expect(first.made - before.made > 8)
    #expect(after.made - first.made < 16)
    #expect(after.shared - first.shared >= 3 * 9)
    try shop.expectAllIsWell()
  }

  @Test(
    "G26 G10 rows as large as can be: no more bytes are under way to a device than may be, and all arrive")
  func largeRows() throws {
    var limits = SyncLimits()
    limits.pageBytes = 8_000
    limits.pageBytesInFlightMax = 20_000
    let shop = try Shop(staffed: ["A1"], limits: limits)
    let inspector = Inspector(shop.world)
    var most = 0
    shop.world.witness = { happening in
      try inspector.see(happening)
      guard case .said(let bytes, _, _) = happening else { return }
      most = max(most, bytes.count)
    }
    let chance = RandomSource(seed: 3, "texts")
    for number in 1...30 {
      try shop.decide(
        Filled<EditProduct> {
          $0.sku = "CHAI"
          $0.name = "Chai \(number)"
        })
      try shop.decide(
        Filled<ImportProducts> {
          let product = Shop.product("P-\(number)")
          $0.rows = [
            Filled {
              $0 = product
              $0.description = chance.bytes(7_000).map { String($0, radix: 16) }.joined()
            }
          ]
        })
    }
    for code in ["P1", "B1"] { try shop.hire(code) }
    try shop.settle()
    #expect(most > 6_000, "the pages are large, however they are packed")
    try shop.expectAllIsWell()
  }

  @Test("shared pages that were read before a change do not hide it")
  func sharedPagesAge() throws {
    let shop = try Shop(staffed: ["A1"])
    for round in 1...3 {
      try shop.decide(
        Filled<EditProduct> {
          $0.sku = "CHAI"
          $0.name = "Chai \(round)"
        })
      try shop.hire(["P1", "P2", "B1"][round - 1])
      try shop.settle()
    }
    try shop.expectAllIsWell()
  }

  @Test("the cache of pages keeps within its bytes, and drops what was not asked for longest")
  func cacheBounds() throws {
    var cache = PageCache(bytesMax: 3_000)
    func place(_ number: Int) -> PageCache.Place {
      .rows(Bucket("b\(number)"), after: nil)
    }
    for number in 0..<5 {
      let body = try PageBody([UInt8](repeating: UInt8(number), count: 500), compressing: false)
      cache.keep(PageCache.Entry(body: body, next: nil, readAt: 10), at: place(number))
      _ = cache.page(at: place(0), base: 10, bucketVersion: 10)
    }
    #expect(cache.bytes <= 3_000)
    #expect(cache.page(at: place(0), base: 10, bucketVersion: 10) != nil)
    #expect(cache.page(at: place(1), base: 10, bucketVersion: 10) == nil)
    // Shared as long as little changed since.
    cache.count(PageCache.sharedChangesMax, changedIn: place(0).bucket)
    #expect(cache.base(of: place(0).bucket, head: 50, horizon: 0) == 10)
    cache.count(1, changedIn: place(0).bucket)
    #expect(cache.base(of: place(0).bucket, head: 50, horizon: 0) == 50)
    // Read before the download began, and the bucket changed since.
    #expect(cache.page(at: place(4), base: 11, bucketVersion: 11) == nil)
    #expect(cache.page(at: place(4), base: 11, bucketVersion: 9) != nil)
  }

  @Test("what changed in a night is read once for all who come back in the morning, wherever each had been")
  func sharedChanges() throws {
    var limits = SyncLimits()
    limits.pageRowsMax = 50
    let shop = try Shop(staffed: ["A1", "P1", "B1"], limits: limits)
    for (ordinal, code) in ["A1", "P1", "B1"].enumerated() {
      // The log goes on, in a bucket that none of them has: each is at another version.
      let ordinal = UInt64(70 + ordinal)
      try shop.decide(
        Filled<ImportCustomers> { $0.rows = [Shop.customer("C-\(ordinal)", of: "ZOE", ordinal)] })
      try shop.world.run(milliseconds: 20_000)
      try shop.world.setOnline(code, false)
    }
    try shop.decide(Filled<ImportProducts> { $0.rows = (0..<400).map { Shop.product("ART-\($0)") } })
    try shop.settle()
    let before = shop.world.centre.pages
    try shop.world.setOnline("A1", true)
    try shop.settle()
    let first = shop.world.centre.pages
    #expect(first.made - before.made >= 8)
    for code in ["P1", "B1"] { try shop.world.setOnline(code, true) }
    try shop.settle()
    let after = shop.world.centre.pages
    #expect(after.made - first.made < 8)
    #expect(after.shared - first.shared >= 2 * 8)
    try shop.expectAllIsWell()
  }
}
