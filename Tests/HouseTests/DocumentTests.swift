import Foundation
import Testing
import TradeRules

@Suite("Documents say what the code does")
struct DocumentTests {
  @Test("docs/RULES.md has every code with its sentence, its hint and its exit status")
  func everyCodeIsExplained() throws {
    let rows = Set(try House.page("docs/RULES.md").lines.map(String.init))
    for entry in CodeBook.entries {
      let row =
        "| `\(entry.code)` | \(entry.sentence) | \(entry.hint) | \(entry.isRetryable ? "yes" : "no") |"
        + " \(entry.status.rawValue) |"
      let isThere = rows.contains(row)
      #expect(isThere, "docs/RULES.md lacks: \(row)")
    }
  }

  @Test("docs/RULES.md names every kind of operation and who may do it")
  func everyKindIsExplained() throws {
    let rows = try House.page("docs/RULES.md").lines.map { $0.split(separator: "|") }
    for rule in RuleBook.all {
      guard let row = rows.first(where: { $0.count >= 4 && $0[0] == " `\(rule.kind)` " }) else {
        Issue.record("docs/RULES.md lacks \(rule.kind)")
        continue
      }
      let roles = Permissions.roles(of: rule.kind)
      let who = roles.map(\.rawValue).joined(separator: ", ")
      let isRight =
        roles.isEmpty ? [" admin ", " the centre only "].contains(row[1]) : row[1] == " \(who) "
      #expect(isRight, "docs/RULES.md says that \(rule.kind) is done by\(row[1])")
    }
  }

  @Test("every setting that rules read is in docs/OPERATING.md with its standard value")
  func everySettingIsExplained() throws {
    let lines = try House.page("docs/OPERATING.md").lines
    for setting in Settings.allCases {
      let isThere = lines.contains { $0.hasPrefix("| `\(setting.rawValue)` | \(setting.standard) |") }
      #expect(
        isThere,
        "docs/OPERATING.md lacks: | `\(setting.rawValue)` | \(setting.standard) | …")
    }
  }

  @Test("no link within the documents leads nowhere")
  func linksLeadSomewhere() throws {
    var pages = try House.pages(in: ["docs", "Sources", "schema"], endingIn: ["md"])
    for top in ["README.md", "CHANGELOG.md"] where House.exists(top) { pages.append(try House.page(top)) }
    for page in pages {
      for link in page.text.matches(of: /\]\(([^)\s]+)\)/).map({ String($0.1) }) {
        if link.contains("://") || link.hasPrefix("mailto:") { continue }
        let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        let target = place(of: parts[0], from: page.path)
        #expect(House.exists(target), "\(page.path) links to \(link)")
        if parts.count == 2, target.hasSuffix(".md"), House.exists(target) {
          let anchors = try House.page(target).lines.compactMap(anchor)
          let isThere = anchors.contains(String(parts[1]))
          #expect(isThere, "\(page.path) links to \(link)")
        }
      }
    }
  }

  /// The path from the root on that a link of a page means.
  private func place(of link: Substring, from page: String) -> String {
    if link.isEmpty { return page }
    var steps = page.split(separator: "/").dropLast()
    for step in link.split(separator: "/") {
      switch step {
      case ".": continue
      case "..": steps = steps.dropLast()
      default: steps.append(step)
      }
    }
    return steps.joined(separator: "/")
  }

  /// What a heading is called in a link: lower case, spaces as hyphens, no punctuation.
  private func anchor(_ line: Substring) -> String? {
    guard line.hasPrefix("#") else { return nil }
    let title = line.drop { $0 == "#" }.drop { $0 == " " }
    return String(
      title.lowercased().map { $0 == " " ? "-" : $0 }
        .filter { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" })
  }
}
