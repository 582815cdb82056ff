import Dispatch
import Glibc

/// Turns the signals that ask a program to end into calls, so that it can close what it has open.
final class Interruptions {
  private let sources: [any DispatchSourceSignal]

  /// - Parameter handler: runs on another thread.
  init(_ handler: @escaping @Sendable () -> Void) {
    sources = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler(handler: handler)
      source.resume()
      return source
    }
  }

  /// From here on the signals end the program again.
  deinit {
    for source in sources { source.cancel() }
    for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
  }
}
