import Testing

@testable import WebSocketTransport

extension Sockets {
  @Suite struct Conversations {
    @Test("a till and the centre hear each other")
    func echo() async throws {
      let shop = try Shop.echoing()
      let till = try await shop.till()
      till.client.send([1, 2, 3])
      #expect(try await till.received() == [[1, 2, 3]])
      #expect(try await shop.received() == [[1, 2, 3]])
      till.client.stop()
      shop.server.stop()
    }

    @Test("they hear each other through an encrypted connection")
    func echoOverTLS() async throws {
      let certificates = try Certificates.made.get()
      let shop = try Shop.echoing(tls: certificates.good)
      let till = try await shop.till(caFile: certificates.authority)
      till.client.send([1, 2, 3])
      #expect(try await till.received() == [[1, 2, 3]])
      till.client.stop()
      shop.server.stop()
    }

    @Test(
      "messages of any size arrive whole, both ways",
      arguments: [0, 1, 125, 126, 65_535, 65_536, 65_537, 200 << 10, 1 << 20], [false, true])
    func sizes(count: Int, isSecure: Bool) async throws {
      let certificates = try Certificates.made.get()
      let shop = try Shop.echoing(tls: isSecure ? certificates.good : nil)
      let till = try await shop.till(caFile: isSecure ? certificates.authority : nil)
      let message = pattern(count)
      till.client.send(message)
      #expect(try await till.received() == [message])
      #expect(try await shop.received() == [message])
      till.client.stop()
      shop.server.stop()
    }

    @Test("a thousand messages arrive in the order they were sent")
    func order() async throws {
      let shop = try Shop.echoing()
      let till = try await shop.till()
      let messages = (0..<1_000).map { pattern(200, seed: UInt8(truncatingIfNeeded: $0)) }
      for message in messages { till.client.send(message) }
      #expect(try await till.received(1_000) == messages)
      till.client.stop()
      shop.server.stop()
    }

    @Test("one message told to fifty tills reaches every one of them unharmed")
    func broadcast() async throws {
      var limits = TransportLimits()
      limits.connectionsPerAddressBeforeTrust = 100
      let shop = try Shop(limits: limits)
      var tills: [Till] = []
      for _ in 0..<50 { tills.append(try await shop.till()) }
      _ = try await shop.opened(49)
      let ids = Shop.opened(in: shop.inbox.events)
      let messages = [pattern(500), pattern(150_000), pattern(7, seed: 9)]
      for message in messages { shop.server.send(OutboundMessage(message), to: ids) }
      for till in tills { #expect(try await till.received(3) == messages) }
      for till in tills { till.client.stop() }
      shop.server.stop()
    }

    @Test("the centre's code and reason for closing reach the till, after everything it sent")
    func serverCloses() async throws {
      let shop = try Shop()
      let till = try await shop.till()
      let id = try await shop.opened()
      let message = pattern(1 << 20)
      shop.server.send(OutboundMessage(message), to: id)
      shop.server.close(id, code: 4403, reason: "revoked: ñ")
      #expect(try await till.goodbye() == Goodbye(code: 4403, reason: "revoked: ñ"))
      #expect(try await till.received() == [message])
      #expect(try await shop.goodbye(of: id) == Goodbye(code: 4403, reason: "revoked: ñ"))
      till.client.stop()
      shop.server.stop()
    }

    @Test("the till's code and reason for closing reach the centre, after everything it sent")
    func clientCloses() async throws {
      let shop = try Shop()
      let till = try await shop.till()
      shop.server.trust(try await shop.opened())
      shop.server.send(OutboundMessage([1]), to: try await shop.opened())
      // Once it has come, the trust is in force.
      _ = try await till.received()
      let message = pattern(1 << 20)
      till.client.send(message)
      till.client.close(code: 4001, reason: "shift is over")
      let id = try await shop.opened()
      #expect(try await shop.goodbye(of: id) == Goodbye(code: 4001, reason: "shift is over"))
      #expect(try await shop.received() == [message])
      #expect(try await till.goodbye() == Goodbye(code: 4001, reason: "shift is over"))
      till.client.stop()
      shop.server.stop()
    }

    @Test("when the centre stops, every till is told so, once")
    func serverStops() async throws {
      let shop = try Shop()
      var tills: [Till] = []
      for _ in 0..<5 { tills.append(try await shop.till()) }
      _ = try await shop.opened(4)
      shop.server.stop()
      #expect(shop.goodbyes.sorted() == Shop.opened(in: shop.inbox.events).sorted())
      for till in tills {
        #expect(try await till.goodbye() == Goodbye(code: 1001, reason: "the server stops"))
        till.client.stop()
      }
      shop.server.stop()
    }

    @Test("when a till stops, the centre is told so")
    func clientStops() async throws {
      let shop = try Shop()
      let till = try await shop.till()
      let id = try await shop.opened()
      till.client.stop()
      till.client.stop()
      #expect(try await shop.goodbye(of: id) == Goodbye(code: 1001, reason: "the program ends"))
      shop.server.stop()
    }

    @Test("two centres in one program do not disturb each other")
    func twoServers() async throws {
      let (one, other) = (try Shop.echoing(), try Shop.echoing())
      let (tillOfOne, tillOfOther) = (try await one.till(), try await other.till())
      one.server.stop()
      tillOfOther.client.send([7])
      #expect(try await tillOfOther.received() == [[7]])
      #expect(try await tillOfOne.goodbye().code == 1001)
      tillOfOne.client.stop()
      tillOfOther.client.stop()
      other.server.stop()
    }
  }
}
