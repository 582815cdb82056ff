import GRDB
import Glibc
public import TradeRules
import TradeTables

extension ReplicaFault {
  /// What an error of the store means to whoever gave the command: a code and the particulars.
  public static func explanation(of error: any Error) -> Refusal {
    switch error {
    case let damage as ReplicaDamage where damage.part == .whole: Refusal(.replicaLost, damage.detail)
    case let damage as ReplicaDamage: Refusal(.replicaCorrupt, damage.description)
    case let fault as StoreFault: Refusal(code(of: fault.reason), fault.description)
    case ReplicaFault.full(let folder, let free):
      Refusal(.diskFull, "\(folder) has \(free / 1_000_000) MB left")
    case ReplicaFault.io(let doing, let number):
      Refusal(number == ENOSPC ? .diskFull : .ioFailed, "cannot \(doing) (errno \(number))")
    case let error as DatabaseError:
      explanation(of: StoreFault(error, doing: "use the replica"))
    default: Refusal(.unexpected, "\(error)")
    }
  }

  /// Whether the disk may take tomorrow what it did not take now: it is full, or does not answer.
  public static func mayPass(_ error: any Error) -> Bool {
    let code = explanation(of: error).code
    return code == .diskFull || code == .ioFailed
  }

  private static func code(of reason: StoreFault.Reason) -> Code {
    switch reason {
    case .missing: .notEnrolled
    case .notAStore, .wrongKind: .fileUnusable
    case .newer: .upgradeRequired
    case .busy: .replicaBusy
    case .full: .diskFull
    case .ioFailed, .notDurable: .ioFailed
    case .corrupt: .replicaCorrupt
    case .constraint, .other: .unexpected
    }
  }
}
