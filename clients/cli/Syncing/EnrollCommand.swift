import ArgumentParser
import ReplicaStore
import TradeRules

struct Enroll: Command {
  static let configuration = CommandConfiguration(
    commandName: "enroll", abstract: "Makes this device's replica, its key, and the first sync.",
    discussion: """
      Examples:
        waybill enroll wss://centre.example:8420/sync --code WB1-7K3QD-…
        waybill enroll ws://127.0.0.1:8420 --code - < code.txt

      An enrolment that was interrupted goes on when the same command is given again. With another code it begins \
      anew; what was begun is kept beside the replica and goes on with its own code.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "Where the centre is: wss://host:port.") var url: String
  @Option(help: "The one-time code an administrator gave; - reads it from standard input.") var code: String
  @Option(
    name: .customLong("ca"), help: "Certificates to trust instead of the system's, in a PEM file.",
    completion: .file())
  var caFile: String?

  func run(at desk: Desk) throws -> ExitStatus {
    let file = desk.file
    guard !file.exists else { throw ReplicaFault.alreadyEnrolled(path: file.path) }
    let address = try CentreAddress.url(url)
    let code = try typedCode()
    try file.makeFolder()
    try file.requireRoom()
    let lock = try file.lockSync()
    defer { lock.release() }
    do { return try enrol(code, address, at: desk) } catch  where ReplicaDamage.isBehind(error) {
      // Damage of what was begun that nothing had read before.
      guard let kept = try file.setDamagedEnrolmentAside() else { throw error }
      tell([kept], at: desk)
      return try enrol(code, address, at: desk)
    }
  }

  private func enrol(_ code: String, _ address: String, at desk: Desk) throws -> ExitStatus {
    let file = desk.file
    let (store, aside) = try file.openToEnrol(typed: code)
    tell(aside, at: desk)
    let host = ReplicaHost(store: store, appVersion: "waybill/\(Program.version)", random: Randomness.bytes)
    let result = Result { try load(host, code, address, console: desk.console) }
    do {
      let state = try result.get()
      try file.finishEnrolment(store)
      show(state, received: host.progress.received, at: desk)
      return .done
    } catch {
      // What went wrong is the news, not what that keeps from being tidied.
      let isInVain = (try? isInVain(error, store, file)) ?? false
      if isInVain { try file.abandonEnrolment(store) } else { try? store.close() }
      throw error
    }
  }

  /// Whether nothing of worth was made here, nor will be: a code opened nothing, or the centre does not know the device
  /// any more that an earlier attempt became. The next attempt begins anew, with a code of its own.
  private func isInVain(_ error: any Error, _ store: ReplicaStore, _ file: ReplicaFile) throws -> Bool {
    let code = Failure(error, replica: file.path).code
    return try store.state() == nil
      ? code == .codeInvalid : [.notAuthorised, .deviceRetired, .deviceWiped].contains(code)
  }

  private func load(
    _ host: ReplicaHost, _ code: String, _ address: String, console: Console
  ) throws -> ReplicaState {
    let given = caFile.map(CentreAddress.caFile)
    let known = try host.store.state()
    if known == nil { try host.beginEnrolment(typed: code, url: address, caFile: given ?? "") }
    // The centre may have moved since an attempt that was interrupted.
    let trusted = given ?? known?.caFile ?? ""
    let loop = SyncLoop(host: host, url: address, caFile: trusted)
    defer { loop.stop() }
    var progress = ProgressLine(console)
    let ending = try loop.runUntilCurrent(timeout: nil) { progress.show(host.progress) }
    progress.clear()
    switch ending {
    case .done, .scrubDue: break
    case .interrupted: throw Failure(.interrupted)
    case .failed(let failure): throw failure
    }
    try host.store.moveCentre(to: address, caFile: trusted)
    guard let state = try host.store.state() else { throw Failure(.unexpected, "the replica has no name") }
    return state
  }

  /// Says what became of an enrolment that was begun here before.
  private func tell(_ aside: [EnrolmentAside], at desk: Desk) {
    for begun in aside {
      let what =
        begun.isDamaged
        ? "What an earlier enrolment left here is damaged; this one begins anew."
        : "An enrolment was begun here with another code, and goes on when that is given again."
      desk.console.note("\(what) It is kept: \(begun.path)")
    }
  }

  /// A secret need not stand where every process can read it.
  private func typedCode() throws -> String {
    guard code == "-" else { return code }
    guard let line = readLine() else { throw Failure.usage("there was no code on standard input") }
    return line
  }

  private func show(_ state: ReplicaState, received: Int, at desk: Desk) {
    let scope =
      state.grants.everything
      ? ["*"] : state.grants.exact.map(\.name) + state.grants.prefixes.map { $0 + "*" }
    let document: JSONValue = [
      "device": .string(state.device), "role": .string(state.role.rawValue), "scope": .strings(scope),
      "checkpoint": .integer(state.checkpoint), "name": .string(state.name),
      "replica": .string(desk.file.path), "received": .integer(received),
    ]
    desk.console.show(
      document,
      """
      Enrolled as \(state.device) (\(state.role) \(state.name)): received \(received) rows, \
      checkpoint \(state.checkpoint).
        scope: \(scope.joined(separator: ", "))
        replica: \(desk.file.path)
        next: waybill status
      """)
  }
}
