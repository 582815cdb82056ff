import Testing

@testable import WebSocketTransport

@Suite struct Queues {
  @Test("a long message leaves in pieces, a short one whole, an empty one too")
  func pieces() {
    var queue = OutboundQueue()
    for count in [10, 0, 25] {
      queue.append(OutboundMessage(pattern(count)), low: 100)
    }
    #expect(queue.bytes == 35)
    var seen: [(Range<Int>, Bool, Bool)] = []
    while let piece = queue.next(bytesMax: 10) {
      seen.append((piece.range, piece.isFirst, piece.isLast))
      queue.wrote(piece)
    }
    #expect(seen.map(\.0) == [0..<10, 0..<0, 0..<10, 10..<20, 20..<25])
    #expect(seen.map(\.1) == [true, true, true, false, false])
    #expect(seen.map(\.2) == [true, true, false, false, true])
    #expect(queue.isEmpty && queue.bytes == 0)
  }

  @Test("what has not begun to go out can be dropped; what has is finished")
  func dropsWhatWaits() throws {
    var queue = OutboundQueue()
    for count in [25, 10, 10] { queue.append(OutboundMessage(pattern(count)), low: 100) }
    queue.wrote(try #require(queue.next(bytesMax: 10)))
    queue.removeWaiting()
    #expect(queue.bytes == 15)
    queue.append(OutboundMessage(pattern(3)), low: 100)
    var seen: [Range<Int>] = []
    while let piece = queue.next(bytesMax: 10) {
      seen.append(piece.range)
      queue.wrote(piece)
    }
    #expect(seen == [10..<20, 20..<25, 0..<3])
    queue.append(OutboundMessage(pattern(5)), low: 100)
    queue.removeWaiting()
    #expect(queue.isEmpty && queue.bytes == 0)
  }

  @Test("no message needs more pieces than a receiver takes")
  func piecesMax() {
    var queue = OutboundQueue()
    queue.append(OutboundMessage(pattern(100_001)), low: 100)
    var count = 0
    while let piece = queue.next(bytesMax: 10) {
      count += 1
      queue.wrote(piece)
    }
    #expect(count <= 64)
  }

  @Test("draining is told once, and only after the queue was high")
  func drains() throws {
    var queue = OutboundQueue()
    func drained() -> Bool { queue.hasDrained(low: 10) }
    queue.append(OutboundMessage(pattern(9)), low: 10)
    #expect(!drained())
    queue.append(OutboundMessage(pattern(9)), low: 10)
    #expect(!drained())
    queue.wrote(try #require(queue.next(bytesMax: 100)))
    #expect(drained())
    #expect(!drained())
  }
}

@Suite struct Assemblies {
  private func add(
    _ bytes: [UInt8], remaining: Int = 0, ends: Bool = true, isBinary: Bool = true,
    to assembly: inout MessageAssembly
  ) -> MessageAssembly.Outcome {
    bytes.withUnsafeBytes {
      assembly.add(
        .init(
          bytes: $0, remainingInFrame: remaining, endsMessage: ends, isBinary: isBinary),
        bytesMax: 10, fragmentsMax: 3)
    }
  }

  @Test("a message is whole when its last piece is there, and the next starts afresh")
  func whole() {
    var assembly = MessageAssembly()
    #expect(add([1, 2], remaining: 1, ends: false, to: &assembly) == .incomplete)
    #expect(add([3], ends: false, to: &assembly) == .incomplete)
    #expect(add([4], to: &assembly) == .complete([1, 2, 3, 4]))
    #expect(add([], to: &assembly) == .complete([]))
    #expect(add(pattern(10), to: &assembly) == .complete(pattern(10)))
  }

  @Test("what would be too long is refused before it has come")
  func tooLong() {
    for remaining in [9, Int.max - 1, Int.max] {
      var assembly = MessageAssembly()
      guard case .refused(let ending) = add([1, 2], remaining: remaining, ends: false, to: &assembly)
      else {
        Issue.record("\(remaining) more bytes were not refused")
        continue
      }
      #expect(ending.code == 1009)
    }
  }

  @Test("text and too many pieces are refused")
  func refused() {
    var assembly = MessageAssembly()
    guard case .refused(let text) = add([1], isBinary: false, to: &assembly) else {
      Issue.record("text was taken")
      return
    }
    #expect(text.code == 1003)
    for _ in 0..<3 { #expect(add([1], ends: false, to: &assembly) == .incomplete) }
    guard case .refused(let pieces) = add([1], ends: false, to: &assembly) else {
      Issue.record("a fourth piece was taken")
      return
    }
    #expect(pieces.code == 1008)
  }
}

@Suite struct Silences {
  private let start = ContinuousClock.now

  private func verdicts(
    _ liveness: inout Liveness, seconds: ClosedRange<Int>,
    socket: (Int) -> (written: Int, unacknowledged: Int) = { _ in (0, 0) }
  ) -> [Liveness.Verdict] {
    seconds.map { second in
      liveness.tick(
        at: start + .seconds(second), pingAfter: .seconds(3), hangUpAfter: .seconds(6),
        socket: { socket(second) })
    }
  }

  @Test("silence is asked after once, and then taken for death")
  func dies() {
    var liveness = Liveness(at: start)
    #expect(
      verdicts(&liveness, seconds: 1...6) == [.fine, .fine, .ping, .fine, .fine, .dead])
  }

  @Test("any sound starts the silence anew")
  func heard() {
    var liveness = Liveness(at: start)
    _ = verdicts(&liveness, seconds: 1...5)
    liveness.heard()
    #expect(
      verdicts(&liveness, seconds: 6...12)
        == [.fine, .fine, .fine, .ping, .fine, .fine, .dead])
  }

  @Test("who is still taking bytes over a thin line is alive, until the line is empty")
  func thinLine() {
    var liveness = Liveness(at: start)
    // 1,000 bytes stand before the ping; 100 a second get through; the last at second 13.
    let verdicts = verdicts(&liveness, seconds: 1...18) { second in
      (written: 1_000, unacknowledged: max(0, 1_000 - 100 * max(0, second - 3)))
    }
    #expect(verdicts[2] == .ping)
    #expect(verdicts.prefix(17).allSatisfy { $0 != .dead })
    #expect(verdicts[17] == .dead)
  }

  @Test("who takes nothing is dead, however much is sent")
  func stuck() {
    var liveness = Liveness(at: start)
    let verdicts = verdicts(&liveness, seconds: 1...6) { (500 * $0, 500 * $0 - 100) }
    #expect(verdicts.last == .dead)
  }

  @Test("who takes bytes but never answers is dead")
  func deafMute() {
    var liveness = Liveness(at: start)
    let verdicts = verdicts(&liveness, seconds: 1...6) { (500 * $0, 0) }
    #expect(verdicts.last == .dead)
  }
}

@Suite struct Texts {
  @Test("a URL is taken apart as people write it")
  func urls() throws {
    let plain = try WebSocketURL("ws://127.0.0.1:8080/sync?a=b")
    #expect(!plain.isSecure && plain.host == "127.0.0.1" && plain.port == 8080)
    #expect(plain.path == "/sync?a=b" && plain.authority == "127.0.0.1:8080")
    let bare = try WebSocketURL("WSS://shop.example")
    #expect(bare.isSecure && bare.host == "shop.example" && bare.port == 443 && bare.path == "/")
    let version6 = try WebSocketURL("ws://[::1]:80/x")
    #expect(version6.host == "::1" && version6.authority == "[::1]:80")
  }

  @Test(
    "a URL that means nothing here is refused",
    arguments: [
      "", "shop", "http://shop/", "ws://", "ws://:80/", "ws://shop:0/", "ws://shop:65536/",
      "ws://shop:x/", "ws://a b/", "ws://u:p@shop/", "ws://shop/#x", "ws://[::1/", "ws://[x]/",
      "ws://shop/\r\nX: y",
    ])
  func badURLs(text: String) {
    #expect(throws: TransportError.self) { try WebSocketURL(text) }
  }

  @Test("only this machine is this machine")
  func loopback() {
    for host in ["127.0.0.1", "127.9.9.9", "::1", "localhost", "LOCALHOST"] {
      #expect(HostKind.isLoopback(host))
    }
    for host in ["127.0.0.1.evil.example", "0.0.0.0", "::", "shop", "192.0.2.1", "localhost.x"] {
      #expect(!HostKind.isLoopback(host))
    }
  }

  @Test("a close frame holds 123 bytes of reason, and no half letter")
  func reasons() {
    #expect(Ending(code: 1000, reason: "bye").reasonOnWire == Array("bye".utf8))
    let long = Ending(code: 1000, reason: String(repeating: "ñ", count: 100)).reasonOnWire
    #expect(String(decoding: long, as: UTF8.self) == String(repeating: "ñ", count: 61))
  }

  @Test("a close frame is read as it came, and a bad one does no harm")
  func closeFrames() {
    func read(_ bytes: [UInt8]) -> Ending { bytes.withUnsafeBytes { Ending(closeFrame: $0) } }
    #expect(read([0x0f, 0xa0, 0x61]) == Ending(code: 4000, reason: "a"))
    #expect(read([]) == Ending(code: 1005, reason: ""))
    #expect(read([3]) == Ending(code: 1005, reason: ""))
    #expect(read([0x0f, 0xa0, 0xff]).reason == "\u{fffd}")
  }

  @Test("neighbours in one IPv6 network count together, IPv4 machines each for itself")
  func addresses() throws {
    func version6(_ tail: UInt8, network: UInt8) throws -> NetworkAddress {
      let address: [UInt8] = [0x20, 1, 0xd, 0xb8, 0, 0, 0, network, 0, 0, 0, 0, 0, 0, 0, tail]
      return try #require(
        NetworkAddress(family: 10, socketAddress: [10, 0, 1, 187, 0, 0, 0, 0] + address))
    }
    func version4(_ tail: UInt8) throws -> NetworkAddress {
      try #require(
        NetworkAddress(family: 2, socketAddress: [2, 0, 31, 144, 192, 0, 2, tail]))
    }
    #expect(try version6(1, network: 7).group == version6(2, network: 7).group)
    #expect(try version6(1, network: 7).group != version6(1, network: 8).group)
    #expect(try version4(1).group != version4(2).group)
    #expect(try version6(1, network: 7).text == "[2001:db8:0:7::1]:443")
    #expect(try version4(9).text == "192.0.2.9:8080")
  }

  @Test("places at the door are given back")
  func doors() throws {
    var limits = TransportLimits()
    limits.connectionsPerAddressBeforeTrust = 1
    let here = NetworkAddress.Group(isIPv6: false, bits: 1)
    let there = NetworkAddress.Group(isIPv6: false, bits: 2)
    var doors = Doors()
    doors.entered(here)
    #expect(!doors.admits(here, limits: limits, openMax: 3))
    #expect(doors.admits(there, limits: limits, openMax: 3))
    doors.trusted(here)
    #expect(doors.admits(here, limits: limits, openMax: 3))
    #expect(!doors.admits(here, limits: limits, openMax: 1))
    doors.left(here, wasTrusted: true)
    #expect(doors.open == 0 && doors.admits(here, limits: limits, openMax: 1))
  }

  @Test("an error says what to do")
  func errors() {
    let error = TransportError.addressInUse(host: "127.0.0.1", port: 80)
    #expect("\(error)".contains("choose another port"))
    #expect(error.mayRetry && !TransportError.cancelled.mayRetry)
  }
}
