import CentralStore
import Synchronization
import TradeRules
import WebSocketTransport

/// Whether the server does its work, for load balancers and people: `GET /healthz`.
final class Health: Sendable {
  private struct State {
    var head: Int64
    var at: Instant
    var halted: Halt?
  }

  private let epoch: RecordID
  private let state: Mutex<State>

  /// The host looks at the clock every five seconds at least; silent longer, something holds it up.
  static let silenceMax: Int64 = 30_000

  init(epoch: RecordID, head: Int64, at now: Instant) {
    self.epoch = epoch
    state = Mutex(State(head: head, at: now))
  }

  func update(head: Int64, halted: Halt?, at now: Instant) {
    state.withLock { $0 = State(head: head, at: now, halted: halted) }
  }

  /// Answers every plain HTTP request.
  func answer(_ request: HTTPRequest, at now: Instant) -> HTTPResponse {
    guard request.path == "/healthz" else {
      return HTTPResponse(status: 404, text: "There is nothing here.\n")
    }
    guard request.method == "GET" || request.method == "HEAD" else {
      return HTTPResponse(status: 405, text: "GET only.\n")
    }
    let state = state.withLock { $0 }
    let isAlive = now.milliseconds(since: state.at) < Health.silenceMax && state.halted == nil
    let document: JSONValue = [
      "ok": .bool(isAlive), "epoch": .string(epoch.description), "head": .integer(state.head),
      "halted": .text(state.halted?.code.rawValue),
    ]
    return HTTPResponse(
      status: isAlive ? 200 : 503, contentType: "application/json", body: Array(document.text.utf8),
      headers: [("cache-control", "no-store")])
  }
}
