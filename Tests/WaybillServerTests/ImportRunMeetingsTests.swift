import Foundation
import Testing

@testable import WaybillServer

@Suite("Rows of one file that speak of one record")
struct ImportRunMeetingsTests {
  /// By another way: a dictionary of what was said first.
  private func expected(
    _ rows: [(identity: String, content: Int)]
  ) -> (repeated: [Int], contradicting: [Int: Int]) {
    var first: [String: (row: Int, content: Int)] = [:]
    var (repeated, contradicting): ([Int], [Int: Int]) = ([], [:])
    for (row, said) in rows.enumerated() {
      guard let earlier = first[said.identity] else {
        first[said.identity] = (row, said.content)
        continue
      }
      if earlier.content == said.content {
        repeated.append(row)
      } else {
        contradicting[row] = earlier.row + 2
      }
    }
    return (repeated, contradicting)
  }

  @Test(
    "a file of many rows is compared with itself as a dictionary of all of them would do it",
    arguments: [(0, 5), (1, 1), (1_000, 300), (1_000, 900), (220_000, 200_000)])
  func meetings(count: Int, identities: Int) throws {
    var generator = SystemRandomNumberGenerator()
    let rows = (0..<count).map { _ in
      ("id \(Int.random(in: 0..<identities, using: &generator))", Int.random(in: 0...1, using: &generator))
    }
    var prints = try RowFingerprints()
    for (row, said) in rows.enumerated() {
      try prints.add(row: row, line: row + 2, identity: said.0, content: said.1)
    }
    let found = try prints.meetings()
    let expected = expected(rows)
    #expect((0..<count).filter { found.repeated.contains($0) } == expected.repeated)
    #expect(found.contradicting.map(\.row) == expected.contradicting.keys.sorted())
    #expect(found.contradicting.allSatisfy { expected.contradicting[$0.row] == $0.line })
  }

  @Test("a large file in which every row stands twice comes in once, however it is read")
  func doubled() throws {
    let folder = try TestFolder()
    let rows = (1...700).map { "P-\($0),Product \($0)\n" }
    let text = "sku,name\n" + rows.joined() + rows.joined() + "P-7,Another name\n"
    let summary = try folder.importing(.products, text)
    #expect((summary.created, summary.unchanged, summary.rejected) == (700, 700, 1))
    #expect(summary.refusals.first?.line == 1_402)
    #expect(summary.refusals.first?.message.contains("line 8") == true)
  }
}
