public struct CustomerStatus: Word {
  public let rawValue: String
  public init(rawValue: String) { self.rawValue = rawValue }
  public static let active: CustomerStatus = "active"
  public static let blocked: CustomerStatus = "blocked"
  /// Turned out to be another customer, who is used instead.
  public static let merged: CustomerStatus = "merged"
}

/// A customer, merged field by field when several people edit it.
public struct CustomerColumns: TableColumns {
  public static let columns = Self()
  public static let number: TableNumber = 8
  public static let name = "customer"
  public static let reach = Reach<Self>.following { customer in
    var buckets: [Bucket] = []
    if let agent = customer.agent { buckets.append(.agent(agent)) }
    if let territory = customer.territory { buckets.append(.territory(territory)) }
    buckets += customer.otherAgents.words.map(Bucket.agent)
    buckets += customer.otherTerritories.words.map(Bucket.territory)
    return buckets
  }
  public static let indexes = [
    Index("customer_code", equal: ["code"]), Index("customer_tax_id", equal: ["taxId"]),
    Index("customer_phone", equal: ["phone"]), Index("customer_name", equal: ["country", "name"]),
  ]
  public let id = Column<RecordID>(1, .key)
  /// `C-A7-0001` when made on device A7, else as imported.
  public let code = Column<String>(2)
  public let name = Column<PersonalText>(3, .merged)
  public let phone = Column<PersonalText>(4, .merged)
  public let email = Column<PersonalText>(5, .merged)
  public let taxId = Column<PersonalText>(6, .sensitive)
  public let address = Column<PersonalText>(7, .merged)
  public let status = Column<CustomerStatus>(8, .merged)
  public let country = Column<String>(9, .merged)
  public let currency = Column<String>(10, .merged)
  public let priceList = Column<String>(11, .merged)
  public let agent = Column<String?>(12)
  public let territory = Column<String?>(13)
  /// The warehouse that serves this customer unless an order says otherwise.
  public let warehouse = Column<String?>(14, .merged)
  /// The customer that this one turned out to be: an alias leads there (#50, #51).
  public let mergedInto = Column<RecordID?>(15)
  /// Agents and territories of customers that were merged into this one; they sell to it, too.
  public let otherAgents = Column<WordList>(16)
  public let otherTerritories = Column<WordList>(17)
}
public typealias Customer = Record<CustomerColumns>

public struct DeviceState: Word {
  public let rawValue: String
  public init(rawValue: String) { self.rawValue = rawValue }
  /// Invited; its code has not been used yet.
  public static let invited: DeviceState = "invited"
  public static let active: DeviceState = "active"
  /// Shut out for a while: what it records stays on it and is decided once it is let in again.
  public static let suspended: DeviceState = "suspended"
  /// Out of use for good: what it still has is set aside at the centre, and it gets no rows.
  public static let retired: DeviceState = "retired"
  /// Nobody knows who has it: as retired, and then its replica is wiped.
  public static let lost: DeviceState = "lost"
  /// It has said that its replica is wiped.
  public static let wiped: DeviceState = "wiped"
}

/// One replica: who it is, what it may do and see. Known by its key from enrolment on.
public struct DeviceColumns: TableColumns {
  public static let columns = Self()
  public static let number: TableNumber = 9
  public static let name = "device"
  public static let reach = Reach<Self>.following { [.device($0.code)] }
  /// `A7`; never used again for another device.
  public let code = Column<String>(1, .key)
  public let name = Column<String>(2)
  public let role = Column<Role>(3)
  public let state = Column<DeviceState>(4)
  public let agent = Column<String?>(5)
  public let territory = Column<String?>(6)
  public let warehouses = Column<WordList>(7)
  /// Ed25519 public key, 32 bytes; empty until enrolled.
  public let publicKey = Column<[UInt8]>(8)
  /// What its scope had at any time before the present one.
  public let formerAgents = Column<WordList>(9)
  public let formerTerritories = Column<WordList>(10)
  public let formerWarehouses = Column<WordList>(11)
  /// The version that gave it its present scope; 0 = the one it was invited with.
  public let scopeVersion = Column<Int64>(12)
}
public typealias Device = Record<DeviceColumns>

extension Record where Columns == DeviceColumns {
  public var grants: Grants {
    Grants(
      role: self.role, device: self.code, agent: self.agent, territory: self.territory,
      warehouses: self.warehouses.words)
  }

  /// What it was granted under earlier scopes, all of them together.
  var formerGrants: Grants {
    let places = Grants(
      role: self.role, device: self.code, agent: nil, territory: nil, warehouses: self.formerWarehouses.words)
    let parties =
      self.formerAgents.words.map(Bucket.agent) + self.formerTerritories.words.map(Bucket.territory)
    return Grants(exact: places.exact + parties, prefixes: places.prefixes, everything: places.everything)
  }
}

/// A one-time enrolment code, known to the centre by its hash alone.
public struct InvitationColumns: TableColumns {
  public static let columns = Self()
  public static let number: TableNumber = 10
  public static let name = "invitation"
  public static let reach = Reach<Self>.centreOnly
  /// SHA-256 of the code's secret.
  public let secretHash = Column<[UInt8]>(1, .key)
  public let device = Column<String>(2)
  public let expiresAt = Column<Instant>(3)
  public let isSpent = Column<Bool>(4)
}
public typealias Invitation = Record<InvitationColumns>
