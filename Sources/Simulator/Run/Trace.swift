import SyncProtocol
import TradeRules

/// A fingerprint of everything that happened, in order: two runs of one seed have the same.
struct Trace {
  private(set) var hash: UInt64 = 0xCBF2_9CE4_8422_2325

  mutating func add(_ happening: World.Happening, at now: Instant) {
    add(UInt64(bitPattern: now.milliseconds))
    switch happening {
    case .delivered(let delivery):
      add(delivery.link)
      add(delivery.bytes)
    // What is said shows when it arrives.
    case .said: break
    case .decided: add(1)
    case .handled(let device): add(Array(device.code.utf8))
    case .crashed(let who): add(Array(who.utf8))
    case .closed(let who, let code, _, _): add(Array(who.utf8) + [UInt8(truncatingIfNeeded: code.rawValue)])
    }
  }

  /// FNV-1a over words: fast, and no one tries to forge it.
  private mutating func add(_ word: UInt64) { hash = (hash ^ word) &* 0x100_0000_01B3 }

  private mutating func add(_ bytes: [UInt8]) {
    add(UInt64(bytes.count))
    bytes.withUnsafeBytes { buffer in
      var offset = 0
      while offset + 8 <= buffer.count {
        add(UInt64(littleEndian: buffer.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
        offset += 8
      }
      for byte in buffer[offset...] { add(UInt64(byte)) }
    }
  }
}

extension Network.Delivery {
  /// What a person reads of it.
  var story: String {
    let way =
      switch end {
      case .centre: "to the centre"
      case .device(let code): "to \(code)"
      }
    if closes { return "link \(link) closes \(way)" }
    let name = (try? Message.decode(bytes)).map(Network.Delivery.name) ?? "?"
    return "link \(link) \(way): \(name), \(bytes.count) bytes"
  }

  private static func name(_ message: Message) -> String {
    switch message {
    case .push(let push): "push \(push.firstNumber)…\(push.lastNumber)"
    case .checkpoint(let checkpoint): "checkpoint \(checkpoint.version), applied \(checkpoint.appliedThrough)"
    case .page(let page): "page of \(page.bucket)" + (page.isSnapshot ? " whole" : "")
    case .settled(let settled): "settled \(settled.through)"
    case .stored(let stored): "stored \(stored.pages) pages, checkpoint \(stored.checkpointVersion)"
    case .hello(let hello): "hello at \(hello.checkpointVersion), recorded \(hello.lastRecorded)"
    case .welcome(let welcome): "welcome, applied \(welcome.appliedThrough), head \(welcome.headVersion)"
    case .refused(let refused): "refused \(refused.code)"
    default: Mirror(reflecting: message).children.first?.label ?? "message"
    }
  }
}
