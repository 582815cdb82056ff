/// What one check of the store came to.
public struct CheckResult: Hashable, Sendable {
  public let name: String
  /// How many things were looked at.
  public private(set) var examined: Int64 = 0
  /// How many of them are wrong.
  public private(set) var faultCount: Int64 = 0
  /// The first few of what is wrong.
  public private(set) var faults: [String] = []

  /// More are counted and not told.
  static let faultsTold = 5

  init(_ name: String) { self.name = name }

  public var isOK: Bool { faultCount == 0 }

  /// One line: how much was looked at, or what is wrong.
  public var detail: String {
    guard faultCount > 0 else { return "\(examined) checked" }
    let rest = faultCount - Int64(faults.count)
    return faults.joined(separator: "; ") + (rest > 0 ? "; and \(rest) more" : "")
  }

  mutating func examine(_ count: Int64 = 1) { examined += count }

  mutating func fault(_ text: @autoclosure () -> String) {
    faultCount += 1
    if faults.count < CheckResult.faultsTold { faults.append(text()) }
  }

  mutating func expect(_ holds: Bool, _ fault: @autoclosure () -> String) {
    if !holds { self.fault(fault()) }
  }
}
