import TradeRules

/// How badly the network behaves.
struct NetworkFaults {
  /// Shortest and average extra delay of a message, milliseconds.
  var delayMin: Int64
  var delayMean: Int64
  /// Of 1,000 messages how many break their link after they arrive, and how many attempts to connect fail.
  var breaksPerMille: Int
  var refusalsPerMille: Int
  /// Of 1,000 messages how many are held up for up to half a minute, with all that follow them.
  var stallsPerMille = 0
  /// Of 1,000 broken links how many the centre does not hear of for up to a minute.
  var halfOpenPerMille = 0

  static let none = NetworkFaults(delayMin: 1, delayMean: 0, breaksPerMille: 0, refusalsPerMille: 0)
}

/// Links between the devices and the centre: messages arrive whole and in order, late or never.
struct Network {
  enum End {
    case centre
    case device(String)
  }

  struct Delivery {
    let link: UInt64
    let end: End
    let bytes: [UInt8]
    /// The other side closed.
    let closes: Bool
  }

  /// What may become of a message on its way.
  enum Fate {
    case arrives
    /// It is lost and nobody notices: the link takes no more in this direction, or took one less.
    case vanishes
    /// It is lost, and its link with it.
    case breaksLink
  }

  private struct Flight {
    var at: Instant
    let order: UInt64
    let delivery: Delivery
  }

  var faults: NetworkFaults
  private var random: Random
  private let fates: Fates
  private var flights: [Flight] = []
  private var links: [UInt64: String] = [:]
  /// Also those of links that are gone: the centre may not know it yet and go on talking.
  private var owners: [UInt64: String] = [:]
  /// The last arrival on each direction of a link: what is sent later arrives later.
  private var lastArrival: [UInt64: (centre: Instant, device: Instant)] = [:]
  private var nextLink: UInt64 = 1
  private var nextOrder: UInt64 = 0
  /// Messages carried and held up, links broken by chance and left half open, attempts to connect refused.
  private(set) var carried = 0
  private(set) var stalled = 0
  private(set) var broken = 0
  private(set) var halfOpened = 0
  private(set) var refused = 0
  /// Told of each message and each close at the moment when it is handed over, also to a link that is gone.
  var onSend: ((Delivery, Instant) -> Void)?

  init(seed: UInt64, faults: NetworkFaults, fates: Fates) {
    self.faults = faults
    self.fates = fates
    random = Random(seed: seed, "network")
  }

  var nextDelivery: Instant? { flights.map(\.at).min() }

  /// A new link; nil when the attempt fails.
  mutating func open(device: String, at now: Instant) -> UInt64? {
    if fates.ask(.refusal, of: device, { random.chance(faults.refusalsPerMille) ? [:] : nil }) != nil {
      refused += 1
      return nil
    }
    defer { nextLink += 1 }
    links[nextLink] = device
    owners[nextLink] = device
    lastArrival[nextLink] = (now, now)
    return nextLink
  }

  func isOpen(_ link: UInt64) -> Bool { links[link] != nil }
  func device(of link: UInt64) -> String { owners[link] ?? "" }

  mutating func close(_ link: UInt64) {
    links[link] = nil
    lastArrival[link] = nil
    flights.removeAll { $0.delivery.link == link }
  }

  mutating func send(_ bytes: [UInt8], on link: UInt64, to end: End, at now: Instant) {
    let who = device(of: link)
    let extra = fates.delay(of: who) {
      faults.delayMean > 0 ? Int64(random.next() % UInt64(faults.delayMean * 2)) : nil
    }
    let stall = fates.ask(.stall, of: who) {
      random.chance(faults.stallsPerMille) ? ["for": Int64(random.next() % 30_000)] : nil
    }
    if stall != nil { stalled += 1 }
    carry(
      Delivery(link: link, end: end, bytes: bytes, closes: false),
      after: faults.delayMin + extra + (stall?["for"] ?? 0), at: now)
  }

  mutating func sendClose(on link: UInt64, to end: End, at now: Instant) {
    sendClose(on: link, to: end, at: now, after: faults.delayMin)
  }

  private mutating func sendClose(on link: UInt64, to end: End, at now: Instant, after delay: Int64) {
    carry(Delivery(link: link, end: end, bytes: [], closes: true), after: delay, at: now)
  }

  /// The device lost the link and the centre hears of it only later: what is under way to the centre comes late.
  mutating func strand(_ link: UInt64, at now: Instant, for silence: Int64) {
    guard var last = lastArrival[link] else { return }
    let late = now.advanced(byMilliseconds: silence / 2)
    for place in flights.indices {
      guard flights[place].delivery.link == link, case .centre = flights[place].delivery.end else { continue }
      flights[place].at = max(flights[place].at, late)
      last.centre = max(last.centre, late)
    }
    lastArrival[link] = last
    sendClose(on: link, to: .centre, at: now, after: silence)
  }

  /// Lets what arrived arrive again later, behind what is on its way then.
  mutating func repeatDelivery(_ delivery: Delivery, after delay: Int64, at now: Instant) {
    carry(delivery, after: delay, at: now)
  }

  private mutating func carry(_ delivery: Delivery, after delay: Int64, at now: Instant) {
    onSend?(delivery, now)
    guard isOpen(delivery.link), var last = lastArrival[delivery.link] else { return }
    var at = now.advanced(byMilliseconds: delay)
    switch delivery.end {
    case .centre:
      at = max(at, last.centre)
      last.centre = at
    case .device:
      at = max(at, last.device)
      last.device = at
    }
    lastArrival[delivery.link] = last
    flights.append(Flight(at: at, order: nextOrder, delivery: delivery))
    nextOrder += 1
    carried += 1
  }

  /// What arrives at or before `now`, in order of arrival.
  mutating func due(at now: Instant) -> [Delivery] {
    let arrived = flights.filter { $0.at <= now }.sorted { ($0.at, $0.order) < ($1.at, $1.order) }
    flights.removeAll { $0.at <= now }
    return arrived.map(\.delivery)
  }

  /// Whether chance breaks the link now.
  mutating func breaks(_ link: UInt64) -> Bool {
    guard isOpen(link) else { return false }
    let breakage = fates.ask(.breakage, of: device(of: link)) {
      random.chance(faults.breaksPerMille) ? [:] : nil
    }
    guard breakage != nil else { return false }
    broken += 1
    return true
  }

  /// How long the centre does not hear of a link that the device lost, milliseconds; nil when it hears at
  /// once.
  mutating func halfOpenTime(of device: String) -> Int64? {
    let silence = fates.ask(.halfOpen, of: device) {
      random.chance(faults.halfOpenPerMille) ? ["for": Int64(random.next() % 60_000)] : nil
    }
    guard let silence else { return nil }
    halfOpened += 1
    return silence["for"] ?? 0
  }
}
