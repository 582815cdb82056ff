import ArgumentParser
import Foundation

/// Runs the workloads and prints their figures.
@main
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "waybill-bench",
    abstract: "Measures the workloads of docs/PERFORMANCE.md, each against its floor in the same run.")

  @Argument(help: "The workloads to run: P1, P2, P7, P12. All of them when none is named.")
  var workloads: [String] = []

  @Option(help: "Operations of each replica in P2.")
  var operations = 2_000

  @Option(help: "Replicas in P2.")
  var replicas = 64

  @Option(help: "Rows of the catalog in P1.")
  var catalog = 1_000_000

  @Option(help: "Changed rows in P7.")
  var rows = 10_000

  @Option(help: "Unsent operations in P7.")
  var unsent = 5_000

  @Option(help: "Rows of the catalog in P12.")
  var repairCatalog = 1_000_000

  @Option(help: "Damaged rows in P12.")
  var damaged = 100

  @Flag(help: "Print one JSON document instead of a table.")
  var json = false

  mutating func run() throws {
    let chosen = workloads.isEmpty ? ["P1", "P2", "P7", "P12"] : workloads.map { $0.uppercased() }
    var figures: [Figure] = []
    for workload in chosen {
      figures += try withScratchFolder { folder in
        switch workload {
        case "P1": try FirstSyncWorkload(rows: catalog, programs: programs).run(in: folder)
        case "P2": try UploadWorkload(replicas: replicas, operationsEach: operations).run(in: folder)
        case "P7": try RebaseWorkload(unsent: unsent, rows: rows).run(in: folder)
        case "P12": try RepairWorkload(rows: repairCatalog, damaged: damaged).run(in: folder)
        default: throw ValidationError("no workload is called \(workload)")
        }
      }
    }
    try json ? printJSON(figures) : printTable(figures)
    let excesses = figures.compactMap(\.excess)
    guard excesses.isEmpty else { throw WorkloadFailed(excesses.joined(separator: "; ")) }
  }

  /// The two programs lie beside this one.
  private var programs: URL {
    (Bundle.main.executableURL ?? URL(fileURLWithPath: CommandLine.arguments[0]))
      .resolvingSymlinksInPath().deletingLastPathComponent()
  }

  private func printJSON(_ figures: [Figure]) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    print(String(decoding: try encoder.encode(figures), as: UTF8.self))
  }

  private func printTable(_ figures: [Figure]) {
    for figure in figures {
      let value = String(format: "%14.1f", figure.value)
      let ratio = figure.ratio.map { String(format: "  %.2f of the floor", $0) } ?? ""
      print("\(figure.workload)  \(value) \(figure.unit)  \(figure.what)\(ratio)")
    }
  }
}
