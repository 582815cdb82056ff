import SyncProtocol
import SyncSession
import TradeRules

/// Rows that come down become checkpoints, operations go up.
extension ReplicaHost {
  /// Buckets that are here and come whole nevertheless: the centre cannot tell any more what left them.
  func noteHorizon(_ welcome: Welcome, at now: Instant) throws {
    let anew = namedBuckets.intersection(welcome.wholeBuckets).sorted()
    guard !anew.isEmpty else { return }
    try store.note(.behindHorizon, anew.map(\.name).joined(separator: " "), at: now)
  }

  /// Buckets that are here and that a restored centre has not, or has not yet: what it names comes whole, and of
  /// the others no page would ever say that their rows are lost (#67).
  func noteGone(_ welcome: Welcome) throws {
    let gone = Set(try store.heldBuckets()).subtracting(welcome.wholeBuckets).filter(welcome.grants.contains)
    try store.noteEmpty(gone.sorted())
  }

  func sayStored(pages: Int, _ state: ReplicaState) {
    let message = session?.stored(pages: pages, checkpoint: state.checkpointInEpoch)
    if let message { orders.append(.send(message.encode())) }
  }

  // MARK: Download

  func stage(_ page: Page) throws {
    guard let state = try store.state() else { return }
    // Only pages of a download have a cursor; live changes build on what was just dropped.
    if !page.cursor.isEmpty { isAwaitingWhole = false }
    guard !isAwaitingWhole else { return sayStored(pages: 1, state) }
    // As long as a page is not said to be stored no others follow.
    if !store.hasRoomForRows { progress.isShortOfRoom = true }
    guard !progress.isShortOfRoom else { return }
    if PlantedBug.isPlanted(.pageForgotten), random(1)[0] < 16 { return sayStored(pages: 1, state) }
    if state.checkpoint == 0 { progress.received += try store.load(page) } else { try store.stage(page) }
    sayStored(pages: 1, state)
  }

  func apply(_ checkpoint: Checkpoint, at clock: ClockReading) throws {
    // What came before the last row that was asked for is no checkpoint to stop at.
    guard !isAwaitingWhole, repair == nil, !progress.isShortOfRoom else { return }
    do {
      let (state, rows) = try store.apply(checkpoint, mending: mending, at: clock.wall)
      progress.received += rows
      mended = []
      hasFetchedWhole = false
      comingWhole = []
      if progress.trouble == .digestMismatch { progress.trouble = nil }
      sayStored(pages: 0, state)
    } catch let mismatch as CheckpointApplier.Mismatch {
      try mend(mismatch, at: clock.wall)
    } catch let violation as ProtocolViolation {
      // A staged page that cannot be read would end every later connection too.
      try store.dropStaged()
      throw violation
    }
  }

  /// Comes back for the rows that were passed over, once there is room for them.
  func makeUpForRoom() {
    guard progress.isShortOfRoom, !isMakingUp, session?.isOpen == true, store.hasRoomForRows else { return }
    isMakingUp = true
    close(.goingAway, "there is room again")
  }

  private var mending: CheckpointApplier.Mending {
    hasFetchedWhole ? .buckets : mended.isEmpty ? .none : .rows
  }

  // MARK: Upload

  func pushMore() throws {
    while let (after, operations, bytes) = session?.mayPush(limits) {
      let batch = try store.batch(after: after, limit: operations, bytesMax: bytes)
      guard let first = batch.first, let last = batch.last, let state = try store.state() else { return }
      let message = try session?.push(
        batch.map(\.recorded), first: first.number,
        chainHash: last.chainHash, device: state.device)
      if let message { orders.append(.send(message.encode())) }
      progress.sent += batch.count
    }
  }

  func refreshProgress() throws {
    guard let state = try store.state() else { return }
    let last = try store.lastRecorded()
    progress.checkpoint = state.checkpoint
    progress.isUploaded = session?.hasSettledAll ?? false
    progress.isCurrent =
      progress.isConnected && state.checkpointInEpoch > 0 && state.checkpointInEpoch >= progress.head
      && state.appliedThrough >= last
  }
}
