import Synchronization
import Testing

@testable import WebSocketTransport

/// All suites that open sockets run one after the other: some of them count descriptors.
@Suite(.serialized)
enum Sockets {}

let subprotocol = "waybill.test.v1"

/// A server with its events collected.
final class Shop: Sendable {
  let server: WebSocketServer
  let inbox = Inbox<TransportEvent>()
  let log = Inbox<String>()
  let port: Int
  private let isSecure: Bool

  /// `react` runs after an event was collected; it gets the server to answer with.
  init(
    tls: TLSIdentity? = nil, limits: TransportLimits = TransportLimits(),
    origins: Set<String> = [],
    http: @escaping @Sendable (HTTPRequest) -> HTTPResponse = { _ in
      HTTPResponse(status: 404, text: "")
    },
    react: @escaping @Sendable (TransportEvent, WebSocketServer) -> Void = { _, _ in }
  ) throws {
    var configuration = WebSocketServer.Configuration(subprotocol: subprotocol)
    configuration.tls = tls
    configuration.limits = limits
    configuration.allowedOrigins = origins
    configuration.log = { [log] in log.add($0) }
    isSecure = tls != nil
    let inbox = self.inbox
    let later = Mutex<WeakServer?>(nil)
    server = WebSocketServer(configuration, http: http) { event in
      inbox.add(event)
      if let server = later.withLock({ $0?.server }) { react(event, server) }
    }
    later.withLock { [server] in $0 = WeakServer(server: server) }
    port = try server.start()
  }

  /// A server that trusts everyone and sends back what it gets.
  static func echoing(
    tls: TLSIdentity? = nil, limits: TransportLimits = TransportLimits()
  ) throws -> Shop {
    try Shop(
      tls: tls, limits: limits,
      react: { event, server in
        switch event {
        case .opened(let id, _): server.trust(id)
        case .received(let id, let bytes): server.send(OutboundMessage(bytes), to: id)
        case .drained, .closed: break
        }
      })
  }

  var url: String { "\(isSecure ? "wss" : "ws")://127.0.0.1:\(port)/sync" }

  /// A client of this server, open.
  func till(
    caFile: String? = nil, limits: TransportLimits = TransportLimits()
  ) async throws -> Till {
    let till = Till(url: url, caFile: caFile, limits: limits)
    try till.client.connect()
    try await till.opens()
    return till
  }

  /// The id of the n-th connection that opened, from 0.
  func opened(_ index: Int = 0) async throws -> ConnectionID {
    let events = try await inbox.wait(for: "connection \(index) to open") { events in
      Shop.opened(in: events).count > index
    }
    return Shop.opened(in: events)[index]
  }

  static func opened(in events: [TransportEvent]) -> [ConnectionID] {
    events.compactMap { if case .opened(let id, _) = $0 { id } else { nil } }
  }

  func received(_ count: Int = 1) async throws -> [[UInt8]] {
    let events = try await inbox.wait(for: "\(count) messages") { events in
      Shop.received(in: events).count >= count
    }
    return Shop.received(in: events)
  }

  static func received(in events: [TransportEvent]) -> [[UInt8]] {
    events.compactMap { if case .received(_, let bytes) = $0 { bytes } else { nil } }
  }

  func goodbye(of id: ConnectionID) async throws -> Goodbye {
    try await inbox.first("connection \(id) to close") { event in
      guard case .closed(id, let code, let reason) = event else { return nil }
      return Goodbye(code: code, reason: reason)
    }
  }

  var goodbyes: [ConnectionID] {
    inbox.events.compactMap { if case .closed(let id, _, _) = $0 { id } else { nil } }
  }
}

private struct WeakServer: Sendable {
  weak let server: WebSocketServer?
}

/// A client with its events collected.
final class Till: Sendable {
  let client: WebSocketClient
  let inbox = Inbox<WebSocketClient.Event>()

  init(
    url: String, caFile: String? = nil, limits: TransportLimits = TransportLimits(),
    subprotocol: String = subprotocol, connectTimeout: Duration = .seconds(25)
  ) {
    var configuration = WebSocketClient.Configuration(url: url, subprotocol: subprotocol)
    configuration.caFile = caFile
    configuration.limits = limits
    configuration.connectTimeout = connectTimeout
    let inbox = self.inbox
    client = WebSocketClient(configuration) { inbox.add($0) }
  }

  func opens() async throws {
    try await inbox.wait(for: "the client to open") { events in
      events.contains { if case .opened = $0 { true } else { false } }
    }
  }

  func received(_ count: Int = 1) async throws -> [[UInt8]] {
    let events = try await inbox.wait(for: "\(count) messages") { events in
      Till.received(in: events).count >= count
    }
    return Till.received(in: events)
  }

  static func received(in events: [WebSocketClient.Event]) -> [[UInt8]] {
    events.compactMap { if case .received(let bytes) = $0 { bytes } else { nil } }
  }

  func goodbye() async throws -> Goodbye {
    try await inbox.first("the client to be closed") { event in
      guard case .closed(let code, let reason) = event else { return nil }
      return Goodbye(code: code, reason: reason)
    }
  }

  /// Connects and returns why that failed.
  func failure() async throws -> TransportError {
    try client.connect()
    let error: TransportError = try await inbox.first("the client to fail") { event in
      if case .failed(let error) = event { error } else { nil }
    }
    client.stop()
    return error
  }
}

/// Bytes that differ along the message, so that a piece in the wrong place shows.
func pattern(_ count: Int, seed: UInt8 = 0) -> [UInt8] {
  (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) &+ seed }
}
