internal import CLibWebSockets
internal import Synchronization

/// The one way into a loop thread: commands go in from anywhere, the loop takes them out in order.
///
/// `lws_cancel_service` is the only libwebsockets call that another thread may make, and it reads
/// the context, so it MUST not race with the context's end: both happen under this lock.
final class CommandQueue<Command: Sendable>: Sendable {
  private struct State {
    var commands: [Command] = []
    var context: ContextHandle?
  }

  private let state = Mutex(State())

  /// From now on commands are kept and wake the loop of this context.
  func open(_ context: ContextHandle) {
    state.withLock { $0.context = context }
  }

  /// From now on commands are dropped. MUST come before the context is destroyed.
  func close() {
    state.withLock { $0 = State() }
  }

  /// Hands a command to the loop; without a loop there is nothing left that it could concern.
  func post(_ command: Command) {
    state.withLock { state in
      guard let context = state.context else { return }
      state.commands.append(command)
      // One wake serves all that is posted until the loop gets round to it.
      if state.commands.count == 1 { lws_cancel_service(context.pointer) }
    }
  }

  /// Takes everything posted so far. Called by the loop when it was woken.
  func drain() -> [Command] {
    state.withLock { state in
      let commands = state.commands
      state.commands = []
      return commands
    }
  }
}

/// A context's address in a `CommandQueue`.
///
/// `@unchecked`: the pointer itself is only a number; the queue's lock and `close` see to it that
/// it is used while the context lives, and only for `lws_cancel_service`.
struct ContextHandle: @unchecked Sendable {
  let pointer: OpaquePointer
}
