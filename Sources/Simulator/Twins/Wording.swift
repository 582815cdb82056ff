import ReplicaStore
import TradeRules

/// The words in which people say things: remembered in the first of two worlds, and some of them others in
/// the second.
///
/// It knows texts about persons wherever they are entered, and besides them texts and numbers that no rule
/// reads.
final class Wording {
  /// Nil in the first world.
  private let disguise: Disguise?
  private(set) var spoken: [String: Spoken] = [:]

  /// Where a text was said.
  struct Spoken {
    /// At which devices.
    var speakers: Set<String> = []
    /// Of which records: a text may be replaced before anybody looks for it in a row.
    var records: Set<RecordID> = []
  }

  init(_ disguise: Disguise?) { self.disguise = disguise }

  // MARK: Saying

  /// The same draft in the words of this world.
  func said(_ draft: Draft, at device: String) -> Draft {
    Draft(kind: draft.kind, form: said(draft.form, of: draft.kind, at: device), at: draft.statedAt)
  }

  /// The same form in the words of this world.
  func said(_ form: Form, of kind: OperationKind, at device: String) -> Form {
    guard let rule = RuleBook.rule(kind) else { return form }
    let speech = Speech(
      device: device, plainTexts: Wording.plainTexts[kind] ?? [], isOfRecords: !Wording.isMoney(kind))
    return numbered(reworded(form, rule.form, of: [], speech), of: kind)
  }

  /// What is the same for all of a form.
  private struct Speech {
    let device: String
    /// Fields that are no texts about persons.
    let plainTexts: Set<String>
    /// Whether its texts become those of the records it names.
    let isOfRecords: Bool
  }

  private func reworded(
    _ form: Form, _ description: FormDescription, of records: [RecordID], _ speech: Speech
  ) -> Form {
    var reworded = form
    var records = records
    for case (_, .value(.id(let id))) in form.contents where speech.isOfRecords { records.append(id) }
    for (number, content) in form.contents {
      guard let field = description.field(number) else { continue }
      switch content {
      case .list(let forms):
        guard let list = field.list else { continue }
        reworded[number] = .list(forms.map { self.reworded($0, list, of: records, speech) })
      case .value(.personal(var personal)):
        personal.text = said(personal.text, of: records, speech)
        reworded[number] = .value(.personal(personal))
      case .value(.text(let text)) where speech.plainTexts.contains(field.name):
        reworded[number] = .value(.text(said(text, of: records, speech)))
      case .value: break
      }
    }
    return reworded
  }

  private func said(_ text: String, of records: [RecordID], _ speech: Speech) -> String {
    // A number that is chosen for an order's line is entered as a text.
    guard text.contains(where: \.isLetter) else { return text }
    spoken[text, default: Spoken()].speakers.insert(speech.device)
    spoken[text, default: Spoken()].records.formUnion(records)
    return disguise?.text(text) ?? text
  }

  private func numbered(_ form: Form, of kind: OperationKind) -> Form {
    guard let disguise else { return form }
    switch kind {
    case RecordPayment.kind:
      var payment = Filled<RecordPayment>(form)
      guard !Wording.isReckoned(payment.currency, payment.method) else { return form }
      payment.amountMinor = disguise.amount(payment.amountMinor, for: payment.order)
      return payment.form
    case RefundPayment.kind:
      var refund = Filled<RefundPayment>(form)
      guard !Wording.isReckoned(refund.currency, refund.method) else { return form }
      refund.amountMinor = disguise.amount(refund.amountMinor, for: refund.order)
      return refund.form
    case PackOrder.kind:
      var packing = Filled<PackOrder>(form)
      packing.weightGrams = packing.weightGrams.map { disguise.weight($0, for: packing.order) }
      return packing.form
    default: return form
    }
  }

  // MARK: What no rule reads

  /// Fields that are copied and compared with each other, nothing more.
  private static let plainTexts: [OperationKind: Set<String>] = [
    RecordPayment.kind: ["reference"], RefundPayment.kind: ["reference"],
    AdjustStock.kind: ["reason"], ScrapStock.kind: ["reason"],
    TrackShipment.kind: ["place"], ShipOrder.kind: ["carrier"],
  ]

  private static func isMoney(_ kind: OperationKind) -> Bool {
    kind == RecordPayment.kind || kind == RefundPayment.kind
  }

  /// Whether money has a rate here (`Shop`), or comes from what a customer has.
  private static func isReckoned(_ currency: String?, _ method: PaymentMethod) -> Bool {
    currency != Shop.currencyWithoutRate || method == .credit
  }
}
