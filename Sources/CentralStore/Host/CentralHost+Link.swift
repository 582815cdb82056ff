import GRDB
import SyncProtocol
public import TradeRules
import TradeTables

/// What whoever holds the host's connections has to know of the conversation.
extension CentralHost {
  /// The WebSocket subprotocol that every peer must offer.
  public static var subprotocol: String { ProtocolVersion.subprotocol }
  /// Where the conversation takes place.
  public static var path: String { ProtocolVersion.path }
  /// Bytes of one message of a peer that is trusted, and of a stranger.
  public static var messageBytesMax: Int { WireLimits.frameBytesMax }
  public static var messageBytesBeforeTrustMax: Int { WireLimits.frameBytesBeforeProofMax }

  /// What devices pin at enrolment.
  public var publicKey: [UInt8] { key.publicKey }

  /// The device that has proved itself on a connection; nil for a stranger's.
  public func device(on number: ConnectionNumber) -> String? { connections[number]?.device }

  /// The devices that have proved themselves on a connection that is still open, sorted.
  public var onlineDevices: [String] { connections.values.compactMap(\.device).sorted() }

  /// What is kept for connections, in words: nothing when nobody is connected.
  package var keptForConnections: [String] {
    [
      ("connections", connections.count), ("questions", ranges.questions.count),
      ("mends", ranges.mends.count), ("proofs", ranges.proofs.count), ("pushes", pending.count),
    ].filter { $0.1 > 0 }.map { "\($0.1) \($0.0)" }
  }
}

extension CentralStore {
  /// What an error of a store means to whoever asked for something.
  public static func explanation(of error: any Error) -> (code: Code, detail: String) {
    switch error {
    case let fault as StoreFault: return (fault.code, fault.description)
    case let error as DatabaseError:
      let fault = StoreFault(error, doing: "use the store")
      return (fault.code, fault.description)
    case let halt as Halt: return (halt.code, halt.detail)
    case let damage as LogDamage: return (.storeCorrupt, "entry \(damage.version) of the log cannot be read")
    case let refusal as Refusal: return (refusal.code, refusal.detail)
    default: return (.unexpected, "\(error)")
    }
  }
}
