import ReplicaStore
import Testing
import TradeRules

@testable import WaybillClient

@Suite("What people and programs read")
struct ShowingTests {
  @Test("a table aligns words left and numbers right, whatever their script, and leaves empty columns out")
  func table() {
    var table = TextTable([.left("SKU"), .left("LOT"), .right("QTY"), .left("NAME")])
    table.add("A", "", "2.5", "日本茶")
    table.add("LONG-1", "", "100", "Chai")
    #expect(
      table.lines == [
        "SKU     QTY  NAME",
        "A       2.5  日本茶",
        "LONG-1  100  Chai",
      ])
    #expect(TextTable.width(of: "日本茶") == 6)
    #expect(TextTable.width(of: "\u{1B}[31mred\u{1B}[0m") == 3)
    #expect(TextTable.width(of: "é") == 1)
  }

  @Test(
    "money has the decimals of its currency",
    arguments: [
      (1_250, "EUR", 2, "12.50 EUR"), (-5, "EUR", 2, "-0.05 EUR"), (1_250, "JPY", 0, "1250 JPY"),
      (1_250, "KWD", 3, "1.250 KWD"),
    ] as [(Int64, String, Int64, String)])
  func money(minor: Int64, currency: String, exponent: Int64, text: String) {
    #expect(Money(amountMinor: minor, currency: currency, exponent: exponent).shown == text)
  }

  @Test("a price shows at least its currency's decimals and never fewer than it has")
  func prices() {
    #expect(UnitPrice(tenThousandths: 125_000).shown(exponent: 2) == "12.50")
    #expect(UnitPrice(tenThousandths: 475).shown(exponent: 2) == "0.0475")
    #expect(UnitPrice(tenThousandths: 30_000).shown(exponent: 0) == "3")
    #expect(Quantity(3).signedText == "+3")
    #expect(Quantity(thousandths: -500).signedText == "-0.5")
  }

  @Test(
    "an age is told in the largest unit that fits",
    arguments: [
      (0, "just now"), (59_000, "just now"), (60_000, "1 min"), (3_599_000, "59 min"), (3_600_000, "1 h"),
      (172_799_000, "47 h"), (172_800_000, "2 days"),
    ] as [(Int64, String)])
  func ages(milliseconds: Int64, text: String) {
    let now = Instant(milliseconds: 1_795_000_000_000)
    #expect(Times.age(now.advanced(byMilliseconds: -milliseconds), now: now) == text)
  }

  @Test("a time that has not come yet is just now, not minus an hour")
  func future() {
    let now = Instant(milliseconds: 0)
    #expect(Times.ago(Instant(milliseconds: 3_600_000), now: now) == "just now")
  }

  // MARK: Errors

  @Test(
    "every code ends a command with its own exit status, in JSON and in words",
    arguments: CodeBook.entries.map(\.code))
  func everyCode(code: Code) {
    let entry = CodeBook.entry(for: code)
    let failure = Failure(Refusal(code, "CHAI-1"), replica: "/r.db")
    #expect(failure.status == entry.status)
    let error = failure.json["error"]
    #expect(error?["code"]?.string == code.rawValue)
    #expect(error?["message"]?.string?.hasSuffix(": CHAI-1") == true)
    #expect(error?["hint"]?.string == entry.hint)
    #expect(error?["retryable"]?.bool == entry.isRetryable)
    #expect(error?["details"] == [:])
    let text = failure.text { text, _ in text }
    #expect(text.hasPrefix("error[\(code)]: "))
    #expect(text.contains("\n  try: ") == !entry.hint.isEmpty)
  }

  @Test(
    "scripts can rely on the exit statuses of the contract",
    arguments: [
      (Code.usage, 2), (.unknownSku, 3), (.unknownOrder, 3), (.notEnrolled, 3), (.notPermitted, 4),
      (.codeInvalid, 4), (.ambiguousKey, 6), (.badQuantity, 6), (.noLink, 7), (.cancelRejectedShipped, 8),
      (.replicaForked, 8), (.replicaBusy, 9), (.interrupted, 130), (.unexpected, 1),
    ] as [(Code, Int32)])
  func statuses(code: Code, status: Int32) { #expect(Failure(code).status.rawValue == status) }

  @Test("a fault of the replica names what is wrong with it")
  func replicaFaults() {
    func code(_ fault: ReplicaFault) -> Code { Failure(fault, replica: "/r.db").code }
    #expect(code(.notEnrolled(path: "/r.db")) == .notEnrolled)
    #expect(code(.alreadyEnrolled(path: "/r.db")) == .alreadyEnrolled)
    #expect(code(.busy(holder: "pid 7 since 1")) == .replicaBusy)
    #expect(code(.io("open the lock file", 13)) == .ioFailed)
    #expect(code(.noRecord(.unknownOrder, key: "X")) == .unknownOrder)
    #expect(code(.ambiguous(key: "X")) == .ambiguousKey)
    let busy = Failure(ReplicaFault.busy(holder: "pid 7 since 1"), replica: "/r.db")
    #expect(busy.message.contains("pid 7"))
  }

  @Test("a wrong address, an untrusted centre and a missing link are told apart")
  func transportErrors() {
    #expect(Failure(.badURL("x", cause: "no scheme")).code == .usage)
    #expect(Failure(.certificateRefused(host: "hq", cause: "expired")).code == .centreUntrusted)
    let missing = Failure(.certificateUnusable(file: "/ca.pem", cause: "no such file"))
    #expect(missing.code == .fileUnusable)
    #expect(missing.hint?.contains("waybill sync --ca FILE") == true)
    #expect(Failure(.unreachable("ws://hq", cause: "refused")).code == .noLink)
    #expect(Failure(.timedOut("ws://hq", after: .seconds(10))).code == .noLink)
  }
}
