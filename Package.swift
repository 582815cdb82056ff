// swift-tools-version: 6.2
import PackageDescription

/// Every target of ours: Swift 6 language mode, no warning survives, imports say who sees them.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
/// The C functions of the same SQLite, for the one file that binds cells by hand.
let sqlite: Target.Dependency = .product(name: "GRDBSQLite", package: "GRDB.swift")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let protobuf: Target.Dependency = .product(name: "SwiftProtobuf", package: "swift-protobuf")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")

/// The arrows between targets are drawn in docs/ARCHITECTURE.md and held by HouseTests.
let package = Package(
  name: "waybill",
  products: [
    .executable(name: "waybill-server", targets: ["WaybillServer"]),
    .executable(name: "waybill", targets: ["WaybillClient"]),
    .executable(name: "waybill-simulate", targets: ["Simulator"]),
    .executable(name: "waybill-bench", targets: ["Benchmarks"]),
  ],
  dependencies: [
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
  ],
  targets: [
    // Decides what an operation does. Imports nothing.
    .target(name: "TradeRules", swiftSettings: strict),
    // Maps zstd for Swift.
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    // Speaks: messages, row batches, framing.
    .target(
      name: "SyncProtocol", dependencies: ["TradeRules", "CZstd", protobuf],
      exclude: ["Generated/README.md"], swiftSettings: strict),
    // Converses: events in, orders out, for one connection.
    .target(name: "SyncSession", dependencies: ["SyncProtocol", crypto], swiftSettings: strict),
    // Embeds the SQL files.
    .target(
      name: "Schema", path: "schema", exclude: ["waybill.proto"], sources: ["Schema.swift"],
      resources: [
        .embedInCode("trade.sql"), .embedInCode("indexes.sql"), .embedInCode("search.sql"),
        .embedInCode("versions.sql"),
        .embedInCode("base.sql"), .embedInCode("centre.sql"), .embedInCode("replica.sql"),
      ],
      swiftSettings: strict),
    // Lays rows down: generic SQL over table descriptions.
    .target(
      name: "TradeTables", dependencies: ["TradeRules", "SyncProtocol", "Schema", grdb, sqlite, crypto],
      swiftSettings: strict),
    // Remembers for all.
    .target(
      name: "CentralStore",
      dependencies: ["TradeTables", "SyncSession", "SyncProtocol", "TradeRules", "Schema", grdb, crypto],
      swiftSettings: strict),
    // Remembers for one device.
    .target(
      name: "ReplicaStore",
      dependencies: ["TradeTables", "SyncSession", "SyncProtocol", "TradeRules", "Schema", grdb, crypto],
      swiftSettings: strict),
    // Maps libwebsockets for Swift.
    .systemLibrary(
      name: "CLibWebSockets", pkgConfig: "libwebsockets", providers: [.apt(["libwebsockets-dev"])]),
    // Carries bytes and small HTTP answers.
    .target(name: "WebSocketTransport", dependencies: ["CLibWebSockets"], swiftSettings: strict),
    // Serves: the centre's program.
    .executableTarget(
      name: "WaybillServer",
      dependencies: [
        "CentralStore", "SyncSession", "TradeRules", "WebSocketTransport", arguments, logging,
      ], swiftSettings: strict),
    // Works for a person: the replica's program.
    .executableTarget(
      name: "WaybillClient",
      dependencies: ["ReplicaStore", "WebSocketTransport", "TradeRules", arguments],
      path: "clients/cli", swiftSettings: strict),
    // Torments the hosts in simulated time.
    .executableTarget(
      name: "Simulator",
      dependencies: [
        "CentralStore", "ReplicaStore", "TradeTables", "SyncSession", "SyncProtocol", "TradeRules", arguments,
        crypto, grdb, sqlite,
      ],
      swiftSettings: strict),
    // Sets the floors: the same work in plain C against the same library.
    .target(
      name: "BenchmarkFloor", path: "Sources/Benchmarks/Floor", cSettings: [.unsafeFlags(["-O2"])],
      linkerSettings: [.linkedLibrary("sqlite3")]),
    // Measures the workloads of docs/PERFORMANCE.md.
    .executableTarget(
      name: "Benchmarks",
      dependencies: [
        "BenchmarkFloor", "CentralStore", "ReplicaStore", "SyncSession", "SyncProtocol", "TradeRules",
        arguments,
      ], exclude: ["Floor"], swiftSettings: strict),
    // Holds the centre's store to its log and its questions to their answers.
    .testTarget(
      name: "CentralStoreTests",
      dependencies: ["CentralStore", "SyncProtocol", "SyncSession", "TradeRules", grdb], swiftSettings: strict
    ),
    // Holds the server's commands, imports and exports to what they say.
    .testTarget(
      name: "WaybillServerTests",
      dependencies: [
        "WaybillServer", "CentralStore", "SyncSession", "WebSocketTransport", "TradeRules", logging,
      ],
      swiftSettings: strict),
    // Holds the rules to the scenarios and promises.
    .testTarget(name: "TradeRulesTests", dependencies: ["TradeRules"], swiftSettings: strict),
    // Tells stories through the real hosts, by hand and by chance.
    .testTarget(
      name: "SimulationTests",
      dependencies: [
        "Simulator", "CentralStore", "ReplicaStore", "TradeTables", "SyncSession", "SyncProtocol",
        "TradeRules",
        grdb, crypto,
      ],
      exclude: ["Regressions"], swiftSettings: strict),
    // Feeds the wire what it must take, must refuse and must survive.
    .testTarget(
      name: "SyncProtocolTests", dependencies: ["SyncProtocol", "TradeRules", protobuf],
      exclude: ["Golden"], swiftSettings: strict),
    .testTarget(
      name: "TradeTablesTests", dependencies: ["TradeTables", "TradeRules", "SyncProtocol", "Schema", grdb],
      swiftSettings: strict),
    // Holds the checkout to the rules of the house.
    .testTarget(name: "HouseTests", dependencies: ["TradeRules"], swiftSettings: strict),
    // Drives both programs from outside.
    .testTarget(name: "EndToEndTests", swiftSettings: strict),
    // Holds the client's commands to what they read, record and show.
    .testTarget(
      name: "WaybillClientTests",
      dependencies: [
        "WaybillClient", "ReplicaStore", "TradeTables", "TradeRules", "SyncSession", "WebSocketTransport",
        grdb,
      ], swiftSettings: strict),
    // Holds the transport to what it carries.
    .testTarget(name: "WebSocketTransportTests", dependencies: ["WebSocketTransport"], swiftSettings: strict),
  ]
)
