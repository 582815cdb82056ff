import Foundation
import Testing

@Suite("An enrolment whose centre has moved")
struct EnrolmentElsewhereTests {
  @Test(
    "G10 an enrolment whose first load was cut goes on where the centre is now, with the code that it has spent",
    .timeLimit(.minutes(3)))
  func resumedElsewhere() async throws {
    let company = try Company()
    try await company.open()
    try await company.importBasics()
    try await company.importIncompressible(products: 500)
    let invitation = try await company.atCentre(
      "invite", "--name", "Ana's phone", "--role", "agent", "--device-code", "A1", "--agent", "ANA",
      "--territory", "IBERIA", "--warehouse", "MAD")
    let secret = try #require(invitation["code"].text)
    let phone = Company.Device(code: "A1", replica: company.path("A1.waybill"))
    // The code is spent within the first of these bytes, and the catalog takes more than the others.
    let old = try Relay(to: company.port, cutAfter: 4_000)
    let cut = try await company.run(phone, ["enroll", old.address, "--code", secret])
    #expect(cut.status == 7, "\(cut)")
    #expect(!FileManager.default.fileExists(atPath: phone.replica))
    #expect(try await company.atCentre("device", "show", "A1")["state"].text == "active")
    let other = Company.Device(code: "A2", replica: company.path("A2.waybill"))
    let refused = try await company.run(other, ["enroll", company.address, "--code", secret])
    #expect(refused.status != 0 && refused.errors.contains("CODE_INVALID"), "\(refused)")

    let enrolled = try await company.on(phone, ["enroll", company.address, "--code", secret])
    #expect(enrolled["device"].text == "A1", "\(enrolled)")
    #expect(try await company.on(phone, "status")["url"].text == company.address)
    try await company.on(phone, "customer", "set", "C-1", "phone=+33 9 99")
    try await company.sync(phone)
    #expect(try await company.on(phone, "product", "show", "R-500")["sku"].text == "R-500")
    try await company.expectVerified([phone])
    try await company.close()
  }
}

extension Company {
  /// Imports products whose names cannot be packed.
  fileprivate func importIncompressible(products: Int) async throws {
    var chance = Chance(seed: 7)
    let rows = (1...products).map { number -> String in
      "R-\(number)," + (1...3).map { _ in String(chance.next(), radix: 36) }.joined()
    }
    let csv = path("incompressible.csv")
    try Data((["sku,name"] + rows + [""]).joined(separator: "\n").utf8).write(to: URL(filePath: csv))
    let summary = try await atCentre("import", "products", csv)
    #expect(summary["create"].number == Decimal(products), "\(summary)")
  }
}
