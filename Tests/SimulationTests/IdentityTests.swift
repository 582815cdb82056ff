import Crypto
import SyncProtocol
import SyncSession
import Testing
import TradeRules

@testable import CentralStore
@testable import ReplicaStore
@testable import Simulator

@Suite("Who is let in, and who is not")
struct IdentityTests {
  // MARK: Enrolment

  private func newcomer(_ name: String, _ code: EnrolmentCode, in shop: Shop) throws -> SimulatedDevice {
    let device = try SimulatedDevice(name, seed: 7, enrolment: code, at: shop.world.now)
    shop.world.add(device)
    try shop.world.run(milliseconds: 2_000)
    return device
  }

  private func expectRefused(_ device: SimulatedDevice, in shop: Shop) throws {
    #expect(device.host.progress.refusedWith == .codeInvalid)
    #expect(try device.store.state() == nil)
    // It does not try again by itself.
    try shop.world.run(milliseconds: 60_000)
    #expect(device.link == nil)
    try shop.world.remove(device.code)
    try shop.expectAllIsWell()
  }

  @Test("an enrolment code is good for one device")
  func usedTwice() throws {
    let shop = try Shop(staffed: ["A1"])
    let code = try shop.world.invite("P9", .warehouse, warehouses: ["W1"])
    let first = try newcomer("P9", code, in: shop)
    #expect(try first.store.state()?.device == "P9")
    let key = try shop.centre.all(DeviceColumns.self).first { $0.code == "P9" }?.publicKey
    let second = try newcomer("second", code, in: shop)
    try expectRefused(second, in: shop)
    #expect(try shop.centre.all(DeviceColumns.self).first { $0.code == "P9" }?.publicKey == key)
  }

  @Test("an enrolment code that is a day old is refused")
  func expired() throws {
    let shop = try Shop(staffed: ["A1"])
    let code = try shop.world.invite("P9", .warehouse, warehouses: ["W1"])
    try shop.world.run(milliseconds: 86_400_000)
    try expectRefused(try newcomer("P9", code, in: shop), in: shop)
    #expect(try shop.centre.all(DeviceColumns.self).first { $0.code == "P9" }?.state == .invited)
  }

  @Test("a code that nobody was given is refused")
  func wrongSecret() throws {
    let shop = try Shop(staffed: ["A1"])
    let code = EnrolmentCode(
      secret: [UInt8](repeating: 1, count: EnrolmentCode.secretBytes),
      centreKey: shop.world.centre.key.publicKey)
    try expectRefused(try newcomer("P9", code, in: shop), in: shop)
  }

  @Test("a code of another centre is not shown to this one")
  func otherCentre() throws {
    let shop = try Shop(staffed: ["A1"])
    let other = try SigningKey(seed: [UInt8](repeating: 9, count: 32))
    let code = EnrolmentCode(
      secret: [UInt8](repeating: 1, count: EnrolmentCode.secretBytes), centreKey: other.publicKey)
    var said = 0
    shop.world.onArrival = { delivery in
      if case .centre = delivery.end, shop.world.network.device(of: delivery.link) == "P9" { said += 1 }
      return .arrives
    }
    let device = try newcomer("P9", code, in: shop)
    #expect(device.host.progress.refusedWith == .centreUntrusted)
    #expect(said == 0)
  }

  // MARK: The centre's own identity

  @Test("a centre with another key than the one pinned is refused, and is told nothing")
  func wrongCentreKey() throws {
    let shop = try Shop(staffed: ["A1"])
    try shop.cutOff(shop.ana)
    try shop.ana.orders(("CHAI", 4))
    let impostor = CentralHost(
      store: try CentralStore.inMemory(), key: try SigningKey(seed: [UInt8](repeating: 9, count: 32))
    ) { [UInt8](repeating: 3, count: $0) }
    let host = shop.ana.device.host
    let clock = shop.ana.device.clock(at: shop.world.now)
    _ = try host.handle([.connected], at: clock)
    var said: [[UInt8]] = []
    for case .send(let challenge, _) in impostor.handle([.connected(1)], at: shop.world.now) {
      for case .send(let bytes) in try host.handle([.received(challenge)], at: clock) { said.append(bytes) }
    }
    #expect(said.isEmpty)
    #expect(host.progress.refusedWith == .centreUntrusted)
    _ = try host.handle([.disconnected], at: clock)
    try shop.expectAllIsWell()
  }

  @Test("a welcome that the centre did not sign is refused")
  func forgedWelcome() throws {
    let shop = try Shop(staffed: ["A1"])
    try shop.cutOff(shop.ana)
    let order = try shop.ana.orders(("CHAI", 4))
    let host = shop.ana.device.host
    let clock = shop.ana.device.clock(at: shop.world.now)
    let opened = shop.world.network.open(device: "A1", at: shop.world.now)
    let link = try #require(opened)
    _ = try host.handle([.connected], at: clock)
    var toCentre: [CentralHost.Event] = [.connected(link)]
    var forged = 0
    while !toCentre.isEmpty {
      let orders = shop.world.centre.handle(toCentre, at: shop.world.now)
      toCentre = []
      for case .send(let bytes, to: [link]) in orders {
        var message = try Message.decode(bytes)
        if case .welcome(var welcome) = message {
          welcome.grants = Grants(exact: [.reference, .hq])
          message = .welcome(welcome)
          forged += 1
        }
        for case .send(let answer) in try host.handle([.received(message.encode())], at: clock) {
          toCentre.append(.received(link, answer))
        }
      }
    }
    #expect(forged == 1)
    #expect(host.progress.refusedWith == .centreUntrusted)
    #expect(try shop.centre.order(order) == nil)
    _ = try host.handle([.disconnected], at: clock)
    _ = shop.world.centre.handle([.disconnected(link)], at: shop.world.now)
    shop.world.network.close(link)
    try shop.expectAllIsWell()
  }

  // MARK: Copies

  @Test(
    "#66 a replica's file is copied: whoever connects first goes on, the other is refused",
    arguments: [true, false])
  func copied(copyComesFirst: Bool) throws {
    let shop = try Shop(staffed: ["A1"])
    try shop.cutOff(shop.ana)
    let copy = try shop.copy(of: shop.ana)
    let order = try shop.ana.orders(("CHAI", 4))
    let second = Person(shop, copy.code)
    let other = try second.orders(("MATE", 7))
    #expect(order.made.id == other.made.id)

    let (first, last) = copyComesFirst ? (second, shop.ana) : (shop.ana, second)
    try shop.reconnect(first)
    try shop.world.setOnline(last.code, true)
    try shop.world.run(milliseconds: 5_000)
    #expect(last.device.host.progress.refusedWith == .replicaForked)
    #expect(try shop.centre.order(copyComesFirst ? other : order)?.state == .accepted)
    #expect(try shop.centre.order(copyComesFirst ? order : other) == nil)
    #expect(try shop.world.store.session(of: "A1")?.isForked == true)
    // The work of the refused one is still there.
    #expect(
      try last.device.store.batch(after: 0, limit: 10, bytesMax: 10_000).map(\.state) == [.unsent, .unsent])
    try shop.world.remove(last.code)
    try shop.settle()
    try shop.expectChain(decidedOnce: first)
  }

  @Test("#66 the original goes on working; the copy stays refused for good")
  func copyStaysRefused() throws {
    let shop = try Shop(staffed: ["A1"])
    let copy = try shop.copy(of: shop.ana)
    try shop.ana.orders(("CHAI", 4))
    try shop.settle()
    for _ in 0..<2 {
      try shop.world.setOnline(copy.code, true)
      try shop.world.run(milliseconds: 5_000)
      #expect(copy.host.progress.refusedWith == .replicaForked)
      try shop.world.setOnline(copy.code, false)
    }
    try shop.world.remove(copy.code)
    try shop.ana.orders(("CHAI", 2))
    try shop.expectAllIsWell()
  }

  // MARK: Connections

  @Test("a half-open connection does not keep a device out: the newer one wins, the older is deaf")
  func newerWins() throws {
    let shop = try Shop(staffed: ["A1"])
    let old = try #require(shop.ana.device.link)
    try shop.world.breakLink(of: shop.ana.device, halfOpen: true)
    let order = try shop.ana.orders(("CHAI", 4))
    try shop.settle()
    let connections = shop.world.centre.connections.filter { $0.value.device == "A1" }
    #expect(connections.count == 1)
    #expect(connections[old] == nil)
    #expect(try shop.centre.order(order)?.state == .accepted)

    // What the old connection still delivers moves nothing.
    let head = shop.world.store.head
    let items = try shop.ana.device.store.batch(after: 0, limit: 10, bytesMax: 10_000)
    let late = Message.push(try shop.ana.signedPush(items)).encode()
    #expect(shop.world.centre.handle([.received(old, late)], at: shop.world.now).isEmpty)
    #expect(shop.world.store.head == head)
    try shop.expectAllIsWell()
  }

  @Test("the older of two connections is closed with a code that says so")
  func olderIsTold() throws {
    let shop = try Shop(staffed: ["A1"])
    let old = try #require(shop.ana.device.link)
    try shop.world.breakLink(of: shop.ana.device, halfOpen: true)
    let host = shop.ana.device.host
    let clock = shop.ana.device.clock(at: shop.world.now)
    _ = try host.handle([.connected], at: clock)
    let opened = shop.world.network.open(device: "A1", at: shop.world.now)
    let newer = try #require(opened)
    var toCentre: [CentralHost.Event] = [.connected(newer)]
    var closes: [(UInt64, CloseCode)] = []
    while !toCentre.isEmpty, closes.isEmpty {
      let orders = shop.world.centre.handle(toCentre, at: shop.world.now)
      toCentre = []
      for order in orders {
        switch order {
        case .close(let link, let code, _): closes.append((link, code))
        case .send(let bytes, to: [newer]):
          for case .send(let answer) in try host.handle([.received(bytes)], at: clock) {
            toCentre.append(.received(newer, answer))
          }
        default: break
        }
      }
    }
    #expect(closes.map(\.0) == [old])
    #expect(closes.map(\.1) == [.replaced])
    _ = try host.handle([.disconnected], at: clock)
    _ = shop.world.centre.handle([.disconnected(newer)], at: shop.world.now)
    shop.world.network.close(newer)
    try shop.expectAllIsWell()
  }

  // MARK: What a device may do

  @Test("G19 a device that sends what its role may not do is answered, and nothing changes")
  func notItsRole() throws {
    let shop = try Shop(staffed: ["A1", "P1"])
    try shop.pia.receives(7)
    try shop.settle()
    // The agent's program was tampered with: it signs a receipt of goods with the agent's key.
    let stolen = try shop.pia.device.store.batch(after: 0, limit: 1, bytesMax: 10_000)
    let forged = try shop.ana.forges(stolen[0])
    try shop.send(.push(forged), from: shop.ana)
    try shop.world.run(milliseconds: 500)
    let answer = try #require(try shop.centre.answer(to: OperationID(device: "A1", number: 1)))
    #expect(answer.outcome == .rejected)
    #expect(answer.codes == ["NOT_PERMITTED"])
    #expect(try shop.centre.onHand() == 107)
  }
}

extension Shop {
  /// The log's chain holds, and one branch of a forked device is in it, each operation once.
  fileprivate func expectChain(decidedOnce person: Person) throws {
    let state = try #require(try person.device.store.state())
    for number in 1...state.appliedThrough {
      #expect(try decisions(of: OperationID(device: state.device, number: number)) == 1)
    }
  }
}

extension Person {
  /// Another device's operation made one's own: same form, own id, own signature.
  func forges(_ item: OutboxItem) throws -> Push {
    let state = try #require(try device.store.state())
    var operation = try #require(item.operation)
    operation.id = OperationID(device: state.device, number: 1)
    operation.group = 1
    let (bytes, _) = OperationCoding.encode(operation)
    let hash = OperationChain.next(after: OperationChain.start, bytes: bytes, commitments: [])
    var push = Push(firstNumber: 1, operations: [RecordedOperation(bytes: bytes)], chainHash: hash)
    push.signature = try SigningKey(seed: state.keySeed).sign(
      Transcript.push(device: state.device, epoch: state.epoch, lastNumber: 1, chainHash: hash))
    return push
  }
}
