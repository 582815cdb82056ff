internal import CLibWebSockets
internal import Glibc
internal import Synchronization

/// A thread that runs one loop to its end.
final class ServiceThread: Sendable {
  private let thread: Mutex<pthread_t?>
  private let identity: pthread_t

  /// Starts a thread named `name` (15 bytes at most, for `ps` and debuggers).
  ///
  /// Every signal is blocked in it, so that the kernel hands signals to the program's own threads,
  /// which know what to do with them.
  ///
  /// - Throws: `TransportError.setupFailed` if the system has no thread to give.
  init(name: String, body: sending @escaping () -> Void) throws {
    let start = Unmanaged.passRetained(Start(name: name, body))
    var thread = pthread_t()
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    // A new thread inherits the mask of its creator.
    pthread_sigmask(SIG_SETMASK, &all, &before)
    let code = pthread_create(&thread, nil, runServiceThread, start.toOpaque())
    pthread_sigmask(SIG_SETMASK, &before, nil)
    guard code == 0 else {
      start.release()
      throw TransportError.setupFailed(cause: "no thread: \(String(cString: strerror(code)))")
    }
    identity = thread
    self.thread = Mutex(thread)
  }

  /// Waits for the thread's end; at once if somebody has waited before.
  func join() {
    precondition(
      pthread_equal(pthread_self(), identity) == 0,
      "a loop cannot wait for itself: do not call stop() in an event handler")
    let unjoined = thread.withLock { thread in
      defer { thread = nil }
      return thread
    }
    if let unjoined { pthread_join(unjoined, nil) }
  }

  deinit {
    if let unjoined = thread.withLock({ $0 }) { pthread_detach(unjoined) }
  }
}

/// What a new thread runs; the box crosses `pthread_create` as a pointer and is taken once.
private final class Start {
  let name: String
  let body: () -> Void

  init(name: String, _ body: @escaping () -> Void) {
    self.name = name
    self.body = body
  }
}

private func runServiceThread(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  if let argument {
    let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
    clws_name_thread(start.name)
    start.body()
  }
  return nil
}
