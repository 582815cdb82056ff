import Logging
import Testing
import WebSocketTransport

@testable import WaybillServer

@Suite("The server's door")
struct ServingTests {
  @Test("the server takes no bodies of requests")
  func bodies() throws {
    let folder = try TestFolder()
    let serving = Serving(
      address: try ListenAddress("127.0.0.1:0"), tls: nil, logLevel: .critical,
      desk: Desk(console: TestFolder.console, folder: folder.folder))
    let log = Logger(label: "test") { _ in LineLog(level: .critical) }
    #expect(serving.configuration(log).limits.httpBodyBytesMax == 0)
  }
}
