import Testing

@Suite("The tables of docs/TESTING.md")
struct CoverageTests {
  /// The folders whose tests carry a number in their titles: `G4` → `EndToEndTests` …
  private func folders() throws -> [String: Set<String>] {
    let title = /@(?:Test|Suite)\(\s*"(?<text>(?:[^"\\]|\\.)*)"/
    var folders: [String: Set<String>] = [:]
    for page in try House.pages(in: ["Tests"], endingIn: ["swift"]) {
      let folder = String(page.path.split(separator: "/")[1])
      for match in page.text.matches(of: title) {
        for number in match.text.matches(of: /\bG\d+\b|#\d+/) {
          folders[String(number.output), default: []].insert(folder)
        }
      }
    }
    return folders
  }

  /// The rows of both tables: a number and the folders beside it.
  private func rows() throws -> [String: Set<String>] {
    var rows: [String: Set<String>] = [:]
    for line in try House.page("docs/TESTING.md").lines {
      let cells = line.split(separator: "|").map { $0.trimmingPrefix(/\s*/) }
      guard let number = cells.first?.firstMatch(of: /^(G\d+|#\d+)\s*$/), let tests = cells.last else {
        continue
      }
      rows[String(number.1)] = Set(tests.matches(of: /\w+Tests/).map { String($0.output) })
    }
    return rows
  }

  @Test("no promise or scenario is said to be tested where no test's title has its number")
  func nothingIsClaimedInVain() throws {
    let folders = try folders()
    for (number, claimed) in try rows().sorted(by: { $0.key < $1.key }) {
      let missing = claimed.subtracting(folders[number] ?? [])
      #expect(missing.isEmpty, "no test of \(number) in \(missing.sorted())")
      #expect(!claimed.isEmpty, "\(number) names no tests")
    }
  }

  @Test("every promise and scenario that a test's title carries has its row")
  func everyNumberHasItsRow() throws {
    let rows = try rows()
    for number in try folders().keys.sorted() {
      let isThere = rows[number] != nil
      #expect(isThere, "docs/TESTING.md lacks \(number)")
    }
  }

  @Test("the folders beside a number are all that have a test of it")
  func nothingIsLeftOut() throws {
    let rows = try rows()
    for (number, there) in try folders().sorted(by: { $0.key < $1.key }) {
      let untold = there.subtracting(rows[number] ?? [])
      #expect(untold.isEmpty, "\(number) is tested in \(untold.sorted()) as well")
    }
  }

  @Test("every scenario that is tested is told in docs/RULES.md")
  func everyScenarioIsTold() throws {
    let lines = try House.page("docs/RULES.md").lines
    for number in try folders().keys.sorted() where number.hasPrefix("#") {
      let isThere = lines.contains { $0.hasPrefix("| \(number.dropFirst()) |") }
      #expect(isThere, "docs/RULES.md lacks \(number)")
    }
  }
}
