import Foundation
import GRDB
import Glibc
import SyncSession
import TradeRules
import TradeTables

/// An enrolment that was begun before and that another one does not go on with.
public struct EnrolmentAside: Hashable, Sendable {
  /// Where its file is kept.
  public let path: String
  /// Whether it cannot be read any more; else it was begun with another code, with which it goes on.
  public let isDamaged: Bool
}

/// Enrolments that were interrupted.
extension ReplicaFile {
  /// Opens the replica that is being enrolled with a code: the one that an attempt with this code left, else a new one.
  /// What another code began, or what cannot be read any more, is set aside: its key may be all that is left of a
  /// code that is spent.
  ///
  /// Whoever calls holds the lock of the one that syncs.
  ///
  /// - Parameter text: the code as a person typed it.
  /// - Returns: the replica, and what was set aside for it.
  /// - Throws: `Refusal` with `CODE_INVALID` for a text that is no code, before anything is touched;
  ///   `ReplicaFault.alreadyEnrolled` when there is a whole replica; `ReplicaFault.busy` when another program uses
  ///   what was begun.
  public func openToEnrol(typed text: String) throws -> (store: ReplicaStore, aside: [EnrolmentAside]) {
    guard !exists else { throw ReplicaFault.alreadyEnrolled(path: path) }
    let code = try EnrolmentCode(typed: text)
    var aside: [EnrolmentAside] = []
    if let begun = try openBegun(with: code, &aside) { return (begun, aside) }
    // It may have been set aside itself, when another code was tried.
    let kept = ReplicaFile(pathAside(begunWith: code.secretHash))
    if kept.exists {
      try move(kept.path, to: partial.path)
      if let begun = try openBegun(with: code, &aside) { return (begun, aside) }
    }
    let new = try openToEnrol()
    _ = try new.enrolmentCode(orNote: code.secretHash)
    return (new, aside)
  }

  /// Sets what was begun aside because it cannot be read any more, with the log beside it. Nobody has it open.
  ///
  /// - Returns: nil when nothing was begun.
  public func setDamagedEnrolmentAside() throws -> EnrolmentAside? {
    guard partial.exists else { return nil }
    let name = path + ReplicaFile.enrolmentMark + "damaged"
    var (kept, count) = (ReplicaFile(name), 1)
    while kept.exists {
      count += 1
      kept = ReplicaFile("\(name)-\(count)")
    }
    // The log first: without it the file would look like an older one.
    for suffix in ["-wal", ""] where ReplicaFile(partial.path + suffix).exists {
      try move(partial.path + suffix, to: kept.path + suffix)
    }
    unlink(partial.path + "-shm")
    return EnrolmentAside(path: kept.path, isDamaged: true)
  }

  /// Beside a replica: enrolments that were begun and set aside.
  static let enrolmentMark = ".enrolment-"

  /// Where an enrolment is kept while another code is tried.
  ///
  /// - Parameter hash: of the code that it was begun with.
  private func pathAside(begunWith hash: [UInt8]) -> String {
    let name = RecordID(bytes: hash.prefix(16)).map { "\($0)" } ?? "unnamed"
    return path + ReplicaFile.enrolmentMark + name
  }

  /// The enrolment that was begun here with a code, or before codes were noted.
  ///
  /// - Returns: nil when there is none, or it was set aside.
  private func openBegun(
    with code: EnrolmentCode, _ aside: inout [EnrolmentAside]
  ) throws -> ReplicaStore? {
    guard partial.exists else { return nil }
    do {
      let store = try openToEnrol()
      let begun: [UInt8]
      do { begun = try store.enrolmentCode(orNote: code.secretHash) } catch {
        // What is wrong with the file is the news, not that it cannot be closed.
        try? store.close()
        throw error
      }
      if begun == code.secretHash { return store }
      try store.close()
      // The last connection to close leaves no log behind; with one, a rename would part it from its file.
      guard !ReplicaFile(partial.path + "-wal").exists else {
        throw ReplicaFault.busy(holder: "another program reads \(partial.path)")
      }
      let kept = pathAside(begunWith: begun)
      try move(partial.path, to: kept)
      aside.append(EnrolmentAside(path: kept, isDamaged: false))
    } catch  where ReplicaFile.isUnreadable(error) {
      if let kept = try setDamagedEnrolmentAside() { aside.append(kept) }
    }
    return nil
  }

  /// Whether an error means that a file is damaged, or none of ours. One of a newer program is not: that one reads it.
  private static func isUnreadable(_ error: any Error) -> Bool {
    let reason = (error as? StoreFault)?.reason ?? (error as? DatabaseError).map { StoreFault($0).reason }
    switch reason {
    case .notAStore, .wrongKind: return true
    default: return ReplicaDamage.explains(error)
    }
  }

  private func move(_ old: String, to new: String) throws {
    guard rename(old, new) == 0 else { throw ReplicaFault.io("rename \(old)", errno) }
    try syncFolder()
  }
}

extension ReplicaStore {
  /// The code that the replica's enrolment was begun with, as a hash: the code itself is a secret. The first one is
  /// noted.
  ///
  /// - Throws: also when what the replica knows of itself cannot be read: then it does not go on.
  fileprivate func enrolmentCode(orNote hash: [UInt8]) throws -> [UInt8] {
    try write { db in
      _ = try ReplicaState.fetch(in: db)
      let row = try GRDB.Row.fetchOne(db, sql: "SELECT value FROM meta WHERE name = 'enrolment_code'")
      if let row { return Array(try row.cell("value", .identity, as: Data.self)) }
      try db.execute(
        sql: "INSERT INTO meta (name, value) VALUES ('enrolment_code', ?)", arguments: [Data(hash)])
      return hash
    }
  }
}
