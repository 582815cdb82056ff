import Synchronization
import Testing
import WebSocketTransport

/// Collects events from a loop thread and lets a test wait for what it expects, with a deadline.
final class Inbox<Event: Sendable>: Sendable {
  private struct Waiter {
    let number: Int
    let isContent: @Sendable ([Event]) -> Bool
    let continuation: CheckedContinuation<Bool, Never>
  }

  private struct State {
    var events: [Event] = []
    var waiters: [Waiter] = []
    var lastNumber = 0
  }

  private let state = Mutex(State())

  var events: [Event] { state.withLock { $0.events } }

  func add(_ event: Event) {
    let content = state.withLock { state in
      state.events.append(event)
      let events = state.events
      let content = state.waiters.filter { $0.isContent(events) }
      state.waiters.removeAll { waiter in content.contains { $0.number == waiter.number } }
      return content
    }
    for waiter in content { waiter.continuation.resume(returning: true) }
  }

  /// Returns the events once they satisfy `isContent`; fails after half a minute, which is long
  /// even for a busy machine.
  @discardableResult
  func wait(
    for what: String, sourceLocation: SourceLocation = #_sourceLocation,
    until isContent: @escaping @Sendable ([Event]) -> Bool
  ) async throws -> [Event] {
    let number = state.withLock { state in
      state.lastNumber += 1
      return state.lastNumber
    }
    let deadline = Task {
      try await Task.sleep(for: .seconds(30))
      giveUp(number)
    }
    defer { deadline.cancel() }
    let came = await withCheckedContinuation { continuation in
      let isThere = state.withLock { state in
        if isContent(state.events) { return true }
        state.waiters.append(
          Waiter(number: number, isContent: isContent, continuation: continuation))
        return false
      }
      if isThere { continuation.resume(returning: true) }
    }
    let events = self.events
    if !came {
      Issue.record(
        "waited in vain for \(what); got \(events.suffix(5))", sourceLocation: sourceLocation)
      throw WaitedInVain(what: what)
    }
    return events
  }

  /// The first event that `pick` makes something of.
  func first<Picked: Sendable>(
    _ what: String, sourceLocation: SourceLocation = #_sourceLocation,
    _ pick: @escaping @Sendable (Event) -> Picked?
  ) async throws -> Picked {
    let events = try await wait(for: what, sourceLocation: sourceLocation) { events in
      events.contains { pick($0) != nil }
    }
    return try #require(events.lazy.compactMap(pick).first, sourceLocation: sourceLocation)
  }

  private func giveUp(_ number: Int) {
    let waiter = state.withLock { state -> Waiter? in
      guard let index = state.waiters.firstIndex(where: { $0.number == number }) else { return nil }
      return state.waiters.remove(at: index)
    }
    waiter?.continuation.resume(returning: false)
  }
}

struct WaitedInVain: Error {
  let what: String
}

struct Goodbye: Equatable, Sendable {
  let code: UInt16
  let reason: String
}
