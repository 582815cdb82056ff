import CentralStore
import Foundation
import SyncSession
import Testing
import TradeRules

@testable import WaybillServer

@Suite("What administrators ask of the centre")
struct AdminServiceTests {
  private func invite(
    _ role: String, code: String? = nil, agent: String? = nil, warehouses: [String] = [],
    valid: Int64 = InviteRequest.validMillisecondsStandard
  ) -> AdminRequest {
    .invite(
      InviteRequest(
        name: "Mira", role: role, deviceCode: code, agent: agent, territory: nil, warehouses: warehouses,
        validMilliseconds: valid))
  }

  @Test("an invitation gives a code for the centre's own key, and the store keeps only its hash")
  func invitation() throws {
    let folder = try TestFolder()
    let document = try folder.ask(invite("agent"))
    let text = try #require(document["code"]?.string)
    let code = try #require(EnrolmentCode(text))
    #expect(code.matches(centreKey: try folder.folder.key().publicKey))
    #expect(document["deviceCode"] == "A1")
    let expires = try #require(document["expiresAt"]?.string.flatMap { Instant(timestamp: $0) })
    let hours = expires.milliseconds(since: SystemClock.now) / 3_600_000
    #expect((23...24).contains(hours))
    let bytes = try Data(contentsOf: URL(fileURLWithPath: folder.folder.storePath))
    #expect(bytes.range(of: Data(code.secretHash)) != nil)
    #expect(bytes.range(of: Data(code.secret)) == nil, "whoever reads the store cannot enrol")
  }

  @Test("devices get the next free code of their role; a code is never given twice")
  func deviceCodes() throws {
    let folder = try TestFolder()
    try folder.importing(.warehouses, "code,name\nW1,Main\n")
    let codes = try ["agent", "agent", "admin", "auditor"].map {
      try folder.ask(invite($0))["deviceCode"]?.string
    }
    #expect(codes == ["A1", "A2", "H1", "R1"])
    #expect(try folder.ask(invite("warehouse", warehouses: ["W1"]))["deviceCode"] == "W1")
    #expect(failureCode { _ = try folder.ask(invite("agent", code: "A2")) } == .codeTaken)
    #expect(failureCode { _ = try folder.ask(invite("warehouse", warehouses: ["W9"])) } == .unknownWarehouse)
  }

  @Test("an agent's device without an agent works for one of its own code, so its customers stay in sight")
  func agentOfItsOwn() throws {
    let folder = try TestFolder()
    _ = try folder.ask(invite("agent"))
    _ = try folder.ask(invite("agent", agent: "ANA"))
    #expect(try folder.ask(.device(code: "A1"))["agent"] == "A1")
    #expect(try folder.ask(.device(code: "A2"))["scope"]?.array?.contains("agent/ANA") == true)
  }

  @Test(
    "a device's scope is replaced as a whole, and its state changed, each by a command that says what is now")
  func devices() throws {
    let folder = try TestFolder()
    try folder.openForTrade()
    _ = try folder.ask(invite("warehouse", code: "P1", warehouses: ["W1"]))
    try folder.importing(.warehouses, "code,name\nW2,Second\n")
    let request = ScopeRequest(device: "P1", agent: nil, territory: nil, warehouses: ["W2"])
    let scoped = try folder.ask(.scope(request))
    #expect(scoped["warehouses"]?.array == ["W2"])
    #expect(scoped["scope"]?.array?.contains("orders/W2") == true)
    #expect(scoped["scope"]?.array?.contains("orders/W1") == false)
    let nowhere = ScopeRequest(device: "P1", agent: nil, territory: nil, warehouses: [])
    #expect(failureCode { _ = try folder.ask(.scope(nowhere)) } == .badValue)
    func change(_ state: String) -> Code? {
      failureCode { _ = try folder.ask(.changeState(device: "P1", state: state)) }
    }
    // It has not enrolled: there is nobody to shut out, but the code can be called in.
    #expect(change("suspended") == .wrongDeviceState)
    #expect(change("retired") == nil)
    #expect(try folder.ask(.device(code: "P1"))["state"] == "retired")
    // What devices say of themselves nobody says for them.
    #expect(change("lost") == nil)
    #expect(change("wiped") == .wrongDeviceState)
    #expect(try folder.ask(.status)["replicas"]?["stale"]?.integer == 0)
  }

  @Test("an administrator sees what the rules go by, and sets it")
  func settings() throws {
    let folder = try TestFolder()
    try folder.openForTrade()
    func amount(of name: String) throws -> Int64? {
      let settings = try folder.ask(.settings)["settings"]?.array ?? []
      #expect(settings.count == Settings.allCases.count)
      return settings.first { $0["name"]?.string == name }?["amount"]?.integer
    }
    #expect(try amount(of: "priceFloorPerMille") == 0)
    _ = try folder.ask(.changeSetting(name: "priceFloorPerMille", amount: 850))
    #expect(try amount(of: "priceFloorPerMille") == 850)
    func refusal(_ name: String, _ amount: Int64) -> Code? {
      failureCode { _ = try folder.ask(.changeSetting(name: name, amount: amount)) }
    }
    #expect(refusal("priceFlorPerMille", 1) == .unknownSetting)
    #expect(refusal("priceFloorPerMille", -1) == .badValue)
    #expect(try amount(of: "priceFloorPerMille") == 850)
  }

  @Test("a device that goes out of use names what stays set aside for it, and how that comes free")
  func leftBehind() throws {
    let folder = try TestFolder()
    try folder.openForTrade()
    _ = try folder.ask(invite("agent"))
    let request = QuotaRequest(device: "A1", sku: "CHAI", warehouse: "W1", thousandths: 4_000)
    _ = try folder.ask(.grantQuota(request))
    let quotas = try folder.ask(.quotas(device: "A1"))["quotas"]?.array ?? []
    #expect(quotas.allSatisfy(QuotasShown.isUnsold))
    let text = QuotasShown.leftBehind(quotas, "A1")
    #expect(text.contains("still set aside for it: 4 of CHAI at W1"))
    #expect(text.contains("waybill-server quota write-off A1 CHAI --warehouse W1 --reason WHY"))
    _ = try folder.ask(.changeState(device: "A1", state: "retired"))
    #expect(failureCode { _ = try folder.ask(.grantQuota(request)) } == .wrongDeviceState)
    _ = try folder.ask(.writeOffQuota(request, reason: "retired"))
    let rest = try folder.ask(.quotas(device: "A1"))["quotas"]?.array ?? []
    #expect(rest.filter(QuotasShown.isUnsold).isEmpty)
  }

  @Test("the list of devices tells when each was seen and last synced; --stale is those who should have")
  func staleDevices() throws {
    let synced = Instant(milliseconds: 1_795_000_000_000)
    func device(_ code: String, _ state: String, _ lastSync: Instant?) -> JSONValue {
      [
        "code": .string(code), "state": .string(state), "lastSyncAt": .instant(lastSync),
        "lastSeenAt": .instant(synced.advanced(byMilliseconds: 60_000)), "rejected": 5,
      ]
    }
    let devices = [device("A1", "active", synced), device("A2", "active", nil), device("A3", "retired", nil)]
    let now = synced.advanced(byMilliseconds: 25 * 3_600_000)
    func stale(_ hours: Int64) -> [String?] {
      devices.filter { DevicesShown.isStale($0, for: hours * 3_600_000, at: now) }.map { $0["code"]?.string }
    }
    #expect(stale(24) == ["A1", "A2"])
    #expect(stale(48) == ["A2"])
    let lines = DevicesShown.table(devices).split(separator: "\n")
    #expect(lines[0].contains("LAST SEEN"))
    #expect(lines[0].contains("REFUSED SO FAR"))
    #expect(lines[1].contains(synced.advanced(byMilliseconds: 60_000).timestamp))
    #expect(try runs(["device", "list", "--stale", "24h"]) == .done)
    #expect(failureCode { _ = try runs(["device", "list", "--stale", "soon"]) } == .usage)
  }

  private func runs(_ words: [String]) throws -> TradeRules.ExitStatus {
    let folder = try TestFolder()
    try folder.openForTrade()
    let command = try #require(try ServerProgram.parseAsRoot(words) as? any WaybillServer.Command)
    return try command.run(at: Desk(console: TestFolder.console, folder: folder.folder))
  }

  @Test("a store too damaged to be opened still says what is wrong with its file")
  func verifyDamaged() throws {
    let folder = try TestFolder()
    try folder.openForTrade()
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.folder.storePath)))
    for index in 4_096..<bytes.count { bytes[index] = 0xAA }
    try Data(bytes).write(to: URL(fileURLWithPath: folder.folder.storePath))
    #expect(failureCode { _ = try folder.ask(.verify(deep: false)) } == .storeCorrupt)
    let desk = Desk(console: TestFolder.console, folder: folder.folder)
    let document = try Verify.document(at: desk, deep: false)
    #expect(document["ok"] == false)
    let check = try #require(document["checks"]?.array?.first)
    #expect(check["name"] == "file")
    #expect(check["ok"] == false)
    #expect(check["detail"]?.string?.isEmpty == false)
  }

  @Test("documents have the members that scripts rely on")
  func documents() throws {
    let folder = try TestFolder()
    try folder.openForTrade()
    _ = try folder.ask(invite("agent"))
    let status = try folder.ask(.status)
    for name in ["epoch", "head", "replicas", "conflicts", "held", "rejected", "store", "lastBackup"] {
      #expect(status[name] != nil, "\(name)")
    }
    for name in ["enrolled", "online", "stale"] {
      #expect(status["replicas"]?[name]?.integer == 0, "\(name)")
    }
    #expect(status["conflicts"]?["open"] == 0)
    let device = try #require(try folder.ask(.devices)["devices"]?.array?.first)
    for name in [
      "code", "name", "role", "state", "lastSeenAt", "lastSyncAt", "checkpoint", "lag", "unsent", "rejected",
      "conflicts", "clockOffsetMs", "appVersion", "scope",
    ] { #expect(device[name] != nil, "\(name)") }
    #expect(device["lag"]?["versions"]?.integer == (try folder.head))
    let operation = try #require(
      try folder.ask(.log(LogRequest(limit: 1)))["operations"]?.array?.first)
    for name in [
      "version", "id", "device", "actor", "kind", "occurredAt", "receivedAt", "answer", "record",
    ] { #expect(operation[name] != nil, "\(name)") }
    #expect(operation["answer"]?["outcome"] == "applied")
    #expect(operation["kind"] == "device.invite")
    #expect(operation["actor"]?.string?.hasPrefix("os:") == true)
  }

  @Test("what is not there has a code and an exit status of its own")
  func notFound() throws {
    let folder = try TestFolder()
    #expect(failureCode { _ = try folder.link(creating: false).ask(.status) } == .noStore)
    #expect(Failure(.noStore).status == .notFound)
    try folder.openForTrade()
    #expect(failureCode { _ = try folder.ask(.device(code: "X1")) } == .unknownRecord)
    #expect(failureCode { _ = try folder.ask(.history(key: "nobody")) } == .unknownRecord)
    #expect(failureCode { _ = try folder.ask(.conflict(id: "12345678")) } == .unknownConflict)
    #expect(
      failureCode { _ = try folder.ask(.resolve(id: "12345678", keep: "mine", value: nil, note: nil)) }
        == .unknownConflict)
  }

  @Test("the history of a product is told from its import to its stock")
  func history() throws {
    let folder = try TestFolder()
    try folder.openForTrade()
    let document = try folder.ask(.history(key: "chai"))
    #expect(document["key"] == "CHAI")
    let event = try #require(document["events"]?.array?.first)
    for name in ["at", "who", "device", "text", "code"] { #expect(event[name]?.string != nil, "\(name)") }
  }

  @Test("a sound store verifies, also deeply; a store that was tampered with does not")
  func verify() throws {
    let folder = try TestFolder()
    try folder.openForTrade()
    let document = try folder.ask(.verify(deep: true))
    #expect(document["ok"] == true)
    let checks = try #require(document["checks"]?.array)
    #expect(
      checks.allSatisfy { $0["name"]?.string != nil && $0["ok"] == true && $0["detail"]?.string != nil })
    // A byte of a text in the middle of the file, as a failing disk would change it.
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.folder.storePath)))
    let name = Array("Yerba mate".utf8)
    for start in bytes.indices.dropLast(name.count) where Array(bytes[start..<start + name.count]) == name {
      bytes[start] = UInt8(ascii: "H")
    }
    try Data(bytes).write(to: URL(fileURLWithPath: folder.folder.storePath))
    #expect(try folder.ask(.verify(deep: false))["ok"] == false)
  }
}
