import Testing

@testable import WebSocketTransport

extension Sockets {
  @Suite struct Limits {
    @Test("a stranger's message over 4 KiB is refused; once trusted it may send 1 MiB, not more")
    func messageSize() async throws {
      let shop = try Shop()
      let stranger = try await shop.till()
      stranger.client.send(pattern(4_096))
      #expect(try await shop.received() == [pattern(4_096)])
      stranger.client.send(pattern(4_097))
      #expect(try await stranger.goodbye().code == 1009)

      let friend = try await shop.till()
      shop.server.trust(try await shop.opened(1))
      friend.client.send(pattern(1 << 20))
      #expect(try await shop.received(2).last == pattern(1 << 20))
      friend.client.send(pattern(1 << 20 + 1))
      #expect(try await friend.goodbye().code == 1009)
      #expect(try await shop.goodbye(of: try await shop.opened(1)).code == 1009)
      stranger.client.stop()
      friend.client.stop()
      shop.server.stop()
      #expect(Shop.received(in: shop.inbox.events).count == 2)
    }

    @Test("a till refuses a message that is too long for it, too")
    func messageSizeAtTheTill() async throws {
      let shop = try Shop()
      var limits = TransportLimits()
      limits.messageBytesMax = 1_000
      let till = try await shop.till(limits: limits)
      let id = try await shop.opened()
      shop.server.send(OutboundMessage(pattern(1_001)), to: id)
      #expect(try await shop.goodbye(of: id).code == 1009)
      till.client.stop()
      shop.server.stop()
      #expect(Till.received(in: till.inbox.events).isEmpty)
    }

    @Test("an announced exabyte is refused before it is waited for")
    func announcement() async throws {
      let shop = try Shop.echoing()
      let visitor = try RawSocket.webSocket(port: shop.port)
      visitor.write(RawSocket.announcement(of: .max >> 1) + pattern(16 << 10))
      let id = try await shop.opened()
      // It cannot be answered within a frame that never ends.
      #expect(visitor.readCloseCode() == 1009)
      shop.server.stop()
      #expect(try await shop.goodbye(of: id).code == 1009)
    }

    @Test("text is refused: what is spoken here is binary")
    func text() async throws {
      let shop = try Shop.echoing()
      let visitor = try RawSocket.webSocket(port: shop.port)
      visitor.write(RawSocket.frame(opcode: 1, Array("hello".utf8)))
      #expect(visitor.readCloseCode() == 1003)
      shop.server.stop()
    }

    @Test("a message in 64 pieces is taken, one in 65 is not")
    func fragments() async throws {
      let shop = try Shop()
      let visitor = try RawSocket.webSocket(port: shop.port)
      func send(pieces: Int) {
        for piece in 1...pieces {
          visitor.write(
            RawSocket.frame(
              opcode: piece == 1 ? 2 : 0, isFinal: piece == pieces, [UInt8(piece)]))
        }
      }
      send(pieces: 64)
      #expect(try await shop.received() == [(1...64).map { UInt8($0) }])
      send(pieces: 65)
      #expect(visitor.readCloseCode() == 1008)
      shop.server.stop()
      #expect(Shop.received(in: shop.inbox.events).count == 1)
    }

    @Test("a flood of pongs ends the connection")
    func pongs() throws {
      let shop = try Shop.echoing()
      let visitor = try RawSocket.webSocket(port: shop.port)
      for _ in 0..<11 { visitor.write(RawSocket.frame(opcode: 10, [1])) }
      #expect(visitor.readCloseCode() == 1008)
      shop.server.stop()
    }

    @Test("one address may bring two strangers; a third gets in when one of them is known")
    func strangersPerAddress() async throws {
      var limits = TransportLimits()
      limits.connectionsPerAddressBeforeTrust = 2
      let shop = try Shop(limits: limits)
      let tills = [try await shop.till(), try await shop.till()]
      let refused = try await Till(url: shop.url).failure()
      #expect(refused.mayRetry)
      let id = try await shop.opened()
      shop.server.trust(id)
      // Its message comes after the trust, so that must have been heard.
      shop.server.send(OutboundMessage([1]), to: id)
      for till in tills.prefix(1) { _ = try await till.received() }
      let third = try await shop.till()
      for till in tills + [third] { till.client.stop() }
      shop.server.stop()
    }

    @Test("the house has room for so many and no more, and takes the next when one leaves")
    func connectionsMax() async throws {
      var limits = TransportLimits()
      limits.connectionsMax = 2
      let shop = try Shop(limits: limits)
      let first = try await shop.till()
      let second = try await shop.till()
      _ = try await Till(url: shop.url).failure()
      first.client.stop()
      // The place is free once the socket is forgotten, shortly after `closed`.
      var third: Till?
      while third == nil {
        let next = Till(url: shop.url)
        try next.client.connect()
        try await next.inbox.wait(for: "an outcome") { !$0.isEmpty }
        if case .opened = next.inbox.events[0] { third = next } else { next.client.stop() }
      }
      second.client.stop()
      third?.client.stop()
      shop.server.stop()
    }

    @Test("who knocks and says nothing is shown out")
    func handshakeDeadline() throws {
      var limits = TransportLimits()
      limits.handshakeWithin = .milliseconds(300)
      let shop = try Shop(limits: limits)
      let visitor = try RawSocket(port: shop.port)
      #expect(visitor.read().isEmpty)
      shop.server.stop()
    }

    @Test("who comes in and does not prove who it is is shown out")
    func proofDeadline() async throws {
      var limits = TransportLimits()
      limits.trustWithin = .milliseconds(300)
      let shop = try Shop(limits: limits)
      let till = try await shop.till()
      #expect(try await till.goodbye() == Goodbye(code: 1008, reason: "not proved in time"))
      till.client.stop()
      shop.server.stop()
    }

    @Test("whose word waits to be heard stays, however long others take")
    func lateAnswer() async throws {
      var limits = TransportLimits()
      limits.trustWithin = .seconds(1)
      let shop = try Shop(limits: limits)
      let speaker = try await shop.till()
      speaker.client.send([1])
      _ = try await shop.received()
      // Longer than anybody has to say his first word.
      let silent = try await shop.till()
      #expect(try await silent.goodbye().code == 1008)
      shop.server.send(OutboundMessage([2]), to: try await shop.opened(0))
      #expect(try await speaker.received() == [[2]])
      // Now it is its turn again.
      #expect(try await speaker.goodbye().code == 1008)
      for till in [speaker, silent] { till.client.stop() }
      shop.server.stop()
    }
  }
}
