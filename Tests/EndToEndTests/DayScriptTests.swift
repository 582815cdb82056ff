import Foundation
import Testing

@Suite("The days of docs/days")
struct DayScriptTests {
  @Test(
    "a day of a picker, an agent and an administrator comes out as it is told, and its transcript tells it",
    .timeLimit(.minutes(4)), arguments: ["picker", "agent", "admin"])
  func day(_ name: String) async throws {
    let days = Checkout.root.appending(path: "docs/days")
    let folder = FileManager.default.temporaryDirectory.appending(path: "waybill-day-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let script = days.appending(path: "\(name).sh").path(percentEncoded: false)
    let outcome = try await Programs.run(
      URL(filePath: "/usr/bin/env"), ["TMPDIR=\(folder.path(percentEncoded: false))", "bash", script],
      within: 120)
    #expect(outcome.status == 0, "\(outcome)")
    #expect(outcome.output.contains("Everything came out as promised"))
    #expect(!outcome.output.contains("✗"))
    let transcript = try String(contentsOf: days.appending(path: "\(name).md"), encoding: .utf8)
    #expect(commands(in: outcome.output) == commands(in: transcript), "make days writes the transcripts anew")
  }

  /// What is typed, without what is different at every run.
  private func commands(in text: String) -> [String] {
    text.split(separator: "\n").filter { $0.contains("$ waybill") }.map { line in
      String(line).trimmingCharacters(in: .whitespaces)
        .replacing(/127\.0\.0\.1:[0-9]+/, with: "HOST")
        .replacing(/--code \S+/, with: "--code CODE")
        .replacing(/\b[0-9a-f]{8}\b/, with: "ID")
    }
  }
}
