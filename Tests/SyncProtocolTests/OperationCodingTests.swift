import SwiftProtobuf
import Testing
import TradeRules

@testable import SyncProtocol

@Suite("An operation's bytes are made once and mean one thing")
struct OperationCodingTests {
  private func operation(_ rule: OperationRule, _ dice: inout Dice) -> TradeRules.Operation {
    let number = Int64.random(in: 1...Int64.max, using: &dice)
    return TradeRules.Operation(
      id: OperationID(device: "W\(dice.roll(99))", number: number),
      group: Int64.random(in: 1...number, using: &dice), kind: rule.kind, kindVersion: 1, actor: "os:zoë",
      basedOnEpoch: RecordID(high: dice.next(), low: dice.next()),
      basedOnVersion: max(0, dice.integer()), statedAt: dice.roll(2) == 0 ? nil : Instant(milliseconds: 0),
      recordedAt: dice.moment(),
      clock: ClockReading(
        wall: Instant(milliseconds: dice.integer()), bootID: RecordID(high: dice.next(), low: 0),
        bootTimeMilliseconds: dice.integer(), offsetMilliseconds: dice.integer(),
        uncertaintyMilliseconds: dice.integer()),
      form: dice.form(of: rule.form))
  }

  @Test("operations of every kind come back as they were recorded", arguments: 1...6)
  func roundTrip(seed: UInt64) throws {
    var dice = Dice(seed)
    for rule in RuleBook.all {
      let operation = operation(rule, &dice)
      let (bytes, personal) = OperationCoding.encode(operation)
      #expect(try OperationCoding.decode(bytes, personal: personal) == operation, "\(rule.kind)")
    }
  }

  @Test("other languages read the same bytes, and would have written them", arguments: 1...3)
  func protobufAgrees(seed: UInt64) throws {
    var dice = Dice(seed)
    for rule in RuleBook.all {
      let operation = operation(rule, &dice)
      let bytes = OperationCoding.encode(operation).bytes
      let wire = try WireOperation(serializedBytes: bytes)
      #expect(wire.device == operation.id.device && wire.number == UInt64(operation.id.number))
      #expect(wire.kind == operation.kind.rawValue && wire.hasStatedAt == (operation.statedAt != nil))
      #expect(wire.clock.offset == operation.clock.offsetMilliseconds)
      #expect(try wire.serializedBytes() as [UInt8] == bytes, "\(rule.kind)")
    }
  }

  @Test("#70: an operation whose form is malformed still says whose it is, and of which group")
  func malformedFormKeepsItsEnvelope() throws {
    var wire = try WireOperation(serializedBytes: OperationCoding.encode(Samples.edit).bytes)
    wire.form = .of([0xFF, 0xFF])
    let bytes: [UInt8] = try wire.serializedBytes()
    #expect(throws: MalformedForm.self) { try OperationCoding.decode(bytes, personal: []) }
    let envelope = try OperationCoding.envelope(of: bytes)
    #expect(envelope.heading.id == Samples.edit.id && envelope.heading.group == Samples.edit.group)
    #expect(envelope.heading.kind == EditCustomer.kind && envelope.form == [0xFF, 0xFF])
  }

  @Test("#70: a kind that only a newer program knows is set aside, not lost")
  func unknownKind() throws {
    var wire = try WireOperation(serializedBytes: OperationCoding.encode(Samples.edit).bytes)
    wire.kind = "order.teleport"
    let bytes: [UInt8] = try wire.serializedBytes()
    #expect(throws: MalformedForm.unknownKind("order.teleport")) {
      try OperationCoding.decode(bytes, personal: [])
    }
    #expect(try OperationCoding.envelope(of: bytes).heading.id == Samples.edit.id)
  }

  @Test("texts about persons are not in the bytes (G28)")
  func personalTextsStayOutside() throws {
    let (bytes, personal) = OperationCoding.encode(Samples.edit)
    #expect(personal.map(\.text) == ["Zoë Núñez", ""])
    let name = Array("Zoë".utf8)
    let holdsName = bytes.indices.contains { bytes[$0...].starts(with: name) }
    #expect(!holdsName)
    #expect(throws: MalformedForm.personalTexts) {
      try OperationCoding.decode(bytes, personal: [PersonalText("one too few")])
    }
  }

  @Test("a text of a form, about a person or not, has at most 64 KiB")
  func longTexts() throws {
    func coded(_ name: Int, _ list: Int) throws {
      var edit = Samples.edit
      edit.form =
        Filled<EditCustomer> {
          ($0.id, $0.code) = (Samples.epoch, "C-1")
          $0.name = PersonalText(String(repeating: "n", count: name))
          $0.priceList = String(repeating: "p", count: list)
        }.form
      let (bytes, personal) = OperationCoding.encode(edit)
      #expect(try OperationCoding.decode(bytes, personal: personal) == edit)
    }
    let most = RowLimits.textBytesMax
    try coded(most, most)
    #expect(throws: MalformedForm.badText("name")) { try coded(most + 1, 1) }
    #expect(throws: MalformedForm.badText("priceList")) { try coded(1, most + 1) }
  }

  @Test("a time that is said lies in the years 1 … 9999, in the envelope and in a form")
  func moments() throws {
    func coded(_ moment: Instant, _ place: WritableKeyPath<TradeRules.Operation, Instant>) throws {
      var operation = Samples.edit
      operation.statedAt = Samples.edit.recordedAt
      operation[keyPath: place] = moment
      let (bytes, personal) = OperationCoding.encode(operation)
      #expect(try OperationCoding.decode(bytes, personal: personal) == operation)
    }
    let description = FormDescription(PublishPrices.self)
    func coded(_ validFrom: Instant) throws {
      let form = Filled<PublishPrices> { ($0.list, $0.validFrom) = ("EU", validFrom) }.form
      #expect(try description.decode(description.encode(form)) == form)
    }
    let (first, last) = (Instant.range.lowerBound, Instant.range.upperBound)
    for moment in [first, last] {
      try coded(moment, \.recordedAt)
      try coded(moment, \.stated)
      try coded(moment)
    }
    for moment in [Instant(milliseconds: .min), .init(milliseconds: .max), first.before, last.after] {
      #expect(throws: MalformedForm.outOfBounds("recorded_at")) { try coded(moment, \.recordedAt) }
      #expect(throws: MalformedForm.outOfBounds("stated_at")) { try coded(moment, \.stated) }
      #expect(throws: MalformedForm.outOfBounds("validFrom")) { try coded(moment) }
    }
  }

  @Test("an envelope without what it must have, or with fields out of order, is malformed")
  func envelopeBounds() throws {
    let good = try WireOperation(serializedBytes: OperationCoding.encode(Samples.edit).bytes)
    let faults: [(MalformedForm, (inout WireOperation) -> Void)] = [
      (.missing("device"), { $0.device = "" }), (.badText("device"), { $0.device = "A\u{0}7" }),
      (.badText("device"), { $0.device = String(repeating: "A", count: 33) }),
      (.wrongType("number"), { $0.number = 0 }), (.wrongType("number"), { $0.number = .max }),
      (.wrongType("group"), { $0.group = 42 }), (.missing("kind"), { $0.kind = "" }),
      (.wrongType("kind_version"), { $0.kindVersion = 0 }), (.missing("actor"), { $0.actor = "" }),
      (.wrongType("based_on_epoch"), { $0.basedOnEpoch = .of([1]) }),
      (.missing("clock"), { $0.clearClock() }), (.wrongType("clock.boot_id"), { $0.clock.bootID = .of([7]) }),
    ]
    for (reason, fault) in faults {
      var wire = good
      fault(&wire)
      let bytes: [UInt8] = try wire.serializedBytes()
      #expect(throws: reason) { try OperationCoding.envelope(of: bytes) }
    }
    let bytes = OperationCoding.encode(Samples.edit).bytes
    #expect(throws: MalformedForm.outOfOrder) { try OperationCoding.envelope(of: bytes + bytes) }
    #expect(try OperationCoding.envelope(of: bytes + [0xD0, 0x05, 7]).heading.id == Samples.edit.id)
    for length in 0..<bytes.count - 1 {
      let envelope = try? OperationCoding.envelope(of: Array(bytes[..<length]))
      // Cut right before the form, the envelope is whole and the form empty.
      #expect(envelope == nil || envelope?.form.isEmpty == true)
    }
  }
}

extension TradeRules.Operation {
  /// The time a person stated; it is there.
  fileprivate var stated: Instant {
    get { statedAt ?? recordedAt }
    set { statedAt = newValue }
  }
}

extension Instant {
  fileprivate var before: Instant { advanced(byMilliseconds: -1) }
  fileprivate var after: Instant { advanced(byMilliseconds: 1) }
}
