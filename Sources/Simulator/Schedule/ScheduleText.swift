import SyncSession
import TradeRules

/// A line of a schedule that cannot be read.
struct ScheduleError: Error, CustomStringConvertible {
  let line: String
  var description: String { "a schedule has no line such as: \(line)" }
}

// MARK: Writing

extension Schedule: CustomStringConvertible {
  var description: String {
    let limits = [
      "operations": limits.operationsPerBatchMax, "batch": limits.batchBytesMax,
      "credit": limits.creditBytes, "rows": limits.pageRowsMax, "page": limits.pageBytes,
      "flight": limits.pagesInFlightMax,
    ].mapValues(Int64.init)
    var lines = ["seed \(seed)", "limits " + Schedule.text(limits)]
    if hasDisks { lines.append("disks") }
    lines.append("delay \(delayMin)")
    for seat in seats {
      lines.append(
        "seat \(seat.code) \(seat.role.rawValue) \(seat.agent ?? "-") \(seat.territory ?? "-") "
          + seat.warehouses.joined(separator: ","))
    }
    for (who, delays) in delays.sorted(by: { $0.key < $1.key }) {
      lines.append("delays \(Schedule.word(who)) " + delays.map(String.init).joined(separator: " "))
    }
    lines += items.flatMap(\.lines)
    lines += faults.map { fault in
      let what = "fault \(fault.kind.rawValue) \(Schedule.word(fault.who)) \(fault.ordinal)"
      return fault.parameters.isEmpty ? what : what + " " + Schedule.text(fault.parameters)
    }
    return lines.map { $0 + "\n" }.joined()
  }

  fileprivate static func text(_ parameters: [String: Int64]) -> String {
    parameters.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
  }

  /// Names of copies have blanks.
  fileprivate static func word(_ name: String) -> String { name.split(separator: " ").joined(separator: "_") }
}

extension Schedule.Item {
  var lines: [String] {
    switch self {
    case .wait(let time): ["wait \(time)"]
    case .clock(let code, let error): ["clock \(code) \(error)"]
    case .offline(let code): ["offline \(code)"]
    case .off(let code): ["off \(code)"]
    case .back(let code): ["back \(code)"]
    case .reboot(let code, let error): ["reboot \(code) \(error)"]
    case .retry: ["retry"]
    case .copy(let code): ["copy \(code)"]
    case .backup: ["backup"]
    case .restore(let downtime): ["restore \(downtime)"]
    case .dismiss(let code, let isLost): [(isLost ? "lose " : "retire ") + code]
    case .rot(let code): ["rot \(code)"]
    case .ids(let code, let count): ["ids \(code) \(count)"]
    case .record(let group):
      ["record \(group.device) \(group.deed) " + group.takes.joined(separator: ",")]
        + group.work.map { "+ " + $0.text }
    case .giveUp(let code, let number): ["giveup \(code) \(number)"]
    case .again(let code, let number): ["again \(code) \(number)"]
    case .decide(let work): ["decide " + work.text]
    }
  }
}

extension Schedule.Work {
  fileprivate var text: String {
    let time = statedAt.map { String($0.milliseconds) } ?? "-"
    return "\(kind.rawValue) \(time) \(FormText.write(form))"
  }
}

// MARK: Reading

extension Schedule {
  /// Reads what `description` writes.
  ///
  /// - Throws: `ScheduleError` for the first line that makes no sense.
  init(parsing text: String) throws {
    self.init(seed: 0)
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      var words = Words(line)
      do { try read(&words) } catch { throw ScheduleError(line: String(line)) }
    }
  }

  private mutating func read(_ words: inout Words) throws {
    let what = try words.next()
    switch what {
    case "seed": seed = try words.number()
    case "limits": limits = try SyncLimits(words.parameters())
    case "disks": hasDisks = true
    case "delay": delayMin = try words.number()
    case "seat": seats.append(try words.seat())
    case "delays": delays[try words.name()] = try words.rest().map { try Words.number(of: $0) }
    case "fault":
      guard let kind = Fault.Kind(rawValue: try words.next()) else { throw Words.Unfit() }
      faults.append(
        Fault(
          kind: kind, who: try words.name(), ordinal: try words.number(), parameters: try words.parameters()))
    case "+":
      guard case .record(var group)? = items.popLast() else { throw Words.Unfit() }
      group.work.append(try words.work())
      items.append(.record(group))
    default: items.append(try Item(what, &words))
    }
  }
}

extension Schedule.Item {
  fileprivate init(_ what: String, _ words: inout Words) throws {
    switch what {
    case "wait": self = .wait(try words.number())
    case "clock": self = .clock(try words.next(), try words.number())
    case "offline": self = .offline(try words.next())
    case "off": self = .off(try words.next())
    case "back": self = .back(try words.next())
    case "reboot": self = .reboot(try words.next(), try words.number())
    case "retry": self = .retry
    case "copy": self = .copy(try words.next())
    case "backup": self = .backup
    case "restore": self = .restore(downFor: try words.number())
    case "retire", "lose": self = .dismiss(try words.next(), isLost: what == "lose")
    case "rot": self = .rot(try words.next())
    case "ids": self = .ids(try words.next(), try words.number())
    case "record":
      self = .record(
        Schedule.Group(
          device: try words.next(), deed: try words.next(),
          takes: words.rest().flatMap { $0.split(separator: ",").map(String.init) }))
    case "giveup": self = .giveUp(try words.next(), try words.number())
    case "again": self = .again(try words.next(), try words.number())
    case "decide": self = .decide(try words.work())
    default: throw Words.Unfit()
    }
  }
}

/// The words of a line, one after the other.
private struct Words {
  struct Unfit: Error {}

  private var left: Substring

  init(_ line: Substring) { left = line }

  mutating func next() throws -> String {
    let word = left.prefix { $0 != " " }
    guard !word.isEmpty else { throw Unfit() }
    left = left.dropFirst(word.count + 1)
    return String(word)
  }

  /// A name whose blanks were replaced.
  mutating func name() throws -> String {
    try next().split(separator: "_").joined(separator: " ")
  }

  mutating func number<N: FixedWidthInteger>() throws -> N { try Words.number(of: next()) }

  static func number<N: FixedWidthInteger>(of word: String) throws -> N {
    guard let number = N(word) else { throw Unfit() }
    return number
  }

  mutating func rest() -> [String] {
    defer { left = "" }
    return left.split(separator: " ").map(String.init)
  }

  mutating func parameters() throws -> [String: Int64] {
    var parameters: [String: Int64] = [:]
    for word in rest() {
      let parts = word.split(separator: "=").map(String.init)
      guard parts.count == 2 else { throw Unfit() }
      parameters[parts[0]] = try Words.number(of: parts[1])
    }
    return parameters
  }

  mutating func work() throws -> Schedule.Work {
    let kind = OperationKind(rawValue: try next())
    let time = try next()
    let statedAt = time == "-" ? nil : Instant(milliseconds: try Words.number(of: time))
    defer { left = "" }
    return Schedule.Work(kind: kind, form: try FormText.read(String(left)), statedAt: statedAt)
  }

  mutating func seat() throws -> Swarm.Seat {
    var seat = Swarm.Seat(code: try next(), role: Role(rawValue: try next()))
    let (agent, territory) = (try next(), try next())
    if agent != "-" { seat.agent = agent }
    if territory != "-" { seat.territory = territory }
    seat.warehouses = rest().flatMap { $0.split(separator: ",").map(String.init) }
    return seat
  }
}

extension SyncLimits {
  fileprivate init(_ parameters: [String: Int64]) throws {
    self.init()
    func limit(_ name: String) throws -> Int {
      guard let limit = parameters[name], limit > 0 else { throw Words.Unfit() }
      return Int(limit)
    }
    operationsPerBatchMax = try limit("operations")
    batchBytesMax = try limit("batch")
    creditBytes = try limit("credit")
    pageRowsMax = try limit("rows")
    pageBytes = try limit("page")
    pagesInFlightMax = try limit("flight")
  }
}
