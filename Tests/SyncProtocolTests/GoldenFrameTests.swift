import SyncProtocol
import Testing
import TradeRules

@Suite("Frames of every released version are still understood (G24)")
struct GoldenFrameTests {
  @Test("what version 1 said is what this program reads, and says itself byte for byte")
  func goldenFramesAreReadAndWritten() throws {
    let frames = Dictionary(uniqueKeysWithValues: try GoldenFrames.all(version: 1))
    for (name, message) in Samples.all {
      let frame = try #require(frames["\(name)-v1"], "no golden frame of \(name)")
      #expect(try Message.decode(frame) == message, "\(name)")
      #expect(message.encode() == frame, "\(name)")
    }
  }

  @Test("every message of the envelope has a golden frame")
  func everyMessageHasAFrame() throws {
    let cases = try ProtoText().envelopeCases
    #expect(cases.count == Samples.all.count)
    for message in cases { #expect(Samples.all.contains { $0.name == message }, "\(message)") }
  }

  @Test("the golden frames of each version are the ones that were released with it")
  func fingerprintsArePinned() throws {
    #expect(ProtocolVersion.history.map(\.version) == ProtocolVersion.supported)
    #expect(ProtocolVersion.history.last?.version == ProtocolVersion.current)
    for (version, fingerprint) in ProtocolVersion.history {
      #expect(try GoldenFrames.fingerprint(version: version) == fingerprint, "version \(version)")
    }
  }

  @Test("a page compressed by zstd itself opens to the rows it was made of")
  func compressedPageOpens() throws {
    let frame = try #require(try GoldenFrames.all(version: 1).first { $0.name == "page-zstd-v1" }).bytes
    guard case .page(let page) = try Message.decode(frame) else {
      Issue.record("the frame is no page")
      return
    }
    let batch = try #require(try PageContent(page.body.content()).batches.first)
    let expected = (0..<200).map { index in
      let digits = String(index)
      var unit = MeasureUnit()
      unit.code = "U" + String(repeating: "0", count: 3 - digits.count) + digits
      unit.decimals = 3
      unit.row.version = 7
      return unit.row
    }
    #expect(batch.rows() == expected)
  }

  // MARK: Damaged frames

  /// Reads a frame to the last cell, as a session and a store would. It may refuse, but not crash.
  private func readToTheEnd(_ frame: [UInt8]) -> ReadOutcome {
    do {
      switch try Message.decode(frame) {
      case .page(let page):
        for batch in try PageContent(page.body.content()).batches { _ = batch.rows() }
      case .push(let push):
        for operation in push.operations {
          let texts = operation.personal.map { PersonalText($0.text) }
          if (try? OperationCoding.decode(operation.bytes, personal: texts)) == nil { return .malformed }
        }
      default: break
      }
      return .read
    } catch {
      return .refused(error)
    }
  }

  private enum ReadOutcome {
    case read
    case malformed
    case refused(any Error)
  }

  @Test("a frame that ends early is refused as a breach of the protocol, whatever is missing")
  func truncatedFrames() throws {
    for (name, frame) in try GoldenFrames.all(version: 1) {
      for length in frame.indices {
        guard case .refused(let error) = readToTheEnd(Array(frame[..<length])) else {
          Issue.record("\(name) was read from \(length) of \(frame.count) bytes")
          continue
        }
        let violation = try #require(error as? ProtocolViolation)
        #expect(!violation.expected.isEmpty && violation.closeCode == .protocolViolation)
      }
    }
  }

  @Test("a frame sent twice in one message, or with one bit changed, never brings the program down")
  func damagedFrames() throws {
    for (name, frame) in try GoldenFrames.all(version: 1) {
      _ = readToTheEnd(frame + frame)
      var changed = 0
      for bit in 0..<frame.count * 8 {
        var damaged = frame
        damaged[bit / 8] ^= 1 << UInt8(bit % 8)
        if case .read = readToTheEnd(damaged), try Message.decode(damaged) != Message.decode(frame) {
          changed += 1
        }
      }
      // Signatures cover what a changed bit may turn into another valid message.
      #expect(changed < frame.count * 8, "\(name)")
    }
  }

  @Test("random bytes are never a message that breaks its bounds", arguments: 1...8)
  func randomBytes(seed: UInt64) throws {
    var dice = Dice(seed)
    let frames = try GoldenFrames.all(version: 1)
    for _ in 0..<400 {
      var frame = frames[dice.roll(frames.count)].bytes
      for _ in 0...dice.roll(6) {
        let place = dice.roll(frame.count)
        switch dice.roll(3) {
        case 0: frame[place] = UInt8(truncatingIfNeeded: dice.next())
        case 1: frame.remove(at: place)
        default: frame.insert(UInt8(truncatingIfNeeded: dice.next()), at: place)
        }
        if frame.isEmpty { frame = [0] }
      }
      guard let message = try? Message.decode(frame) else { continue }
      #expect(try Message.decode(message.encode()) == message)
    }
  }
}
