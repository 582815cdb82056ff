import Testing
import TradeRules
import WebSocketTransport

@testable import ReplicaStore
@testable import WaybillClient

@Suite("A device that stays live")
struct SyncLoopTests {
  /// A loop whose every connection fails before it is tried: the file of whoever could vouch for the centre is gone.
  private func distrusting(_ desk: Desktop) -> SyncLoop {
    let host = ReplicaHost(store: desk.store, appVersion: "test") { [UInt8](repeating: 3, count: $0) }
    return SyncLoop(
      host: host, url: "wss://localhost:1/sync", caFile: "/nowhere/authorities.pem", heedsSignals: false)
  }

  @Test("G10 it outlives that nobody can vouch for the centre, and says why; one sync ends with it")
  func distrust() throws {
    let desk = try Desktop()
    let watching = distrusting(desk)
    var (steps, noticed) = (0, 0)
    let ending = try watching.watch {
      steps += 1
      if watching.distrust != nil { noticed += 1 }
      if noticed == 3 || steps == 100 { watching.interrupt() }
    }
    guard case .interrupted = ending else { return #expect(Bool(false), "\(ending)") }
    #expect(noticed == 3)
    #expect(try desk.store.state()?.refusedWith == Code.fileUnusable.rawValue)
    let once = try distrusting(desk).runUntilCurrent(timeout: nil) {}
    guard case .failed(let failure) = once else { return #expect(Bool(false), "\(once)") }
    #expect(failure.code == .fileUnusable)
    #expect(failure.message.contains("/nowhere/authorities.pem"))
  }

  @Test("what the centre said last is not forgotten for a network that answers in its place")
  func centresWord() throws {
    let desk = try Desktop()
    var state = try #require(try desk.store.state())
    state.refusedWith = Code.notAuthorised.rawValue
    try desk.store.keep(state)
    try desk.store.noteDistrust(.centreUntrusted)
    #expect(try desk.store.state()?.refusedWith == Code.notAuthorised.rawValue)
  }

  @Test("what a device does about a connection that could not be made, live and once")
  func setbacks() {
    for error in [
      TransportError.certificateRefused(host: "hq", cause: "expired"),
      .certificateUnusable(file: "ca.pem", cause: "gone"),
    ] {
      #expect(Setback(error, isWatching: true) == .wait)
      #expect(Setback(error, isWatching: false) == .end)
    }
    for isWatching in [true, false] {
      #expect(Setback(.unreachable("wss://hq", cause: "refused"), isWatching: isWatching) == .retry)
      #expect(Setback(.handshakeRefused(status: 502, cause: "proxy"), isWatching: isWatching) == .retry)
      #expect(Setback(.badURL("x", cause: "no scheme"), isWatching: isWatching) == .end)
      #expect(Setback(.plaintextRefused(host: "hq"), isWatching: isWatching) == .end)
    }
  }

  @Test("G23 a device that stays live for days reads everything again once a day")
  func scrubs() throws {
    let desk = try Desktop()
    let loop = distrusting(desk)
    loop.scrubPause = 0
    let ending = try loop.watch { loop.interrupt() }
    guard case .scrubDue = ending else { return #expect(Bool(false), "\(ending)") }
    #expect(try desk.store.scrub(at: Clocks.now).isSound)
    guard case .interrupted = try loop.watch(onStep: { loop.interrupt() }) else {
      return #expect(Bool(false), "it was read just now")
    }
  }
}
