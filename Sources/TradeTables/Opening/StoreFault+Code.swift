public import TradeRules

extension StoreFault {
  /// The result code of the reason, for a person and a program.
  public var code: Code {
    switch reason {
    case .busy: .storeBusy
    case .full: .diskFull
    case .corrupt: .storeCorrupt
    case .missing, .notAStore, .wrongKind: .fileUnusable
    case .newer: .upgradeRequired
    case .ioFailed, .notDurable: .ioFailed
    case .constraint, .other: .unexpected
    }
  }
}
