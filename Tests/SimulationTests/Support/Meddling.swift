import SyncProtocol
import SyncSession
import Testing
import TradeRules

@testable import CentralStore
@testable import ReplicaStore
@testable import Simulator

/// What networks and programs do to people, on purpose.
extension Shop {
  /// Connects a device whose link carries nothing of its work, runs `body` once it has taken the centre's
  /// rows, then gives it a link that works.
  func withoutUpload(
    from person: Person, _ location: SourceLocation = #_sourceLocation, _ body: () throws -> Void
  ) throws {
    let appliedThrough = try person.device.store.state()?.appliedThrough
    world.onArrival = { [world] delivery in
      guard case .centre = delivery.end, world.network.device(of: delivery.link) == person.code,
        case .push = try Message.decode(delivery.bytes)
      else { return .arrives }
      return .vanishes
    }
    try world.setOnline(person.code, true)
    try world.run(milliseconds: 2_000)
    let state = try person.device.store.state()
    #expect(state?.checkpoint == world.store.head.version, sourceLocation: location)
    #expect(state?.appliedThrough == appliedThrough, sourceLocation: location)
    try body()
    world.onArrival = nil
    try world.setOnline(person.code, false)
    try world.setOnline(person.code, true)
  }

  /// Sends everything a device ever recorded once more, on its open connection.
  func sendAgain(_ person: Person) throws {
    let items = try person.device.store.batch(after: 0, limit: 500, bytesMax: 1_000_000)
    try send(.push(try person.signedPush(items)), from: person)
    try world.run(milliseconds: 100)
  }

  /// Sends a message of a test's own on a device's connection.
  func send(_ message: Message, from person: Person) throws {
    let link = try #require(person.device.link)
    world.network.send(message.encode(), on: link, to: .centre, at: world.now)
  }
}

extension Person {
  /// Puts an operation into the device's outbox past its rules, as a program of somebody's own could.
  @discardableResult
  func smuggles(_ kind: OperationKind, _ form: Form) throws -> OperationID {
    let store = device.store
    let state = try #require(try store.state())
    return try store.write { db in
      let last = try Outbox.last(in: db)
      let id = OperationID(device: code, number: (last?.number ?? 0) + 1)
      let operation = Operation(
        id: id, group: id.number, kind: kind, actor: "user", basedOnEpoch: state.epoch,
        basedOnVersion: state.checkpoint, statedAt: nil, recordedAt: shop.world.now,
        clock: device.clock(at: shop.world.now), form: form)
      let (bytes, texts) = OperationCoding.encode(operation)
      let notes = texts.map { PersonalNote(salt: Array(repeating: 7, count: 16), text: $0.text) }
      let chain = OperationChain.next(
        after: last?.chainHash ?? OperationChain.start, bytes: bytes,
        commitments: notes.map(Hashing.commitment))
      try Outbox.append(
        OutboxItem(
          number: id.number, group: id.number, kind: kind, record: "", recordedAt: shop.world.now,
          bytes: bytes, personal: notes, chainHash: chain, state: .unsent, predicted: ""), in: db)
      return id
    }
  }

  /// Operations as the device would send them, signed with its key.
  func signedPush(_ items: [OutboxItem]) throws -> Push {
    let state = try #require(try device.store.state())
    let (first, last) = (try #require(items.first), try #require(items.last))
    var push = Push(
      firstNumber: first.number, operations: items.map(\.recorded), chainHash: last.chainHash)
    push.signature = try SigningKey(seed: state.keySeed).sign(
      Transcript.push(
        device: state.device, epoch: state.epoch, lastNumber: last.number, chainHash: last.chainHash))
    return push
  }
}
