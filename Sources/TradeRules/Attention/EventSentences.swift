/// Tells a record's life in plain sentences, the same at the centre and on a replica.
///
/// A sentence has no subject: who and where stand beside it.
public enum EventSentences {
  /// One moment in a record's life.
  public struct Moment: Hashable, Sendable {
    public let at: Instant
    /// `user`, `os:NAME`, `rule` …, as the operation has it.
    public let who: String
    public let device: String
    /// What was done or found out, `picked 4 for line 2`.
    public let text: String
    /// An operation kind, a result code or a kind of stock fact.
    public let code: String
    /// The log version that has it; orders moments of the same time.
    public let version: Int64
  }

  /// What to call an author: a device's user by the device's name, where it is known; nobody for a rule.
  public static func person(_ actor: String, on device: String, called name: String) -> String {
    switch actor {
    case "user": name.isEmpty ? "the user of \(device)" : name
    case "rule": ""
    default: actor
    }
  }

  /// The moments of a record in the order in which they happened.
  ///
  /// - Parameters:
  ///   - conflicts: those about the record; they tell the values that met.
  ///   - refusals: answers about the record; those that changed something tell nothing, their events do.
  public static func moments(
    events: [Event], conflicts: [Conflict] = [], refusals: [Answer] = [], movements: [Movement] = [],
    observations: [Observation] = []
  ) -> [Moment] {
    let all =
      events.map { moment(of: $0, amid: conflicts) } + refusals.compactMap(moment)
      + movements.map(moment) + observations.map(moment)
    return all.sorted { ($0.at, $0.version, $0.code, $0.text) < ($1.at, $1.version, $1.code, $1.text) }
  }

  // MARK: Events

  static func moment(of event: Event, amid conflicts: [Conflict]) -> Moment {
    let rule = RuleBook.rule(OperationKind(rawValue: event.code))
    let text =
      rule == nil
      ? found(Code(rawValue: event.code), event, amid: conflicts)
      : done(event.code, event.detail.text)
    return Moment(
      at: event.at, who: event.actor, device: event.device, text: text, code: event.code,
      version: event.row.version)
  }

  /// What a person did.
  private static func done(_ kind: String, _ detail: String) -> String {
    // `line 2: 10 → 6`
    let parts = detail.split(separator: ": ", maxSplits: 1).map(String.init)
    let (line, amount) = (parts.first ?? "", parts.count == 2 ? parts[1] : "")
    switch kind {
    case ImportProducts.kind.rawValue, ImportCustomers.kind.rawValue, ImportSuppliers.kind.rawValue:
      return "changed \(fieldWords(detail)) by an import"
    case ImportTranslations.kind.rawValue: return "changed \(detail) by an import"
    case TranslateProduct.kind.rawValue, SetAttribute.kind.rawValue, EditCategory.kind.rawValue:
      return "changed \(fieldWords(detail))"
    case CreateCategory.kind.rawValue: return "created the category"
    case SetPrice.kind.rawValue, EditSupplier.kind.rawValue: return "changed \(fieldWords(detail))"
    case PublishPrices.kind.rawValue: return "published \(detail) prices"
    case LinkBarcode.kind.rawValue: return "linked the barcode \(detail)"
    case UnlinkBarcode.kind.rawValue: return "freed the barcode \(detail)"
    case CreatePack.kind.rawValue: return "added the pack \(detail)"
    case RetirePack.kind.rawValue: return "retired or brought back the pack \(detail)"
    case CreateProduct.kind.rawValue: return "created the product"
    case CreateCustomer.kind.rawValue: return "created the customer"
    case CreateSupplier.kind.rawValue: return "created the supplier"
    case EditProduct.kind.rawValue, EditCustomer.kind.rawValue, EditOrder.kind.rawValue:
      return "changed \(fieldWords(detail))"
    case ResolveConflict.kind.rawValue: return "settled the conflict about \(fieldWords(detail))"
    case CreateOrder.kind.rawValue: return "created the order"
    case AddOrderLine.kind.rawValue: return "added a line of \(detail)"
    case SetOrderLine.kind.rawValue:
      return "changed \(line) from " + amount.split(separator: " → ").joined(separator: " to ")
    case RemoveOrderLine.kind.rawValue: return "removed \(line)"
    case SubmitOrder.kind.rawValue:
      let reasons = detail.split(separator: " ").map {
        CodeBook.entry(for: Code(rawValue: String($0))).sentence
      }
      return "submitted the order" + (reasons.isEmpty ? "" : "; on hold: " + reasons.joined(separator: " "))
    case ReleaseOrder.kind.rawValue: return "took the order off hold"
    case HoldOrder.kind.rawValue: return "put the order on hold" + because(detail)
    case CancelOrder.kind.rawValue: return "cancelled the order" + because(detail)
    case DeleteOrder.kind.rawValue: return "deleted the draft"
    case SetCredit.kind.rawValue: return "changed the customer's credit"
    case MergeCustomers.kind.rawValue where detail.hasPrefix("into "): return "merged the customer \(detail)"
    case MergeCustomers.kind.rawValue: return "merged \(detail) into the customer"
    case AssignCustomer.kind.rawValue: return "gave the customer to \(detail.isEmpty ? "nobody" : detail)"
    case CreateAgent.kind.rawValue: return "created the agent"
    case CreateTerritory.kind.rawValue: return "created the territory"
    case EditAgent.kind.rawValue, EditTerritory.kind.rawValue: return "changed \(fieldWords(detail))"
    case RequestQuota.kind.rawValue, GrantQuota.kind.rawValue: return "set aside \(detail)"
    case ReturnQuota.kind.rawValue: return "gave back what was set aside, \(detail)"
    case WriteOffQuota.kind.rawValue: return "wrote off what was set aside, \(detail)"
    case PickLine.kind.rawValue: return "picked \(amount) for \(line)"
    case PutBackLine.kind.rawValue: return "put back \(amount) of \(line)"
    case AcceptOrder.kind.rawValue: return "accepted the order"
    case RejectOrder.kind.rawValue: return "rejected the order" + because(detail)
    case AllocateLine.kind.rawValue: return "promised \(amount) to \(line)"
    case ChargeOrder.kind.rawValue: return "set freight and fees"
    case DeliverOrder.kind.rawValue:
      return detail.isEmpty ? "delivered what was shipped" : "delivered \(detail)"
    case RecordPayment.kind.rawValue: return "was paid \(detail)"
    case RefundPayment.kind.rawValue: return "refunded \(detail)"
    case TrackShipment.kind.rawValue: return "tracked: \(detail)"
    case PackOrder.kind.rawValue: return "packed \(detail)"
    case ShipOrder.kind.rawValue: return "shipped \(detail)"
    default: return kind + because(detail)
    }
  }

  /// What the rules found out.
  private static func found(_ code: Code, _ event: Event, amid conflicts: [Conflict]) -> String {
    let sentence = CodeBook.entry(for: code).sentence
    let detail = event.detail.text
    let met = conflicts.first { conflict in
      conflict.code == code.rawValue && conflict.device == event.device
        && (conflict.field == detail || detail.hasPrefix("line "))
    }
    guard let met else { return detail.isEmpty ? sentence : "\(sentence) (\(fieldWords(detail)))" }
    return "\(sentence) \(values(of: met))"
  }

  /// `phone: A7 says 1, W1 says 2; 1 stands for now`.
  private static func values(of conflict: Conflict) -> String {
    let standing: String? =
      switch conflict.chosen {
      case "mine": conflict.mine.text
      case "theirs": conflict.theirs.text
      case "value": conflict.value.text
      default: nil
      }
    let state = conflict.state == .open ? "stands for now" : "stands"
    let outcome = standing.map { "\(shown($0)) \(state)" } ?? "neither \(state)"
    return "\(fieldWords(conflict.field)): \(conflict.device) says \(shown(conflict.mine.text)), "
      + "\(conflict.theirDevice) says \(shown(conflict.theirs.text)); \(outcome)."
  }

  // MARK: Refusals

  /// What was asked and refused; nil for an answer whose events tell it.
  static func moment(of answer: Answer) -> Moment? {
    guard answer.outcome == .rejected || answer.outcome == .quarantined else { return nil }
    let reasons = answer.codes.words.map { CodeBook.entry(for: Code(rawValue: $0)).sentence }
    let verb = answer.outcome == .rejected ? "refused" : "set aside"
    return Moment(
      at: answer.decidedAt, who: "", device: answer.device,
      text: "asked for \(answer.kind); \(verb): \(reasons.joined(separator: " "))",
      code: answer.codes.words.first ?? answer.outcome.rawValue, version: answer.row.version)
  }

  // MARK: Stock

  static func moment(of movement: Movement) -> Moment {
    let (amount, place) = (movement.quantity.decimalText, movement.warehouse)
    let lot = movement.lot.isEmpty ? "" : ", lot \(movement.lot)"
    let text =
      switch movement.kind {
      case .opening where movement.toBin.isEmpty: "took \(amount) off the opening stock of \(place)"
      case .opening: "opened \(place)'s stock with \(amount) in \(movement.toBin)"
      case .receive: "received \(amount) in \(place), \(movement.toBin)"
      case .move: "moved \(amount) in \(place) from \(movement.fromBin) to \(movement.toBin)"
      case .pick: "picked \(amount) in \(place) from \(movement.fromBin)"
      case .putBack: "put \(amount) back in \(place), \(movement.toBin)"
      case .ship: "shipped \(amount) from \(place)"
      case .scrap: "scrapped \(amount) in \(place), \(movement.fromBin)"
      case .adjust where movement.toBin.isEmpty: "corrected \(place), \(movement.fromBin), by -\(amount)"
      case .adjust: "corrected \(place), \(movement.toBin), by \(amount)"
      default: "\(movement.kind) \(amount) in \(place)"
      }
    return Moment(
      at: movement.occurredAt, who: movement.actor, device: movement.device,
      text: text + lot + because(movement.reason), code: "stock.\(movement.kind)",
      version: movement.row.version)
  }

  static func moment(of observation: Observation) -> Moment {
    let lot = observation.lot.isEmpty ? "" : ", lot \(observation.lot)"
    return Moment(
      at: observation.occurredAt, who: observation.actor, device: observation.device,
      text:
        "counted \(observation.quantity.decimalText) in \(observation.warehouse), \(observation.bin)\(lot)",
      code: CountStock.kind.rawValue, version: observation.row.version)
  }

  // MARK: Words

  private static func because(_ reason: String) -> String { reason.isEmpty ? "" : ": \(reason)" }

  private static func shown(_ value: String) -> String { value.isEmpty ? "nothing" : "“\(value)”" }

  /// `taxId, priceList` → `tax id, price list`.
  private static func fieldWords(_ names: String) -> String {
    names.reduce(into: "") { text, character in
      if character.isUppercase, text.last?.isLowercase == true {
        text += " " + character.lowercased()
      } else {
        text.append(character)
      }
    }
  }
}
