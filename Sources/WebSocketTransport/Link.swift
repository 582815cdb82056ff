internal import CLibWebSockets

/// One open WebSocket, of a server or of a client: what both do alike. Confined to its loop thread.
final class Link {
  /// What libwebsockets must be told after a callback.
  enum Next: Int32 {
    case goOn = 0
    /// Close now: with the close frame given to `lws_close_reason`, if any.
    case hangUp = -1
  }

  /// libwebsockets' connection. Valid until its CLOSED callback, and only on the loop thread.
  let wsi: OpaquePointer
  private let limits: TransportLimits

  private(set) var queue = OutboundQueue()
  private(set) var isPaused = false
  /// Set once: whoever asked for the close first. `lost` if nobody did.
  private(set) var ending: Ending?
  /// When the closing handshake, or the wait for it, is cut short.
  private(set) var closeBy: ContinuousClock.Instant?

  private var assembly = MessageAssembly()
  private var liveness: Liveness
  private var closesByOurWish = false
  private var owesPing = false
  private var isCut = false
  private var bytesWritten = 0
  private var pongs = 0
  private var pongsSince: ContinuousClock.Instant

  init(_ wsi: OpaquePointer, limits: TransportLimits, at now: ContinuousClock.Instant) {
    self.wsi = wsi
    self.limits = limits
    liveness = Liveness(at: now)
    pongsSince = now
  }

  /// True once a close was asked for by either side: nothing more is taken in or queued.
  var isClosing: Bool { ending != nil }

  /// What `closed` reports.
  var endingToReport: Ending { ending ?? Ending(code: CloseCode.lost, reason: "connection lost") }
}

// MARK: - Out

extension Link {
  /// Queues a message, unless the link is closing. False if the queue is now over its limit.
  func enqueue(_ message: OutboundMessage) -> Bool {
    guard !isClosing else { return true }
    queue.append(message, low: limits.outboundBytesLow)
    lws_callback_on_writable(wsi)
    return queue.bytes <= limits.outboundBytesMax
  }

  /// True once after the queue was high and has fallen below the low-water mark.
  func hasDrained() -> Bool {
    queue.hasDrained(low: limits.outboundBytesLow) && !isClosing
  }

  /// Writes what the socket takes. Called in a WRITEABLE callback and nowhere else.
  ///
  /// The close frame waits for a WRITEABLE of its own with nothing left to write: given together
  /// with data that is not flushed yet, libwebsockets drops it.
  func write(from scratch: Scratch) -> Next {
    if queue.isEmpty, closesByOurWish, let ending {
      var reason = ending.reasonOnWire
      lws_close_reason(
        wsi, lws_close_status(rawValue: UInt32(ending.code)), &reason, reason.count)
      return .hangUp
    }
    if owesPing {
      owesPing = false
      // Not empty: libwebsockets keeps an empty pong to itself.
      let payload = Array("waybill".utf8)
      if lws_write(wsi, scratch.fill(payload[...]), payload.count, LWS_WRITE_PING) < 0 {
        return .hangUp
      }
    }
    // A bounded turn: the next connection is waiting too.
    var budget = 256 << 10
    while budget > 0, let piece = queue.next(bytesMax: 64 << 10) {
      let start = scratch.fill(piece.message.bytes[piece.range])
      let written = lws_write(wsi, start, piece.range.count, Self.kind(of: piece))
      // What the socket does not take, libwebsockets keeps: less than all means that it is broken.
      guard Int(written) >= piece.range.count else { return .hangUp }
      queue.wrote(piece)
      bytesWritten += piece.range.count
      budget -= piece.range.count + 64
      if !queue.isEmpty, lws_send_pipe_choked(wsi) != 0 { break }
    }
    if !queue.isEmpty || closesByOurWish { lws_callback_on_writable(wsi) }
    return .goOn
  }

  private static func kind(of piece: OutboundQueue.Piece) -> lws_write_protocol {
    let kind = piece.isFirst ? LWS_WRITE_BINARY : LWS_WRITE_CONTINUATION
    return piece.isLast
      ? kind : lws_write_protocol(rawValue: kind.rawValue | LWS_WRITE_NO_FIN.rawValue)
  }
}

// MARK: - In

extension Link {
  /// Takes what a RECEIVE callback hands over; returns a message when one is whole.
  ///
  /// A peer that breaks a limit is not cut in the middle of its frame: the rest is read and
  /// dropped until its answer to our close frame is seen, so that it learns the code.
  func receive(
    _ pointer: UnsafeMutableRawPointer?, count: Int, bytesMax: Int, at now: ContinuousClock.Instant
  ) -> [UInt8]? {
    liveness.heard()
    guard !isClosing else { return nil }
    let chunk = MessageAssembly.Chunk(
      bytes: UnsafeRawBufferPointer(start: pointer, count: pointer == nil ? 0 : count),
      remainingInFrame: Int(clamping: lws_remaining_packet_payload(wsi)),
      endsMessage: lws_is_final_fragment(wsi) != 0,
      isBinary: lws_frame_is_binary(wsi) != 0)
    let outcome = assembly.add(
      chunk, bytesMax: bytesMax, fragmentsMax: limits.fragmentsPerMessageMax)
    switch outcome {
    case .incomplete: return nil
    case .complete(let message): return message
    case .refused(let ending):
      close(ending, dropping: true, within: limits.closeWithin, at: now)
      return nil
    }
  }

  /// Takes note of a pong, and of a peer that sends too many.
  func receivedPong(at now: ContinuousClock.Instant) {
    liveness.heard()
    if pongsSince.duration(to: now) > .seconds(1) {
      pongs = 0
      pongsSince = now
    }
    pongs += 1
    guard pongs > limits.pongsPerSecondMax, !isClosing else { return }
    let ending = Ending(code: CloseCode.policyViolation, reason: "too many pongs")
    close(ending, dropping: true, within: limits.closeWithin, at: now)
  }

  /// Stops reading from the socket, or reads again. What was read already still arrives.
  func pause(_ pauses: Bool, at now: ContinuousClock.Instant) {
    guard pauses != isPaused, !isClosing else { return }
    isPaused = pauses
    // Nobody can be heard while nobody listens.
    if !pauses { liveness.restart(at: now) }
    lws_rx_flow_control(wsi, pauses ? 0 : 1)
  }
}

// MARK: - End

extension Link {
  /// Begins the end: what is queued goes out first, or is dropped; then the close frame.
  func close(
    _ ending: Ending, dropping: Bool, within duration: Duration, at now: ContinuousClock.Instant
  ) {
    guard !isClosing else { return }
    // The peer's answer to the close frame has to be read.
    pause(false, at: now)
    self.ending = ending
    closesByOurWish = true
    closeBy = now + duration
    if dropping { dropQueue() }
    lws_callback_on_writable(wsi)
  }

  /// The peer asked for the close; libwebsockets answers it.
  func peerCloses(_ ending: Ending) {
    guard !isClosing else { return }
    self.ending = ending
    dropQueue()
  }

  /// Frees the queue and says how many bytes that were.
  @discardableResult
  func dropQueue() -> Int { queue.removeAll() }

  /// Drops the messages that have not begun to go out.
  func dropWaiting() { queue.removeWaiting() }

  /// Judges the time; called at every tick. A peer that is out of it is cut.
  func tick(at now: ContinuousClock.Instant) {
    if let closeBy {
      if now >= closeBy { cut() }
      return
    }
    guard !isClosing, !isPaused else { return }
    let verdict = liveness.tick(
      at: now, pingAfter: limits.pingAfter, hangUpAfter: limits.hangUpAfter,
      socket: {
        (bytesWritten, Int(clws_unacknowledged(lws_get_socket_fd(wsi))))
      })
    switch verdict {
    case .fine: break
    case .ping:
      owesPing = true
      lws_callback_on_writable(wsi)
    case .dead:
      let silence = limits.hangUpAfter.milliseconds
      ending = Ending(code: CloseCode.lost, reason: "no sign of life for \(silence) ms")
      cut()
    }
  }

  /// Ends the connection without ceremony. The CLOSED callback follows soon, not now.
  func cut() {
    guard !isCut else { return }
    isCut = true
    dropQueue()
    lws_set_timeout(wsi, PENDING_TIMEOUT_USER_REASON_BASE, LWS_TO_KILL_ASYNC)
  }
}
