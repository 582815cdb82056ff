import Glibc
import TradeRules

/// How the process behaves towards its system.
enum Manners {
  static func apply() {
    // The folder holds the centre's key and everybody's data: whatever we make is the owner's alone.
    umask(0o077)
    // A reader that goes away ends our writing, not our work.
    signal(SIGPIPE, SIG_IGN)
    // What is committed is safe and what is not never happened, so a command may end anywhere; `serve` takes
    // these signals itself and ends in order.
    signal(SIGINT) { _ in _exit(ExitStatus.interrupted.rawValue) }
    signal(SIGTERM) { _ in _exit(ExitStatus.interrupted.rawValue) }
  }
}
