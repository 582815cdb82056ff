import BenchmarkFloor
import Foundation
import Glibc

/// P1: a new replica takes a catalog over loopback TLS, with the real programs, until it is durable, indexed
/// and proved by digest.
struct FirstSyncWorkload {
  let rows: Int
  /// The folder of the two programs.
  let programs: URL

  func run(in folder: URL) throws -> [Figure] {
    let data = folder.appendingPathComponent("centre").path
    try writeCatalog(to: folder.appendingPathComponent("products.csv"))
    try makeCertificate(in: folder)
    _ = try server("import", "products", folder.appendingPathComponent("products.csv").path, "--data", data)
      .finish()
    let port = 20_000 + Int(getpid()) % 20_000
    let centre = try server(
      "serve", "--data", data, "--listen", "127.0.0.1:\(port)", "--tls-cert",
      folder.appendingPathComponent("cert.pem").path, "--tls-key",
      folder.appendingPathComponent("key.pem").path)
    try centre.awaitLine()
    defer { centre.stop() }
    let invitation = try server("invite", "--name", "bench", "--role", "agent", "--data", data, "--json")
      .finish()
    let code = try FirstSyncWorkload.code(in: invitation)
    let before = centre.peakMemory()
    let start = Measurement.clock(CLOCK_MONOTONIC)
    let replica = try program(
      "waybill", "enroll", "wss://localhost:\(port)/sync", "--code", code, "--ca",
      folder.appendingPathComponent("cert.pem").path, "--replica", folder.appendingPathComponent("r.db").path)
    _ = try replica.finish()
    let wall = Measurement.clock(CLOCK_MONOTONIC) - start
    let floor = Double(floor_first_load(folder.appendingPathComponent("floor.db").path, Int64(rows))) / 1e9
    return [
      Figure(
        workload: "P1", what: "\(rows) rows", value: Double(rows) / wall, unit: "rows/s", ratio: wall / floor),
      Figure(workload: "P1", what: "floor", value: Double(rows) / floor, unit: "rows/s"),
      Figure(workload: "P1", what: "replica's peak memory", value: Double(replica.peak) / 1024, unit: "MiB"),
      Figure(
        workload: "P1", what: "centre's peak memory, growth",
        value: Double(centre.peakMemory() - before) / 1024,
        unit: "MiB"),
      Figure(
        workload: "P1", what: "centre's peak memory", value: Double(centre.peakMemory()) / 1024, unit: "MiB"),
    ]
  }

  private func writeCatalog(to file: URL) throws {
    var text = "sku,name,category,base_unit,hs_code,origin,weight_g,description\n"
    for number in 0..<rows {
      let sku = String(number + 1_000_000_000).dropFirst()
      text +=
        "SKU-\(sku),Article number \(number) of many,category,EA,847130,DE,\(number % 5_000),"
      text += "A description of article \(number) as long as such a thing is in a catalog\n"
    }
    try text.write(to: file, atomically: true, encoding: .utf8)
  }

  private func makeCertificate(in folder: URL) throws {
    let openssl = try Child(
      URL(fileURLWithPath: "/usr/bin/openssl"),
      [
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
        "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout",
        folder.appendingPathComponent("key.pem").path, "-out", folder.appendingPathComponent("cert.pem").path,
      ])
    _ = try openssl.finish()
  }

  private func server(_ arguments: String...) throws -> Child { try start("waybill-server", arguments) }
  private func program(_ name: String, _ arguments: String...) throws -> Child { try start(name, arguments) }

  private func start(_ name: String, _ arguments: [String]) throws -> Child {
    try Child(programs.appendingPathComponent(name), arguments)
  }

  private static func code(in json: Data) throws -> String {
    struct Invitation: Decodable { var code: String }
    return try JSONDecoder().decode(Invitation.self, from: json).code
  }
}

/// A program that was started.
final class Child {
  private let process = Process()
  private let output = Pipe()
  /// Peak resident memory, KiB, as last seen.
  private(set) var peak = 0

  init(_ program: URL, _ arguments: [String]) throws {
    process.executableURL = program
    process.arguments = arguments
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
  }

  /// Waits for the end.
  ///
  /// - Returns: what it printed.
  func finish() throws -> Data {
    while process.isRunning {
      peak = max(peak, peakMemory())
      usleep(20_000)
    }
    guard process.terminationStatus == 0 else {
      throw WorkloadFailed(
        "\(process.executableURL?.lastPathComponent ?? "") ended \(process.terminationStatus)")
    }
    return output.fileHandleForReading.readDataToEndOfFile()
  }

  /// Waits for the first line it prints.
  func awaitLine() throws {
    guard !output.fileHandleForReading.availableData.isEmpty else {
      throw WorkloadFailed("\(process.executableURL?.lastPathComponent ?? "") said nothing")
    }
  }

  func stop() {
    process.terminate()
    process.waitUntilExit()
  }

  /// VmHWM of the process, KiB; 0 once it is gone.
  func peakMemory() -> Int {
    let status = try? String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
    let line = status?.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return line.flatMap { Int($0.filter(\.isNumber)) } ?? 0
  }
}
