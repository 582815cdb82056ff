import Foundation
import Testing

@Suite("Whose certificates a device trusts")
struct CertificateTests {
  @Test(
    "another authority signs the centre's certificate: sync --ca names it, and it is kept once it was of use",
    .timeLimit(.minutes(3)))
  func anotherAuthority() async throws {
    let company = try Company()
    let (first, second) = try await (Authority("first", in: company), Authority("second", in: company))
    let tablet = try await company.enrolTablet(trusting: first)
    try await company.open(second.serving)
    try await company.expectRefusal("CENTRE_UNTRUSTED", exits: 4, of: tablet, ["sync"])
    try await company.on(tablet, "sync", "--ca", second.file)
    try await company.sync(tablet)

    // What nobody was let in with is not kept; none of the system's authorities signed it.
    for other in [first.file, ""] {
      try await company.expectRefusal("CENTRE_UNTRUSTED", exits: 4, of: tablet, ["sync", "--ca", other])
    }
    try await company.sync(tablet)
    try await company.expectVerified([tablet])
    try await company.close()
  }

  @Test(
    "a file of certificates that is gone or none is named as such, and another one takes its place",
    .timeLimit(.minutes(3)))
  func unusableFile() async throws {
    let company = try Company()
    let authority = try await Authority("ours", in: company)
    let tablet = try await company.enrolTablet(trusting: authority)
    try await company.open(authority.serving)
    let moved = company.path("moved.pem")
    try FileManager.default.moveItem(atPath: authority.file, toPath: moved)
    for isThere in [false, true] {
      if isThere { try Data("no certificate".utf8).write(to: URL(filePath: authority.file)) }
      let error = try await company.expectRefusal("FILE_UNUSABLE", exits: 6, of: tablet, ["sync"])
      #expect(error["message"].text?.contains(authority.file) == true, "\(error)")
      #expect(error["hint"].text?.contains("waybill sync --ca FILE") == true, "\(error)")
    }
    try await company.on(tablet, "sync", "--ca", moved)
    try await company.sync(tablet)
    try await company.close()
  }

  @Test(
    "G10 a live sync outlives a certificate that it does not trust, and says so", .timeLimit(.minutes(3)))
  func live() async throws {
    let company = try Company()
    let (first, second) = try await (Authority("first", in: company), Authority("second", in: company))
    let tablet = try await company.enrolTablet(trusting: first)
    try await company.open(second.serving)
    let live = try company.start(tablet, "sync", "--watch")
    let pulse = Latch()
    var state: String?
    for _ in 0..<600 where state != "centre_untrusted" && live.isRunning {
      state = try await company.on(tablet, "status")["state"].text
      await pulse.wait(atMost: 0.05)
    }
    #expect(state == "centre_untrusted")
    live.send(SIGINT)
    live.kill(after: 20)
    let ended = await live.ended()
    #expect(ended.status == 0, "\(ended)")
    #expect(ended.errors.contains("warning[CENTRE_UNTRUSTED]"), "\(ended)")
    try await company.close()
  }
}

/// A certificate authority of somebody's own, and a centre's certificate that it signed.
private struct Authority {
  /// Its own certificate, as devices are given it.
  let file: String
  /// What `serve` takes.
  let serving: [String]

  init(_ name: String, in company: Company) async throws {
    func path(_ ending: String) -> String { company.path("\(name)\(ending)") }
    func openssl(_ arguments: [String]) async throws {
      let outcome = try await Programs.run(URL(filePath: "/usr/bin/openssl"), arguments)
      try #require(outcome.status == 0, "\(outcome)")
    }
    let request = ["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    let own = ["-x509", "-days", "2", "-subj", "/CN=\(name)", "-keyout", path(".key"), "-out", path(".pem")]
    try await openssl(request + own)
    let centres = ["-subj", "/CN=centre", "-keyout", path("-centre.key"), "-out", path("-centre.csr")]
    try await openssl(request + centres)
    try Data("subjectAltName=IP:127.0.0.1".utf8).write(to: URL(filePath: path("-centre.ext")))
    try await openssl([
      "x509", "-req", "-in", path("-centre.csr"), "-CA", path(".pem"), "-CAkey", path(".key"),
      "-CAcreateserial", "-days", "2", "-extfile", path("-centre.ext"), "-out", path("-centre.pem"),
    ])
    file = path(".pem")
    serving = ["--tls-cert", path("-centre.pem"), "--tls-key", path("-centre.key")]
  }
}

extension Company {
  /// A tablet that was enrolled while an authority had signed the centre's certificate. The centre is closed again.
  fileprivate func enrolTablet(trusting authority: Authority) async throws -> Device {
    try await open(authority.serving)
    try await importBasics()
    let invitation = try await atCentre(
      "invite", "--name", "Tablet", "--role", "warehouse", "--device-code", "W1", "--warehouse", "MAD")
    let code = try #require(invitation["code"].text)
    let tablet = Device(code: "W1", replica: path("tablet.waybill"))
    try await on(tablet, "enroll", secureAddress, "--code", code, "--ca", authority.file)
    try await close()
    return tablet
  }

  /// - Returns: the error as it was said.
  @discardableResult
  fileprivate func expectRefusal(
    _ code: String, exits status: Int32, of device: Device, _ words: [String]
  ) async throws -> Document {
    let error = try await on(device, words, exits: status)["error"]
    #expect(error["code"].text == code, "\(error)")
    return error
  }
}
