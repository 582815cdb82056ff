import Testing
import TradeRules

@testable import WaybillServer

@Suite("Commands are taken as they are written")
struct AdminWordsTests {
  @Test("options may stand before the command")
  func arranged() throws {
    let words = CommandWords.arranged(["--data", "/d", "--json", "device", "show", "A7"])
    let command = try #require(try ServerProgram.parseAsRoot(words) as? DeviceShow)
    #expect(command.global.data == "/d")
    #expect(command.global.json)
    #expect(command.code == "A7")
  }

  @Test("wipe is another word for lost")
  func wipe() throws {
    let command = try #require(try ServerProgram.parseAsRoot(["device", "wipe", "A7"]) as? DeviceLost)
    #expect(command.code == "A7")
  }

  @Test(
    "what is not written as it should be is a usage error, whatever it is",
    arguments: [
      ["frobnicate"], ["device"], ["device", "show"], ["import", "products"], ["serve", "--listen"],
      ["invite", "--role", "agent"], ["status", "--verbose"],
    ])
  func usage(words: [String]) {
    #expect(throws: (any Error).self) {
      // A command without its own subcommand parses, and then asks for help.
      let command = try ServerProgram.parseAsRoot(words)
      if !(command is any Command) { throw Failure(.usage) }
    }
    #expect(Failure(.usage).status == .usage)
  }

  @Test("an unknown command is called by its name, and the nearest help is named")
  func unknown() {
    #expect(CommandWords.unknownCommand(in: ["frob", "--json"]) == "waybill-server has no command frob")
    #expect(
      CommandWords.unknownCommand(in: ["device", "frob"]) == "waybill-server device has no command frob")
    #expect(CommandWords.unknownCommand(in: ["device", "show"]) == nil)
    #expect(CommandWords.helpHint(for: ["device", "frob"]) == "waybill-server device --help")
  }

  @Test("every command leads its help with examples")
  func examples() {
    func check(_ command: any Command.Type) {
      #expect(command.configuration.discussion.contains("Examples:\n"), "\(command)")
    }
    [
      Serve.self, Invite.self, Import.self, Export.self, Status.self, DeviceList.self, DeviceShow.self,
      ConflictList.self, ConflictShow.self, ConflictResolve.self, Log.self, History.self, Verify.self,
    ].forEach(check)
  }

  @Test("an error is one JSON object with code, message, hint and whether trying again can help")
  func failure() throws {
    let failure = Failure(.storeBusy, "/d")
    let error = try #require(try JSONValue(parsing: failure.json.text)["error"])
    #expect(error["code"] == "STORE_BUSY")
    #expect(error["message"] == "Another program holds the centre's store: /d")
    #expect(error["retryable"] == true)
    #expect(error["hint"]?.string?.isEmpty == false)
    #expect(failure.status == .replicaBusy)
  }
}
