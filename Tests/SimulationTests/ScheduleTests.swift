import Foundation
import Testing

@testable import Simulator

/// Days that were written down and are played again.
@Suite("What happened on a day can be written down, played again and made smaller")
struct ScheduleTests {
  @Test(
    "G29 a recorded day that is played again goes the same way, down to the bytes that were sent",
    arguments: [5, 7, 11, 20, 24, 39, 79] as [UInt64])
  func replay(_ seed: UInt64) throws {
    let drawn = try Simulation(seed: seed)
    #expect(drawn.run() == nil)
    let text = drawn.schedule.description
    let played = try Simulation(try Schedule(parsing: text))
    #expect(played.run() == nil)
    #expect(played.trace.hash == drawn.trace.hash)
    #expect(played.schedule.faults == drawn.schedule.faults)
    #expect(try Schedule(parsing: text).description == text)
  }

  @Test(
    "a schedule that cannot be read is refused with its line",
    arguments: ["wait long", "fault break A1", "sing A1"])
  func unreadable(_ line: String) throws {
    let error = #expect(throws: ScheduleError.self) { try Schedule(parsing: "seed 1\n" + line) }
    #expect(error?.line == line)
  }

  @Test("each day that once failed says in its first line what was wrong")
  func named() throws {
    #expect(!Regressions.files.isEmpty)
    for file in Regressions.files {
      let text = try String(contentsOf: file, encoding: .utf8)
      #expect(text.hasPrefix("# "), "\(file.lastPathComponent)")
    }
  }

  @Test(
    "what is left of a day that once failed passes now that its defect is mended",
    arguments: Regressions.files)
  func regression(_ file: URL) throws {
    let finding = try Simulation(try Schedule(file: file.path)).run()
    #expect(finding == nil, "\(file.lastPathComponent): \(finding?.description ?? "")")
  }
}

/// The recorded days that once failed.
enum Regressions {
  static let files: [URL] = {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Regressions")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix(".schedule") }.sorted().map { folder.appending(path: $0) }
  }()
}
