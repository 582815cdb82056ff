import Foundation
import ReplicaStore

/// Where a centre is, as people write it, and what its certificate is held against.
enum CentreAddress {
  /// `ws://…/sync` or `wss://…/sync`: `http` and `https` mean the same places, an address without a scheme is
  /// a secure one, one without a path is the centre's own.
  static func url(_ text: String) throws -> String {
    let schemes = [("ws://", "ws://"), ("wss://", "wss://"), ("http://", "ws://"), ("https://", "wss://")]
    let folded = text.lowercased()
    let known = schemes.first { folded.hasPrefix($0.0) }
    guard known != nil || !text.contains("://") else {
      throw Failure.usage("the centre's address begins with ws:// or wss://, not \(text)")
    }
    let rest = text.dropFirst(known?.0.count ?? 0)
    guard let host = rest.split(separator: "/", maxSplits: 1).first, !rest.hasPrefix("/") else {
      throw Failure.usage("\(text) names no host")
    }
    let path = rest.dropFirst(host.count)
    return (known?.1 ?? "wss://") + host + (path.isEmpty || path == "/" ? ReplicaHost.path : String(path))
  }

  /// A file of certificates under a name that means the same from every folder; empty = the system's.
  static func caFile(_ text: String) -> String { text.isEmpty ? "" : URL(fileURLWithPath: text).path }
}
