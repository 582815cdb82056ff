import SyncProtocol
import TradeRules

/// One seed in five, but none with disks or restores, is told a second time, and all that one of its devices must
/// not see is different there: texts about persons, references of payments, amounts in a currency without a
/// rate, reasons, places, weights. As many operations are recorded, at the same moments. The device must be sent
/// the same bytes at the same moments, or it could tell the worlds apart and has learnt something of what it must
/// not see (G15).
///
/// The device is one whose scope does not change, in a seed whose centre is not restored: versions would be given
/// twice. Secret is what never was in a row in its scope, nor said at the device or of a record in its scope. In
/// some seeds texts are of the same length in both worlds, in others, where no limit in bytes is ever met, they
/// are longer in the second. Stores on disks are left out: how often a disk is called, and so which call fails,
/// may follow from the order of an index over texts.
///
/// Masked is only what covers the whole log by design, so that nobody can change it behind a device's back:
/// - `Welcome.headHash` and `Checkpoint.headHash`, the hash of the log's last entry, which covers salted
///   commitments to all texts (docs/decisions/0008);
/// - the signatures of `Welcome` and `Wipe`, which cover the head hash: that of this message, and the one the
///   device showed in its `Hello`.
///
/// Nonces, tokens and keys come from streams of chance that are the same in both worlds, and are compared.
struct TwinWorlds {
  let isLonger: Bool
  private var random: Random

  /// Nil for a seed that is told once.
  init?(seed: UInt64, _ swarm: Swarm) {
    var random = Random(seed: seed, "twins")
    guard random.chance(220), !swarm.hasDisks, swarm.operators.restores == nil else { return nil }
    let mayBeLonger = random.chance(500)
    let limits = swarm.limits
    isLonger = mayBeLonger && min(limits.pageBytes, limits.batchBytesMax) >= 256 * 1_024
    self.random = random
  }

  /// Tells the story of a seed that went well a second time, if it is to be.
  ///
  /// - Returns: what tells the worlds apart; nil when nothing does.
  static func finding(of first: Simulation) -> Finding? {
    guard let swarm = first.swarm, let twins = TwinWorlds(seed: first.seed, swarm) else { return nil }
    do {
      try twins.compare(first)
      return nil
    } catch let finding as Finding {
      return finding
    } catch {
      return Finding("twin worlds", "\(error)", kind: .crash)
    }
  }

  private func compare(_ first: Simulation) throws {
    var random = random
    guard let watch = first.twinWatch, let device = random.pick(try watch.observable()) else { return }
    let disguise = try watch.disguise(from: device, isLonger: isLonger)
    let second = try Simulation(seed: first.seed, disguise: disguise)
    let finding = second.run()
    let (one, other) = (watch.sent[device.code] ?? [], second.twinWatch?.sent[device.code] ?? [])
    if let difference = try TwinWorlds.difference(one, other) {
      throw Finding("twin worlds", "\(device.code) can tell the worlds apart: \(difference)")
    }
    if let finding {
      throw Finding(
        "twin worlds", "the second world: \(finding.checker): \(finding.message)", kind: finding.kind)
    }
    guard first.world.store.head.version == second.world.store.head.version,
      first.inspector.receipts.acknowledged.count == second.inspector.receipts.acknowledged.count
    else { throw Finding("twin worlds", "the second world has more or fewer operations") }
    guard disguise.texts.isEmpty || first.world.store.head.hash != second.world.store.head.hash else {
      throw Finding("twin worlds", "\(disguise.texts.count) texts differ, and the worlds do not")
    }
    let tally = first.inspector.tally
    tally.add(isLonger ? "twin worlds with longer texts" : "twin worlds")
    tally.add("messages of twin worlds", one.count)
    tally.add("secrets of twin worlds", disguise.texts.count)
  }

  // MARK: Comparing

  /// The first difference between what a device was sent in two worlds, for a person; nil when there is none.
  static func difference(_ one: [TwinWatch.Sent], _ other: [TwinWatch.Sent]) throws -> String? {
    for (number, (mine, twin)) in zip(one, other).enumerated() where try !isSame(mine, twin) {
      let (first, second) = (story(mine), story(twin))
      return "message \(number + 1), \(first), "
        + (first == second ? "has other bytes" : "is \(second) in the second world")
    }
    if one.count == other.count { return nil }
    let rest = one.count > other.count ? one[other.count] : other[one.count]
    return "only the \(one.count > other.count ? "first" : "second") has \(story(rest))"
  }

  private static func story(_ sent: TwinWatch.Sent) -> String {
    "\(sent.delivery.story), at \(sent.at.milliseconds)"
  }

  private static func isSame(_ one: TwinWatch.Sent, _ other: TwinWatch.Sent) throws -> Bool {
    let (mine, twin) = (one.delivery, other.delivery)
    guard one.at == other.at, mine.link == twin.link, mine.closes == twin.closes,
      mine.bytes.count == twin.bytes.count
    else { return false }
    return try mine.bytes == twin.bytes || masked(mine.bytes) == masked(twin.bytes)
  }

  /// A message without what covers the whole log.
  private static func masked(_ bytes: [UInt8]) throws -> [UInt8] {
    var message = try Message.decode(bytes)
    switch message {
    case .welcome(var welcome):
      welcome.headHash = [UInt8](repeating: 0, count: 32)
      welcome.signature = [UInt8](repeating: 0, count: 64)
      message = .welcome(welcome)
    case .checkpoint(var checkpoint):
      checkpoint.headHash = [UInt8](repeating: 0, count: 32)
      message = .checkpoint(checkpoint)
    case .wipe(var wipe):
      wipe.signature = [UInt8](repeating: 0, count: 64)
      message = .wipe(wipe)
    case .challenge, .enrolled, .refused, .settled, .page, .summary, .surplus: return bytes
    // Only devices say these.
    case .enrol, .hello, .push, .stored, .fetch, .compare, .mend, .wiped: return bytes
    }
    return message.encode()
  }
}
