import Foundation
import Testing

/// The checkout as files and lines: what the rules of the house are read from.
enum House {
  /// The package's root, found from this file's own place.
  static let root = URL(filePath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// A text file of the checkout.
  struct Page: CustomTestStringConvertible, Sendable {
    /// From the root on, `Sources/TradeRules/Deciding/Rules.swift`.
    let path: String
    let text: String

    var testDescription: String { path }
    var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }

    /// The numbered lines that are not wholly a comment.
    var code: [(number: Int, text: Substring)] {
      lines.enumerated().map { ($0 + 1, $1) }
        .filter { !$1.drop(while: \.isWhitespace).hasPrefix("//") }
    }
  }

  /// Every file below `folders` with one of `endings`, generated ones left out, in order of their paths.
  static func pages(in folders: [String], endingIn endings: [String]) throws -> [Page] {
    var pages: [Page] = []
    for folder in folders {
      for path in try paths(below: folder) where endings.contains(where: { path.hasSuffix("." + $0) }) {
        if path.contains("/Generated/") { continue }
        pages.append(
          Page(path: path, text: try String(contentsOf: root.appending(path: path), encoding: .utf8)))
      }
    }
    return pages
  }

  static func page(_ path: String) throws -> Page {
    Page(path: path, text: try String(contentsOf: root.appending(path: path), encoding: .utf8))
  }

  /// Files below a folder, from the root on, sorted; none when there is no such folder.
  static func paths(below folder: String) throws -> [String] {
    let place = root.appending(path: folder).path(percentEncoded: false)
    guard FileManager.default.fileExists(atPath: place) else { return [] }
    return try FileManager.default.subpathsOfDirectory(atPath: place).sorted()
      .filter { !$0.split(separator: "/").contains { $0.hasPrefix(".") } }
      .map { "\(folder)/\($0)" }
  }

  static func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: root.appending(path: path).path(percentEncoded: false))
  }

  /// What lies directly in a folder, sorted, without what git ignores by name.
  static func entries(of folder: String) throws -> [String] {
    let ignored = try page(".gitignore").lines.map { $0.hasSuffix("/") ? $0.dropLast() : $0 }
    return try FileManager.default
      .contentsOfDirectory(atPath: root.appending(path: folder).path(percentEncoded: false))
      .filter { name in name != ".git" && !ignored.contains { name == $0 || matches(name, $0) } }
      .sorted()
  }

  private static func matches(_ name: String, _ pattern: Substring) -> Bool {
    pattern.hasPrefix("*") && name.hasSuffix(pattern.dropFirst())
  }
}
