public struct PartyStatus: Word {
  public let rawValue: String
  public init(rawValue: String) { self.rawValue = rawValue }
  public static let active: PartyStatus = "active"
  /// Has left, or is no more: nothing new is given to them.
  public static let inactive: PartyStatus = "inactive"
}

/// Somebody who sells: customers, their orders and devices name agents by their codes. There as soon as one of
/// them does, called by the code until somebody says the name.
public struct AgentColumns: TableColumns {
  public static let columns = Self()
  public static let number: TableNumber = 28
  public static let name = "agent"
  public static let reach = Reach<Self>.everywhere(in: .reference)
  public let code = Column<String>(1, .key)
  public let name = Column<String>(2, .merged)
  public let status = Column<PartyStatus>(3, .merged)
}
public typealias Agent = Record<AgentColumns>

/// A part of the world in which somebody sells; known as an agent is.
public struct TerritoryColumns: TableColumns {
  public static let columns = Self()
  public static let number: TableNumber = 29
  public static let name = "territory"
  public static let reach = Reach<Self>.everywhere(in: .reference)
  public let code = Column<String>(1, .key)
  public let name = Column<String>(2, .merged)
  public let status = Column<PartyStatus>(3, .merged)
}
public typealias Territory = Record<TerritoryColumns>
