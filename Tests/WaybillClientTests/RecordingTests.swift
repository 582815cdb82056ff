import Testing
import TradeRules

@testable import ReplicaStore
@testable import WaybillClient

@Suite("Recording work without a link")
struct RecordingTests {
  private func shop() throws -> (Desktop, Customer) {
    let desk = try Desktop()
    try desk.addProduct("CHAI")
    try desk.addStock("CHAI", 10)
    return (desk, try desk.addCustomer("C-1"))
  }

  /// An order of so much CHAI, submitted in the same command.
  private func submit(_ quantity: Quantity, on desk: Desktop, for customer: Customer) throws -> Recorded {
    try desk.record { _, numbering in
      let number = try numbering.take("SO")
      let id = RecordID(high: 0x7100, low: UInt64(quantity.thousandths))
      return [
        Draft(
          Filled<CreateOrder> {
            $0.id = id
            $0.number = number
            $0.customer = customer.id
            $0.shipComplete = false
            $0.lines = [
              Filled<OrderLineEntry> {
                $0.id = RecordID(high: 0x7101, low: UInt64(quantity.thousandths))
                $0.sku = "CHAI"
                $0.quantity = quantity
              }
            ]
          }),
        Draft(
          Filled<SubmitOrder> {
            $0.order = id
            $0.number = number
          }),
      ]
    }
  }

  @Test(
    "a submitted order shows its own number, its price and a promise of stock at once, marked provisional")
  func provisionalOrder() throws {
    let (desk, customer) = try shop()
    let recorded = try submit(4, on: desk, for: customer)
    #expect(recorded.id == OperationID(device: "A7", number: 1))
    try desk.look { (view: ReplicaView) throws in
      let reading = try view.reading(try view.requireOrder("SO-A7-0001"))
      #expect(reading.order.state == .accepted)
      #expect(reading.fulfilment == .allocated)
      #expect(reading.syncState == .unsent)
      #expect(reading.isProvisional)
      #expect(reading.order.totalMinor == 5_000)
      let console = Console(isJSON: true, isQuiet: true, environment: [:])
      let document = OrderShown(reading: reading, console: console).shown.document
      #expect(document["number"]?.string == "SO-A7-0001")
      #expect(document["provisional"]?.bool == true)
      #expect(document["payment"]?.string == "unpaid")
      #expect(document["customer"]?["code"]?.string == "C-1")
      let line = document["lines"]?.array?.first
      #expect(line?["line"]?.integer == 1)
      #expect(line?["allocated"]?.integer == 4)
      #expect(line?["unitPrice"]?.string == "12.5000")
      let level = try #require(try view.stock(of: "CHAI").first?.level)
      #expect(level.available == 6)
      #expect(try view.unsent().count == 2)
    }
  }

  @Test("a command's answer tells the operation, the number and what to expect")
  func answerDocument() throws {
    let (desk, customer) = try shop()
    let recorded = try submit(12, on: desk, for: customer)
    let work = Work(
      drafts: [Draft(Filled<SubmitOrder> { $0.number = "SO-A7-0001" })], sentence: "Submitted.",
      fields: ["number": "SO-A7-0001"])
    let document = work.document(of: recorded)
    #expect(document["operation"]?.string == "A7/1")
    #expect(document["record"]?.string == "SO-A7-0001")
    #expect(document["number"]?.string == "SO-A7-0001")
    #expect(document["state"]?.string == "unsent")
    #expect(document["expected"]?["outcome"]?.string == "applied")
    #expect(document["expected"]?["codes"]?.array == [.string("ALLOCATION_SHORT")])
    #expect(document["provisional"]?.bool == true)
    #expect(work.text(of: recorded).contains("ALLOCATION_SHORT"))
  }

  @Test("a fact that the device sees all of is not provisional: it stands whatever the centre knows")
  func factsStand() throws {
    let desk = try Desktop("W1", .warehouse)
    try desk.addProduct("CHAI")
    let draft = Draft(
      Filled<ReceiveStock> {
        $0.warehouse = "W1"
        $0.sku = "CHAI"
        $0.quantity = 24
      })
    let recorded = try desk.record { _, _ in [draft] }
    #expect(Work(drafts: [draft], sentence: "").document(of: recorded)["provisional"]?.bool == false)
  }

  @Test("what can never become right is refused and nothing is recorded, not even a number is used up")
  func refusedAtOnce() throws {
    let (desk, customer) = try shop()
    let refusal = #expect(throws: Refusal.self) {
      try desk.record { _, numbering in
        [
          Draft(
            Filled<CreateOrder> {
              $0.id = RecordID(high: 0x7200, low: 1)
              $0.number = (try? numbering.take("SO")) ?? ""
              $0.customer = customer.id
              $0.shipComplete = false
              $0.lines = [
                Filled<OrderLineEntry> {
                  $0.id = RecordID(high: 0x7200, low: 2)
                  $0.sku = "NOBODY"
                  $0.quantity = 1
                }
              ]
            })
        ]
      }
    }
    #expect(refusal?.code == .unknownSku)
    #expect(refusal?.detail == "NOBODY")
    #expect(try desk.store.view { try $0.lastNumber() } == 0)
    #expect(try submit(1, on: desk, for: customer).record == "SO-A7-0001")
  }

  @Test("the answers to one command are one: the worst outcome, every reason once")
  func groupAnswer() throws {
    let (desk, customer) = try shop()
    _ = try submit(4, on: desk, for: customer)
    try desk.look { (view: ReplicaView) throws in
      #expect(try view.answers(to: [1, 2]).isEmpty, "nothing is answered yet")
    }
    try desk.answer(1, "order.create", .rejected, [.groupRejected])
    try desk.answer(2, "order.submit", .rejected, [.customerBlocked])
    try desk.look { (view: ReplicaView) throws in
      let answers = try view.answers(to: [1, 2])
      #expect(answers.count == 1)
      #expect(answers.first?.id == OperationID(device: "A7", number: 1))
      #expect(answers.first?.outcome == .rejected)
      #expect(answers.first?.codes == [.customerBlocked])
      #expect(answers.first?.needsAttention == true)
      #expect(answers.first?.json["operations"]?.array?.count == 2)
      #expect(try view.attention() == AttentionCounts(rejected: 2, conflicts: 0, held: 0))
    }
  }

  @Test("rejected work is tried again as new work, and no longer asks for attention itself")
  func retry() throws {
    let (desk, customer) = try shop()
    _ = try submit(4, on: desk, for: customer)
    let early = #expect(throws: Refusal.self) { try again(1, on: desk) }
    #expect(early?.code == .notRejected, "unsent work is on its way")
    try desk.answer(1, "order.create", .rejected, [.groupRejected])
    try desk.answer(2, "order.submit", .rejected, [.customerBlocked])
    try desk.takeGuessesBack()
    let recorded = try again(2, on: desk)
    #expect(recorded.id.number == 3)
    #expect(recorded.record == "SO-A7-0001")
    try desk.look { (view: ReplicaView) throws in
      #expect(try view.openWork().map(\.id.number) == [3, 4])
      #expect(try view.openWork().map(\.state) == [.unsent, .unsent])
      #expect(try view.order("SO-A7-0001")?.state == .accepted)
    }
  }

  private func again(_ number: Int64, on desk: Desktop) throws -> Recorded {
    let work = try desk.store.view { view in try #require(try view.own("\(number)")) }
    return try desk.store.retry(
      work, actor: "user", clock: Desktop.clock, random: { [UInt8](repeating: 6, count: $0) })
  }

  @Test("discarded work leaves the list and stays in the device's chain (G18)")
  func discard() throws {
    let (desk, customer) = try shop()
    _ = try submit(4, on: desk, for: customer)
    try desk.answer(1, "order.create", .rejected, [.groupRejected])
    try desk.answer(2, "order.submit", .rejected, [.customerBlocked])
    try desk.store.discard(try desk.store.view { view in try #require(try view.own("A7/2")) })
    try desk.look { (view: ReplicaView) throws in
      #expect(try view.openWork().isEmpty)
      #expect(try view.own("A7/1")?.state == .discarded)
      #expect(try view.verify().first { $0.name == "chain" }?.isOK == true)
    }
  }

  @Test("an export is signed by the device over every line before the signature")
  func export() throws {
    let (desk, customer) = try shop()
    _ = try submit(4, on: desk, for: customer)
    let text = try desk.store.view { try $0.export(try $0.openWork(), at: Desktop.syncedAt) }
    let lines = try text.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
    #expect(lines.count == 4)
    #expect(lines[0]["device"]?.string == "A7")
    #expect(lines[1]["id"]?.string == "A7/1")
    #expect(lines[2]["previousHash"]?.string == lines[1]["hash"]?.string)
    #expect(ExportSignature.isValid(text))
    #expect(!ExportSignature.isValid(text.replacing("A7/1", with: "A7/9")))
  }

  @Test("an order the centre refused is still shown with all that was entered, and no longer worked on")
  func refusedOrder() throws {
    let (desk, customer) = try shop()
    _ = try submit(4, on: desk, for: customer)
    try desk.answer(1, "order.create", .rejected, [.codeTaken])
    try desk.answer(2, "order.submit", .rejected, [.groupRejected])
    try desk.takeGuessesBack()
    try desk.look { (view: ReplicaView) throws in
      #expect(try view.order("SO-A7-0001") == nil)
      let reading = try view.requireReading("so-a7-0001")
      #expect(reading.order.state == .rejected)
      #expect(reading.syncState == .rejected)
      #expect(reading.codes == [.codeTaken])
      #expect(reading.lines.map(\.sku) == ["CHAI"])
      #expect(reading.lines.map(\.ordered) == [4])
      #expect(reading.order.customerCode == "C-1")
      #expect(try view.orders().map(\.order.number) == ["SO-A7-0001"])
      let failure = #expect(throws: Failure.self) { try view.requireOrder("SO-A7-0001") }
      #expect(failure?.code == .dependsOnRefused)
      #expect(failure?.message.contains("SO-A7-0001, CODE_TAKEN") == true)
      #expect(failure?.hint?.contains("waybill outbox retry A7/1") == true)
      #expect(failure?.hint?.contains("waybill outbox discard A7/1 --confirm") == true)
    }
  }

  @Test("an order for a customer who is not known here yet is recorded, shown and can be worked on (#70)")
  func unknownCustomer() throws {
    let (desk, _) = try shop()
    var stranger = Customer()
    stranger.id = RecordID(high: 0x7999, low: 9)
    let recorded = try submit(4, on: desk, for: stranger)
    #expect(recorded.expected == nil)
    try desk.look { (view: ReplicaView) throws in
      let order = try view.requireOrder("SO-A7-0001")
      #expect(order.state == .submitted)
      #expect(try view.requireLine("1", of: order).ordered == 4)
      #expect(try view.requireReading("SO-A7-0001").isProvisional)
    }
  }
}
