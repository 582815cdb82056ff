import GRDB
import SyncProtocol
import SyncSession
import TradeRules
import TradeTables

/// Operations coming in: checked, decided together, settled.
extension CentralHost {
  /// A batch whose chain and signature are right, waiting for the commit.
  struct PendingPush {
    let connection: ConnectionNumber
    let device: String
    let groups: [[ReceivedOperation]]
    let through: Int64
    let chainHash: [UInt8]

    var operationCount: Int { groups.reduce(0) { $0 + $1.count } }
  }

  /// Checks a batch: its operations continue the device's chain, and the device signed where it ends. What
  /// the log has already is passed over (G4); a different operation under a known number is a fork (G18).
  func take(_ push: Push, from number: ConnectionNumber) throws {
    guard let code = connections[number]?.device, let device = try store.find(DeviceColumns.self, code),
      let session = try store.session(of: code)
    else { return }
    let waiting = pending.last { $0.device == code }
    let known = waiting?.through ?? session.appliedThrough
    var chain = try knownChain(after: push.firstNumber - 1, of: code, session) ?? []
    var fresh: [ReceivedOperation] = []
    for (offset, recorded) in push.operations.enumerated() {
      let id = OperationID(device: code, number: push.firstNumber + Int64(offset))
      let personal = recorded.personal.map(PersonalPiece.init)
      chain = OperationChain.next(
        after: chain, bytes: recorded.bytes, commitments: personal.map(\.commitment))
      guard id.number > known || PlantedBug.isPlanted(.repeatDecidedAgain) else { continue }
      // A group travels whole: part of one would be decided as if it were all (#69).
      if let envelope = try? OperationCoding.envelope(of: recorded.bytes),
        envelope.heading.group < push.firstNumber
      {
        throw ProtocolViolation(
          expected: "whole groups", found: "operation \(id.number) of group \(envelope.heading.group)")
      }
      var operation = ReceivedOperation(id: id, bytes: recorded.bytes, personal: personal, chainHash: chain)
      operation.isGivenUp = recorded.isGivenUp
      fresh.append(operation)
    }
    let last = push.lastNumber
    let transcript = Transcript.push(
      device: code, epoch: store.epoch, lastNumber: last, chainHash: push.chainHash)
    let isSigned = SigningKey.isValid(push.signature, over: transcript, by: device.publicKey)
    // A batch that ends within what is known must end as that does.
    let ours = last <= known ? try knownChain(after: last, of: code, session) : chain
    guard chain == push.chainHash, isSigned, chain == ours else { return fork(session, number) }
    pending.append(
      PendingPush(
        connection: number, device: code, groups: fresh.grouped(by: \.group), through: max(last, known),
        chainHash: last > known ? chain : waiting?.chainHash ?? session.chainHash))
  }

  /// The device's chain after an operation that waits for the commit or is in the log; nil when neither has
  /// it.
  private func knownChain(
    after number: Int64, of device: String, _ session: DeviceSession
  ) throws -> [UInt8]? {
    if number == 0 { return OperationChain.start }
    if number == session.appliedThrough { return session.chainHash }
    let id = OperationID(device: device, number: number)
    if number < session.appliedThrough {
      return try store.read { db in try LogStore.chainHash(of: id, in: db) }
    }
    for push in pending where push.device == device {
      for operation in push.groups.joined() where operation.id == id { return operation.chainHash }
    }
    return nil
  }

  private func fork(_ session: DeviceSession, _ number: ConnectionNumber) {
    var session = session
    session.isForked = true
    // The mark is for people; if it cannot be written, the refusal stands all the same.
    try? store.store([session])
    refuse(number, .replicaForked)
  }

  /// Decides everything that arrived with this batch of events, in one commit unless it is a lot, then tells
  /// everybody.
  func decidePending(at now: Instant) {
    var waiting = pending[...]
    pending = []
    // What follows work that could not be written cannot be decided before it.
    var given: [String: Code] = [:]
    while !waiting.isEmpty, halted == nil {
      let slice = nextSlice(of: &waiting)
      for push in slice where given[push.device] != nil && connections[push.connection] != nil {
        refuse(push.connection, given[push.device] ?? .unexpected, retryAfter: 5_000)
      }
      decideSlice(slice.filter { given[$0.device] == nil }, &given, at: now)
    }
  }

  /// As many whole batches, in the order in which they came, as one commit takes.
  private func nextSlice(of waiting: inout ArraySlice<PendingPush>) -> [PendingPush] {
    var slice: [PendingPush] = []
    var count = 0
    while let next = waiting.first {
      count += next.operationCount
      if !slice.isEmpty, count > limits.operationsPerCommitMax { break }
      slice.append(waiting.removeFirst())
    }
    return slice
  }

  /// - Parameter given: takes in whose work was given back, and why.
  private func decideSlice(_ pushes: [PendingPush], _ given: inout [String: Code], at now: Instant) {
    guard !pushes.isEmpty else { return }
    do { try decide(pushes, at: now) } catch {
      let devices = Set(pushes.map(\.device))
      guard StoreTrouble.code(of: error) == .unexpected, devices.count > 1 else {
        return giveBack(pushes, &given, after: error)
      }
      // Whoever's work cannot be written keeps nobody else's from being decided.
      for device in devices.sorted() where halted == nil {
        let own = pushes.filter { $0.device == device }
        do { try decide(own, at: now) } catch { giveBack(own, &given, after: error) }
      }
    }
  }

  private func decide(_ pushes: [PendingPush], at now: Instant) throws {
    let sessions = try settledSessions(pushes, at: now)
    if PlantedBug.isPlanted(.settledBeforeCommit) { try store.store(sessions) }
    let commit = try store.commit(pushes.flatMap(\.groups), sessions: sessions, at: now)
    for push in pushes where connections[push.connection] != nil {
      send(.settled(Settled(through: push.through)), to: push.connection)
    }
    publish(commit, at: now)
  }

  /// Nothing was written, so nothing is acknowledged: the devices keep their work and come back.
  private func giveBack(_ pushes: [PendingPush], _ given: inout [String: Code], after error: any Error) {
    let code = StoreTrouble.code(of: error)
    for push in pushes {
      given[push.device] = code
      if connections[push.connection] != nil { refuse(push.connection, code, retryAfter: 5_000) }
    }
    if code == .unexpected {
      for device in Set(pushes.map(\.device)).sorted() {
        orders.append(.report(code, device: device, detail: "what it sent cannot be written: \(error)"))
      }
    }
    note(error)
  }

  private func settledSessions(_ pushes: [PendingPush], at now: Instant) throws -> [DeviceSession] {
    var sessions: [String: DeviceSession] = [:]
    for push in pushes {
      guard var session = try sessions[push.device] ?? store.session(of: push.device) else { continue }
      session.unsent = max(0, session.unsent - (push.through - session.appliedThrough))
      session.appliedThrough = push.through
      session.chainHash = push.chainHash
      session.lastSeenAt = now
      sessions[push.device] = session
    }
    return sessions.values.sorted { $0.device < $1.device }
  }
}

/// What a failing store is called on the wire.
enum StoreTrouble {
  static func code(of error: any Error) -> Code {
    if let fault = error as? StoreFault { return fault.code }
    if let halt = error as? Halt { return halt.code }
    if error is LogDamage { return .storeCorrupt }
    return (error as? DatabaseError).map { StoreFault($0, doing: "serve").code } ?? .unexpected
  }
}
