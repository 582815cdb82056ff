import Foundation
import Testing

@Suite("An import that is killed")
struct ImportKillTests {
  @Test(
    "G1 killed at any moment and taken up again, a packed file comes in whole and once, as one import of the log",
    .timeLimit(.minutes(5)), arguments: [0.4, 1.2, 2.5])
  func killAndResume(after seconds: Double) async throws {
    let company = try Company()
    let rows = (1...3_000).map { "P-\($0),Product \($0)" }
    let file = company.path("products.csv")
    try Data(("sku,name\n" + rows.joined(separator: "\n") + "\n").utf8).write(to: URL(filePath: file))
    let packed = try await Programs.run(URL(filePath: "/usr/bin/env"), ["gzip", file])
    try #require(packed.status == 0, "\(packed)")
    let command = ["import", "products", file + ".gz", "--data", company.path("centre"), "--json"]
    let running = try Running(Programs.server, command)
    running.kill(after: seconds)
    _ = await running.ended()

    let summary = try await company.atCentre("import", "products", file + ".gz", "--resume")
    let created = summary["create"].number ?? 0
    #expect(created + (summary["unchanged"].number ?? 0) == 3_000, "\(summary)")
    let exported = try await company.atCentre("export", "products")
    #expect(exported.list.count == 3_000)
    let log = try await company.atCentre("log")
    let kinds = log["operations"].list.compactMap { $0["kind"].text }
    #expect(kinds.filter { $0 == "import.begin" }.count == 1)
    #expect(kinds.filter { $0 == "import.end" }.count == 1)
    #expect(kinds.filter { $0 == "import.products" }.count == 6)
    let again = try await company.atCentre("import", "products", file + ".gz")
    #expect(again["unchanged"].number == 3_000)
    try await company.expectVerified([])
  }
}
