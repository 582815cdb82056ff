import TradeRules

/// A day made up by chance.
extension Simulation {
  func draw(_ swarm: Swarm) throws {
    if swarm.has(.clocks) { for seat in swarm.seats { try act(.clock(seat.code, clockError())) } }
    world.network.faults = swarm.network
    world.mishaps = swarm.mishaps(seed: seed)
    workload.note = { [unowned self] item in note(item) }
    if let rotting = swarm.operators.rotting { try act(.rot(rotting)) }
    // Most devices load their rows before anybody works, others in the middle of the day.
    try act(.wait(chance.chance(800) ? 20_000 : 0))
    for deed in 0..<swarm.deeds {
      try act(.wait(pause()))
      if swarm.copiesAt == deed { try act(.copy("P1")) }
      try operate(swarm.operators, before: deed)
      try comeAndGo(swarm)
      try work()
      try bringBack()
    }
    try act(.wait(pause()))
  }

  /// What administrators do before somebody does the next thing.
  private func operate(_ plan: OperatorPlan, before deed: Int) throws {
    if let restores = plan.restores {
      if restores.backupAt == deed { try act(.backup) }
      if restores.restoresAt.contains(deed) { try act(.restore(downFor: restores.downtime)) }
    }
    guard let dismissal = plan.dismissal, deed >= dismissal.at, try operators.canDismiss(dismissal.device),
      dismissal.isRepeated || !operators.dismissed.contains(dismissal.device)
    else { return }
    try act(.dismiss(dismissal.device, isLost: dismissal.isLost))
  }

  private func work() throws {
    world.onDecision = { [unowned self] draft in
      note(.decide(Schedule.Work(kind: draft.kind, form: draft.form, statedAt: draft.statedAt)))
    }
    defer { world.onDecision = nil }
    try workload.doSomething()
  }

  /// Most deeds follow each other within seconds, some after minutes, a few after hours.
  private func pause() -> Int64 {
    switch chance.number(0...9) {
    case 0...5: Int64(chance.number(0...3_000))
    case 6...8: Int64(chance.number(0...120_000))
    default: Int64(chance.number(0...7_200_000))
    }
  }

  /// Seconds and hours off, or a minute after 1970, or where 31 and 32 bits of seconds run out, in 2038 and 2106.
  private func clockError() -> Int64 {
    let hour: Int64 = 3_600_000
    let dates: [Int64] = [60_000, 2_147_483_647_000, 4_294_967_295_000]
    let choices = [0, 1_000, -1_000, hour, -hour, 5 * hour] + dates.map { $0 - world.now.milliseconds }
    return chance.pick(choices) ?? 0
  }

  /// Lets a device lose its network, be switched off, or change its clock.
  private func comeAndGo(_ swarm: Swarm) throws {
    guard let code = chance.pick(swarm.seats.map(\.code)), let device = world.devices[code] else { return }
    if swarm.has(.offline), device.mayConnect, !device.isOff, chance.chance(100) {
      try act(.offline(code))
      leave(code, for: Int64(chance.number(10_000...7_200_000)))
    } else if swarm.has(.absences), device.mayConnect, !device.isOff, chance.chance(40) {
      try act(.off(code))
      let days = chance.chance(200) ? chance.number(1...40) : 0
      leave(code, for: Int64(days * 86_400_000 + chance.number(60_000...43_200_000)))
    } else if swarm.has(.clocks), !device.isOff, chance.chance(20) {
      try act(.reboot(code, clockError()))
    }
  }

  private func leave(_ code: String, for time: Int64) {
    returns[code] = world.now.advanced(byMilliseconds: time)
  }

  private func bringBack() throws {
    if chance.chance(200), world.hasSuspended { try act(.retry) }
    for code in returns.keys.sorted() {
      guard let time = returns[code], time <= world.now || chance.chance(30) else { continue }
      returns[code] = nil
      try act(.back(code))
    }
  }
}
