import Foundation
import Testing

@testable import WebSocketTransport

/// A certificate authority, a stranger's authority, and server certificates, made once a run.
struct Certificates: Sendable {
  let authority: String
  let strangersAuthority: String
  /// For localhost and 127.0.0.1.
  let good: TLSIdentity
  /// Signed by the same authority, for another machine.
  let elsewhere: TLSIdentity

  static let made = Result { try Certificates() }

  private init() throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "waybill-certificates-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    func path(_ name: String) -> String { folder.appending(path: name).path }

    func openssl(_ arguments: String...) throws {
      let process = Process()
      process.executableURL = URL(filePath: "/usr/bin/openssl")
      process.arguments = arguments
      process.standardError = FileHandle.nullDevice
      process.standardOutput = FileHandle.nullDevice
      try process.run()
      process.waitUntilExit()
      try #require(process.terminationStatus == 0, "openssl \(arguments)")
    }

    func makeAuthority(_ name: String) throws -> String {
      try openssl(
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
        "-days", "2", "-subj", "/CN=\(name)", "-keyout", path("\(name).key"),
        "-out", path("\(name).pem"))
      return path("\(name).pem")
    }

    func makeServer(_ name: String, for names: String, by authority: String) throws -> TLSIdentity {
      try openssl(
        "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
        "-subj", "/CN=\(name)", "-keyout", path("\(name).key"), "-out", path("\(name).csr"))
      try Data("subjectAltName=\(names)".utf8).write(to: folder.appending(path: "\(name).ext"))
      try openssl(
        "x509", "-req", "-in", path("\(name).csr"), "-CA", path("\(authority).pem"),
        "-CAkey", path("\(authority).key"), "-CAcreateserial", "-days", "2",
        "-extfile", path("\(name).ext"), "-out", path("\(name).pem"))
      return TLSIdentity(certificateFile: path("\(name).pem"), keyFile: path("\(name).key"))
    }

    authority = try makeAuthority("ours")
    strangersAuthority = try makeAuthority("strangers")
    good = try makeServer("good", for: "DNS:localhost,IP:127.0.0.1", by: "ours")
    elsewhere = try makeServer("elsewhere", for: "DNS:elsewhere.example", by: "ours")
  }
}
