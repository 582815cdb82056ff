import Glibc
import Testing
import TradeRules

@testable import WaybillClient

@Suite("What becomes of a result on its way out")
struct StandardOutputTests {
  /// What a command says that wrote to a file.
  private func failure(writingTo path: String, _ mode: Int32) throws -> Failure? {
    let descriptor = open(path, mode | O_CLOEXEC)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    let output = StandardOutput(descriptor: descriptor)
    output.write("the first line\n")
    output.write("the second line\n")
    return output.failure
  }

  @Test("a full disk and a broken one are told apart, and what was written is all there else")
  func codes() throws {
    #expect(try failure(writingTo: "/dev/null", O_WRONLY) == nil)
    #expect(try failure(writingTo: "/dev/full", O_WRONLY)?.code == .diskFull)
    #expect(try failure(writingTo: "/dev/null", O_RDONLY)?.code == .ioFailed)
  }

  @Test("what was done is not said to be undone, nor that it can be done again blindly")
  func repeating() throws {
    let failure = try #require(try failure(writingTo: "/dev/full", O_WRONLY))
    #expect(!failure.message.contains("nothing was recorded"))
    #expect(failure.hint?.contains("stands") == true)
    #expect(failure.json["error"]?["retryable"]?.bool == false)
    #expect(Failure(.diskFull).json["error"]?["retryable"]?.bool == true)
  }
}
