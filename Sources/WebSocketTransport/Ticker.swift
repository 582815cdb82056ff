internal import CLibWebSockets

/// Calls its owner back on the loop thread every quarter of a second, while the loop runs.
///
/// All deadlines hang on it. It also keeps libev honest: the 4.1 plugin does not move its timer
/// forward for a deadline earlier than the one it waits for, so no deadline of libwebsockets' own
/// would be punctual without a short one always pending.
final class Ticker {
  private static let period: lws_usec_t = 250_000

  private let timer: UnsafeMutablePointer<clws_timer>
  private let context: OpaquePointer
  private let action: () -> Void

  init(_ context: OpaquePointer, action: @escaping () -> Void) {
    self.context = context
    self.action = action
    timer = .allocate(capacity: 1)
    timer.initialize(to: clws_timer())
    timer.pointee.owner = Unmanaged.passUnretained(self).toOpaque()
    schedule()
  }

  /// Takes the timer out of the loop. MUST come before the context is destroyed.
  func stop() {
    lws_sul_cancel(sul)
  }

  deinit {
    timer.deallocate()
  }

  fileprivate func fire() {
    schedule()
    action()
  }

  private func schedule() {
    lws_sul_schedule(context, 0, sul, tick, Self.period)
  }

  private var sul: UnsafeMutablePointer<lws_sorted_usec_list_t> {
    UnsafeMutableRawPointer(timer).assumingMemoryBound(to: lws_sorted_usec_list_t.self)
  }
}

private func tick(_ sul: UnsafeMutablePointer<lws_sorted_usec_list_t>?) {
  guard let sul else { return }
  let timer = UnsafeMutableRawPointer(sul).assumingMemoryBound(to: clws_timer.self)
  guard let owner = timer.pointee.owner else { return }
  Unmanaged<Ticker>.fromOpaque(owner).takeUnretainedValue().fire()
}
