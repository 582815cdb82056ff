import Foundation
import Glibc
import Testing

@testable import WebSocketTransport

extension Sockets {
  @Suite struct Endurance {
    @Test("a till that does not read is cut off; the others go on, and it learns why")
    func slowReader() async throws {
      var limits = TransportLimits()
      limits.outboundBytesMax = 1 << 20
      limits.closeWithin = .seconds(25)
      let shop = try Shop(limits: limits)
      let slow = try await shop.till()
      let slowID = try await shop.opened()
      slow.client.pause()
      let quick = try await shop.till()
      let ids = [slowID, try await shop.opened(1)]
      for id in ids { shop.server.trust(id) }
      // 32 MiB: more than the kernel takes for a peer that does not read.
      let message = OutboundMessage(pattern(256 << 10))
      for round in 1...128 {
        shop.server.send(message, to: ids)
        _ = try await quick.received(round)
      }
      slow.client.resume()
      #expect(try await slow.goodbye() == Goodbye(code: 4008, reason: "slow reader"))
      #expect(try await shop.goodbye(of: slowID).code == 4008)
      #expect(shop.goodbyes == [slowID])
      slow.client.stop()
      quick.client.stop()
      shop.server.stop()
    }

    @Test("when memory is short, the longest queue goes first")
    func largestQueueFirst() async throws {
      var limits = TransportLimits()
      limits.outboundBytesMax = 64 << 20
      limits.outboundBytesMaxTotal = 4 << 20
      limits.closeWithin = .milliseconds(500)
      let shop = try Shop(limits: limits)
      // Neither reads. The first is sent 4 MiB, and then the second one more.
      let sockets = [
        try RawSocket.webSocket(port: shop.port), try RawSocket.webSocket(port: shop.port),
      ]
      let ids = [try await shop.opened(0), try await shop.opened(1)]
      for id in ids { shop.server.trust(id) }
      let message = OutboundMessage(pattern(1 << 20))
      shop.server.send(message, to: [ids[0], ids[0], ids[0], ids[0], ids[1]])
      #expect(try await shop.goodbye(of: ids[0]).code == 4008)
      #expect(!shop.goodbyes.contains(ids[1]))
      withExtendedLifetime(sockets) { shop.server.stop() }
    }

    @Test("a till that is not listened to is held back, and heard when it is again")
    func flowControl() async throws {
      let shop = try Shop.echoing()
      let held = try await shop.till()
      let free = try await shop.till()
      let id = try await shop.opened()
      shop.server.pause(id)
      shop.server.send(OutboundMessage([0]), to: id)
      _ = try await held.received()
      // From here on the pause is in force.
      held.client.send([1])
      for round in 1...50 {
        free.client.send([2])
        _ = try await free.received(round)
      }
      #expect(!Shop.received(in: shop.inbox.events).contains([1]))
      shop.server.resume(id)
      #expect(try await held.received(2) == [[0], [1]])
      held.client.stop()
      free.client.stop()
      shop.server.stop()
    }

    @Test("what was held back arrives whole and in order", arguments: [false, true])
    func backlog(isSecure: Bool) async throws {
      let certificates = try Certificates.made.get()
      let shop = try Shop(tls: isSecure ? certificates.good : nil)
      let till = try await shop.till(caFile: isSecure ? certificates.authority : nil)
      let id = try await shop.opened()
      shop.server.trust(id)
      let messages = (0..<100).map { pattern(100_000, seed: UInt8($0)) }
      for (index, message) in messages.enumerated() {
        till.client.send(message)
        // The till may not queue more than 2 MiB either.
        if index % 10 == 9 { _ = try await shop.received(index + 1) }
        if index % 10 == 3 { shop.server.pause(id) }
        if index % 10 == 6 { shop.server.resume(id) }
      }
      #expect(try await shop.received(100) == messages)
      till.client.stop()
      shop.server.stop()
    }

    @Test("a sender learns when a long queue has drained")
    func drained() async throws {
      let shop = try Shop()
      let till = try await shop.till()
      let id = try await shop.opened()
      shop.server.trust(id)
      shop.server.send(OutboundMessage(pattern(1 << 20)), to: id)
      try await shop.inbox.wait(for: "the server's queue to drain") { events in
        events.contains { if case .drained(id) = $0 { true } else { false } }
      }
      till.client.send(pattern(1 << 20))
      try await till.inbox.wait(for: "the till's queue to drain") { events in
        events.contains { if case .drained = $0 { true } else { false } }
      }
      till.client.stop()
      shop.server.stop()
    }

    @Test("a till that has died without a word is noticed")
    func halfDead() async throws {
      var limits = TransportLimits()
      limits.pingAfter = .milliseconds(300)
      limits.hangUpAfter = .seconds(1)
      let shop = try Shop(limits: limits)
      let corpse = try RawSocket.webSocket(port: shop.port)
      let id = try await shop.opened()
      shop.server.trust(id)
      let goodbye = try await shop.goodbye(of: id)
      #expect(goodbye == Goodbye(code: 1006, reason: "no sign of life for 1000 ms"))
      // It was asked, and hung up on without a close frame.
      #expect(corpse.read { _ in false } == [0x89, 7] + Array("waybill".utf8))
      shop.server.stop()
    }

    @Test("a till that only answers pings stays, and so does one that only listens")
    func quietButAlive() async throws {
      var limits = TransportLimits()
      limits.pingAfter = .milliseconds(300)
      limits.hangUpAfter = .seconds(1)
      let shop = try Shop(limits: limits)
      let quiet = try await shop.till()
      let id = try await shop.opened()
      shop.server.trust(id)
      // Outlives several of its chances to die.
      let corpse = try RawSocket.webSocket(port: shop.port)
      let corpseID = try await shop.opened(1)
      shop.server.trust(corpseID)
      _ = try await shop.goodbye(of: corpseID)
      let other = try RawSocket.webSocket(port: shop.port)
      let otherID = try await shop.opened(2)
      shop.server.trust(otherID)
      _ = try await shop.goodbye(of: otherID)
      #expect(!shop.goodbyes.contains(id))
      withExtendedLifetime((corpse, other)) { quiet.client.stop() }
      shop.server.stop()
    }

    @Test("a dead centre is noticed by the till")
    func deadServer() async throws {
      let shop = try Shop()
      var limits = TransportLimits()
      limits.pingAfter = .milliseconds(300)
      limits.hangUpAfter = .seconds(1)
      let till = try await shop.till(limits: limits)
      // Not listening is as good as dead.
      shop.server.pause(try await shop.opened())
      #expect(try await till.goodbye().code == 1006)
      till.client.stop()
      shop.server.stop()
    }

    @Test("a till whose battery falls out is gone for the centre, with 1006")
    func vanishes() async throws {
      let shop = try Shop()
      var visitor: RawSocket? = try RawSocket.webSocket(port: shop.port)
      let id = try await shop.opened()
      withExtendedLifetime(visitor) {}
      visitor = nil
      #expect(try await shop.goodbye(of: id) == Goodbye(code: 1006, reason: "connection lost"))
      shop.server.stop()
    }

    @Test("200 tills come and go and leave nothing open", arguments: [false, true])
    func leaksNothing(isSecure: Bool) async throws {
      let certificates = try Certificates.made.get()
      func visit(_ shop: Shop) async throws {
        let till = try await shop.till(caFile: isSecure ? certificates.authority : nil)
        till.client.send([1])
        _ = try await till.received()
        till.client.stop()
      }
      func visits(_ count: Int) async throws {
        let shop = try Shop.echoing(tls: isSecure ? certificates.good : nil)
        for _ in 0..<count { try await visit(shop) }
        shop.server.stop()
        #expect(shop.goodbyes.count == count)
      }
      // Once to open what stays open: logs, random numbers, plugins.
      try await visits(1)
      let before = try openDescriptors()
      try await visits(200)
      // Other tests of this process open and close a few of their own meanwhile; a leak here would be 200.
      #expect(try openDescriptors() < before + 100)
    }

    private func openDescriptors() throws -> Int {
      try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
    }

    @Test("Ctrl-C still belongs to the program")
    func signals() async throws {
      var ends: [Int32] = [0, 0]
      try #require(pipe(&ends) == 0)
      defer {
        for end in ends { close(end) }
      }
      interruptsTo = ends[1]
      var ours = sigaction()
      var before = sigaction()
      ours.__sigaction_handler.sa_handler = { _ in
        var byte: UInt8 = 1
        write(interruptsTo, &byte, 1)
      }
      sigaction(SIGINT, &ours, &before)
      defer { sigaction(SIGINT, &before, nil) }
      let shop = try Shop.echoing()
      let till = try await shop.till()
      try interrupt(heardAt: ends[0])
      till.client.stop()
      shop.server.stop()
      try interrupt(heardAt: ends[0])
    }

    private func interrupt(heardAt descriptor: Int32) throws {
      kill(getpid(), SIGINT)
      var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      var byte: UInt8 = 0
      try #require(poll(&waiting, 1, 30_000) == 1 && read(descriptor, &byte, 1) == 1)
    }
  }
}

/// Where the signal handler writes, on whatever thread the kernel picks; set before it is installed.
nonisolated(unsafe) private var interruptsTo: Int32 = -1
