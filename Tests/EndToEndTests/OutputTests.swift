import Foundation
import Testing

@Suite("A result that cannot be written")
struct OutputTests {
  /// Words for a shell that starts a program whose standard output goes to a file where nothing fits.
  private func full(_ program: URL, _ arguments: [String]) -> [String] {
    ["-c", #"exec "$@" > /dev/full"#, "sh", program.path(percentEncoded: false)] + arguments
  }

  private func runFull(_ program: URL, _ arguments: [String]) async throws -> Programs.Outcome {
    try await Programs.run(URL(filePath: "/bin/sh"), full(program, arguments))
  }

  @Test(
    "a disk that is full cuts no result short in silence: both programs say so and fail",
    .timeLimit(.minutes(3)))
  func fullDisk() async throws {
    let company = try Company()
    try await company.open()
    try await company.importBasics()
    let tablet = try await company.enrol("W1", as: "warehouse", "--warehouse", "MAD")
    for words in [
      ["status"], ["export", "stock"], ["export", "stock", "--json"], ["log"], ["log", "--json"],
      ["report", "stock", "--csv"], ["device", "list", "--json"],
    ] {
      let outcome = try await runFull(Programs.server, words + ["--data", company.path("centre")])
      #expect(outcome.status == 1 && outcome.errors.contains("DISK_FULL"), "\(outcome)")
    }
    for words in [
      ["status"], ["product", "list"], ["product", "list", "--json"], ["report", "stock", "--csv"],
      ["report", "stock", "--json"], ["sql", "SELECT 1"], ["sync"],
    ] {
      let outcome = try await runFull(Programs.waybill, words + ["--replica", tablet.replica])
      #expect(outcome.status == 1 && outcome.errors.contains("DISK_FULL"), "\(outcome)")
    }
    for program in [Programs.server, Programs.waybill] {
      for words in [["--help"], ["--version"], ["help"]] {
        let outcome = try await runFull(program, words)
        #expect(outcome.status == 1 && outcome.errors.contains("DISK_FULL"), "\(outcome)")
      }
    }
    try await company.close()
  }

  @Test(
    "G22 what was recorded stands when it cannot be said, and nobody is told to record it again",
    .timeLimit(.minutes(3)))
  func recorded() async throws {
    let company = try Company()
    try await company.open()
    try await company.importBasics()
    let tablet = try await company.enrol("W1", as: "warehouse", "--warehouse", "MAD")
    let words = ["stock", "receive", "P-1", "5", "--warehouse", "MAD", "--bin", "A-01"]
    let outcome = try await runFull(Programs.waybill, words + ["--replica", tablet.replica, "--json"])
    #expect(outcome.status == 1, "\(outcome)")
    let error = try Document(outcome.errors)["error"]
    #expect(error["code"].text == "DISK_FULL")
    #expect(error["retryable"].flag == false)
    #expect(error["message"].text?.contains("nothing was recorded") == false)
    #expect(try await company.on(tablet, "status")["unsent"].number == 1)
    try await company.sync(tablet)
    #expect(try await company.atCentre("export", "stock")[0]["qty"].number == 105)
    try await company.close()
  }

  @Test(
    "G22 a live sync whose lines cannot be written warns, goes on, and fails at its end",
    .timeLimit(.minutes(3)))
  func live() async throws {
    let company = try Company()
    try await company.open()
    try await company.importBasics()
    let tablet = try await company.enrol("W1", as: "warehouse", "--warehouse", "MAD")
    let live = try Running(
      URL(filePath: "/bin/sh"), full(Programs.waybill, ["sync", "--watch", "--replica", tablet.replica]))
    var stock: Decimal? = 100
    let pulse = Latch()
    for quantity in [3, 4] {
      let wanted = (stock ?? 0) + Decimal(quantity)
      try await company.on(
        tablet, "stock", "receive", "P-1", "\(quantity)", "--warehouse", "MAD", "--bin", "A-01")
      for _ in 0..<600 where stock != wanted && live.isRunning {
        stock = try await company.atCentre("export", "stock")[0]["qty"].number
        await pulse.wait(atMost: 0.05)
      }
      #expect(stock == wanted)
    }
    live.send(SIGINT)
    live.kill(after: 20)
    let ended = await live.ended()
    #expect(ended.status == 1, "\(ended)")
    #expect(ended.errors.contains("warning[DISK_FULL]"), "\(ended)")
    #expect(ended.errors.contains("error[DISK_FULL]"), "\(ended)")
    try await company.close()
  }

  @Test("a reader that has seen enough is no failure", .timeLimit(.minutes(3)))
  func readerLeft() async throws {
    let company = try Company()
    try await company.open()
    // More than a pipe holds (pipe(7), "Pipe capacity").
    try await company.importBasics(products: 3_000)
    let script = #"set -o pipefail; "$@" | head -c 10"#
    let program = Programs.server.path(percentEncoded: false)
    let outcome = try await Programs.run(
      URL(filePath: "/bin/bash"),
      ["-c", script, "bash", program, "export", "products", "--data", company.path("centre")])
    #expect(outcome.status == 0, "\(outcome)")
    #expect(outcome.output.utf8.count == 10)
    let whole = try await Programs.run(
      Programs.server, ["export", "products", "--data", company.path("centre")])
    #expect(whole.output.utf8.count > 65_536)
    try await company.close()
  }
}
