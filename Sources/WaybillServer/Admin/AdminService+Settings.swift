import CentralStore
import TradeRules

/// The numbers that rules read.
extension AdminService {
  func change(_ name: String, to amount: Int64) throws -> Answer {
    let form = Filled<ChangeSetting> { ($0.name, $0.amount) = (name, amount) }
    let orders = try record(OwnDraft(form)).orders
    return .done(["name": .string(name), "amount": .integer(amount)], orders: orders)
  }
}

extension Documents {
  static func settings(_ amounts: [Settings: Int64]) -> JSONValue {
    let all = Settings.allCases.sorted { $0.rawValue < $1.rawValue }
    return [
      "settings": .array(
        all.map { setting in
          [
            "name": .string(setting.rawValue), "amount": .integer(amounts[setting] ?? setting.standard),
            "standard": .integer(setting.standard),
          ]
        })
    ]
  }
}
