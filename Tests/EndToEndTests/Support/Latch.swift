import Foundation

/// Something that happens once, and those who wait for it.
final class Latch: @unchecked Sendable {
  // Guarded by `lock`.
  private let lock = NSLock()
  private var hasHappened = false
  private var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
  private var next = 0

  var isOpen: Bool { lock.withLock { hasHappened } }

  func open() {
    let released = lock.withLock {
      hasHappened = true
      defer { waiting = [:] }
      return waiting
    }
    for key in released.keys.sorted() { released[key]?.resume() }
  }

  /// Returns when it has happened, or when the time is over.
  func wait(atMost seconds: Double = .infinity) async {
    await withCheckedContinuation { continuation in
      let key: Int? = lock.withLock {
        if hasHappened { return nil }
        next += 1
        waiting[next] = continuation
        return next
      }
      guard let key else { return continuation.resume() }
      guard seconds.isFinite else { return }
      DispatchQueue.global().asyncAfter(deadline: .now() + seconds) { [weak self] in
        self?.giveUp(key)
      }
    }
  }

  private func giveUp(_ key: Int) {
    lock.withLock { waiting.removeValue(forKey: key) }?.resume()
  }
}
