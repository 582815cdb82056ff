import Foundation
import Testing

/// One row of a sample's file by the names of its columns, read here by means of its own, so that nothing is
/// checked against itself.
struct SampleRow {
  let cells: [String: String]

  subscript(_ name: String) -> String {
    get throws {
      guard let cell = cells[name] else { throw Surprise("no column \(name)") }
      return cell
    }
  }

  func whole(_ name: String) throws -> Int { try #require(Int(try self[name])) }
  func decimal(_ name: String) throws -> Decimal { try #require(Decimal(string: try self[name])) }

  /// The folder of a sample; nil when it is not here.
  static func folder(_ sample: String, with file: String) -> URL? {
    let named = ProcessInfo.processInfo.environment["WAYBILL_SAMPLE_DATA"].map { URL(filePath: $0) }
    let places = [named, Checkout.root.deletingLastPathComponent().appending(path: "shared/data")]
    return places.compactMap { $0?.appending(path: sample) }.first {
      FileManager.default.fileExists(atPath: $0.appending(path: file).path(percentEncoded: false))
    }
  }

  /// The rows of a CSV file as the samples write them: commas, double quotes, CRLF, a header.
  static func table(_ folder: URL?, _ name: String) throws -> [SampleRow] {
    let text = try String(contentsOf: try #require(folder).appending(path: name), encoding: .utf8)
    var rows: [[String]] = [[]]
    var cell = ""
    var isQuoted = false
    for character in text {
      switch character {
      case "\"": isQuoted.toggle()
      case "," where !isQuoted:
        rows[rows.count - 1].append(cell)
        cell = ""
      case "\r\n" where !isQuoted, "\n" where !isQuoted:
        rows[rows.count - 1].append(cell)
        cell = ""
        rows.append([])
      default: cell.append(character)
      }
    }
    let header = rows.removeFirst()
    return rows.filter { $0.count == header.count }
      .map { SampleRow(cells: Dictionary(uniqueKeysWithValues: zip(header, $0))) }
  }

  /// Rows of a large gzipped file whose fields have no quotes: those whose line is wanted.
  static func packedTable(
    _ folder: URL?, _ name: String, where isWanted: (String) -> Bool
  ) async throws -> [SampleRow] {
    let path = try #require(folder).appending(path: name).path(percentEncoded: false)
    let unpacked = try await Programs.run(URL(filePath: "/usr/bin/env"), ["gzip", "-dc", path])
    try #require(unpacked.status == 0, "\(unpacked.errors)")
    // Foundation's, which is quick whatever the tests are built with.
    let lines = unpacked.output.components(separatedBy: "\r\n")
    let header = lines[0].components(separatedBy: ",")
    return lines.dropFirst().filter(isWanted).map { $0.components(separatedBy: ",") }
      .filter { $0.count == header.count }
      .map { SampleRow(cells: Dictionary(uniqueKeysWithValues: zip(header, $0))) }
  }
}
