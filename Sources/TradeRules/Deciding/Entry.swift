/// The circumstances of a decision: everything a rule may know besides the rows.
public struct Entry: Sendable {
  /// The log version the decision will have; on a replica 0, a guess.
  public var version: Int64
  /// The only time a rule may read: when the centre received the operation.
  public var receivedAt: Instant
  /// The device whose operation it is, as the centre knows it now.
  public var device: Device
  /// Centre time of the version the operation was based on; its clock cannot have been earlier.
  public var basedOnReceivedAt: Instant?
  /// Whether this is the centre's decision and not a replica's guess.
  public var isFinal: Bool
  /// SHA-256, for ids that a decision makes.
  public var hash: @Sendable ([UInt8]) -> [UInt8]

  /// Of the work this group brings in, what the centre has heard of already. Looked at only through
  /// `Trade.observe`: the log keeps the answer.
  public var knownWork: [BroughtWork: KnownWork]

  /// Whether the operation was set aside and is done over on an administrator's word: the device is then the one
  /// that recorded it, and its scope no limit.
  var isReleased = false

  public init(
    version: Int64, receivedAt: Instant, device: Device, basedOnReceivedAt: Instant? = nil,
    isFinal: Bool, knownWork: [BroughtWork: KnownWork] = [:],
    hash: @escaping @Sendable ([UInt8]) -> [UInt8]
  ) {
    self.version = version
    self.receivedAt = receivedAt
    self.device = device
    self.basedOnReceivedAt = basedOnReceivedAt
    self.isFinal = isFinal
    self.knownWork = knownWork
    self.hash = hash
  }
}

/// What a decision learned from personal texts. It is written into the log entry, so that replay decides
/// the same after the texts were erased (G28, G29).
public final class Observations {
  /// Answers in the order the questions were asked.
  public private(set) var answers: [Bool] = []
  private let recorded: [Bool]?

  /// - Parameter recorded: the answers of the first decision, when this is a replay.
  public init(replaying recorded: [Bool]? = nil) { self.recorded = recorded }

  func ask(_ question: () -> Bool) -> Bool {
    let answer =
      if let recorded, answers.count < recorded.count { recorded[answers.count] } else { question() }
    answers.append(answer)
    return answer
  }

  /// Which record a question finds, if any: yes or no, and after a yes the 128 bits of its id.
  func askID(_ question: () -> RecordID?) -> RecordID? {
    var found: RecordID?
    let isThere = ask {
      found = question()
      return found != nil
    }
    guard isThere else { return nil }
    let asked = found ?? .none
    func half(_ bits: UInt64) -> UInt64 {
      (0..<64).reduce(0) { half, place in half << 1 | (ask { bits >> (63 - place) & 1 == 1 } ? 1 : 0) }
    }
    let high = half(asked.high)
    return RecordID(high: high, low: half(asked.low))
  }

  /// Forgets the answers since an attempt that has to be repeated.
  func rewind(to count: Int) { answers.removeLast(answers.count - count) }
}
