/// Work that an order's holds leave: whoever may lift one has a task as long as it lasts.
enum HoldTasks {
  /// Opens a task for each new hold and closes those of holds that are gone.
  static func follow(
    _ order: Order, heldBefore before: WordList, in trade: Trade
  ) throws(Interruption) {
    for hold in order.holds.words.map(Code.init(rawValue:)) where !before.contains(hold.rawValue) {
      guard let owner = owner(of: hold, order) else { continue }
      try trade.openTask(
        .reviewOrder, hold, record: order.number, owner: owner, agent: owner == .agent ? order.agent : nil)
    }
    let gone = before.words.filter { word in
      !order.holds.contains(word) && owner(of: Code(rawValue: word), order) != nil
    }
    guard !gone.isEmpty else { return }
    for var task in try trade.all(TaskColumns.self, "task_of_record", order.number, true)
    where task.kind == .reviewOrder && gone.contains(task.code) {
      task.isOpen = false
      trade.put(task)
    }
  }

  /// Who lifts a hold; nil where waiting lifts it, or where a task of its own asks.
  private static func owner(of hold: Code, _ order: Order) -> Role? {
    switch hold {
    case .shipCompleteWait, .confirmLine: nil
    case .possibleDuplicate, .onHold: order.agent == nil ? .admin : .agent
    default: .admin
    }
  }
}
