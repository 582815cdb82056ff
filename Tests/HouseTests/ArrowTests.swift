import Testing

/// The arrows of docs/ARCHITECTURE.md. SwiftPM does not hold them: an undeclared import of a module that
/// happens to be built compiles.
@Suite("Arrows between targets")
struct ArrowTests {
  /// A folder of code and the modules it may import; the standard library is always there.
  struct Target: CustomTestStringConvertible, Sendable {
    let folder: String
    let mayImport: Set<String>
    var testDescription: String { folder }

    init(_ folder: String, _ mayImport: Set<String>) {
      self.folder = folder
      self.mayImport = mayImport
    }
  }

  static let stores: Set<String> = [
    "TradeTables", "SyncSession", "SyncProtocol", "TradeRules", "Schema", "GRDB", "Crypto", "Foundation",
    "Glibc",
  ]
  static let system: Set<String> = ["Foundation", "Dispatch", "Glibc", "Synchronization"]

  static let targets: [Target] = [
    Target("Sources/TradeRules", []),
    Target(
      "Sources/SyncProtocol",
      ["TradeRules", "SwiftProtobuf", "CZstd", "Foundation", "FoundationEssentials"]),
    Target("Sources/SyncSession", ["SyncProtocol", "TradeRules", "Crypto"]),
    Target("schema", []),
    Target(
      "Sources/TradeTables",
      ["TradeRules", "SyncProtocol", "Schema", "GRDB", "GRDBSQLite", "Crypto", "Foundation"]),
    Target("Sources/CentralStore", stores),
    Target("Sources/ReplicaStore", stores),
    Target("Sources/WebSocketTransport", ["CLibWebSockets", "Glibc", "Synchronization"]),
    Target(
      "Sources/WaybillServer",
      system.union([
        "CentralStore", "SyncSession", "TradeRules", "WebSocketTransport", "ArgumentParser", "Logging",
      ])),
    Target(
      "clients/cli",
      system.union(["ReplicaStore", "WebSocketTransport", "TradeRules", "ArgumentParser"])),
    Target(
      "Sources/Simulator",
      system.union([
        "CentralStore", "ReplicaStore", "TradeTables", "SyncSession", "SyncProtocol", "TradeRules",
        "ArgumentParser", "Crypto", "GRDB", "GRDBSQLite",
      ])),
    Target(
      "Sources/Benchmarks",
      system.union([
        "BenchmarkFloor", "CentralStore", "ReplicaStore", "SyncSession", "SyncProtocol", "TradeRules",
        "ArgumentParser",
      ])),
    // The real programs from outside: no module of ours.
    Target("Tests/EndToEndTests", system.union(["Testing"])),
  ]

  @Test("a target imports only what is drawn", arguments: targets)
  func importsOnlyWhatIsDrawn(target: Target) throws {
    for page in try House.pages(in: [target.folder], endingIn: ["swift"]) {
      for module in try imports(of: page) {
        #expect(target.mayImport.contains(module), "\(page.path) imports \(module)")
      }
    }
  }

  @Test("every folder of code has its row of arrows")
  func everyFolderIsDrawn() throws {
    let drawn = Set(Self.targets.map(\.folder))
    let folders =
      try House.entries(of: "Sources").map { "Sources/\($0)" }
      + House.entries(of: "clients").map { "clients/\($0)" }
    for folder in folders where try !House.pages(in: [folder], endingIn: ["swift"]).isEmpty {
      #expect(drawn.contains(folder), "\(folder) is not drawn")
    }
  }

  @Test("a session only converses: it asks no rule")
  func sessionsAskNoRule() throws {
    let rules = /\b(Rules\.decide|RuleBook|WorkingSet|Trade)\b/.wordBoundaryKind(.simple)
    for page in try House.pages(in: ["Sources/SyncSession"], endingIn: ["swift"]) {
      for (number, line) in page.code {
        #expect(line.firstMatch(of: rules) == nil, "\(page.path):\(number) speaks to the rules")
      }
    }
  }

  @Test(
    "the core has no clock, no chance, no disk and no floating point",
    arguments: ["Sources/TradeRules", "Sources/SyncProtocol", "Sources/SyncSession"])
  func coreIsPure(folder: String) throws {
    let outside =
      #/\.random\(|\.randomElement|\.shuffled\(|\b(Date\(|Clock\(|Clock\.now|SystemRandomNumberGenerator|UUID\(|FileManager|URL\(|Process\(|Task\s*\{|Thread\b|DispatchQueue|Double\b|Float\b|Locale\b)/#
      .wordBoundaryKind(.simple)
    for page in try House.pages(in: [folder], endingIn: ["swift"]) {
      for (number, line) in page.code {
        let words = line.replacing(/"[^"]*"/, with: "\"\"").replacing(/\/\/.*$/, with: "")
        #expect(words.firstMatch(of: outside) == nil, "\(page.path):\(number) \(line)")
      }
    }
  }

  /// The modules a page imports: `public import TradeRules`, `@testable import WaybillServer`,
  /// `import struct Foundation.Data`.
  private func imports(of page: House.Page) throws -> [String] {
    let form =
      /^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?import\s+(?:(?:struct|class|enum|protocol|func|var|let|typealias)\s+)?(\w+)/
    return page.code.compactMap { $0.text.firstMatch(of: form).map { String($0.1) } }
  }
}
