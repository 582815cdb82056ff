import ReplicaStore
import Testing
import TradeRules
import TradeTables

@testable import WaybillClient

@Suite("What people write on the command line")
struct EnteringTests {
  @Test(
    "a line is SKU=QTY or SKU=QTY@PRICE, whatever the SKU looks like",
    arguments: [
      ("CHAI-1KG=12", "CHAI-1KG", 12_000, nil), ("CHAI=2.5@3.20", "CHAI", 2_500, 32_000),
      ("A=B=1", "A=B", 1_000, nil), ("ÄPFEL 1=0.125@0.0475", "ÄPFEL 1", 125, 475),
    ] as [(String, String, Int64, Int64?)])
  func orderLine(text: String, sku: String, thousandths: Int64, price: Int64?) throws {
    let line = try Entered.line(text)
    #expect(line.sku == sku)
    #expect(line.quantity == Quantity(thousandths: thousandths))
    #expect(line.price == price.map { UnitPrice(tenThousandths: $0) })
  }

  @Test(
    "a line that is none is refused with the code for it",
    arguments: [
      ("CHAI", Code.usage), ("=3", .usage), ("CHAI=", .badQuantity), ("CHAI=many", .badQuantity),
      ("CHAI=1.2345", .badQuantity), ("CHAI=1e3", .badQuantity), ("CHAI=1@", .badValue),
      ("CHAI=1@-2", .badValue), ("CHAI=1@1.23456", .badValue),
    ])
  func badOrderLine(text: String, code: Code) {
    let failure = #expect(throws: Failure.self) { try Entered.line(text) }
    #expect(failure?.code == code)
  }

  @Test("stock adjust CHAI -3 means three less, not an option")
  func negativeNumber() throws {
    let words = CommandWords.arranged([
      "stock", "adjust", "CHAI", "-3", "--warehouse", "W1", "--reason", "damaged",
    ])
    let adjust = try #require(try Waybill.parseAsRoot(words) as? StockAdjust)
    #expect(try Entered.quantity(adjust.delta) == Quantity(-3))
    #expect(adjust.place.warehouse == "W1")
    #expect(try Entered.quantity("-0.5") == Quantity(thousandths: -500))
    #expect(try Entered.quantity("+2") == 2)
  }

  @Test("a word after -- and a short option are left as they are")
  func onlyNumbersAreMarked() {
    #expect(CommandWords.arranged(["-q", "x", "--", "-3"]) == ["x", "-q", "--", "-3"])
    #expect(CommandWords.entered(CommandWords.arranged(["-3"])[0]) == "-3")
    #expect(CommandWords.entered("-x") == "-x")
  }

  @Test("a bin that begins as a negative number is recorded as it was typed")
  func nameLikeANumber() {
    let words = CommandWords.arranged(["stock", "move", "CHAI", "1", "--from", "-2B"])
    let form = Filled<MoveStock> { ($0.sku, $0.fromBin) = ("CHAI", words[words.count - 1]) }
    #expect(Filled<MoveStock>(form.form.mappingTexts(CommandWords.entered)).fromBin == "-2B")
  }

  @Test("control characters become spaces; an address keeps its lines")
  func controlCharacters() {
    let form = Filled<CreateCustomer> {
      ($0.id, $0.code) = (.none, "C-1\t\u{1B}[2J\n")
      $0.address = PersonalText("Calle 1\r\nMadrid\u{0}\n")
    }
    let entered = Filled<CreateCustomer>(EnteredText.normalised(form.form))
    #expect(entered.code == "C-1  [2J")
    #expect(entered.address?.text == "Calle 1\nMadrid")
  }

  @Test("options may stand before the command as well as behind it")
  func leadingOptions() throws {
    let words = CommandWords.arranged(["--json", "--replica", "/r.db", "order", "show", "SO-A7-0001"])
    let show = try #require(try Waybill.parseAsRoot(words) as? OrderShow)
    #expect(show.global.json)
    #expect(show.global.replica == "/r.db")
    #expect(show.order == "SO-A7-0001")
  }

  @Test("a part of a shipment is LINE=QTY")
  func shipmentPart() throws {
    let part = try Entered.part("2=1.5")
    #expect(part.line == "2")
    #expect(part.quantity == Quantity(thousandths: 1_500))
    let failure = #expect(throws: Failure.self) { try Entered.part("2") }
    #expect(failure?.code == .usage)
  }

  @Test("--at takes milliseconds and zones; anything else is BAD_VALUE")
  func times() throws {
    let time = try #require(try Entered.time("2026-11-20T10:10:00.250+01:00"))
    #expect(time.timestamp == "2026-11-20T09:10:00.250Z")
    #expect(try Entered.time(nil) == nil)
    let failure = #expect(throws: Failure.self) { try Entered.time("yesterday") }
    #expect(failure?.code == .badValue)
  }

  @Test(
    "a centre's address may be written short",
    arguments: [
      ("ws://127.0.0.1:8420/sync", "ws://127.0.0.1:8420/sync"), ("wss://hq.example", "wss://hq.example/sync"),
      ("http://localhost:8420/", "ws://localhost:8420/sync"),
      ("hq.example:8420", "wss://hq.example:8420/sync"),
      ("https://hq.example/other", "wss://hq.example/other"),
    ])
  func addresses(text: String, url: String) throws { #expect(try CentreAddress.url(text) == url) }

  @Test("an address of another kind is refused", arguments: ["ftp://hq.example", "ws://", "", "/sync"])
  func badAddresses(text: String) {
    let failure = #expect(throws: Failure.self) { try CentreAddress.url(text) }
    #expect(failure?.code == .usage)
  }

  @Test("an edit sends the value its author saw beside the new one (#52)")
  func editsCarryWhatWasSeen() throws {
    var customer = Customer()
    customer.phone = PersonalText("1")
    customer.country = "DE"
    var form = Filled<EditCustomer>()
    try FieldEdits(["phone=2", "country=", "email=a=b@c"]).fill(&form, seeing: customer)
    #expect(form.phone == PersonalText("2"))
    #expect(form.phoneSeen == PersonalText("1"))
    #expect(form.country == "")
    #expect(form.countrySeen == "DE")
    #expect(form.email == PersonalText("a=b@c"))
    #expect(form.taxId == nil)
  }

  @Test("fields have the names imports give them, too")
  func otherNames() throws {
    var form = Filled<EditProduct>()
    try FieldEdits(["hs_code=090240", "weight_g=1000", "Name=Chai"]).fill(&form, seeing: Product())
    #expect(form.hsCode == "090240")
    #expect(form.weightGrams == 1_000)
    #expect(form.name == "Chai")
  }

  @Test("a field that cannot be edited is refused with those that can")
  func notEditable() {
    var form = Filled<EditProduct>()
    let failure = #expect(throws: Failure.self) {
      try FieldEdits(["sku=X"]).fill(&form, seeing: Product())
    }
    #expect(failure?.code == .fieldNotEditable)
    #expect(failure?.message.contains("hsCode") == true)
    let word = #expect(throws: Failure.self) { try FieldEdits(["name"]) }
    #expect(word?.code == .usage)
  }

  @Test(
    "a misspelt command is answered with the nearest",
    arguments: [
      (["ordr", "list"], "waybill order"), (["order", "shwo", "X"], "waybill order show"),
      (["xyzzy"], "waybill --help"), (["stock", "xyzzy"], "waybill stock --help"),
    ])
  func suggestions(words: [String], hint: String) { #expect(Suggestion.hint(for: words) == hint) }
}
