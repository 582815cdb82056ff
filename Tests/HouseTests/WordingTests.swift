import Testing

@Suite("Words that do not stand in our code")
struct WordingTests {
  @Test("nothing a person, a file or a network does can crash a program: no try!, as!, fatalError")
  func noCrashOnPurpose() throws {
    let crashes = /\b(try!|as!|fatalError\()/.wordBoundaryKind(.simple)
    for page in try House.pages(in: ["Sources", "clients", "schema"], endingIn: ["swift"]) {
      for (number, line) in page.code {
        let words = line.replacing(/"[^"]*"/, with: "\"\"")
        #expect(words.firstMatch(of: crashes) == nil, "\(page.path):\(number) \(line)")
      }
    }
  }

  @Test("the callback with the use-after-free (CVE-2025-11677) is not handled")
  func noConfirmUpgrade() throws {
    let name = "LWS_CALLBACK_HTTP_" + "CONFIRM_UPGRADE"
    for page in try House.pages(in: ["Sources", "clients"], endingIn: ["swift", "h", "modulemap"]) {
      let handles = page.text.contains(name)
      #expect(!handles, "\(page.path) handles \(name)")
    }
  }

  @Test("a test waits for something, never for a while: no sleeps")
  func noSleeps() throws {
    let sleep = /\b(u|nano)?sleep\(/.wordBoundaryKind(.simple)
    // The transport's inbox gives up after a time: its sleep is raced by what it waits for.
    let inbox = "Tests/WebSocketTransportTests/Inbox.swift"
    for page in try House.pages(in: ["Tests"], endingIn: ["swift"]) where page.path != inbox {
      for (number, line) in page.code where line.firstMatch(of: sleep) != nil {
        Issue.record("\(page.path):\(number) sleeps: \(line)")
      }
    }
  }

  @Test("nothing is left for later in the code")
  func nothingForLater() throws {
    // Written apart, or this page would find itself.
    let words = ["TO" + "DO", "FIX" + "ME"]
    let folders = ["Sources", "clients", "schema", "Tests", "docs"]
    let endings = ["swift", "h", "sql", "proto", "md", "sh", "json"]
    for page in try House.pages(in: folders, endingIn: endings) {
      for (number, line) in page.lines.enumerated() {
        #expect(!words.contains { line.contains($0) }, "\(page.path):\(number + 1)")
      }
    }
  }

  @Test("SQL is written only where rows are kept: the stores, the table layer, the schema")
  func sqlStaysInTheStores() throws {
    // The simulator's checkers ask the tables themselves: a store that errs must not be asked whether it errs.
    let keepers = [
      "Sources/CentralStore/", "Sources/ReplicaStore/", "Sources/TradeTables/", "Sources/Simulator/",
      "schema/",
    ]
    let statement =
      /\b(SELECT\s.+\sFROM\s|INSERT\s+(OR\s+\w+\s+)?INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s|CREATE\s+(UNIQUE\s+)?(TABLE|INDEX|TRIGGER|VIEW)\s|DROP\s+(TABLE|INDEX)\s|PRAGMA\s+\w+)/
    for page in try House.pages(in: ["Sources", "clients", "schema"], endingIn: ["swift"]) {
      if keepers.contains(where: page.path.hasPrefix) { continue }
      for (number, line) in page.code {
        // What a hint or an example tells a person to type is no statement of ours.
        if line.contains("waybill sql") { continue }
        #expect(line.firstMatch(of: statement) == nil, "\(page.path):\(number) \(line)")
      }
    }
  }
}
