import CentralStore
import ReplicaStore
import TradeRules

/// A replica joined to the shop's centre without a network: what one says, the other hears.
final class Pairing {
  let host: ReplicaHost
  let store: ReplicaStore
  private let shop: Shop
  let link: UInt64
  /// Frames of the replica the centre has not been given yet, and the other way round.
  var toCentre: [[UInt8]] = []
  var toReplica: [[UInt8]] = []
  private(set) var bytesDown = 0
  private(set) var bytesUp = 0

  init(_ shop: Shop, link: UInt64, store: ReplicaStore) {
    self.shop = shop
    self.link = link
    self.store = store
    host = ReplicaHost(store: store, appVersion: "bench") { shop.randomBytes($0) }
  }

  var clock: ClockReading { ClockReading(wall: shop.now) }

  /// Takes from orders of the centre what is for this replica.
  func hear(_ orders: [CentralHost.Order]) {
    for case .send(let bytes, let links) in orders where links.contains(link) {
      toReplica.append(bytes)
      bytesDown += bytes.count
    }
  }

  func connect() throws {
    hear(shop.centre.handle([.connected(link)], at: shop.tick()))
    obey(try host.handle([.connected], at: clock))
  }

  /// Gives the replica everything that waits for it.
  func listen() throws {
    let frames = toReplica
    toReplica = []
    obey(try host.handle(frames.map(ReplicaHost.Event.received), at: clock))
  }

  func obey(_ orders: [ReplicaHost.Order]) {
    for case .send(let bytes) in orders {
      toCentre.append(bytes)
      bytesUp += bytes.count
    }
  }

  /// Lets both talk until neither has anything to say.
  func converse() throws { while !toReplica.isEmpty || !toCentre.isEmpty { try exchangeOnce() } }

  func exchangeOnce() throws {
    try listen()
    let frames = toCentre
    toCentre = []
    hear(shop.centre.handle(frames.map { .received(link, $0) }, at: shop.tick()))
  }

  /// Does something as the person at the device.
  func record(_ drafts: [Draft]) throws {
    let random = shop.randomBytes
    let clock = ClockReading(wall: shop.tick())
    _ = try store.record(actor: "user", clock: clock, random: random) { _ in drafts }
  }

  func disconnect() throws {
    _ = shop.centre.handle([.disconnected(link)], at: shop.tick())
    obey(try host.handle([.disconnected], at: clock))
    toCentre = []
    toReplica = []
  }
}
