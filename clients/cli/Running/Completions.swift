import ArgumentParser
import Foundation
import ReplicaStore

/// Words for the shell, from the local replica: SKUs, order numbers, bins.
enum Completions {
  private static let limit = 200

  static let skus = complete { view, text in try view.skus(beginning: text, limit: limit) }
  static let orders = complete { view, text in try view.orderNumbers(beginning: text, limit: limit) }
  static let bins = complete { view, text in try view.bins(beginning: text, limit: limit) }
  /// `SKU=` of an order's line.
  static let lines = complete { view, text in
    text.contains("=") ? [] : try view.skus(beginning: text, limit: limit).map { $0 + "=" }
  }

  /// Completion never fails: where there is no replica there are no words.
  private static func complete(
    _ words: @escaping @Sendable (ReplicaView, String) throws -> [String]
  ) -> CompletionKind {
    .custom { typed, _, prefix in
      let environment = ProcessInfo.processInfo.environment
      var given: String?
      for (word, next) in zip(typed, typed.dropFirst()) where word == "--replica" { given = next }
      let file = ReplicaFile(ReplicaFile.path(given: given, environment: environment))
      return (try? file.reading { try words($0, prefix) }) ?? []
    }
  }
}
