import Testing

@testable import TradeRules

/// Numbers are GS1's own examples, or checked by hand (General Specifications 7.9).
@Suite("A scan is taken apart")
struct ScanTests {
  private static let separator = "\u{1D}"

  private func scan(_ text: String) throws -> Scan { try Scan(text, year: 2026) }

  @Test("an element string as a scanner sends it gives product, expiry, lot and serial")
  func elements() throws {
    let raw = "]C101040063813339311727033110L77\(Self.separator)21S-9"
    let scan = try scan(raw)
    #expect((scan.gtin, scan.code) == ("04006381333931", "04006381333931"))
    #expect((scan.expiry, scan.lot, scan.serial) == ("2027-03-31", "L77", "S-9"))
    #expect(scan.raw == raw)
  }

  @Test("the same printed with brackets, and sent without telling that it is one, says the same")
  func forms() throws {
    for text in [
      "(01)04006381333931(17)270331(10)L77", "01040063813339311727033110L77",
      "\(Self.separator)01040063813339311727033110L77\(Self.separator)", "]d201040063813339311727033110L77",
    ] {
      let scan = try scan(text)
      #expect((scan.gtin, scan.expiry, scan.lot) == ("04006381333931", "2027-03-31", "L77"), "\(text)")
    }
  }

  @Test("day 00 is the last day of the month, in leap years too")
  func lastDay() throws {
    #expect(try scan("(17)270200").expiry == "2027-02-28")
    #expect(try scan("(15)280200").bestBefore == "2028-02-29")
    #expect(try scan("(11)261100").madeOn == "2026-11-30")
  }

  @Test("two digits of a year mean the nearest: 49 years back, 50 on")
  func century() throws {
    #expect(try scan("(17)761231").expiry == "2076-12-31")
    #expect(try scan("(11)770101").madeOn == "1977-01-01")
    #expect(try Scan("(17)010101", year: 2099).expiry == "2101-01-01")
  }

  @Test("a pallet's number, its content and count, weights, orders and places")
  func more() throws {
    let pallet = try scan("]C100106141412345678908021061414100041537024")
    #expect((pallet.sscc, pallet.gtin) == ("106141412345678908", "10614141000415"))
    #expect(pallet.count == 24)
    #expect(try scan("(01)04006381333931(3103)001500").netWeight == Quantity(thousandths: 1_500))
    #expect(try scan("(01)04006381333931(3105)123456").netWeight == Quantity(thousandths: 1_235))
    let place = try scan("]C1400PO-7\(Self.separator)41040000010000054144012345000009")
    #expect((place.orderReference, place.shipTo) == ("PO-7", "4000001000005"))
    #expect((place.location, place.code) == ("4012345000009", nil))
  }

  @Test("elements we do not use are passed over, whether their length is fixed or not")
  func others() throws {
    let scan = try scan("]C1200591FREE\(Self.separator)0104006381333931330200150010L7")
    #expect((scan.gtin, scan.lot) == ("04006381333931", "L7"))
  }

  @Test("a plain code is itself; one of a GTIN's length is that GTIN")
  func plain() throws {
    #expect(try scan("4006381333931").code == "04006381333931")
    #expect(try scan("]E04006381333931").gtin == "04006381333931")
    #expect(try scan("96385074").gtin == "00000096385074")
    #expect(try scan("SHELF 7").code == "SHELF 7")
    #expect(try scan("SHELF 7").gtin == nil)
    #expect(try scan("]A0X-1").code == "X-1")
  }

  @Test("what is misread is refused and says where")
  func faults() {
    let faults: [(String, ScanFault)] = [
      ("(01)04006381333932", .badElement("01", "04006381333932")),
      ("(17)271331", .badElement("17", "271331")),
      ("(17)270230", .badElement("17", "270230")), ("]C10104006381", .truncated("01")),
      ("]C1310", .truncated("310")), ("4006381333932", .unreadable("4006381333932")), ("", .unreadable("")),
      ("(10)", .badElement("10", "")), ("(30)1x", .badElement("30", "1x")),
      ("(10)abcdefghijklmnopqrstu", .badElement("10", "abcdefghijklmnopqrstu")),
    ]
    for (text, fault) in faults {
      #expect(throws: fault, "\(text)") { try scan(text) }
    }
  }

  @Test("no text a scanner could send breaks it, and what it reads it keeps")
  func fuzz() {
    var random = SeededGenerator(seed: 7)
    let pieces = [
      "]C1", "]E0", "(", ")", "01", "02", "00", "10", "17", "21", "30", "37", "3103", "400", "410", "414",
      "99",
      "04006381333931", "270300", "270331", "L77", "é", "\u{1D}", "\u{0}", " ", "-", "7",
    ]
    for _ in 0..<20_000 {
      let count = Int.random(in: 0...8, using: &random)
      let text = (0..<count).map { _ in pieces[Int.random(in: 0..<pieces.count, using: &random)] }.joined()
      guard let scan = try? Scan(text, year: 2026) else { continue }
      #expect(scan.raw == text)
      if let gtin = scan.gtin { #expect(Names.hasCheckDigit(gtin)) }
      if let expiry = scan.expiry { #expect(CivilDate(expiry) != nil) }
    }
  }
}
