import CentralStore
import Logging
import TradeRules

/// Ends a server's work when its clock jumped: nothing is decided by a clock that nobody can trust, now or by whoever
/// starts the server again.
struct ClockWatch {
  private var clock: ClockGuard
  private let mark: ClockMark
  private let log: Logger
  /// That the clock jumped; the server has not ended because that could not be marked.
  private var jump: Failure?

  init(
    _ folder: DataFolder, log: Logger, at now: Instant = SystemClock.now,
    tick: ContinuousClock.Instant = .now
  ) {
    clock = ClockGuard(at: now, tick: tick)
    mark = ClockMark(folder)
    self.log = log
  }

  /// Looks at the clock. While a jump cannot be marked the server stays and decides nothing, for whoever started it
  /// again would have it go on by this clock; each turn tries anew.
  ///
  /// - Returns: what to tell the devices.
  /// - Throws: `Failure` with `CLOCK_JUMPED` once it is marked.
  mutating func beforeTurn(
    of host: CentralHost, at now: Instant, tick: ContinuousClock.Instant = .now
  ) throws -> [CentralHost.Order] {
    let isNew = jump == nil
    if isNew { jump = look(at: now, tick) }
    guard let found = jump else { return [] }
    do { try mark.set() } catch {
      if isNew {
        log.critical(
          "the jump could not be marked: the server stays and decides nothing until it is; set the clock before stopping it",
          metadata: ["detail": "\(Failure(error).message)"])
      }
      return host.halt(Halt(.clockJumped, found.detail))
    }
    throw found
  }

  /// - Throws: `Failure` with `CLOCK_JUMPED` when the clock jumped and that could not be marked to the last.
  func end() throws { if let jump { throw jump } }

  private mutating func look(at now: Instant, _ tick: ContinuousClock.Instant) -> Failure? {
    do { try clock.check(now, tick: tick) } catch {
      log.critical("the clock jumped; nothing is decided any more", metadata: ["detail": "\(error.detail)"])
      return error
    }
    return nil
  }
}

/// Stops decisions when the machine's clock jumps by more than ten minutes: receipt times would
/// be wrong for ever.
struct ClockGuard {
  static let jumpMax: Int64 = 10 * 60_000

  private var last: Instant
  private var lastTick: ContinuousClock.Instant

  init(at now: Instant, tick: ContinuousClock.Instant = .now) {
    last = now
    lastTick = tick
  }

  mutating func check(_ now: Instant, tick: ContinuousClock.Instant = .now) throws(Failure) {
    let passed = (tick - lastTick).components
    let expected = passed.seconds * 1_000 + passed.attoseconds / 1_000_000_000_000_000
    let jump = now.milliseconds(since: last) - expected
    guard jump.magnitude <= ClockGuard.jumpMax.magnitude else {
      throw Failure(.clockJumped, "by \(jump / 1_000) s, to \(now.timestamp)")
    }
    last = now
    lastTick = tick
  }
}
