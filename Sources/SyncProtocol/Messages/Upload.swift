import SwiftProtobuf

/// Replica → centre, while operations are unsent and credit is left.
///
/// Answer: `Settled`, once they are decided or held and on disk; what was decided comes as rows. Sent again
/// after a reconnect: answered from the record, applied once. Spec: docs/PROTOCOL.md, "Push".
public struct Push: Hashable, Sendable {
  /// Of the first operation; the others follow without gaps.
  public var firstNumber: Int64
  /// 1 … 500 and at most 256 KiB by `creditBytes`, a group never split.
  public var operations: [RecordedOperation]
  /// Of the device's chain after the last operation; 32 bytes.
  public var chainHash: [UInt8]
  /// By the device's key over `Transcript.push`; 64 bytes.
  public var signature: [UInt8]

  public init(
    firstNumber: Int64, operations: [RecordedOperation], chainHash: [UInt8], signature: [UInt8] = []
  ) {
    self.firstNumber = firstNumber
    self.operations = operations
    self.chainHash = chainHash
    self.signature = signature
  }

  public var lastNumber: Int64 { firstNumber + Int64(operations.count) - 1 }
  /// What the push costs of `UploadLimits`.
  public var creditBytes: Int { operations.reduce(0) { $0 + $1.creditBytes } }
}

/// An operation as it is kept in an outbox and in the log: its bytes, and beside them what may be erased.
public struct RecordedOperation: Hashable, Sendable {
  /// Made once by `OperationCoding.encode`, never encoded again.
  public var bytes: [UInt8]
  /// One for each personal mark in the bytes, in their order.
  public var personal: [PersonalNote]
  /// Its author has given it up since it was refused, and a restored centre has forgotten that: it is not to be
  /// decided again (#67).
  public var isGivenUp: Bool

  public init(bytes: [UInt8], personal: [PersonalNote] = [], isGivenUp: Bool = false) {
    self.bytes = bytes
    self.personal = personal
    self.isGivenUp = isGivenUp
  }

  /// The bytes, and 16 for each salt, and the texts.
  public var creditBytes: Int {
    personal.reduce(bytes.count) { $0 + $1.salt.count + $1.text.utf8.count }
  }
}

/// A text about a person and the salt of its commitment (`Transcript.commitment`).
public struct PersonalNote: Hashable, Sendable {
  /// 16 random bytes, made when the operation is recorded.
  public var salt: [UInt8]
  public var text: String

  public init(salt: [UInt8], text: String) {
    self.salt = salt
    self.text = text
  }
}

/// Centre → replica: operations up to here are decided or held, on disk; their credit is free again.
///
/// Spec: docs/PROTOCOL.md, "Settled".
public struct Settled: Hashable, Sendable {
  /// Never less than in an earlier `Settled` or `Welcome` of this connection.
  public var through: Int64
  public init(through: Int64) { self.through = through }
}

extension Push {
  init(_ wire: WirePush) throws(ProtocolViolation) {
    let check = FieldChecks(of: "push")
    firstNumber = try check.number(wire.firstNumber, "first_number", 1...Int64.max - 500)
    _ = try check.count(wire.operations.count, "operations", 1...WireLimits.pushOperationsMax)
    operations = []
    operations.reserveCapacity(wire.operations.count)
    for operation in wire.operations { operations.append(try RecordedOperation(operation)) }
    chainHash = try check.bytes(wire.chainHash, "chain_hash", 32)
    signature = try check.bytes(wire.signature, "signature", 64)
    try check.that(
      creditBytes <= WireLimits.pushBytesMax, "at most \(WireLimits.pushBytesMax) bytes of operations",
      found: "\(creditBytes)")
  }

  var wire: WirePush {
    .with {
      $0.firstNumber = UInt64(bitPattern: firstNumber)
      $0.operations = operations.map(\.wire)
      $0.chainHash = .of(chainHash)
      $0.signature = .of(signature)
    }
  }
}

extension RecordedOperation {
  init(_ wire: WireRecorded) throws(ProtocolViolation) {
    let check = FieldChecks(of: "push.operations")
    bytes = try check.bytes(wire.operation, "operation", 1...WireLimits.pushBytesMax)
    _ = try check.count(wire.personal.count, "personal", 0...WireLimits.personalNotesMax)
    isGivenUp = wire.givenUp
    personal = []
    for note in wire.personal {
      personal.append(PersonalNote(salt: try check.bytes(note.salt, "personal.salt", 16), text: note.text))
    }
  }

  var wire: WireRecorded {
    .with {
      $0.operation = .of(bytes)
      $0.givenUp = isGivenUp
      $0.personal = personal.map { note in
        .with {
          $0.salt = .of(note.salt)
          $0.text = note.text
        }
      }
    }
  }
}

extension Settled {
  init(_ wire: WireSettled) throws(ProtocolViolation) {
    through = try FieldChecks(of: "settled").number(wire.through, "through")
  }

  var wire: WireSettled { .with { $0.through = UInt64(bitPattern: through) } }
}
