/// A bug put in on purpose, to see whether the tests would find it.
///
/// Ordinary builds have none: `isPlanted` is false there, and the compiler takes out what it guards. In a build
/// with `-D PLANTED_BUGS` (`make planted`) the simulator plants one by name.
public enum PlantedBug: String, CaseIterable, Sendable {
  // The centre decides and stores.
  case settledBeforeCommit, repeatDecidedAgain, undecidedRowsKept, refusedEffectsKept, clockNotClamped
  case heldNeverReleased, noticeLost
  // Stock.
  case countNotRevised, movementBookedTwice, backorderNotServed, promisedBeyondStock, stagedNotReduced
  // Rows go out.
  case cursorTooFar, lateHandshakeTaken, rowsOutOfScope, checkpointBeforePages, idleNotWoken,
    appliedTooFar, scopeAppliedLate, tokenFromLog
  // The replica applies and guesses.
  case guessNotPutBack, guessedRowKept, pageForgotten, digestNotCompared, answeredTooFar,
    lostRowsKept
  // Operations go up.
  case groupTorn, batchWithGap, creditNotReturned, retryGivenUp

  /// Bugs that must be planted with this one for it to show.
  public var companions: [PlantedBug] { self == .digestNotCompared ? [.pageForgotten] : [] }
}

#if PLANTED_BUGS
  extension PlantedBug {
    /// Set once, before anything runs.
    nonisolated(unsafe) public static var planted: Set<PlantedBug> = []

    public static func isPlanted(_ bug: PlantedBug) -> Bool { planted.contains(bug) }
  }
#else
  extension PlantedBug {
    @inlinable @inline(__always)
    public static func isPlanted(_ bug: PlantedBug) -> Bool { false }
  }
#endif
