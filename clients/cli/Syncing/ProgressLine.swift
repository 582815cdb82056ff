import ReplicaStore

/// How far a run has come: a line that changes on a terminal, a line every few seconds elsewhere.
struct ProgressLine {
  private static let plainEvery: Int64 = 5_000
  private static let liveEvery: Int64 = 200

  private let console: Console
  private var shownAt = Clocks.sinceBoot

  init(_ console: Console) { self.console = console }

  mutating func show(_ progress: ReplicaHost.Progress) {
    let now = Clocks.sinceBoot
    guard now - shownAt >= (console.errorIsTerminal ? ProgressLine.liveEvery : ProgressLine.plainEvery)
    else { return }
    shownAt = now
    let text = ProgressLine.text(of: progress)
    if console.errorIsTerminal { console.progress(text) } else { console.note(text) }
  }

  func clear() { console.progress("") }

  static func text(of progress: ReplicaHost.Progress) -> String {
    guard progress.isConnected else { return "connecting" }
    let checkpoint = "checkpoint \(progress.checkpoint)"
    // The centre names its head once; what is decided meanwhile lies beyond it.
    let goal = progress.head > progress.checkpoint ? " of \(progress.head)" : ""
    return "sent \(progress.sent) operations · received \(progress.received) rows · " + checkpoint + goal
  }
}
