import Foundation
import Testing

@Suite("The demo")
struct DemoStoryTests {
  @Test(
    "#1 #4 #32 #52 the story that make demo tells comes out as it is told, and leaves nothing behind",
    .timeLimit(.minutes(4)))
  func story() async throws {
    let script = Checkout.root.appending(path: "docs/examples/demo/demo.sh").path(percentEncoded: false)
    let folder = FileManager.default.temporaryDirectory.appending(path: "waybill-demo-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let place = folder.path(percentEncoded: false)
    let outcome = try await Programs.run(
      URL(filePath: "/usr/bin/env"), ["TMPDIR=\(place)", "bash", script], within: 120)
    #expect(outcome.status == 0, "\(outcome)")
    #expect(outcome.output.contains("Everything came out as promised"))
    #expect(!outcome.output.contains("✗"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: place).isEmpty)
  }
}
