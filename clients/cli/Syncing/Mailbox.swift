import Dispatch
import Synchronization

/// Letters from any thread to one that waits for them.
final class Mailbox<Letter: Sendable>: Sendable {
  private let letters = Mutex<[Letter]>([])
  private let arrival = DispatchSemaphore(value: 0)

  func post(_ letter: Letter) {
    let wasEmpty = letters.withLock { letters in
      letters.append(letter)
      return letters.count == 1
    }
    if wasEmpty { arrival.signal() }
  }

  /// Everything posted since the last call, in order; waits for it up to a time, and returns nothing after.
  func take(waiting milliseconds: Int64) -> [Letter] {
    let limit = DispatchTime.now() + .milliseconds(Int(clamping: max(0, milliseconds)))
    _ = arrival.wait(timeout: limit)
    return letters.withLock { letters in
      defer { letters = [] }
      return letters
    }
  }
}
