import CentralStore
import Foundation
import Logging
import Testing
import TradeRules

@testable import WaybillServer

@Suite("Commands reach the centre through its folder")
struct AdminSocketTests {
  /// A server as far as commands see it: control socket and host thread, no devices.
  private final class TestServer {
    private let inbox = HostInbox { _ in }
    private let control: ControlSocket
    private let ended = DispatchSemaphore(value: 0)

    init(_ folder: DataFolder) throws {
      let centre = Handed(try #require(try OpenCentre.open(folder, creating: true)))
      control = try ControlSocket(
        folder, queries: centre.value.store.queries, inbox: inbox,
        log: Logger(label: "test") { _ in LineLog(level: .critical) })
      Thread.detachNewThread { [inbox, ended] in
        while true {
          let turn = inbox.nextTurn(until: Date(timeIntervalSinceNow: 5))
          for job in turn.jobs { _ = job(centre.value) }
          if turn.isLast { break }
        }
        try? centre.value.close()
        ended.signal()
      }
    }

    func stop() {
      control.stop()
      inbox.close()
      ended.wait()
    }

    // Touched by the host's thread alone once that runs.
    private struct Handed: @unchecked Sendable {
      let value: OpenCentre
      init(_ value: OpenCentre) { self.value = value }
    }
  }

  @Test("every command gives the same document through the socket and on the store")
  func sameEitherWay() throws {
    let folder = try TestFolder()
    try folder.openForTrade()
    let requests: [AdminRequest] = [
      .devices, .conflicts(onlyOpen: false), .log(LogRequest()), .history(key: "CHAI"), .verify(deep: true),
      .export(.products, after: ""), .export(.stock, after: ""), .export(.customers, after: ""),
      .export(.prices, after: ""), .export(.warehouses, after: ""), .export(.orders, after: ""),
    ]
    let alone = try requests.map { try folder.ask($0).text }
    let server = try TestServer(folder.folder)
    let served = try requests.map { try folder.ask($0).text }
    #expect(served == alone)
    #expect(try folder.ask(.status)["serving"] == true)
    #expect(failureCode { _ = try folder.ask(.device(code: "X1")) } == .unknownRecord)
    server.stop()
    #expect(try folder.ask(.status)["serving"] == false)
  }

  @Test("an import through the socket, names and all, is the import it is without a server")
  func importsThroughTheSocket() throws {
    let (one, other) = (try TestFolder(), try TestFolder())
    try one.openForTrade()
    let server = try TestServer(other.folder)
    try other.openForTrade()
    server.stop()
    for kind in ExportKind.allCases where kind != .prices {
      #expect(try other.exported(kind, .json) == one.exported(kind, .json), "\(kind)")
    }
    #expect(try other.ask(.verify(deep: true))["ok"] == true)
  }

  @Test("the socket is the owner's alone, and a path of any length has one")
  func socketFile() throws {
    let folder = try TestFolder()
    let deep = DataFolder(
      path: folder.url.path + "/" + String(repeating: "a-long-name/", count: 12) + "centre")
    let server = try TestServer(deep)
    let attributes = try FileManager.default.attributesOfItem(atPath: deep.path + "/" + DataFolder.socketName)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
    let link = try AdminLink(deep, creating: false, console: TestFolder.console)
    #expect(try link.ask(.status)["serving"] == true)
    server.stop()
  }

  @Test("a socket that a killed server left behind is in nobody's way")
  func staleSocket() throws {
    let folder = try TestFolder()
    try folder.openForTrade()
    let descriptor = try ControlAddress.makeSocket()
    try ControlAddress.with(folder.folder) { address, length in
      #expect(bind(descriptor, address, length) == 0)
    }
    close(descriptor)
    #expect(try folder.ask(.status)["serving"] == false)
    let server = try TestServer(folder.folder)
    #expect(try folder.ask(.status)["serving"] == true)
    server.stop()
  }

  @Test("nonsense on the socket is refused and the next request is answered")
  func nonsense() throws {
    let folder = try TestFolder()
    let server = try TestServer(folder.folder)
    let descriptor = try ControlAddress.makeSocket()
    try ControlAddress.with(folder.folder) { address, length in
      #expect(connect(descriptor, address, length) == 0)
    }
    let channel = LineChannel(descriptor)
    for line in ["", "{", "{\"shutdown\":{}}", "[1]", String(repeating: "x", count: 100_000)] {
      try channel.writeLine(Array(line.utf8))
      let reply = try JSONValue(parsing: try #require(try channel.readLine()))
      #expect(reply["error"]?["code"] == "MALFORMED", "\(line.prefix(20))")
    }
    try channel.writeLine(Array(try JSONEncoder().encode(AdminRequest.status)))
    let reply = try JSONValue(parsing: try #require(try channel.readLine()))
    #expect(reply["ok"]?["serving"] == true)
    server.stop()
  }
}
