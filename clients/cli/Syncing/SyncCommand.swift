import ArgumentParser
import Foundation
import ReplicaStore
import TradeRules
import WebSocketTransport

struct Sync: Command {
  static let configuration = CommandConfiguration(
    commandName: "sync", abstract: "Sends this device's work, receives what is new, shows the answers.",
    discussion: """
      Examples:
        waybill sync
        waybill sync --watch            stay live; work recorded meanwhile is sent at once
        waybill sync --timeout 30       keep trying for 30 seconds
        waybill sync --ca centre.pem    the centre's certificate is another authority's now

      Ends with 0 when all is well, 5 when something needs attention, 7 when there was no link. With --watch a
      certificate that is not accepted is told once and tried again every 5 minutes.
      """)
  @OptionGroup var global: GlobalOptions
  @Flag(help: "Stay live until interrupted; with --json, events as lines of JSON.") var watch = false
  @Option(help: ArgumentHelp("Keep trying for so long.", valueName: "seconds")) var timeout: Int?
  @Option(help: "Where the centre is now, when it has moved.") var url: String?
  @Option(
    name: .customLong("ca"),
    help: "Certificates to trust from now on, in a PEM file; \"\" is the system's.", completion: .file())
  var caFile: String?
  @Option(help: ArgumentHelp("Silence after which a ping is sent; 10 unless given.", valueName: "seconds"))
  var ping: Int?

  func validate() throws {
    guard (1...86_400).contains(timeout ?? 1) else {
      throw ValidationError("--timeout takes a number of seconds, 1 to 86400")
    }
    guard (1...600).contains(ping ?? 1) else {
      throw ValidationError("--ping takes a number of seconds, 1 to 600")
    }
  }

  func run(at desk: Desk) throws -> ExitStatus {
    guard desk.file.exists else { throw ReplicaFault.notEnrolled(path: desk.file.path) }
    let lock = try desk.file.lockSync()
    defer { lock.release() }
    var (isDamaged, isLive) = (false, false)
    while true {
      do {
        if let status = try syncOnce(at: desk, lock, isDamaged: isDamaged) { return status }
        (isDamaged, isLive) = (false, true)
      } catch  where !isDamaged && ReplicaDamage.isBehind(error) {
        // Damage that nothing had read before: the file is made anew, and the sync goes on with it.
        isDamaged = true
      } catch  where isLive && Sync.mayPass(error) {
        // It was live, and will be again.
        Thread.sleep(forTimeInterval: Sync.reopenPause)
      }
    }
  }

  /// Seconds before a replica that could not be opened again is tried once more.
  private static let reopenPause = 5.0

  private static func mayPass(_ error: any Error) -> Bool {
    if case ReplicaFault.busy = error { return true }
    return ReplicaFault.mayPass(error)
  }

  /// - Returns: nil when the replica is to be opened again, and everything in it read first.
  private func syncOnce(at desk: Desk, _ lock: ReplicaLock, isDamaged: Bool) throws -> ExitStatus? {
    let (store, mending) = try desk.openSound(isDamaged: isDamaged)
    desk.tell(mending)
    let result = Result { try sync(store, mending, lock, at: desk) }
    // What cannot be done now is done after the next sync.
    try? store.removeRemains(at: Clocks.now) { desk.tell(removed: $0) }
    // A damaged file may not let itself be closed; what came of the sync is what counts.
    // Before it is opened again, whoever writes meanwhile may keep it from being tidied.
    if case .success(_?) = result { try store.close() } else { try? store.close() }
    return try result.get()
  }

  private func sync(
    _ store: ReplicaStore, _ mending: Mending, _ lock: ReplicaLock, at desk: Desk
  ) throws -> ExitStatus? {
    guard let state = try store.state() else { throw ReplicaFault.notEnrolled(path: desk.file.path) }
    guard !state.isWiped else { throw Failure(.deviceWiped) }
    let address = try url.map(CentreAddress.url) ?? state.url
    let host = ReplicaHost(store: store, appVersion: "waybill/\(Program.version)", random: Randomness.bytes)
    let trusted = caFile.map(CentreAddress.caFile) ?? state.caFile
    let loop = SyncLoop(host: host, url: address, caFile: trusted)
    if let ping { loop.limits.ping(after: .seconds(ping)) }
    defer { loop.stop() }
    let report = try store.view { try SyncReport($0) }
    let run = SyncRun(
      loop: loop, report: report, mending: mending, console: desk.console, address: address)
    let result = Result { watch ? try run.watch(noting: lock) : try run.once(timeout: timeout) }
    // What led to nobody who let us in is not kept.
    if loop.wasLetIn, url != nil || caFile != nil { try store.moveCentre(to: address, caFile: trusted) }
    return try result.get()
  }
}

/// One run of the sync, shown as it goes.
final class SyncRun {
  private let loop: SyncLoop
  private let console: Console
  private let address: String
  private let mending: Mending
  private var report: SyncReport
  private var progress: ProgressLine

  init(
    loop: SyncLoop, report: SyncReport, mending: Mending, console: Console, address: String
  ) {
    self.mending = mending
    self.loop = loop
    self.report = report
    self.console = console
    self.address = address
    progress = ProgressLine(console)
  }

  /// Until the outbox is answered and the checkpoint is the centre's head.
  func once(timeout: Int?) throws -> ExitStatus {
    let ending = try loop.runUntilCurrent(timeout: timeout.map { Int64($0) * 1_000 }) {
      progress.show(loop.host.progress)
    }
    progress.clear()
    let needsAttention = try loop.wasLetIn ? showResult(of: ending) : false
    switch ending {
    case .done, .scrubDue: return needsAttention ? .attention : .done
    case .interrupted: throw Failure(.interrupted)
    case .failed(let failure): throw failure
    }
  }

  private func showResult(of ending: SyncLoop.Ending) throws -> Bool {
    let progress = loop.host.progress
    let (news, unsent) = try loop.host.store.view { view in
      (try report.news(view), try view.unsent().count)
    }
    let document: JSONValue = [
      "checkpoint": .integer(progress.checkpoint), "sent": .integer(progress.sent),
      "received": .integer(progress.received), "answers": .array(news.answers.map(\.json)),
      "notices": .array(news.notices.map(\.json)), "unsent": .integer(unsent),
      "repaired": mending.isSound ? .null : mending.json,
    ]
    // What went wrong is said after it.
    let did = if case .done = ending { "Synced with" } else { "Reached" }
    var lines = [
      "\(did) \(address): sent \(progress.sent) operations, received \(progress.received) rows, "
        + "checkpoint \(progress.checkpoint)."
    ]
    lines += news.answers.map { $0.text(console) } + news.notices.map(\.text)
    if unsent > 0 {
      lines.append(
        progress.isUploaded
          ? "\(unsent) operations wait for their answers"
          : "\(unsent) operations are not sent yet; next: waybill sync")
    }
    console.show(document, lines.joined(separator: "\n"))
    return mending.needsAttention || news.answers.contains(where: \.needsAttention)
  }

  // MARK: Staying live

  /// Until the program is interrupted; an interruption is how it is meant to end.
  ///
  /// - Parameter lock: tells other programs whether there is a link.
  /// - Returns: nil when the replica has to be read through first, and then watched again.
  func watch(noting lock: ReplicaLock) throws -> ExitStatus? {
    var last = loop.host.progress
    var link = LinkNews()
    last.checkpoint = try loop.host.store.state()?.checkpoint ?? 0
    var shown: Set<OperationID> = []
    var isDistrustTold = false
    let ending = try loop.watch {
      let now = loop.host.progress
      if let distrust = loop.distrust, !isDistrustTold { warn(distrust) }
      isDistrustTold = loop.distrust != nil
      if let news = link.news(now) {
        lock.note(hasLink: now.isConnected)
        tell(news.json(address), news.text(address))
      }
      if now.isShortOfRoom, !last.isShortOfRoom {
        let failure = Failure.noRoomForRows
        tell(
          ["event": "waiting", "code": failure.code.json],
          "rows wait [\(failure.code)]; work is sent. \(failure.message)")
      }
      if now.sent > last.sent {
        let count = now.sent - last.sent
        tell(["event": "sent", "operations": .integer(count)], "sent \(count) operations")
      }
      if now.checkpoint != last.checkpoint { tellNews(now, &shown) }
      last = now
    }
    switch ending {
    case .done, .interrupted: return .done
    case .scrubDue: return nil
    case .failed(let failure): throw failure
    }
  }

  private func warn(_ error: TransportError) {
    let failure = Failure(error)
    let what = failure.message.hasSuffix(".") ? failure.message : failure.message + "."
    console.note("warning[\(failure.code)]: \(what) It is tried again every 5 minutes.")
    if let hint = failure.hint { console.note("  try: \(hint)") }
  }

  private func tellNews(_ now: ReplicaHost.Progress, _ shown: inout Set<OperationID>) {
    tell(
      ["event": "checkpoint", "checkpoint": .integer(now.checkpoint), "received": .integer(now.received)],
      "checkpoint \(now.checkpoint)")
    guard let news = try? loop.host.store.view({ try report.news($0) }) else { return }
    for answer in news.answers where answer.outcome != .held || !shown.contains(answer.id) {
      shown.insert(answer.id)
      tell((["event": "answer"] as JSONValue).followed(by: answer.json), answer.text(console))
    }
    for notice in news.notices {
      tell((["event": "notice"] as JSONValue).followed(by: notice.json), notice.text)
    }
  }

  private func tell(_ document: JSONValue, _ text: String) {
    console.line(console.isJSON ? document.text : text)
  }
}

/// Tells once that the link is there, that it is lost or cannot be made, and that it is back.
struct LinkNews {
  enum News: Equatable {
    case connected
    case lost(Code)
    case notMade(Code)
  }

  /// Nil before the first attempt came to anything.
  private var isLinked: Bool?

  /// - Returns: nil when nothing is new since this was last asked.
  mutating func news(_ progress: ReplicaHost.Progress) -> News? {
    if progress.isConnected {
      defer { isLinked = true }
      return isLinked == true ? nil : .connected
    }
    // Without a reason the first attempt is still under way.
    guard isLinked == true || progress.trouble != nil, isLinked != false else { return nil }
    defer { isLinked = false }
    let code = progress.trouble ?? .noLink
    return isLinked == true ? .lost(code) : .notMade(code)
  }
}

extension LinkNews.News {
  func json(_ address: String) -> JSONValue {
    switch self {
    case .connected: ["event": "connected", "url": .string(address)]
    case .lost(let code), .notMade(let code):
      ["event": "disconnected", "code": code.json, "url": .string(address)]
    }
  }

  func text(_ address: String) -> String {
    switch self {
    case .connected: "connected to \(address)"
    case .lost(let code): "connection lost [\(code)]; connecting again" + why(code)
    case .notMade(let code): "no connection to \(address) [\(code)]; trying again" + why(code)
    }
  }

  /// What the centre gave as its reason.
  private func why(_ code: Code) -> String {
    code == .noLink ? "" : ". " + Failure(saidByCentre: code).message
  }
}
