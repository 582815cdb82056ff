/// Replaces what a device sees and works for.
public struct ChangeScope: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "device.scope"
  public static let message = "ChangeScope"
  public let device = Field<String>(1)
  public let agent = Field<String?>(2)
  public let territory = Field<String?>(3)
  public let warehouses = Field<WordList>(4)
  public static func record(of form: Filled<Self>) -> String { form.device }
}

/// Shuts a device out, for a while or for good, or lets it in again.
public struct ChangeDeviceState: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "device.state"
  public static let message = "ChangeDeviceState"
  public let device = Field<String>(1)
  public let state = Field<DeviceState>(2)
  public static func record(of form: Filled<Self>) -> String { form.device }
}
