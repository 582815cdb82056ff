import Foundation

/// A path as the server can use it, which works in another folder than the command.
enum AbsolutePath {
  static func of(_ path: String) -> String { URL(fileURLWithPath: path).standardizedFileURL.path }
}
