/// A device's code and its own consecutive number: `A7/42`.
public struct OperationID: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let device: String
  /// 1 for a device's first operation, without gaps.
  public let number: Int64

  public init(device: String, number: Int64) {
    self.device = device
    self.number = number
  }

  /// Reads `A7/42`; nil for anything else.
  public init?(_ text: String) {
    guard let slash = text.lastIndex(of: "/"), let number = Int64(text[text.index(after: slash)...])
    else { return nil }
    self.init(device: String(text[..<slash]), number: number)
  }

  public var description: String { "\(device)/\(number)" }

  public static func < (one: OperationID, other: OperationID) -> Bool {
    one.device != other.device ? one.device < other.device : one.number < other.number
  }
}

/// One thing a person did, as recorded on a device. What it means is in its form.
public struct Operation: Hashable, Sendable {
  public var id: OperationID
  /// The number of the first operation of its group; a group applies whole or not at all (#69).
  public var group: Int64
  public var kind: OperationKind
  public var kindVersion: Int64
  /// `user` of the device, `os:NAME`, `user:NAME` or `rule`.
  public var actor: String
  /// What the device had seen: the centre's epoch and the version of its checkpoint.
  public var basedOnEpoch: RecordID
  public var basedOnVersion: Int64
  /// When a person says it happened; nil = when it was recorded.
  public var statedAt: Instant?
  /// The device's corrected clock at the recording, never less than its previous operation's.
  public var recordedAt: Instant
  public var clock: ClockReading
  public var form: Form

  public init(
    id: OperationID, group: Int64, kind: OperationKind, kindVersion: Int64 = 1, actor: String,
    basedOnEpoch: RecordID, basedOnVersion: Int64, statedAt: Instant? = nil, recordedAt: Instant,
    clock: ClockReading, form: Form
  ) {
    self.id = id
    self.group = group
    self.kind = kind
    self.kindVersion = kindVersion
    self.actor = actor
    self.basedOnEpoch = basedOnEpoch
    self.basedOnVersion = basedOnVersion
    self.statedAt = statedAt
    self.recordedAt = recordedAt
    self.clock = clock
    self.form = form
  }
}

/// What the device's clocks said when an operation was recorded; evidence, never an order.
public struct ClockReading: Hashable, Sendable {
  public var wall: Instant
  /// Names one start of the device's operating system.
  public var bootID: RecordID
  /// Milliseconds since that start.
  public var bootTimeMilliseconds: Int64
  /// Centre − device at the last connection, milliseconds.
  public var offsetMilliseconds: Int64
  public var uncertaintyMilliseconds: Int64

  public init(
    wall: Instant, bootID: RecordID = .none, bootTimeMilliseconds: Int64 = 0,
    offsetMilliseconds: Int64 = 0, uncertaintyMilliseconds: Int64 = 0
  ) {
    self.wall = wall
    self.bootID = bootID
    self.bootTimeMilliseconds = bootTimeMilliseconds
    self.offsetMilliseconds = offsetMilliseconds
    self.uncertaintyMilliseconds = uncertaintyMilliseconds
  }
}

/// The name of a kind of operation, `order.submit`.
public struct OperationKind: Word {
  public let rawValue: String
  public init(rawValue: String) { self.rawValue = rawValue }
}
