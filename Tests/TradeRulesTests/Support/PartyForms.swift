@testable import TradeRules

extension Filled where F == EditCustomer {
  /// An edit of some fields of a customer; the values seen are filled in by the test where they matter.
  static func of(_ id: RecordID, _ fill: (inout Self) -> Void) -> Self {
    Filled {
      $0.id = id
      $0.code = "C-1"
      fill(&$0)
    }
  }

  static func phone(_ id: RecordID, _ text: String, seen: String = "+49 30 1") -> Self {
    .of(id) {
      $0.phone = PersonalText(text)
      $0.phoneSeen = PersonalText(seen)
    }
  }

  static func taxId(_ id: RecordID, _ text: String) -> Self {
    .of(id) {
      $0.taxId = PersonalText(text)
      $0.taxIdSeen = PersonalText("")
    }
  }
}

extension Filled where F == ResolveConflict {
  static func keep(_ keep: String, _ conflict: RecordID, value: String? = nil) -> Self {
    Filled {
      $0.conflict = conflict
      $0.keep = keep
      $0.value = value.map { PersonalText($0) }
    }
  }
}

extension RuleBench {
  /// A customer `C-1` of agent `A7`, whose tablet `T` and phone `F` have both seen it.
  func customerOnTwoDevices() -> RecordID {
    let id = addCustomer("C-1", agent: "A7")
    addDevice("T", .agent, agent: "A7")
    addDevice("F", .agent, agent: "A7")
    return id
  }

  func customer(_ id: RecordID) -> Customer { find(CustomerColumns.self, id) ?? Customer() }
  var conflicts: [Conflict] { all(ConflictColumns.self) }
}
