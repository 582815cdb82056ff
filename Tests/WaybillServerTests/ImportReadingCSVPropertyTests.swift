import Testing
import TradeRules

@testable import WaybillServer

@Suite("Lists of every shape come back as they were written")
struct ImportReadingCSVPropertyTests {
  /// A bit of everything that is hard: quotes, breaks, blank lines, all widths of UTF-8, faults.
  static let hard =
    "sku,name\r\nA1,\"3\"\" pipe\"\r\n\r\n\"A\r\n2\",Größe €😀\rA3,\"\"\nA4\nA5,\"x\"y\nA6,\"\r\"\n"

  @Test("a file that comes in pieces of any size reads like the whole one")
  func pieces() throws {
    let bytes = Array(Self.hard.utf8)
    let whole = try reading(bytes)
    #expect(whole.rows.count == 4 && whole.refused.count == 2)
    for size in 1...bytes.count { #expect(try reading(bytes, piece: size) == whole) }
  }

  @Test("UTF-8 with a mark and UTF-16 of both kinds read like plain UTF-8, also byte by byte")
  func encodings() throws {
    let plain = try reading(Self.hard)
    let others = [
      [0xEF, 0xBB, 0xBF] + Array(Self.hard.utf8),
      utf16(Self.hard, bigEndian: false),
      utf16(Self.hard, bigEndian: true),
    ]
    for bytes in others {
      for size in [1, 2, 3, 5, 7, bytes.count] {
        #expect(try reading(bytes, piece: size) == plain)
      }
    }
  }

  @Test("a file cut short anywhere gives its whole rows or an error, and never stops the program")
  func cutAnywhere() throws {
    let whole = try reading(Self.hard)
    let versions = [
      Array(Self.hard.utf8), utf16(Self.hard, bigEndian: false), utf16(Self.hard, bigEndian: true),
    ]
    for bytes in versions {
      for length in 0..<bytes.count {
        let cut = try reading(Array(bytes[..<length]))
        // The row at the cut may be there in part; all before it are the same.
        #expect(cut.rows.dropLast() == whole.rows.prefix(max(0, cut.rows.count - 1)))
        #expect(cut.unusable != nil || cut.header.count <= 2)
        #expect(try reading(Array(bytes[..<length]), piece: 1) == cut)
      }
    }
  }

  @Test("half a letter of UTF-16 is an error and no letter")
  func brokenUTF16() throws {
    let high: [UInt8] = [0x3D, 0xD8]
    let low: [UInt8] = [0x00, 0xDE]
    let start = utf16("sku\nx", bigEndian: false)
    for broken in [high, high + high, low, high + [0x41, 0x00], [0x41]] {
      let list = try reading(start + broken)
      guard case .invalidText(.utf16LittleEndian, _, let after, 1, let position) = list.unusable
      else {
        Issue.record("\(broken) was read as \(list)")
        continue
      }
      #expect(after == "x")
      #expect(position == CSVPosition(line: 2, row: 1))
    }
    #expect(try reading(start + high + low).rows == [["x😀"]])
  }

  @Test("any bytes at all are read or refused", arguments: 0..<400 as Range<UInt64>)
  func noise(seed: UInt64) throws {
    var random = ImportReadingRandom(seed: seed)
    let common = Array("\",;\t|\r\n\0aé".utf8) + [0xFF, 0xFE, 0xEF, 0xBB, 0xBF, 0xD8]
    let bytes = (0..<Int.random(in: 0...80, using: &random)).map { _ in
      common.randomElement(using: &random) ?? 0
    }
    let whole = try reading(bytes)
    #expect(try reading(bytes, piece: 1) == whole, "seed \(seed)")
    #expect(try reading(bytes, piece: 3) == whole, "seed \(seed)")
  }

  @Test("random tables survive writing and reading", arguments: 0..<300 as Range<UInt64>)
  func roundTrip(seed: UInt64) throws {
    var random = ImportReadingRandom(seed: seed)
    let delimiter = CSVDelimiter.allCases.randomElement(using: &random) ?? .comma
    let columns = Int.random(in: 1...8, using: &random)
    let header = (0..<columns).map { "column \($0)" }
    let rows = (0..<Int.random(in: 0...12, using: &random)).map { _ in
      (0..<columns).map { _ in Self.field(using: &random) }
    }
    let text = ([header] + rows).map { CSVField.record($0, delimiter: delimiter) }.joined()
    let piece = Int.random(in: 1...40, using: &random)
    // One column has no delimiter to be found, so it is given.
    let list = try reading(Array(text.utf8), piece: piece, delimiter: delimiter)
    #expect(list.unusable == nil, "seed \(seed)")
    #expect(list.header == header, "seed \(seed)")
    #expect(list.rows.map { $0.map { Array($0.utf8) } } == rows.map { $0.map { Array($0.utf8) } })
    #expect(list.refused.isEmpty, "seed \(seed)")
  }

  private static func field(using random: inout ImportReadingRandom) -> String {
    let letters: [Unicode.Scalar] = [
      "a", "B", "7", " ", "\"", "\"", ",", ";", "\t", "|", "\r", "\n", "é", "€", "😀", "\u{301}",
      "\u{A0}", "\u{FEFF}", "=", "א", "ไ", "中",
    ]
    var text = String.UnicodeScalarView()
    for _ in 0..<Int.random(in: 0...6, using: &random) {
      text.append(letters.randomElement(using: &random) ?? "a")
    }
    return String(text)
  }
}
