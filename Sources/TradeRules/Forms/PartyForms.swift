/// Sets what a customer may owe, or stops them.
public struct SetCredit: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "customer.credit"
  public static let message = "SetCredit"
  public let id = Field<RecordID>(1)
  /// For lists and messages only.
  public let code = Field<String>(2)
  /// Minor units of the customer's currency; nil = as it was.
  public let limitMinor = Field<Int64?>(3)
  /// Takes the limit away.
  public let isUnlimited = Field<Bool?>(4)
  /// Nil = as it was.
  public let isBlocked = Field<Bool?>(5)
  public static func record(of form: Filled<Self>) -> String { form.code }
}

/// Makes two customers one.
public struct MergeCustomers: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "customer.merge"
  public static let message = "MergeCustomers"
  /// Who leads to the other from now on.
  public let merged = Field<RecordID>(1)
  /// Whose record is kept.
  public let survivor = Field<RecordID>(2)
  /// For lists and messages only.
  public let mergedCode = Field<String>(3)
  public let survivorCode = Field<String>(4)
  public static func record(of form: Filled<Self>) -> String { form.mergedCode }
}

/// Gives a customer and the orders that are not over to another agent or territory.
public struct AssignCustomer: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "customer.assign"
  public static let message = "AssignCustomer"
  public let id = Field<RecordID>(1)
  /// For lists and messages only.
  public let code = Field<String>(2)
  /// Nil = as it was, empty = none.
  public let agent = Field<String?>(3)
  public let territory = Field<String?>(4)
  public static func record(of form: Filled<Self>) -> String { form.code }
}

/// Makes an agent.
public struct CreateAgent: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "agent.create"
  public static let message = "CreateAgent"
  public let code = Field<String>(1)
  /// Nil = the code.
  public let name = Field<String?>(2)
  public static func record(of form: Filled<Self>) -> String { form.code }
}

/// Edits an agent. A new value has its column's number, the value seen that number plus 32.
public struct EditAgent: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "agent.set"
  public static let message = "EditAgent"
  public let code = Field<String>(1)
  public let name = Field<String?>(2)
  public let status = Field<String?>(3)
  public let nameSeen = Field<String?>(34)
  public let statusSeen = Field<String?>(35)
  public static func record(of form: Filled<Self>) -> String { form.code }
}

/// Makes a territory.
public struct CreateTerritory: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "territory.create"
  public static let message = "CreateTerritory"
  public let code = Field<String>(1)
  /// Nil = the code.
  public let name = Field<String?>(2)
  public static func record(of form: Filled<Self>) -> String { form.code }
}

/// Edits a territory, as an agent.
public struct EditTerritory: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "territory.set"
  public static let message = "EditTerritory"
  public let code = Field<String>(1)
  public let name = Field<String?>(2)
  public let status = Field<String?>(3)
  public let nameSeen = Field<String?>(34)
  public let statusSeen = Field<String?>(35)
  public static func record(of form: Filled<Self>) -> String { form.code }
}
