import CentralStore
import Foundation
import Logging
import Synchronization
import TradeRules

/// Lets commands in: a socket in the centre's folder that only its owner can open.
///
/// A connection has a thread of its own, which reads a request, has it answered on the host's thread, and
/// writes the reply: `{"ok":…}` or `{"error":…}`.
final class ControlSocket: Sendable {
  private let folder: DataFolder
  private let queries: CentralQueries
  private let inbox: HostInbox
  private let log: Logger
  private let descriptor: Int32
  private let isConfirming = Mutex(false)

  /// Starts listening; a socket that a crashed server left behind is replaced. Whoever calls has the lock.
  init(_ folder: DataFolder, queries: CentralQueries, inbox: HostInbox, log: Logger) throws {
    (self.folder, self.queries, self.inbox, self.log) = (folder, queries, inbox, log)
    unlink(folder.path + "/" + DataFolder.socketName)
    descriptor = try ControlAddress.makeSocket()
    do {
      try ControlAddress.with(folder) { [descriptor] address, length in
        guard bind(descriptor, address, length) == 0 else {
          throw DataFolder.failure("make the control socket")
        }
      }
      try DurableFile.handOver(folder.path + "/" + DataFolder.socketName)
      guard chmod(folder.path + "/" + DataFolder.socketName, 0o600) == 0, listen(descriptor, 16) == 0 else {
        throw DataFolder.failure("listen on the control socket")
      }
    } catch {
      close(descriptor)
      throw error
    }
    Thread.detachNewThread { [self] in accept() }
  }

  /// Lets nobody else in. Requests under way get their reply.
  func stop() {
    unlink(folder.path + "/" + DataFolder.socketName)
    shutdown(descriptor, Int32(SHUT_RDWR))
  }

  private func accept() {
    var hasWarned = false
    while true {
      let connection = Foundation.accept(descriptor, nil, nil)
      if connection >= 0 {
        hasWarned = false
        Thread.detachNewThread { [self] in converse(LineChannel(connection)) }
        continue
      }
      switch errno {
      case EINTR, ECONNABORTED: continue
      case EMFILE, ENFILE, ENOBUFS, ENOMEM:
        // Whoever is done gives something back; commands wait in the queue meanwhile.
        let error = String(cString: strerror(errno))
        if !hasWarned { log.warning("a command has to wait", metadata: ["error": "\(error)"]) }
        hasWarned = true
        usleep(ControlSocket.pauseMicroseconds)
      default:
        close(descriptor)
        return
      }
    }
  }

  /// How long to wait for a descriptor or memory to be free.
  private static let pauseMicroseconds: UInt32 = 100_000

  private func converse(_ channel: LineChannel) {
    guard let user = channel.peerUser, user == geteuid() || user == 0 || user == folder.owner else { return }
    let actor = SystemUser.actor(user)
    do {
      while let line = try channel.readLine() {
        try channel.writeLine(Array(reply(to: line, by: actor).text.utf8))
      }
    } catch {
      log.debug("a command went away", metadata: ["error": "\(error)"])
    }
  }

  private func reply(to line: [UInt8], by actor: String) -> JSONValue {
    let request: AdminRequest
    do { request = try JSONDecoder().decode(AdminRequest.self, from: Data(line)) } catch {
      return Failure(.malformed, "a request this server does not know").json
    }
    do { return ["ok": try answer(request, by: actor)] } catch { return Failure(error).json }
  }

  /// Has a request answered on the host's thread; what may take long is done here.
  private func answer(_ request: AdminRequest, by actor: String) throws -> JSONValue {
    let (slot, folder) = (AnswerSlot(), folder)
    let isTaken = inbox.take { centre in
      do {
        let service = AdminService(host: centre.host, folder: folder, actor: actor, isServing: true)
        switch try service.answer(request) {
        case .done(let document, let orders):
          slot.fill { document }
          return orders
        case .later(let work):
          slot.fill(work)
          return []
        }
      } catch {
        let failure = Failure(error)
        slot.fill { throw failure }
        return []
      }
    }
    guard isTaken else { throw Failure(.storeBusy, "the server is stopping") }
    let result = Result { try slot.wait()() }
    if isSuspicious(result), isFirstSuspicion() {
      Thread.detachNewThread { [self] in
        let isDamaged = StoreScrub.confirm(on: queries, inbox: inbox, log: log)
        // Once damage is known nobody has to look again.
        isConfirming.withLock { $0 = isDamaged }
      }
    }
    return try result.get()
  }

  /// One reading of the whole store at a time answers all who met damage meanwhile.
  private func isFirstSuspicion() -> Bool {
    isConfirming.withLock { isConfirming in
      defer { isConfirming = true }
      return !isConfirming
    }
  }

  /// Whether what somebody asked for, as a backup or a verification, met damage that the server has not found itself.
  private func isSuspicious(_ result: Result<JSONValue, any Error>) -> Bool {
    switch result {
    case .success(let document): document["checks"] != nil && document["ok"]?.bool == false
    case .failure(let error): Failure(error).code == .storeCorrupt
    }
  }
}

/// Where one thread leaves an answer for another.
private final class AnswerSlot: @unchecked Sendable {
  // Written once before the semaphore is signalled, read once after.
  private var answer: (@Sendable () throws -> JSONValue)?
  private let isFilled = DispatchSemaphore(value: 0)

  func fill(_ answer: @escaping @Sendable () throws -> JSONValue) {
    self.answer = answer
    isFilled.signal()
  }

  func wait() -> @Sendable () throws -> JSONValue {
    isFilled.wait()
    return answer ?? { throw Failure(.unexpected, "no answer") }
  }
}
