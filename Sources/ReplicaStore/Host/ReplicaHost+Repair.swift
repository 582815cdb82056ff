import SyncProtocol
import TradeRules

/// What to do when the rows are not the centre's: find out which, and fetch just these (docs/PROTOCOL.md, "Repair").
extension ReplicaHost {
  func mend(_ mismatch: CheckpointApplier.Mismatch, at now: Instant) throws {
    try store.note(.digestMismatch, mismatch.buckets.map(\.name).joined(separator: " "), at: now)
    progress.trouble = .digestMismatch
    let isFirstLoad = try store.state()?.checkpoint == 0
    guard !isFirstLoad, mended.isDisjoint(with: mismatch.buckets) else {
      return try fetchWhole(mismatch.buckets)
    }
    mended.formUnion(mismatch.buckets)
    let repair = RangeRepair(mismatch.sums)
    for question in repair.firstQuestions() { say(.compare(question)) }
    self.repair = repair
    try nameRowsIfFound()
  }

  func compare(_ summary: Summary) throws {
    guard var repair else { throw ReplicaHost.unasked }
    if let question = try repair.take(summary) { say(.compare(question)) }
    self.repair = repair
    try nameRowsIfFound()
  }

  private func nameRowsIfFound() throws {
    guard var repair, repair.isFound else { return }
    if !repair.beyond.isEmpty {
      // The others are compared again once these are here.
      mended.subtract(repair.buckets)
      return try fetchWhole(repair.beyond)
    }
    let rows = try store.look { try $0.rows(in: repair.found) }
    guard let mend = repair.name(rows) else { return try fetchWhole(repair.buckets) }
    say(.mend(mend))
    self.repair = repair
  }

  func takeOut(_ surplus: Surplus) throws {
    guard var repair else { throw ReplicaHost.unasked }
    try store.stage(removing: try repair.keys(of: surplus), from: surplus.bucket)
    self.repair = repair.isAwaitingSurplus ? repair : nil
  }

  private func fetchWhole(_ buckets: [Bucket]) throws {
    try store.dropStaged()
    repair = nil
    isAwaitingWhole = true
    hasFetchedWhole = true
    // Pages of what else was coming whole were dropped as well.
    comingWhole.formUnion(buckets)
    guard let state = try store.state(), state.checkpoint > 0, state.checkpointInEpoch == 0 else {
      return say(.fetch(Fetch(buckets: comingWhole.sorted())))
    }
    // What is here is of a history that a restore ended: all of it comes anew, and what does not come is gone (#67).
    let held = Set(try store.heldBuckets()).filter(state.granted.contains)
    try store.noteEmpty(held.sorted())
    say(.fetch(Fetch(buckets: held.union(comingWhole).sorted())))
  }

  private func say(_ message: Message) { orders.append(.send(message.encode())) }

  private static var unasked: ProtocolViolation {
    ProtocolViolation(expected: "answers to what was asked", found: "an answer to nothing")
  }
}
