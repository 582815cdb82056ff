import WebSocketTransport

/// What to do about a connection that could not be made.
enum Setback: Equatable {
  /// Try again when the host says so.
  case retry
  /// What answered is not to be trusted now: a certificate that expired is renewed, and a network that answers for
  /// everybody is left. Try again after the longest delay.
  case wait
  /// Nothing but another command helps.
  case end

  /// - Parameter isWatching: whether the program is to stay live whatever happens.
  init(_ error: TransportError, isWatching: Bool) {
    switch error {
    case .certificateRefused, .certificateUnusable, .setupFailed: self = isWatching ? .wait : .end
    // We gave it up ourselves.
    case .cancelled: self = .retry
    default: self = error.mayRetry ? .retry : .end
    }
  }
}
