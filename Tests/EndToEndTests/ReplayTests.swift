import Foundation
import Testing

@Suite("The log decided again elsewhere")
struct ReplayTests {
  /// A folder with the same programs built otherwise; `make replay` names the release build.
  private static let otherBuild = ProcessInfo.processInfo.environment["WAYBILL_OTHER_BUILD"]

  /// Processes whose sets and dictionaries are in another order each time, and one where they never change.
  private static let orders = ["SWIFT_DETERMINISTIC_HASHING=1", "WAYBILL_RUN=2", "WAYBILL_RUN=3"]

  @Test(
    "G29 a day's log gives the same rows and exports in processes of any hash seed, debug and release",
    .timeLimit(.minutes(5)))
  func anyProcess() async throws {
    let company = try Company()
    try await company.open()
    try await company.importBasics()
    try await company.busyDay()
    try await company.close()
    let last = "\(try #require(try await company.atCentre("status")["head"].number))"
    let programs = [Programs.server] + Self.otherBuild.map { [URL(filePath: "\($0)/waybill-server")] }.orEmpty
    var told: Set<[String]> = []
    for program in programs {
      for order in Self.orders {
        var lines = [try await company.say(program, order, ["verify", "--deep"])]
        let checks = try Document(lines[0])
        #expect(checks["ok"].flag == true, "\(order): \(checks)")
        for kind in ["products", "prices", "customers", "stock", "orders"] {
          lines.append(try await company.say(program, order, ["export", kind]))
          // Made anew from the log, in the asking process.
          let past = try await company.say(program, order, ["export", kind, "--as-of", last])
          #expect(past == lines.last, "\(order): \(kind)")
        }
        told.insert(lines)
      }
    }
    #expect(told.count == 1, "\(told)")
  }
}

extension Optional where Wrapped: RangeReplaceableCollection {
  fileprivate var orEmpty: Wrapped { self ?? Wrapped() }
}

extension Company {
  /// Sales, goods in and out, a count and an edit, on two devices.
  fileprivate func busyDay() async throws {
    let tablet = try await enrol("W1", as: "warehouse", "--warehouse", "MAD")
    let agent = try await enrol(
      "A1", as: "agent", "--agent", "ANA", "--territory", "IBERIA", "--warehouse", "MAD")
    var numbers: [String] = []
    for quantity in 1...4 {
      let made = try await on(
        agent, "order", "create", "--customer", "C-1", "--line", "P-1=\(quantity)", "--line",
        "P-2=\(quantity)", "--submit")
      numbers.append(try #require(made["number"].text))
      try await on(
        tablet, "stock", "receive", "P-2", "\(quantity)", "--warehouse", "MAD", "--bin", "B-0\(quantity)")
    }
    try await sync(agent)
    try await sync(tablet)
    try await on(tablet, "stock", "count", "P-1", "90", "--warehouse", "MAD", "--bin", "A-01")
    for number in numbers.prefix(2) {
      try await on(tablet, "pick", number, "1", "1")
      try await on(tablet, "ship", number)
    }
    try await on(agent, "customer", "set", "C-2", "phone=+49 30 222")
    try await on(agent, "order", "cancel", numbers[3])
    try await sync(agent)
    try await sync(tablet)
  }

  /// What the centre's program says, run with a setting of its environment.
  fileprivate func say(_ program: URL, _ setting: String, _ arguments: [String]) async throws -> String {
    let outcome = try await Programs.run(
      URL(filePath: "/usr/bin/env"),
      ["-u", "SWIFT_DETERMINISTIC_HASHING", setting, program.path(percentEncoded: false)] + arguments
        + ["--data", path("centre"), "--json"], within: 120)
    try #require(outcome.status == 0, "\(outcome)")
    return outcome.output
  }
}
