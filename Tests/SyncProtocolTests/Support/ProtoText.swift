import Foundation

/// `schema/waybill.proto` as text, taken apart far enough to compare it with the program.
struct ProtoText {
  struct Field {
    let label: String
    let type: String
    let number: Int
    let mayBeAbsent: Bool
    let isPersonal: Bool
  }

  struct Message {
    /// The line above it.
    let comment: String
    var fields: [String: Field] = [:]
    /// In the order of the file.
    var names: [String] = []
  }

  private(set) var messages: [String: Message] = [:]

  init() throws {
    let text = try String(contentsOf: Repository.file("schema/waybill.proto"), encoding: .utf8)
    var open: String?
    var depth = 0
    var comment = ""
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if depth == 0, let match = line.firstMatch(of: /^message (\w+) {/) {
        open = String(match.1)
        messages[String(match.1)] = Message(comment: comment)
      }
      let code = line.prefix { $0 != "/" }
      depth += code.filter { $0 == "{" }.count - code.filter { $0 == "}" }.count
      if depth == 0 { open = nil }
      if let open, let match = line.firstMatch(of: /^ +(optional |repeated |)(\w+) (\w+) = (\d+);(.*)$/) {
        let note = match.5
        messages[open]?.names.append(String(match.3))
        messages[open]?.fields[String(match.3)] = Field(
          label: match.1.trimmingCharacters(in: .whitespaces), type: String(match.2),
          number: Int(match.4) ?? 0, mayBeAbsent: note.contains("may be absent"),
          isPersonal: note.contains("personal"))
      }
      comment = line.hasPrefix("// ") ? String(line.dropFirst(3)) : ""
    }
  }

  /// The messages an envelope may hold, in order of their numbers.
  var envelopeCases: [String] { messages["Envelope"]?.names ?? [] }
}

/// Files of this repository that tests compare with the program.
enum Repository {
  static func file(_ path: String) -> URL {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appending(path: path)
  }
}
