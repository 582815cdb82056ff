import Foundation
import SyncProtocol
import Testing
import TradeRules

@Suite("The contract on paper is the contract in the program")
struct ContractTests {
  @Test("every kind of operation has a protobuf message with the same fields")
  func formsHaveMessages() throws {
    let proto = try ProtoText()
    for rule in RuleBook.all {
      #expect(proto.messages[rule.form.message]?.comment == rule.kind.rawValue)
      try compare(rule.form, with: proto)
    }
  }

  private func compare(_ form: FormDescription, with proto: ProtoText) throws {
    let message = try #require(proto.messages[form.message], "no message \(form.message)")
    #expect(message.fields.count == form.fields.count, "\(form.message)")
    for field in form.fields {
      let name = snakeCased(field.name)
      let found = try #require(message.fields[name], "\(form.message).\(name)")
      #expect(found.number == field.number, "\(form.message).\(name)")
      if let list = field.list {
        #expect(found.label == "repeated" && found.type == list.message, "\(form.message).\(name)")
        try compare(list, with: proto)
        continue
      }
      #expect(found.label == "optional", "\(form.message).\(name)")
      #expect(found.type == type(of: field.kind), "\(form.message).\(name)")
      #expect(found.mayBeAbsent == field.isOptional, "\(form.message).\(name)")
      #expect(found.isPersonal == (field.kind == .personal), "\(form.message).\(name)")
    }
  }

  private func type(of kind: ValueKind) -> String {
    switch kind {
    case .integer: "sint64"
    case .text: "string"
    case .blob, .id, .personal: "bytes"
    }
  }

  private func snakeCased(_ name: String) -> String {
    name.reduce(into: "") { $0 += $1.isUppercase ? "_" + $1.lowercased() : String($1) }
  }

  @Test("docs/PROTOCOL.md has a heading for every message, and says what each needs to say")
  func messagesAreDocumented() throws {
    let sections = try documentedSections()
    for message in try ProtoText().envelopeCases {
      let heading = message.prefix(1).uppercased() + message.dropFirst()
      let section = try #require(sections[heading], "docs/PROTOCOL.md lacks a heading \(heading)")
      for part in ["Direction", "Sent", "Answer", "Breaks the session", "Since version"] {
        #expect(section.contains("**\(part)"), "\(heading) does not say: \(part)")
      }
    }
  }

  @Test("docs/PROTOCOL.md names every field of every message")
  func fieldsAreDocumented() throws {
    let proto = try ProtoText()
    let sections = try documentedSections()
    for message in proto.envelopeCases {
      let name = message.prefix(1).uppercased() + message.dropFirst()
      for field in proto.messages[name]?.names ?? [] {
        #expect(sections[name]?.contains("`\(field)`") == true, "\(name).\(field)")
      }
    }
  }

  @Test("docs/PROTOCOL.md lists every close code and the bounds that the program keeps")
  func numbersAreDocumented() throws {
    let text = try String(contentsOf: Repository.file("docs/PROTOCOL.md"), encoding: .utf8)
    for code in CloseCode.allCases { #expect(text.contains("| \(code.rawValue) |"), "\(code)") }
    let limits = [
      WireLimits.frameBytesMax, WireLimits.frameBytesBeforeProofMax, WireLimits.pageBytesMax,
      WireLimits.batchRowsMax, WireLimits.compressionRatioMax, WireLimits.pushOperationsMax,
      WireLimits.pushBytesMax, WireLimits.personalNotesMax, WireLimits.deviceBytesMax,
      WireLimits.nameBytesMax, WireLimits.bucketBytesMax, WireLimits.bucketsMax,
      WireLimits.cursorBytesMax, WireLimits.mendRowsMax, Int(WireLimits.retryAfterMillisecondsMax),
      WireLimits.versionsMax, RowLimits.textBytesMax, RowLimits.rowBytesMax, RowLimits.keyBytesMax,
    ]
    for limit in limits { #expect(text.contains("| \(limit.grouped) |"), "\(limit)") }
  }

  /// The text under each heading of docs/PROTOCOL.md.
  private func documentedSections() throws -> [String: String] {
    let text = try String(contentsOf: Repository.file("docs/PROTOCOL.md"), encoding: .utf8)
    var sections: [String: String] = [:]
    var heading = ""
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("#") {
        heading = line.drop { $0 == "#" }.trimmingCharacters(in: .whitespaces)
      } else {
        // A sentence may go on in the next line.
        sections[heading, default: ""] += line + " "
      }
    }
    return sections
  }
}

extension Int {
  /// `1,048,576`, as documents write it.
  fileprivate var grouped: String {
    let digits = Array(String(self))
    return digits.indices.reduce(into: "") { text, place in
      if place > 0, (digits.count - place).isMultiple(of: 3) { text += "," }
      text.append(digits[place])
    }
  }
}
