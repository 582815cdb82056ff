import Foundation
import Testing

@testable import WaybillServer
@testable import WebSocketTransport

@Suite("What has arrived is handed to the host a turn at a time")
struct HostInboxTests {
  /// What was received, by the length of each message.
  private func lengths(_ turn: HostInbox.Turn) -> [Int] {
    turn.events.compactMap { event in
      guard case .received(_, let message) = event else { return nil }
      return message.count
    }
  }

  @Test("G26 a turn takes four megabytes, in the order in which they came; what is left comes with the next")
  func turns() {
    let inbox = HostInbox { _ in }
    let sender = ConnectionID(rawValue: 1)
    let most = HostInbox.turnBytesMax - HostInbox.bytesBeside
    inbox.take(.opened(sender, peer: "somewhere"))
    for count in [most, 10, 20, most + 1, 30] {
      inbox.take(.received(sender, Array(repeating: 0, count: count)))
    }
    inbox.take(.closed(sender, code: 1000, reason: ""))
    inbox.close()
    let turns = (0..<4).map { _ in inbox.nextTurn(until: Date()) }
    #expect(turns.map(lengths) == [[most], [10, 20], [most + 1], [30]])
    #expect(turns.map(\.events.count) == [2, 2, 1, 2])
    #expect(turns.map(\.isLast) == [false, false, false, true])
  }

  @Test("G26 a device that sends more than may wait is held back until it was heard, and nobody else")
  func greedySender() {
    final class Paused: @unchecked Sendable { var ids: [UInt64] = [] }
    let paused = Paused()
    let inbox = HostInbox { paused.ids.append($0.rawValue) }
    let (greedy, modest) = (ConnectionID(rawValue: 1), ConnectionID(rawValue: 2))
    for _ in 1...5 { inbox.take(.received(greedy, Array(repeating: 0, count: 1 << 20))) }
    inbox.take(.received(modest, [1]))
    #expect(Set(paused.ids) == [1])
    #expect(inbox.nextTurn(until: Date()).resumed.map(\.rawValue) == [1])
    #expect(inbox.nextTurn(until: Date()).resumed.isEmpty)
  }

  @Test("a stop comes to its end, whoever goes on sending")
  func stopUnderLoad() {
    let inbox = HostInbox { _ in }
    let sender = ConnectionID(rawValue: 1)
    inbox.take(.received(sender, [1]))
    inbox.close()
    inbox.take(.received(sender, [2, 2]))
    let turn = inbox.nextTurn(until: Date())
    #expect(lengths(turn) == [1])
    #expect(turn.isLast)
  }
}
