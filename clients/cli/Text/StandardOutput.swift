import Glibc
import Synchronization

/// Where a command's result goes, and what kept all of it from going there.
final class StandardOutput: Sendable {
  private enum State {
    case whole
    /// A reader that went away wants nothing more; the command's work stands.
    case unread
    case cutOff(Failure)
  }

  private let descriptor: Int32
  private let state = Mutex(State.whole)

  init(descriptor: Int32 = STDOUT_FILENO) { self.descriptor = descriptor }

  /// Why the result is not all there; nil as long as it is.
  var failure: Failure? {
    state.withLock { state in
      guard case .cutOff(let failure) = state else { return nil }
      return failure
    }
  }

  /// Writes all of it, or as much as is taken: then nothing that comes later is written either, so that what is there is
  /// the beginning of the result.
  func write(_ text: String) {
    state.withLock { state in
      guard case .whole = state, let error = StandardOutput.write(text, to: descriptor) else { return }
      state = error == EPIPE ? .unread : .cutOff(Failure(cuttingOffOutput: error))
    }
  }

  /// - Returns: the error that kept all of it from being written (errno(3)); nil when there was none.
  static func write(_ text: String, to descriptor: Int32) -> Int32? {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if written >= 0 {
        bytes = bytes.dropFirst(written)
        continue
      }
      switch errno {
      case EINTR: continue
      case EAGAIN: waitForRoom(descriptor)
      case let error: return error
      }
    }
    return nil
  }

  /// Somebody else may have made the stream one that does not wait.
  private static func waitForRoom(_ descriptor: Int32) {
    var stream = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    _ = poll(&stream, 1, -1)
  }
}
