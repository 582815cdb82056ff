import Testing

@testable import WebSocketTransport

extension Sockets {
  @Suite struct Refusals {
    @Test("a centre whose certificate a stranger signed is refused")
    func wrongAuthority() async throws {
      let certificates = try Certificates.made.get()
      let shop = try Shop(tls: certificates.good)
      let error = try await Till(url: shop.url, caFile: certificates.strangersAuthority).failure()
      guard case .certificateRefused(host: "127.0.0.1", _) = error else {
        Issue.record("\(error)")
        return
      }
      shop.server.stop()
    }

    @Test("a centre whose certificate is for another machine is refused")
    func wrongHost() async throws {
      let certificates = try Certificates.made.get()
      let shop = try Shop(tls: certificates.elsewhere)
      let error = try await Till(url: shop.url, caFile: certificates.authority).failure()
      guard case .certificateRefused(host: "127.0.0.1", _) = error else {
        Issue.record("\(error)")
        return
      }
      shop.server.stop()
    }

    @Test("the system's authorities do not vouch for ours")
    func systemAuthorities() async throws {
      let shop = try Shop(tls: try Certificates.made.get().good)
      let error = try await Till(url: shop.url).failure()
      guard case .certificateRefused = error else {
        Issue.record("\(error)")
        return
      }
      shop.server.stop()
    }

    @Test("a till does not talk to another machine in the clear, unless told to")
    func plaintext() throws {
      let till = Till(url: "ws://192.0.2.1:4000/sync")
      #expect(throws: TransportError.plaintextRefused(host: "192.0.2.1")) {
        try till.client.connect()
      }
    }

    @Test("a till with a useless address or authority file says so at once")
    func badConfiguration() throws {
      #expect(throws: TransportError.self) { try Till(url: "http://shop/").client.connect() }
      #expect(throws: TransportError.self) { try Till(url: "wss://[::1]/").client.connect() }
      #expect(throws: TransportError.self) {
        try Till(url: "wss://shop/", caFile: "/nowhere/ca.pem").client.connect()
      }
    }

    @Test("where nobody listens, the till is told that nobody does")
    func nobodyThere() async throws {
      let shop = try Shop()
      shop.server.stop()
      let error = try await Till(url: shop.url).failure()
      guard case .unreachable = error else {
        Issue.record("\(error)")
        return
      }
      #expect(error.mayRetry)
    }

    @Test("a name that nobody has is reported as such")
    func unknownName() async throws {
      let error = try await Till(url: "wss://nowhere.invalid/sync").failure()
      guard case .unreachable = error else {
        Issue.record("\(error)")
        return
      }
    }

    @Test("a till that is stopped while connecting fails as cancelled")
    func cancelled() async throws {
      // The listener's backlog accepts; nobody answers the handshake.
      let silence = try SilentListener()
      let till = Till(url: "ws://127.0.0.1:\(silence.port)/sync")
      try till.client.connect()
      till.client.stop()
      guard case .failed(.cancelled) = try #require(till.inbox.events.last) else {
        Issue.record("\(till.inbox.events)")
        return
      }
    }

    @Test("a centre that never answers is given up after the time allowed")
    func timesOut() async throws {
      let silence = try SilentListener()
      let url = "ws://127.0.0.1:\(silence.port)/sync"
      let error = try await Till(url: url, connectTimeout: .milliseconds(600)).failure()
      #expect(error == .timedOut(url, after: .milliseconds(600)))
    }

    @Test("a till that speaks another version is refused")
    func wrongSubprotocol() async throws {
      let shop = try Shop()
      let error = try await Till(url: shop.url, subprotocol: "waybill.test.v0").failure()
      guard case .handshakeRefused(status: 0, _) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(shop.inbox.events.isEmpty)
      shop.server.stop()
    }

    @Test("a till at the wrong door is told so")
    func wrongDoor() async throws {
      let shop = try Shop()
      let url = "ws://127.0.0.1:\(shop.port)/back-door"
      let error = try await Till(url: url).failure()
      guard case .handshakeRefused(status: 404, _) = error else {
        Issue.record("\(error)")
        return
      }
      shop.server.stop()
    }

    @Test("a till that speaks in the clear to an encrypted centre, or the reverse, fails")
    func mixedUp() async throws {
      let certificates = try Certificates.made.get()
      let secure = try Shop(tls: certificates.good)
      let plain = try Shop()
      let loud = Till(url: "ws://127.0.0.1:\(secure.port)/sync")
      guard case .handshakeRefused(status: 0, _) = try await loud.failure() else {
        Issue.record("\(loud.inbox.events)")
        return
      }
      let url = "wss://127.0.0.1:\(plain.port)/sync"
      let error = try await Till(url: url, caFile: certificates.authority).failure()
      #expect(error == .unreachable(url, cause: "no TLS is spoken there"))
      secure.server.stop()
      plain.server.stop()
    }

    @Test("a visitor that names no version is refused and told so")
    func missingSubprotocol() throws {
      let shop = try Shop()
      let head = try RawSocket(port: shop.port).upgrade(headers: [])
      #expect(head.contains(" 400 "))
      shop.server.stop()
      #expect(shop.inbox.events.isEmpty)
    }

    @Test("there is one door: every other path is refused")
    func wrongPath() throws {
      let shop = try Shop()
      let visitor = try RawSocket(port: shop.port)
      let head = visitor.upgrade(
        path: "/back-door", headers: ["Sec-WebSocket-Protocol: \(subprotocol)"])
      #expect(head.contains(" 404 "))
      shop.server.stop()
      #expect(shop.inbox.events.isEmpty)
    }

    @Test("a web page from elsewhere is refused, the one we know is not")
    func origin() throws {
      let shop = try Shop(origins: ["https://admin.example"])
      let ours = "Sec-WebSocket-Protocol: \(subprotocol)"
      let stranger = try RawSocket(port: shop.port)
      #expect(
        stranger.upgrade(headers: [ours, "Origin: https://evil.example"]).contains(" 403 "))
      let friend = try RawSocket(port: shop.port)
      #expect(friend.upgrade(headers: [ours, "Origin: https://admin.example"]).contains(" 101 "))
      shop.server.stop()
    }

    @Test("nonsense at the door harms nobody inside")
    func nonsense() async throws {
      var limits = TransportLimits()
      limits.handshakeWithin = .milliseconds(500)
      let shop = try Shop.echoing(limits: limits)
      let till = try await shop.till()
      let settings = "HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA"
      let nonsense = [
        "\r\n\r\n\r\n", String(repeating: "x", count: 20_000), "\u{16}\u{3}\u{1}\u{0}\u{5}hello",
        "CONNECT elsewhere:80 HTTP/1.1\r\nHost: x\r\n\r\nmore\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
          + settings + "\r\n\r\nPRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "GET /sync HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n\r\n",
        "GET /../../etc/passwd?%zz HTTP/1.1\r\nHost: x\r\n\r\n",
        "BREW /pot HTTP/1.1\r\nHost: x\r\n\r\n",
        "POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
      ]
      for text in nonsense {
        let visitor = try RawSocket(port: shop.port)
        visitor.write(text)
        // Ends, sooner or later.
        _ = visitor.read { _ in false }
      }
      till.client.send([1])
      #expect(try await till.received() == [[1]])
      till.client.stop()
      shop.server.stop()
    }

    @Test("broken frames end the connection that sent them, and no other")
    func brokenFrames() async throws {
      let shop = try Shop.echoing()
      let till = try await shop.till()
      let broken: [[UInt8]] = [
        RawSocket.frame(opcode: 3, [1]), RawSocket.frame(opcode: 0, [1]),
        RawSocket.frame(opcode: 9, isFinal: false, [1]), [0xf2, 0x81, 0, 0, 0, 0, 1],
        [0x82, 0xff] + [UInt8](repeating: 0xff, count: 12), [0x89, 0xfe, 0, 200, 0, 0, 0, 0],
      ]
      for (index, frame) in broken.enumerated() {
        var visitor: RawSocket? = try RawSocket.webSocket(port: shop.port)
        visitor?.write(frame)
        _ = visitor?.readCloseCode()
        visitor = nil
        _ = try await shop.goodbye(of: try await shop.opened(index + 1))
      }
      till.client.send([1])
      #expect(try await till.received() == [[1]])
      till.client.stop()
      shop.server.stop()
    }

    @Test("a centre says when its port is taken, and what to do")
    func portInUse() throws {
      let shop = try Shop()
      var configuration = WebSocketServer.Configuration(subprotocol: subprotocol)
      configuration.port = shop.port
      let second = WebSocketServer(
        configuration, http: { _ in HTTPResponse(status: 404, text: "") }, events: { _ in })
      #expect(throws: TransportError.addressInUse(host: "127.0.0.1", port: shop.port)) {
        try second.start()
      }
      shop.server.stop()
      #expect(try second.start() == shop.port)
      second.stop()
    }

    @Test("a centre does not start without the certificate it was given")
    func badCertificates() throws {
      let good = try Certificates.made.get().good
      let elsewhere = try Certificates.made.get().elsewhere
      let missing = TLSIdentity(certificateFile: "/nowhere/c.pem", keyFile: good.keyFile)
      let swapped = TLSIdentity(
        certificateFile: good.certificateFile, keyFile: elsewhere.keyFile)
      let notPEM = TLSIdentity(certificateFile: "/etc/hostname", keyFile: good.keyFile)
      for identity in [missing, swapped, notPEM] {
        do {
          let shop = try Shop(tls: identity)
          shop.server.stop()
          Issue.record("started with \(identity)")
        } catch TransportError.certificateUnusable {
        }
      }
    }

    @Test("a centre does not start on an address that is not this machine's")
    func badAddress() throws {
      var configuration = WebSocketServer.Configuration(subprotocol: subprotocol)
      configuration.host = "192.0.2.1"
      let server = WebSocketServer(
        configuration, http: { _ in HTTPResponse(status: 404, text: "") }, events: { _ in })
      do {
        _ = try server.start()
        Issue.record("started")
      } catch TransportError.addressUnavailable {
      }
    }
  }
}
