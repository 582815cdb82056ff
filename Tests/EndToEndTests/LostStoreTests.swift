import Foundation
import Testing

@Suite("A centre whose store is lost")
struct LostStoreTests {
  @Test(
    "#67 G27 a store is lost: its backups are listed, the server makes no other, and the last brings it back",
    .timeLimit(.minutes(4)))
  func lostStore() async throws {
    let company = try Company()
    try await company.open()
    try await company.importBasics()
    let tablet = try await company.enrol("W1", as: "warehouse", "--warehouse", "MAD")
    let backup = try #require(try await company.atCentre("backup", "create")["id"].text)
    try await company.on(tablet, "stock", "receive", "P-1", "7", "--warehouse", "MAD", "--bin", "A-01")
    try await company.sync(tablet)
    try await company.close()
    try FileManager.default.removeItem(atPath: company.path("centre/centre.db"))

    let listed = try await company.atCentre("backup", "list")
    #expect(listed["backups"].list.compactMap { $0["id"].text } == [backup])
    let refused = try await company.atCentre("serve", "--listen", "127.0.0.1:0", exits: 3)
    #expect(refused["error"]["code"].text == "NO_STORE")
    #expect(refused["error"]["hint"].text?.contains("waybill-server restore \(backup)") == true)
    #expect(!FileManager.default.fileExists(atPath: company.path("centre/centre.db")))

    _ = try await company.atCentre("restore", backup)
    try await company.open()
    try await company.sync(tablet)
    #expect(try await company.atCentre("export", "stock")[0]["qty"].number == 107)
    try await company.expectVerified([tablet])
    try await company.close()
  }
}
