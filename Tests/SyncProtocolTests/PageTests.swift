import SwiftProtobuf
import Testing

@testable import SyncProtocol
@testable import TradeRules

@Suite("Pages are small on the wire and harmless when unpacked")
struct PageTests {
  private func units(_ count: Int) -> [Row] {
    (0..<count).map { index in
      var unit = MeasureUnit()
      unit.code = "UNIT-\(index)"
      unit.decimals = Int64(index % 4)
      unit.row.version = 1_000_000 + Int64(index)
      return unit.row
    }
  }

  private func content(_ count: Int) -> [UInt8] {
    PageContent.encode(rows: [(TableDescription.of(UnitColumns.self), units(count))])
  }

  @Test("a large page is compressed, and opens to the same rows")
  func compression() throws {
    let content = content(5_000)
    let body = try PageBody(content, compressing: true)
    #expect(body.unpackedSize == content.count && body.bytes.count < content.count / 2)
    #expect(try body.content() == content)
    #expect(try PageContent(body.content()).batches.first?.rows() == units(5_000))
  }

  @Test("small pages, and pages for a replica without zstd, travel as they are")
  func plainPages() throws {
    #expect(try PageBody(content(3), compressing: true).unpackedSize == nil)
    #expect(try PageBody(content(5_000), compressing: false).bytes == content(5_000))
  }

  @Test("a page that zstd would shrink more than fiftyfold travels as it is, so that no limit refuses it")
  func repetitivePagesAreStillReadable() throws {
    let zeros = [UInt8](repeating: 0, count: 500_000)
    let body = try PageBody(zeros, compressing: true)
    #expect(body.unpackedSize == nil)
    #expect(try body.content() == zeros)
  }

  @Test("a decompression bomb is refused before it costs memory")
  func bombs() throws {
    let honest = try PageBody(content(5_000), compressing: true)
    let size = try #require(honest.unpackedSize)
    for declared in [1, size - 1, size + 1, WireLimits.pageBytesMax, WireLimits.pageBytesMax + 1, .max] {
      #expect(throws: ProtocolViolation.self, "\(declared)") {
        try PageBody(compressed: honest.bytes, unpackedSize: declared).content()
      }
    }
    let violation = #expect(throws: ProtocolViolation.self) {
      try PageBody(compressed: [1, 2, 3], unpackedSize: 151).content()
    }
    #expect(violation?.expected.contains("50 times") == true)
  }

  @Test("keys of rows that left come after the rows, table by table")
  func leftKeys() throws {
    let left = [
      RowKey(UnitColumns.self, "DOZ"), RowKey(UnitColumns.self, "EA"),
      RowKey(StockColumns.self, "MAD", "MAIN", "CHAI-1", "", Condition.good),
    ]
    let page = try PageContent(PageContent.encode(batches: [], left: left))
    #expect(page.left == left && page.batches.isEmpty)
  }

  @Test("bytes that are no key of their table are refused")
  func badKeys() throws {
    let bad = RowKey(table: UnitColumns.number, bytes: Array("no end".utf8))
    #expect(throws: ProtocolViolation.self) { try PageContent(PageContent.encode(batches: [], left: [bad])) }
    let foreign = RowKey(table: 254, bytes: [0])
    let violation = #expect(throws: ProtocolViolation.self) {
      try PageContent(PageContent.encode(batches: [], left: [foreign]))
    }
    #expect(violation?.closeCode == .upgradeRequired)
  }

  @Test("what is too much for one page comes in several, each within its bounds and all rows in order")
  func manyPages() throws {
    let table = TableDescription.of(UnitColumns.self)
    let rows = units(70_000)
    let left = (0..<30_000).map { RowKey(UnitColumns.self, "GONE-\($0)") }
    let pages = PageContent.encodePages(rows: [(table, rows), (table, rows)], left: left)
    #expect(pages.count > 3)
    #expect(pages.allSatisfy { $0.count <= WireLimits.pageBytesTarget + 1024 })
    let read = try pages.map { try PageContent($0) }
    #expect(read.flatMap { $0.batches.flatMap { $0.rows() } } == rows + rows)
    #expect(read.flatMap(\.left) == left)
    #expect(PageContent.encodePages(rows: [(table, [])]).isEmpty)
  }

  @Test("an empty page has nothing in it")
  func emptyPage() throws {
    let page = try PageContent(try PageBody([], compressing: true).content())
    #expect(page.batches.isEmpty && page.left.isEmpty)
  }

  @Test("the largest page a sender may make fits a frame, compressed or not")
  func largestPageFits() throws {
    var dice = Dice(3)
    let noise = (0..<WireLimits.pageBytesMax).map { _ in UInt8(truncatingIfNeeded: dice.next()) }
    let page = Page(
      bucket: Bucket(String(repeating: "b", count: WireLimits.bucketBytesMax)),
      cursor: [UInt8](repeating: 1, count: WireLimits.cursorBytesMax), isSnapshot: true,
      body: try PageBody(noise, compressing: true))
    #expect(Message.page(page).encode().count <= WireLimits.frameBytesMax)
    #expect(throws: PageTooLarge.self, "one byte more is somebody's trouble, not the end of the process") {
      try PageBody(noise + [0], compressing: true)
    }
  }

  @Test("whatever word the rules allow, the bucket named after it can be told, and so can a device's name")
  func longestNames() {
    let word = String(repeating: "W", count: Names.wordBytesMax)
    let buckets: [Bucket] = [
      .stock(word), .ledger(word), .ledger(word, month: "2026-11"), .orders(word), .agent(word),
      .territory(word), .device(word),
    ]
    #expect(buckets.allSatisfy { $0.name.utf8.count <= WireLimits.bucketBytesMax })
    #expect(Names.isDeviceName(String(repeating: "N", count: WireLimits.nameBytesMax)))
    #expect(!Names.isDeviceName(String(repeating: "N", count: WireLimits.nameBytesMax + 1)))
  }

  @Test("behind a page that is nearly full there is room for the largest row of any table")
  func largestRowFits() {
    for table in TableDescription.all where !table.isCentreOnly {
      let texts = table.columns.filter { $0.kind == .personal }.count * RowLimits.textBytesMax
      let numbers = table.columns.count * 16
      let most = WireLimits.pageBytesTarget + RowLimits.rowBytesMax + texts + numbers
      #expect(most <= WireLimits.pageBytesMax, "\(table.name)")
    }
  }
}
