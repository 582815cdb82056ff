import Testing
import TradeRules

@testable import ReplicaStore
@testable import WaybillClient

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

  @Test("a pick takes the lot that expires first and has so much; a count is of the only lot that lies there")
  func lots() throws {
    let desk = try Desktop("W1", .warehouse)
    try desk.addProduct("CHAI")
    try desk.addStock("CHAI", 3, lot: "L1", expiry: "2027-01-31")
    #expect(try desk.store.view { try $0.onlyLot(of: "CHAI", at: "W1", in: "A-01") } == "L1")
    try desk.addStock("CHAI", 9, lot: "L0", expiry: "2027-06-30")
    try desk.addStock("CHAI", 5)
    func picked(_ quantity: Quantity, in bin: String? = "A-01") throws -> String? {
      try desk.store.view { try $0.meantLot(of: "CHAI", at: "W1", in: bin, quantity) }
    }
    #expect(try picked(2) == "L1")
    #expect(try picked(4) == "L0")
    #expect(try picked(20) == nil, "no lot has so much: nobody knows which were taken")
    #expect(try picked(2, in: nil) == nil)
    let refusal = #expect(throws: Failure.self) {
      _ = try desk.store.view { try $0.onlyLot(of: "CHAI", at: "W1", in: "A-01") }
    }
    #expect(refusal?.code == .badValue)
    #expect(try desk.store.view { try $0.onlyLot(of: "CHAI", at: "W1", in: "B-01") } == nil)
  }

  @Test("a device that does not see a warehouse's stock names no bin of it")
  func unseen() throws {
    let desk = try Desktop("W1", .warehouse)
    try desk.addProduct("CHAI")
    #expect(try meant(desk, at: "W2") == nil)
  }
}
