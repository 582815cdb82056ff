/// One accepted socket of a server, from before TLS to its end. Confined to the loop thread.
///
/// libwebsockets' connection points to it, and the loop's table keeps it alive, from the moment the
/// socket is accepted until libwebsockets has forgotten it.
final class Peer {
  let id = ConnectionID.next()
  let wsi: OpaquePointer
  let address: NetworkAddress

  /// Set by the upgrade.
  var link: Link?
  /// Set while a plain HTTP request is under way.
  var exchange: HTTPExchange?
  var isTrusted = false
  /// When the step it is in must be over: the handshake, the proof, the exchange.
  var deadline: ContinuousClock.Instant?
  /// What of the server's total its queue accounts for.
  var countedBytes = 0

  init(_ wsi: OpaquePointer, address: NetworkAddress, deadline: ContinuousClock.Instant) {
    self.wsi = wsi
    self.address = address
    self.deadline = deadline
  }
}

/// One HTTP request on its way in, or its answer on its way out.
final class HTTPExchange {
  var request: HTTPRequest
  var answer: [UInt8] = []
  var written = 0

  init(_ request: HTTPRequest) {
    self.request = request
  }
}
