extension CreateAgent {
  /// Refuses `BAD_VALUE` for what is no code, `CODE_TAKEN`.
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    try trade.check(Names.isWord(form.code), "code")
    guard try trade.find(AgentColumns.self, form.code) == nil else {
      throw .refused(Refusal(.codeTaken, form.code))
    }
    Agents.make(form.code, name: form.name, in: trade)
    trade.tell(kind.rawValue, of: form.code, places: [.hq])
    return Verdict(.applied)
  }
}

extension EditAgent {
  /// Merges field by field. Refuses `UNKNOWN_AGENT`, `BAD_VALUE`.
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    guard var agent = try trade.find(AgentColumns.self, form.code) else {
      throw .refused(Refusal(.unknownAgent, form.code))
    }
    try trade.checkParty(name: form.name, status: form.status)
    let result = try FieldMerge.apply(form.form, to: &agent, called: agent.code, places: [.hq], in: trade)
    trade.put(agent)
    return result.verdict()
  }
}

extension CreateTerritory {
  /// Refuses `BAD_VALUE` for what is no code, `CODE_TAKEN`.
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    try trade.check(Names.isWord(form.code), "code")
    guard try trade.find(TerritoryColumns.self, form.code) == nil else {
      throw .refused(Refusal(.codeTaken, form.code))
    }
    Territories.make(form.code, name: form.name, in: trade)
    trade.tell(kind.rawValue, of: form.code, places: [.hq])
    return Verdict(.applied)
  }
}

extension EditTerritory {
  /// Merges field by field. Refuses `UNKNOWN_TERRITORY`, `BAD_VALUE`.
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    guard var territory = try trade.find(TerritoryColumns.self, form.code) else {
      throw .refused(Refusal(.unknownTerritory, form.code))
    }
    try trade.checkParty(name: form.name, status: form.status)
    let result = try FieldMerge.apply(
      form.form, to: &territory, called: territory.code, places: [.hq], in: trade)
    trade.put(territory)
    return result.verdict()
  }
}

enum Agents {
  static func make(_ code: String, name: String? = nil, in trade: Trade) {
    var agent = Agent()
    agent.code = code
    agent.name = name.flatMap { $0.isEmpty ? nil : $0 } ?? code
    agent.status = .active
    trade.put(agent)
  }

  /// Somebody names an agent: from then on there is one.
  static func ensure(_ code: String?, in trade: Trade) throws(Interruption) {
    guard let code, try trade.find(AgentColumns.self, code) == nil else { return }
    make(code, in: trade)
  }

  /// Refuses an agent to whom nothing can be given; empty = none is meant.
  static func check(_ code: String, in trade: Trade) throws(Interruption) {
    guard !code.isEmpty else { return }
    guard let agent = try trade.find(AgentColumns.self, code) else {
      throw .refused(Refusal(.unknownAgent, code))
    }
    try trade.check(agent.status == .active, "agent \(code) is inactive")
  }
}

enum Territories {
  static func make(_ code: String, name: String? = nil, in trade: Trade) {
    var territory = Territory()
    territory.code = code
    territory.name = name.flatMap { $0.isEmpty ? nil : $0 } ?? code
    territory.status = .active
    trade.put(territory)
  }

  /// Somebody names a territory: from then on there is one.
  static func ensure(_ code: String?, in trade: Trade) throws(Interruption) {
    guard let code, try trade.find(TerritoryColumns.self, code) == nil else { return }
    make(code, in: trade)
  }

  /// Refuses a territory to which nothing can be given; empty = none is meant.
  static func check(_ code: String, in trade: Trade) throws(Interruption) {
    guard !code.isEmpty else { return }
    guard let territory = try trade.find(TerritoryColumns.self, code) else {
      throw .refused(Refusal(.unknownTerritory, code))
    }
    try trade.check(territory.status == .active, "territory \(code) is inactive")
  }
}

extension Trade {
  fileprivate func checkParty(name: String?, status: String?) throws(Interruption) {
    try check(name != "", "name")
    let known = [PartyStatus.active.rawValue, PartyStatus.inactive.rawValue]
    try check(status.map(known.contains) ?? true, "status")
  }
}
