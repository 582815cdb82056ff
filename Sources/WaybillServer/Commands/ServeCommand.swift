import ArgumentParser
import Foundation
import Logging
import TradeRules
import WebSocketTransport

struct Serve: Command {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Lets devices sync until SIGTERM or SIGINT.",
    discussion: """
      Examples:
        waybill-server serve
        waybill-server serve --listen 0.0.0.0:8420 --tls-cert centre.pem --tls-key centre.key
        waybill-server serve --listen 127.0.0.1:0 --json       any free port; the ready line names it

      Makes the store when there is none and no backup of one. Prints one line on standard output once devices \
      can connect; logs to standard error. GET /healthz says whether it works.
      """)
  @OptionGroup var global: GlobalOptions
  @Option(help: ArgumentHelp("Where to listen.", valueName: "host:port")) var listen = "127.0.0.1:8420"
  @Option(help: "The server's certificate and those between it and the root, PEM.", completion: .file())
  var tlsCert: String?
  @Option(help: "Its private key, PEM.", completion: .file()) var tlsKey: String?
  @Option(help: ArgumentHelp("trace, debug, info, notice, warning, error or critical.", valueName: "level"))
  var logLevel = "info"
  @Option(
    help: ArgumentHelp(
      "Connections of one network address that may not have proved themselves yet: more for many devices behind one address or a proxy.",
      valueName: "number"))
  var unproved = 20
  @Option(help: ArgumentHelp("Silence after which a ping is sent.", valueName: "seconds")) var ping = 10
  @Flag(help: "Plain text to other machines: behind a proxy that encrypts, nowhere else.")
  var insecurePlaintext = false
  @Flag(help: "The machine's clock is right although it jumped.") var confirmClock = false

  func validate() throws {
    guard (1...8_000).contains(unproved) else { throw ValidationError("--unproved takes 1 to 8000") }
    guard (1...600).contains(ping) else {
      throw ValidationError("--ping takes a number of seconds, 1 to 600")
    }
  }

  func run(at desk: Desk) throws -> ExitStatus {
    guard let level = Logger.Level(rawValue: logLevel) else {
      throw Failure.usage(
        "--log-level takes \(Logger.Level.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    let address = try ListenAddress(listen)
    let tls = try identity()
    guard tls != nil || insecurePlaintext || address.isLoopback else {
      throw Failure.usage(
        "plain text is for this machine alone; give --tls-cert and --tls-key, or --insecure-plaintext")
    }
    var serving = Serving(address: address, tls: tls, logLevel: level, desk: desk)
    serving.isClockConfirmed = confirmClock
    serving.limits.connectionsPerAddressBeforeTrust = unproved
    serving.limits.ping(after: .seconds(ping))
    try serving.run()
    return .done
  }

  private func identity() throws -> TLSIdentity? {
    switch (tlsCert, tlsKey) {
    case (nil, nil): return nil
    case (let certificate?, let key?): return TLSIdentity(certificateFile: certificate, keyFile: key)
    default: throw Failure.usage("--tls-cert and --tls-key belong together")
    }
  }
}
