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
      try desk.store.view {
        try $0.meantPlace(
          of: "CHAI", at: "W1", bin: bin, lot: nil, taking: quantity, firstToExpire: true
        ).lot
      }
    }
    #expect(try picked(2) == "L1")
    #expect(try picked(4) == "L0")
    #expect(try picked(20) == nil, "no lot has so much: nobody knows which were taken")
    #expect(try picked(2, in: nil) == "L1")
    let refusal = #expect(throws: Failure.self) {
      _ = try desk.store.view { try $0.onlyLot(of: "CHAI", at: "W1", in: "A-01") }
    }
    #expect(refusal?.code == .badValue)
    #expect(try desk.store.view { try $0.onlyLot(of: "CHAI", at: "W1", in: "B-01") } == nil)
  }

  private func place(
    _ desk: Desktop, _ quantity: Quantity, bin: String? = nil, lot: String? = nil, isPick: Bool = false
  ) throws -> [String?] {
    let place = try desk.store.view {
      try $0.meantPlace(of: "CHAI", at: "W1", bin: bin, lot: lot, taking: quantity, firstToExpire: isPick)
    }
    return [place.bin, place.lot]
  }

  private func code(_ work: () throws -> Void) -> Code? {
    do { try work() } catch let refusal as Refusal { return refusal.code } catch {}
    return nil
  }

  @Test("what is taken comes from the only bin with enough; between several somebody has to say which")
  func enough() throws {
    let desk = try Desktop("W1", .warehouse)
    try desk.addProduct("CHAI")
    #expect(try place(desk, 5, isPick: true) == ["MAIN", nil], "nothing is known: MAIN, as before")
    try desk.addStock("CHAI", 9, bin: BinColumns.staging)
    try desk.addStock("CHAI", 30, bin: "A-02")
    #expect(try place(desk, 50, isPick: true) == ["A-02", nil], "more than the books say, from the only bin")
    try desk.addStock("CHAI", 10, bin: "RCV-01")
    for isPick in [true, false] {
      #expect(try place(desk, 20, isPick: isPick) == ["A-02", nil])
      for quantity in [5, 50] as [Quantity] {
        #expect(code { _ = try place(desk, quantity, isPick: isPick) } == .binRequired)
        #expect(try place(desk, quantity, bin: "RCV-01", isPick: isPick) == ["RCV-01", nil])
      }
    }
    #expect(code { _ = try place(desk, .zero) } == .binRequired, "what was found lies somewhere")
  }

  @Test("a pick takes what expires first, wherever it lies; what is thrown away is named")
  func firstToExpire() throws {
    let desk = try Desktop("W1", .warehouse)
    try desk.addProduct("CHAI")
    try desk.addStock("CHAI", 30, bin: "A-02", lot: "L9", expiry: "2027-09-30")
    try desk.addStock("CHAI", 10, bin: "RCV-01", lot: "L3", expiry: "2027-03-31")
    #expect(try place(desk, 5, isPick: true) == ["RCV-01", "L3"])
    #expect(try place(desk, 20, isPick: true) == ["A-02", "L9"])
    #expect(try place(desk, 5, lot: "L9", isPick: true) == ["A-02", "L9"])
    #expect(try place(desk, 20) == ["A-02", "L9"])
    #expect(code { _ = try place(desk, 5) } == .binRequired)
    try desk.addStock("CHAI", 8, bin: "RCV-01", lot: "L4", expiry: "2027-04-30")
    #expect(code { _ = try place(desk, 5, bin: "RCV-01") } == .badValue)
    #expect(try place(desk, 9, bin: "RCV-01") == ["RCV-01", "L3"])
  }

  @Test("a device that does not see a warehouse's stock names no bin of it")
  func unseen() throws {
    let desk = try Desktop("W1", .warehouse)
    try desk.addProduct("CHAI")
    #expect(try meant(desk, at: "W2") == nil)
  }
}
