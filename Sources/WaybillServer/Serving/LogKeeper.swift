import CentralStore
import Foundation
import Logging

/// Keeps the store's write-ahead log short: copies it into the file between commits when it has grown, and
/// empties it when nobody wants anything. Only the thread that writes may do so.
struct LogKeeper {
  private let path: String
  private let log: Logger
  private var isTidy = false

  /// Beyond this many bytes the log is copied after the commit that made it so. 16 MiB are copied in some
  /// 20 ms and hold a few thousand decisions.
  static let bytesMax = 16 << 20

  init(path: String, log: Logger) {
    self.path = path
    self.log = log
  }

  mutating func afterTurn(of store: CentralStore, isIdle: Bool) {
    if !isIdle { isTidy = false }
    let bytes = size
    guard bytes > LogKeeper.bytesMax || (isIdle && !isTidy && bytes > 0) else { return }
    do {
      try store.checkpointLog(truncating: isIdle)
      isTidy = isIdle
    } catch {
      // A reader is in the way, or the disk is full: the log keeps growing and the next turn tries again.
      log.debug("the log could not be copied", metadata: ["error": "\(error)"])
    }
  }

  private var size: Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : 0
  }
}
