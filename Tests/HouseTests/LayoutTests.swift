import Testing

@Suite("Layout of the checkout")
struct LayoutTests {
  @Test("the top level is what the README says it is")
  func topLevel() throws {
    let known: Set = [
      ".ci", ".gitignore", ".swift-format", "CHANGELOG.md", "LICENSE", "Makefile", "Package.swift",
      "README.md", "Sources", "Tests", "clients", "docs", "schema",
    ]
    for entry in try House.entries(of: ".") {
      #expect(known.contains(entry), "\(entry) has no place at the top level")
    }
  }

  @Test("every target has its tests beside it, and every test folder is known")
  func testFolders() throws {
    let targets = try House.entries(of: "Sources").map { "\($0)Tests" }
    let others: Set = [
      "EndToEndTests", "HouseTests", "SimulationTests", "WaybillClientTests", "ScenarioTests",
    ]
    for entry in try House.entries(of: "Tests") {
      #expect(targets.contains(entry) || others.contains(entry), "Tests/\(entry) belongs to no target")
    }
    let manifest = try House.page("Package.swift").text
    for entry in try House.entries(of: "Tests") {
      let runs = manifest.contains("\"\(entry)\"")
      #expect(runs, "Package.swift does not run Tests/\(entry)")
    }
  }

  @Test("a file is short enough to be read in one go: 350 lines at most")
  func fileLength() throws {
    for page in try House.pages(
      in: ["Sources", "clients", "Tests"], endingIn: ["swift", "h"])
    {
      #expect(page.lines.count <= 351, "\(page.path) has \(page.lines.count - 1) lines")
    }
  }
}
