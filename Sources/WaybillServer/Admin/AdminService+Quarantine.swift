import CentralStore
import TradeRules

/// Work that was set aside, and what becomes of it.
extension AdminService {
  static func quarantine(of device: String?, _ queries: CentralQueries) -> Answer {
    .later {
      [
        "commands": .array(
          try queries.setAside(of: device).map { work in
            [
              "id": .string(work.id.description), "device": .string(work.id.device),
              "kinds": .strings(work.kinds), "record": .string(work.record), "code": .string(work.code),
              "at": .instant(work.at),
            ]
          })
      ]
    }
  }

  /// Has one command done over. What it comes to is decided now; refused, it stays set aside.
  func release(_ key: String) throws -> Answer {
    guard let id = OperationID(key) else { throw Failure(.notSetAside, key) }
    try requireTrust()
    let (verdicts, orders) = try host.release(id, actor: actor, at: SystemClock.now)
    // The release itself first, then what was released.
    let done = verdicts.dropFirst()
    if let refused = verdicts.first(where: { $0.outcome == .rejected && $0.codes != [.groupRejected] }) {
      throw Failure(
        refused.codes.first ?? .unexpected, refused.detail.isEmpty ? refused.record : refused.detail)
    }
    let codes = done.flatMap(\.codes).reduce(into: [Code]()) { if !$0.contains($1) { $0.append($1) } }
    let document: JSONValue = [
      "id": .string(id.description), "record": .string(done.first?.record ?? ""),
      "outcome": .string(outcome(of: Array(done)).rawValue),
      "codes": .array(codes.map { .string($0.rawValue) }),
    ]
    return .done(document, orders: orders)
  }

  /// A command that names a record which is not there waits for it, and has no verdicts yet.
  private func outcome(of verdicts: [Verdict]) -> Outcome {
    if verdicts.isEmpty { return .held }
    return verdicts.contains { $0.outcome == .partly } ? .partly : .applied
  }
}
