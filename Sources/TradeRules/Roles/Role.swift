/// What a device's user does, and so what the device is for.
public struct Role: Word {
  public let rawValue: String
  public init(rawValue: String) { self.rawValue = rawValue }
  /// Sells: own customers, own orders.
  public static let agent: Role = "agent"
  /// The sales desk: decides about the orders and customers of its territory or agent.
  public static let sales: Role = "sales"
  /// Picks, packs and ships.
  public static let picker: Role = "picker"
  /// Takes goods in and counts them.
  public static let receiver: Role = "receiver"
  /// Leads a warehouse: corrects stock, holds and releases orders.
  public static let lead: Role = "lead"
  /// Everything that is done in a warehouse, by one person.
  public static let warehouse: Role = "warehouse"
  public static let buyer: Role = "buyer"
  /// Credit, payments, rates.
  public static let finance: Role = "finance"
  /// Edits the catalogue.
  public static let catalogue: Role = "catalogue"
  /// Sees everything, changes nothing.
  public static let auditor: Role = "auditor"
  public static let admin: Role = "admin"
  /// The centre itself: commands at its console, imports, rules acting on their own.
  public static let centre: Role = "centre"

  /// The roles a device may be invited with.
  public static let all: [Role] = [
    .agent, .sales, .picker, .receiver, .lead, .warehouse, .buyer, .finance, .catalogue, .auditor, .admin,
  ]

  /// Works at places: sees their stock, their ledger and the orders to be served there.
  public var worksInWarehouses: Bool { [.picker, .receiver, .lead, .warehouse].contains(self) }

  /// Sees customers and orders through an agent or a territory.
  public var sells: Bool { [.agent, .sales].contains(self) }

  /// Sees whom goods are bought from.
  public var buysOrReceives: Bool { [.buyer, .receiver, .lead, .warehouse].contains(self) }

  /// Sees every record there is.
  public var seesEverything: Bool { [.admin, .auditor, .finance].contains(self) }

  /// Whether a task of that owner is this role's work: every warehouse role shares a place's, the sales desk
  /// an agent's, finance headquarters'.
  func does(workOf owner: Role) -> Bool {
    switch self {
    case .centre, .admin: true
    case .finance: owner == .admin || owner == .finance
    case .agent, .sales: owner.sells
    case .picker, .receiver, .lead, .warehouse: owner.worksInWarehouses
    default: owner == self
    }
  }
}
