/// What a device claims from its quotas for the lines of an order, worked out on what it knows when it records
/// the order.
///
/// The claims travel with the submission: what the centre takes from a quota is then never more than what the
/// device believed to take, so a later sale inside the quota finds what it counted on (G13).
public enum QuotaClaims {
  /// A line, or the raise of one, that asks for stock.
  public struct Want: Sendable {
    public let line: RecordID
    public let sku: String
    /// Where it is served; empty = wherever the device has most of its quota.
    public let warehouse: String
    public let quantity: Quantity

    public init(line: RecordID, sku: String, warehouse: String, quantity: Quantity) {
      self.line = line
      self.sku = sku
      self.warehouse = warehouse
      self.quantity = quantity
    }
  }

  /// Covers the wants in their order from what is free; what is not covered is left out.
  ///
  /// - Parameter quotas: the device's own, with its unsent work taken off.
  public static func covers(for wants: [Want], from quotas: [Quota]) -> [Filled<QuotaCover>] {
    var quotas = quotas.sorted { $0.warehouse < $1.warehouse }
    var covers: [Filled<QuotaCover>] = []
    for want in wants where want.quantity > .zero {
      let fitting = quotas.indices.filter { place in
        quotas[place].sku == want.sku && quotas[place].free > .zero
          && (want.warehouse.isEmpty || quotas[place].warehouse == want.warehouse)
      }
      // The lower code on a tie: one warehouse serves a line.
      guard let place = fitting.max(by: { (quotas[$0].free, $1) < (quotas[$1].free, $0) }) else { continue }
      let covered = min(want.quantity, quotas[place].free)
      quotas[place].spent += covered
      covers.append(
        Filled<QuotaCover> {
          $0.line = want.line
          $0.warehouse = quotas[place].warehouse
          $0.quantity = covered
        })
    }
    return covers
  }
}
