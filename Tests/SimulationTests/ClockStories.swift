import Testing
import TradeRules

@testable import Simulator

@Suite("Clocks that are wrong, through the real hosts")
struct ClockStories {
  @Test("#65 G25 a tablet five hours ahead: its work is dated right, its answers say the clock is suspect")
  func fiveHoursAhead() throws {
    let shop = try Shop()
    try shop.world.reboot("A1", clockErrorMilliseconds: 5 * 3_600_000)
    try shop.settle()
    try shop.waitUntil(9)
    let edit = try shop.ana.notes("C-ANA", phone: "+49 30 200")
    try shop.settle()

    #expect(try shop.centre.answer(to: edit.id)?.codes == ["CLOCK_SUSPECT"])
    let stamp = try #require(
      try shop.centre.all(FieldStampColumns.self).first {
        $0.device == "A1" && $0.operation == edit.id.number
      })
    #expect(stamp.recordedAt.milliseconds(since: .at(9)).magnitude < 1_000)
    try shop.expectAllIsWell()
  }

  @Test("#65 G25 a clock that jumps ahead while cut off does not win over work done after it arrived")
  func jumpsAhead() throws {
    let shop = try Shop()
    try shop.cutOff(shop.ana, shop.anasPhone)
    try shop.waitUntil(10)
    try shop.world.reboot("A1", clockErrorMilliseconds: 5 * 3_600_000)
    let wrong = try shop.ana.notes("C-ANA", phone: "+49 30 200")
    try shop.waitUntil(10, 5)
    try shop.reconnect(shop.ana)
    let received = shop.world.now
    try shop.waitUntil(10, 30)
    let later = try shop.anasPhone.notes("C-ANA", phone: "+49 30 300")
    try shop.reconnect(shop.anasPhone)

    #expect(try shop.centre.customer("C-ANA")?.phone.text == "+49 30 300")
    #expect(try shop.centre.openConflicts(.fieldConflict).count == 1)
    #expect(try shop.centre.answer(to: wrong.id)?.codes.contains("CLOCK_SUSPECT") == true)
    #expect(try shop.centre.answer(to: later.id)?.codes.contains("CLOCK_SUSPECT") == false)
    // Nothing is dated later than it was received.
    for event in try shop.centre.all(EventColumns.self) where event.device == "A1" {
      #expect(event.at <= received)
    }
    try shop.expectAllIsWell()
  }

  @Test(
    "#65 G25 a clock back in 1970: the edit is dated no earlier than what it was based on, and loses to later work"
  )
  func backIn1970() throws {
    let shop = try Shop()
    let based = shop.world.now
    try shop.cutOff(shop.ana, shop.anasPhone)
    try shop.waitUntil(10)
    try shop.world.reboot("A1", clockErrorMilliseconds: -shop.world.now.milliseconds)
    let wrong = try shop.ana.notes("C-ANA", phone: "+49 30 200")
    try shop.waitUntil(10, 5)
    try shop.anasPhone.notes("C-ANA", phone: "+49 30 300")
    // Whichever arrives first: here the wrong clock comes last.
    try shop.reconnect(shop.anasPhone, shop.ana)

    #expect(try shop.centre.customer("C-ANA")?.phone.text == "+49 30 300")
    let answer = try #require(try shop.centre.answer(to: wrong.id))
    #expect(answer.outcome == .partly)
    #expect(answer.codes.contains("FIELD_CONFLICT"))
    #expect(answer.codes.contains("CLOCK_SUSPECT"))
    for event in try shop.centre.all(EventColumns.self) where event.device == "A1" {
      #expect(event.at >= .at(0) && event.at <= based)
    }
    try shop.expectAllIsWell()
  }
}
