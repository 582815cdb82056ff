import Foundation
import GRDB
import SyncProtocol
import SyncSession
import Testing
import TradeRules

@testable import CentralStore
@testable import ReplicaStore
@testable import Simulator

@Suite("The outbox: interrupted, damaged, shared")
struct QueueStories {
  @Test(
    "#69 the link drops in the middle of an order: nothing is seen of it, then all of it", arguments: 1...12)
  func linkDropsMidOrder(message: Int) throws {
    let shop = try Shop(staffed: ["A1", "P1"])
    try shop.cutOff(shop.ana)
    let order = try shop.ana.orders(("CHAI", 4), ("MATE", 1), ("CHAI", 2))
    var carried = 0
    shop.world.onArrival = { delivery in
      guard shop.world.network.device(of: delivery.link) == "A1" else { return .arrives }
      carried += 1
      try shop.expectWholeOrNothing(order)
      return carried == message ? .breaksLink : .arrives
    }
    try shop.world.setOnline("A1", true)
    try shop.settle()
    #expect(carried > message)
    #expect(try shop.centre.all(OrderLineColumns.self).count == 3)
    #expect(try shop.centre.order(order)?.state == .accepted)
    try shop.expectAllIsWell()
  }

  @Test("#70 one malformed operation: it is answered, what hangs on it is held, fifty others apply")
  func malformed() throws {
    let shop = try Shop([("CHAI", 1_000)])
    try shop.cutOff(shop.ana)
    for _ in 0..<25 { try shop.ana.notes("C-ANA", address: "\(shop.ana.newID())") }
    let bad = try shop.ana.drafts(("CHAI", 1))
    // Three that hang on it, and twenty-five more behind.
    let dependents = [
      try shop.ana.sets(bad, to: 2), try shop.ana.readdresses(bad, to: "2 Side Street"),
      try shop.ana.submits(bad),
    ]
    for _ in 0..<25 { try shop.ana.notes("C-ANA", phone: "\(shop.ana.newID())") }
    try shop.ana.garble(bad.made.id.number)
    try shop.reconnect(shop.ana)

    let answers: [Answer] = try shop.ana.books.all(AnswerColumns.self)
    let applied = answers.filter { $0.outcome == .applied }
    #expect(applied.count == 50)
    let rejected = answers.filter { $0.outcome == .rejected }
    #expect(rejected.map(\.number) == [bad.made.id.number])
    #expect(rejected.map(\.codes) == [["MALFORMED"]])
    let held: [Held] = try shop.ana.books.all(HeldColumns.self)
    #expect(held.map(\.number) == dependents.map(\.id.number))
    #expect(try shop.centre.order(bad) == nil)
    #expect(shop.ana.device.host.progress.isCurrent)
    try shop.expectAllIsWell()

    // Written again, the order is what the held work waited for.
    let again = try shop.ana.record(bad.draft)
    try shop.settle()
    #expect(try shop.centre.answer(to: again.id)?.outcome == .applied)
    for dependent in dependents {
      #expect(try shop.ana.books.answer(to: dependent.id)?.outcome == .applied)
    }
    #expect(try shop.ana.books.order(bad)?.state == .accepted)
    #expect(try shop.ana.books.line(bad).allocated == 2)
    try shop.expectAllIsWell()
  }

  @Test(
    "#70 G3 one of three operations of a command is of a kind the centre does not know: none of them is done")
  func unknownKind() throws {
    let shop = try Shop(staffed: ["A1", "P1"])
    try shop.cutOff(shop.ana)
    let order = PlacedOrder(
      id: shop.ana.newID(), number: "SO-A1-0900", lines: [shop.ana.newID()],
      made: try shop.ana.notes("C-ANA", phone: "+49 30 200"))
    let charge = Filled<ChargeOrder> {
      ($0.order, $0.number, $0.freightMinor) = (order.id, order.number, 500)
    }
    let submit = Filled<SubmitOrder> { ($0.order, $0.number) = (order.id, order.number) }
    let command = try shop.ana.device.record(in: shop.world) { _ in
      [Draft(order.draft), Draft(charge), Draft(submit)]
    }
    try shop.ana.garble(command.id.number + 1) { bytes in
      // As a newer program would call it.
      var bytes = bytes
      let name = Array(ChargeOrder.kind.rawValue.utf8)
      guard let place = bytes.firstRange(of: name) else { return bytes }
      bytes[place.upperBound - 1] = UInt8(ascii: "2")
      return bytes
    }
    let follower = try shop.ana.record(
      Filled<HoldOrder> { ($0.order, $0.number) = (order.id, order.number) })
    try shop.reconnect(shop.ana)

    let answers = try (0..<3).map { offset in
      try shop.ana.books.answer(to: OperationID(device: "A1", number: command.id.number + offset))
    }
    #expect(answers.map { $0?.codes } == [["GROUP_REJECTED"], ["MALFORMED"], ["GROUP_REJECTED"]])
    #expect(try shop.centre.order(order) == nil)
    // What hangs on it does not wait for ever.
    #expect(try shop.ana.books.answer(to: follower.id)?.codes == ["DEPENDS_ON_REFUSED"])
    try shop.expectAllIsWell()
  }

  @Test("what waits for something that never comes is given up by its author, and answered so")
  func withdrawn() throws {
    let shop = try Shop()
    try shop.cutOff(shop.ana)
    let bad = try shop.ana.drafts(("CHAI", 1))
    let dependents = [try shop.ana.sets(bad, to: 2), try shop.ana.submits(bad)]
    try shop.ana.garble(bad.made.id.number)
    try shop.reconnect(shop.ana)
    #expect(try shop.ana.books.all(HeldColumns.self).map(\.number) == dependents.map(\.id.number))

    for dependent in dependents {
      try shop.ana.record(
        Filled<WithdrawWork> {
          $0.first = dependent.id.number
          $0.last = dependent.id.number
        })
    }
    try shop.settle()
    for dependent in dependents {
      let answer = try #require(try shop.ana.books.answer(to: dependent.id))
      #expect(answer.outcome == .rejected)
      #expect(answer.codes == ["WITHDRAWN"])
    }
    #expect(try shop.ana.books.all(HeldColumns.self).allSatisfy { $0.waitingFor.isEmpty })
    try shop.expectAllIsWell()
  }

  @Test("an order that the centre refuses takes with it what was recorded for it: all of it is answered")
  func refusedOrder() throws {
    let shop = try Shop()
    try shop.cutOff(shop.ana)
    // Ben's customer: Ana's device cannot see them, and the centre will not let her.
    let order = PlacedOrder(
      id: shop.ana.newID(), number: "SO-A1-0900", lines: [shop.ana.newID()],
      made: try shop.ana.notes("C-ANA", phone: "+49 30 200"))
    let create = try shop.ana.record(
      Filled<CreateOrder> {
        $0.id = order.id
        $0.number = order.number
        $0.customer = Shop.customerID(2)
        $0.shipComplete = false
        $0.lines = [
          Filled<OrderLineEntry> {
            $0.id = order.lines[0]
            $0.sku = "CHAI"
            $0.quantity = 1
          }
        ]
      })
    let dependents = [try shop.ana.readdresses(order, to: "2 Side Street"), try shop.ana.submits(order)]
    try shop.reconnect(shop.ana)

    #expect(try shop.ana.books.answer(to: create.id)?.codes == ["NOT_PERMITTED"])
    for dependent in dependents {
      let answer = try #require(try shop.ana.books.answer(to: dependent.id))
      #expect(answer.outcome == .rejected)
      #expect(answer.codes == ["DEPENDS_ON_REFUSED"])
    }
    #expect(try shop.centre.order(order) == nil)
    try shop.expectAllIsWell()
  }

  @Test("a command that no batch can carry is refused at once; nothing is recorded, the queue goes on")
  func tooLarge() throws {
    let shop = try Shop(staffed: ["A1"])
    let order = try shop.ana.drafts(("CHAI", 1))
    let essay = String(repeating: "x", count: 300_000)
    #expect(throws: Refusal.self) { try shop.ana.readdresses(order, to: essay) }
    #expect(try shop.ana.device.store.lastRecorded() == 1)
    #expect(try shop.ana.books.order(order)?.deliveryAddress.text == "1 First Street")
    try shop.ana.submits(order)
    try shop.expectAllIsWell()
  }

  @Test("G3 a group goes in one batch, whatever a batch should hold", arguments: [1, 2, 3])
  func groupsGoWhole(operationsPerBatch: Int) throws {
    var limits = SyncLimits()
    limits.operationsPerBatchMax = operationsPerBatch
    let shop = try Shop(staffed: ["A1"], limits: limits)
    try shop.cutOff(shop.ana)
    var batches: [[Int64]] = []
    shop.world.onArrival = { delivery in
      if case .centre = delivery.end, case .push(let push) = try Message.decode(delivery.bytes) {
        batches.append(Array(push.firstNumber...push.lastNumber))
      }
      return .arrives
    }
    // Numbers 1 and 2, 3, 4, 5 and 6.
    try shop.ana.orders(("CHAI", 1))
    try shop.ana.notes("C-ANA", phone: "+49 30 200")
    try shop.ana.notes("C-ANA", phone: "+49 30 300")
    try shop.ana.orders(("MATE", 1))
    try shop.reconnect(shop.ana)
    let wanted: [[Int64]] =
      operationsPerBatch == 3
      ? [[1, 2, 3], [4, 5, 6]]
      : operationsPerBatch == 2 ? [[1, 2], [3, 4], [5, 6]] : [[1, 2], [3], [4], [5, 6]]
    #expect(batches == wanted)
    try shop.expectAllIsWell()
  }

  // MARK: One file, two programs

  @Test("#74 a second sync of one replica is told who holds it, and since when")
  func secondSync() throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let first = ReplicaLock.sync(of: scratch.file)
    try first.acquire()
    let second = ReplicaLock.sync(of: scratch.file)
    let fault = #expect(throws: ReplicaFault.self) { try second.acquire() }
    guard case .busy(let holder) = fault else { return #expect(Bool(false), "busy") }
    #expect(holder.hasPrefix("pid \(ProcessInfo.processInfo.processIdentifier) since "))
    first.release()
    try second.acquire()
  }

  @Test("#74 a writer that waits in vain is told who holds the replica")
  func writerWaitsInVain() throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let holder = ReplicaLock.writers(of: scratch.file)
    try holder.acquire()
    let waiting = ReplicaLock.writers(of: scratch.file)
    var entered = false
    let fault = #expect(throws: ReplicaFault.self) { try waiting.held(patience: 20) { entered = true } }
    guard case .busy(let name) = fault else { return #expect(Bool(false), "busy") }
    #expect(name.hasPrefix("pid \(ProcessInfo.processInfo.processIdentifier) since "))
    #expect(!entered)
    #expect(ReplicaLock.patience == 5_000)
    holder.release()
    try waiting.held(patience: 20) { entered = true }
    #expect(entered)
  }

  @Test("#74 commands that write one replica at the same time queue: all of it is kept, in one chain")
  func manyWriters() async throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let file = scratch.file
    let shop = try Shop(staffed: ["P1"], files: ["P1": file])
    try shop.cutOff(shop.pia)
    let clock = shop.pia.device.clock(at: shop.world.now)
    try await withThrowingTaskGroup(of: Void.self) { writers in
      for writer in 1...4 {
        writers.addTask { try QueueStories.write(file, writer, times: 10, clock) }
      }
      try await writers.waitForAll()
    }
    try shop.reconnect(shop.pia)
    #expect(try shop.pia.device.store.lastRecorded() == 40)
    // 10 of 1, 2, 3 and 4 each.
    #expect(try shop.centre.onHand() == 200)
    try shop.expectAllIsWell()
  }

  /// A program of its own: opens the replica and records some receipts.
  private static func write(_ file: String, _ writer: Int, times: Int, _ clock: ClockReading) throws {
    let store = try ReplicaStore.open(at: file, create: false)
    for _ in 0..<times {
      let receipt = Filled<ReceiveStock> {
        $0.warehouse = "W1"
        $0.sku = "CHAI"
        $0.quantity = Quantity(Int64(writer))
      }
      _ = try store.record(
        actor: "writer \(writer)", clock: clock, random: { [UInt8](repeating: 7, count: $0) },
        { _ in [Draft(receipt)] })
    }
  }
}

extension Shop {
  /// G3: of an order all is to be seen, or nothing, at the centre and on every replica but its maker's.
  fileprivate func expectWholeOrNothing(_ order: PlacedOrder) throws {
    for books in [centre, pia.books] {
      let lines = try books.all(OrderLineColumns.self).filter { $0.order == order.id }
      let isThere = try books.order(order) != nil
      #expect(lines.count == (isThere ? order.lines.count : 0))
      if isThere { #expect(try books.order(order)?.state == .accepted) }
    }
  }
}

extension Person {
  /// Makes one recorded operation unreadable; the chain goes on behind it as if it had been made so.
  ///
  /// - Parameter change: what becomes of its bytes.
  func garble(
    _ number: Int64, _ change: ([UInt8]) -> [UInt8] = { _ in [UInt8](repeating: 0xFF, count: 40) }
  ) throws {
    try device.store.write { db in
      var chain = OperationChain.start
      for item in try Outbox.items(after: 0, limit: .max, in: db) {
        let bytes = item.number == number ? change(item.bytes) : item.bytes
        let commitments = item.number == number ? [] : item.personal.map(Hashing.commitment)
        chain = OperationChain.next(after: chain, bytes: bytes, commitments: commitments)
        try db.execute(
          sql: "UPDATE outbox SET bytes = ?, personal = ?, chain_hash = ? WHERE number = ?",
          arguments: [
            Data(bytes), Data(item.number == number ? [] : PersonalNotes.encode(item.personal)), Data(chain),
            item.number,
          ])
      }
    }
  }
}
