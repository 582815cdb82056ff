import Testing
import TradeRules

@testable import ReplicaStore

@Suite("Which bin is meant when nobody names one")
struct MeantBinTests {
  private func meant(_ desk: Desktop, isCount: Bool = false, at warehouse: String = "W1") throws -> String? {
    try desk.store.view { try $0.meantBin(of: "CHAI", at: warehouse, isCount: isCount) }
  }

  @Test("the product's only bin; MAIN when it is nowhere; staging and empty bins are no place to put it")
  func only() throws {
    let desk = try Desktop("W1", .warehouse)
    try desk.addProduct("CHAI")
    #expect(try meant(desk) == "MAIN")
    try desk.addStock("CHAI", 4, bin: BinColumns.staging)
    try desk.addStock("CHAI", 0, bin: "B-01")
    try desk.addStock("CHAI", 7, bin: "A-01")
    #expect(try meant(desk) == "A-01")
    #expect(try meant(desk, isCount: true) == "A-01")
  }

  @Test("of several bins a receipt takes MAIN, and a count takes none: it would say nothing about any")
  func several() throws {
    let desk = try Desktop("W1", .warehouse)
    try desk.addProduct("CHAI")
    try desk.addStock("CHAI", 7, bin: "A-01")
    try desk.addStock("CHAI", 3, bin: "B-01")
    #expect(try meant(desk) == "MAIN")
    #expect(try meant(desk, isCount: true) == nil)
  }

  @Test("a device that does not see a warehouse's stock names no bin of it")
  func unseen() throws {
    let desk = try Desktop("W1", .warehouse)
    try desk.addProduct("CHAI")
    #expect(try meant(desk, at: "W2") == nil)
  }
}
