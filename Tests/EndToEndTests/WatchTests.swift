import Foundation
import Testing

@Suite("A device that stays connected")
struct WatchTests {
  enum End: CaseIterable { case stopped, killed }

  @Test(
    "G10 G5 sync --watch sends what is recorded at once, and by itself what was recorded while the centre was away",
    .timeLimit(.minutes(3)), arguments: End.allCases)
  func restartedCentre(end: End) async throws {
    let company = try Company()
    try await company.open()
    try await company.importBasics()
    let tablet = try await company.enrol("W1", as: "warehouse", "--warehouse", "MAD")
    let live = try company.start(tablet, "sync", "--watch")
    try await receive(3, on: tablet, of: company)
    try await waitForStock(103, in: company)
    switch end {
    case .stopped: try await company.close()
    case .killed: await company.kill()
    }
    try await receive(4, on: tablet, of: company)
    #expect(try await company.on(tablet, "status")["unsent"].number == 1)
    try await company.open()
    try await waitForStock(107, in: company)
    live.send(SIGINT)
    live.kill(after: 20)
    let ended = await live.ended()
    #expect(ended.status == 0, "\(ended)")
    try await company.expectVerified([tablet])
    try await company.close()
  }

  private func receive(_ quantity: Int, on tablet: Company.Device, of company: Company) async throws {
    try await company.on(
      tablet, "stock", "receive", "P-1", "\(quantity)", "--warehouse", "MAD", "--bin", "A-01")
  }

  /// Nobody syncs by hand meanwhile.
  private func waitForStock(_ quantity: Decimal, in company: Company) async throws {
    let pulse = Latch()
    for _ in 0..<400 {
      if try await company.atCentre("export", "stock")[0]["qty"].number == quantity { return }
      await pulse.wait(atMost: 0.05)
    }
    throw Surprise("the centre never had \(quantity)")
  }
}
