/// Decides from a peer's silence when to ping it and when to give it up.
///
/// libwebsockets has timers of its own for this, but they count pongs only: a peer that sends or
/// takes a large message over a thin link would be hung up on in the middle of it.
struct Liveness {
  enum Verdict: Equatable {
    case fine
    case ping
    case dead
  }

  private var lastSign: ContinuousClock.Instant
  private var heardSinceTick = false
  private var pinged = false
  /// The ping has left for certain: whatever stood before it in the socket was acknowledged.
  private var pingDelivered = false
  private var acknowledgedMost = 0

  init(at now: ContinuousClock.Instant) {
    lastSign = now
  }

  /// A byte came. Costs nothing: the time is taken at the next tick.
  mutating func heard() {
    heardSinceTick = true
  }

  /// Forgets the silence so far, for a peer that was not listened to.
  mutating func restart(at now: ContinuousClock.Instant) {
    self = Liveness(at: now)
  }

  /// Judges the silence. `socket` is asked only when there has been one: bytes written in all, and
  /// of these, bytes that the peer's kernel has not acknowledged.
  ///
  /// While a ping is stuck behind other bytes, the peer's taking those is a sign of life. Once
  /// everything was acknowledged after the ping, only an answer is.
  mutating func tick(
    at now: ContinuousClock.Instant, pingAfter: Duration, hangUpAfter: Duration,
    socket: () -> (written: Int, unacknowledged: Int)
  ) -> Verdict {
    if heardSinceTick {
      restart(at: now)
      return .fine
    }
    let silence = lastSign.duration(to: now)
    guard pinged else {
      if silence < pingAfter { return .fine }
      pinged = true
      let (written, unacknowledged) = socket()
      acknowledgedMost = written - unacknowledged
      return .ping
    }
    let (written, unacknowledged) = socket()
    if unacknowledged == 0 { pingDelivered = true }
    if !pingDelivered && written - unacknowledged > acknowledgedMost {
      acknowledgedMost = written - unacknowledged
      lastSign = now
      return .fine
    }
    return silence >= hangUpAfter ? .dead : .fine
  }
}
