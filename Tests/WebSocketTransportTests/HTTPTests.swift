import Testing

@testable import WebSocketTransport

extension Sockets {
  @Suite struct HTTP {
    /// Tells what it was asked, except where a test wants something else.
    private static func answer(_ request: HTTPRequest) -> HTTPResponse {
      switch request.path {
      case "/healthz":
        return HTTPResponse(status: 200, text: "ok\n")
      case "/large":
        return HTTPResponse(
          status: 200, contentType: "application/octet-stream", body: pattern(700_000))
      case "/cookies":
        return HTTPResponse(
          status: 204, contentType: "text/plain", body: [],
          headers: [("set-cookie", "a=1"), ("set-cookie", "b=2")])
      case "/smuggled":
        return HTTPResponse(
          status: 200, contentType: "text/plain", body: [],
          headers: [("x-name", "a\r\nset-cookie: evil=1")])
      default:
        let names = request.headers.keys.sorted().joined(separator: ",")
        let told = "\(request.method) \(request.path) ?\(request.query) [\(names)] "
        return HTTPResponse(status: 200, text: told + String(decoding: request.body, as: UTF8.self))
      }
    }

    private func ask(
      _ shop: Shop, _ request: String, hasBody: Bool = true
    ) throws -> (head: String, body: [UInt8]) {
      let socket = try RawSocket(port: shop.port)
      socket.write(request)
      return socket.readAnswer(hasBody: hasBody)
    }

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test("the watchman asks whether all is well, on the same port")
    func health() throws {
      let shop = try Shop(http: Self.answer)
      let (head, body) = try ask(shop, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(head.hasPrefix("HTTP/1.1 200 OK\r\n"))
      #expect(head.lowercased().contains("content-type: text/plain; charset=utf-8\r\n"))
      #expect(head.lowercased().contains("x-content-type-options: nosniff\r\n"))
      #expect(text(body) == "ok\n")
      shop.server.stop()
    }

    @Test("one visitor may ask twice")
    func keepAlive() throws {
      let shop = try Shop(http: Self.answer)
      let socket = try RawSocket(port: shop.port)
      for _ in 0..<3 {
        socket.write("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(text(socket.readAnswer().body) == "ok\n")
      }
      shop.server.stop()
    }

    @Test("a large answer arrives whole")
    func large() throws {
      let shop = try Shop(http: Self.answer)
      #expect(
        try ask(shop, "GET /large HTTP/1.1\r\nHost: x\r\n\r\n").body == pattern(700_000))
      let (head, body) = try ask(
        shop, "HEAD /large HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", hasBody: false)
      #expect(head.lowercased().contains("content-length: 700000\r\n"))
      #expect(body.isEmpty)
      shop.server.stop()
    }

    @Test("path, query, headers and body arrive as they were sent")
    func request() throws {
      let shop = try Shop(http: Self.answer)
      let (_, body) = try ask(
        shop,
        "POST /a%20b/c?x=1&y=a%26b HTTP/1.1\r\nHost: x\r\nX-CSRF-Token: t\r\nCookie: s=1\r\n"
          + "X-Other: no\r\nContent-Length: 5\r\n\r\nhello")
      #expect(text(body) == "POST /a b/c ?x=1&y=a%26b [cookie,host,x-csrf-token] hello")
      for method in ["POST", "PUT", "DELETE"] {
        let (_, body) = try ask(
          shop, "\(method) /x HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
        #expect(text(body) == "\(method) /x ? [host] ")
      }
      shop.server.stop()
    }

    @Test("a body that is too long, or does not say how long it is, is refused unread")
    func bodies() throws {
      let shop = try Shop(http: Self.answer)
      let long = "POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 1048577\r\n\r\n"
      #expect(try ask(shop, long).head.contains(" 413 "))
      let endless = "POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
      #expect(try ask(shop, endless).head.contains(" 411 "))
      let silent = "PUT /x HTTP/1.1\r\nHost: x\r\n\r\n"
      #expect(try ask(shop, silent).head.contains(" 411 "))
      shop.server.stop()
    }

    @Test("a server that reads no bodies refuses the first byte of one, and answers whoever sends none")
    func noBodies() throws {
      var limits = TransportLimits()
      limits.httpBodyBytesMax = 0
      let shop = try Shop(limits: limits, http: Self.answer)
      for method in ["POST", "PUT", "GET"] {
        let (head, _) = try ask(
          shop, "\(method) /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx")
        #expect(head.contains(" 413 "), "\(method)")
      }
      let empty = try ask(shop, "POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
      #expect(text(empty.body) == "ok\n")
      #expect(text(try ask(shop, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").body) == "ok\n")
      shop.server.stop()
    }

    @Test("a header may repeat, and none can be smuggled in by another")
    func headers() throws {
      let shop = try Shop(http: Self.answer)
      let (head, _) = try ask(shop, "GET /cookies HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(head.contains("set-cookie: a=1\r\n"))
      #expect(head.contains("set-cookie: b=2\r\n"))
      let (smuggled, _) = try ask(shop, "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(smuggled.contains(" 500 "))
      #expect(!smuggled.contains("evil"))
      shop.server.stop()
    }

    @Test("a header block over 4 KiB is not read to its end")
    func longHead() throws {
      let shop = try Shop(http: Self.answer)
      let cookie = String(repeating: "c", count: 5_000)
      let (head, _) = try ask(shop, "GET /x HTTP/1.1\r\nHost: x\r\nCookie: \(cookie)\r\n\r\n")
      #expect(!head.contains(" 200 "))
      shop.server.stop()
    }
  }
}
