import Foundation
import TradeRules

/// A command's way to the centre: through the server that has the store, or on the store itself.
final class AdminLink {
  private enum Way {
    case socket(LineChannel)
    case store(OpenCentre)
  }

  private let folder: DataFolder
  private let way: Way
  private let actor = SystemUser.actor()

  /// How long to wait for a server that is just starting or stopping, and how often to look.
  private static let patienceMilliseconds = 5_000
  private static let stepMilliseconds = 50

  /// - Parameter creating: makes a store where there is none.
  /// - Throws: `Failure` with `STORE_BUSY` when another process has the store and does not answer.
  init(_ folder: DataFolder, creating: Bool, console: Console) throws {
    self.folder = folder
    var waited = 0
    while true {
      if let channel = try AdminLink.connect(folder) {
        way = .socket(channel)
        return
      }
      let isNew = try creating && !folder.hasStore
      if let centre = try OpenCentre.open(folder, creating: creating) {
        if isNew { console.note("made a new store in \(folder.path)") }
        way = .store(centre)
        return
      }
      guard waited < AdminLink.patienceMilliseconds else { throw Failure(.storeBusy, folder.path) }
      usleep(UInt32(AdminLink.stepMilliseconds) * 1_000)
      waited += AdminLink.stepMilliseconds
    }
  }

  deinit {
    // Nothing is lost when this fails: the log beside the file is read at the next start.
    if case .store(let centre) = way { try? centre.close() }
  }

  /// Asks and waits for the answer.
  ///
  /// - Throws: `Failure`.
  func ask(_ request: AdminRequest) throws -> JSONValue {
    switch way {
    case .store(let centre):
      let service = AdminService(
        host: centre.host, folder: folder, actor: actor, isServing: false)
      switch try service.answer(request) {
      case .done(let document, _): return document
      case .later(let work): return try work()
      }
    case .socket(let channel):
      try channel.writeLine(Array(try JSONEncoder().encode(request)))
      guard let line = try channel.readLine() else {
        throw Failure(.storeBusy, "the server stopped before it answered")
      }
      return try AdminLink.document(of: line)
    }
  }

  /// What a reply says.
  private static func document(of line: [UInt8]) throws -> JSONValue {
    let reply: JSONValue
    do { reply = try JSONValue(parsing: line) } catch {
      throw Failure(.unexpected, "the server answered something that is no JSON")
    }
    if let document = reply["ok"] { return document }
    guard let error = reply["error"], let code = error["code"]?.string else {
      throw Failure(.unexpected, "the server answered without a result")
    }
    throw Failure(
      passedOn: Code(rawValue: code), message: error["message"]?.string ?? "", hint: error["hint"]?.string,
      details: error["details"] ?? [:])
  }

  /// Nil when no server listens in the folder.
  private static func connect(_ folder: DataFolder) throws -> LineChannel? {
    guard try DurableFile.exists(folder.path + "/" + DataFolder.socketName) else { return nil }
    let descriptor = try ControlAddress.makeSocket()
    let status = try ControlAddress.with(folder) { address, length in
      Foundation.connect(descriptor, address, length)
    }
    if status == 0 { return LineChannel(descriptor) }
    let reason = errno
    close(descriptor)
    // Refused or gone: the server that made it is no more.
    if reason == ECONNREFUSED || reason == ENOENT { return nil }
    errno = reason
    throw DataFolder.failure("connect to the control socket")
  }
}
