import SyncSession
import TradeRules

/// What a seed came to: who was there, what everybody did and in which order, and every fault that struck.
///
/// A schedule is played without the chance that made it, so that it stays what it is when the simulator comes
/// to draw otherwise. Only what nobody chooses still follows from `seed`, each from a stream of its own: keys,
/// the numbers a program draws, the rows the shop opens with, when checkers look.
///
/// As a text (`init(parsing:)`, `description`) it has one line for each thing, in this order:
///
///     seed 12
///     limits operations=500 batch=262144 credit=1048576 rows=2000 page=262144 flight=6
///     disks                                   only when stores lie on simulated disks
///     delay 3                                 the shortest way of a message, milliseconds
///     seat A1 agent agent=ANA territory=- warehouses=W1
///     delays A1 12 0 45                       what each message on A1's links took longer, milliseconds
///     wait 1200                               items: this much time passes …
///     record A1 submitNewOrder takes=SO       … somebody records one group, taking numbers of a series …
///     + order.create - {"1":"i:…"}            … which has these operations, each with the time it states
///     decide setting.change - {"1":"t:…"}     … or decides something at the centre's console
///     fault break A1 37                       faults: the 37th time that it could happen to A1's links it did
///
/// Lines that are empty or begin with `#` say nothing.
struct Schedule: Equatable {
  var seed: UInt64
  var limits = SyncLimits()
  var hasDisks = false
  /// The shortest way of a message, milliseconds.
  var delayMin: Int64 = 1
  var seats: [Swarm.Seat] = []
  /// What each message on the links of a device took longer, in the order they were sent, milliseconds.
  var delays: [String: [Int64]] = [:]
  var items: [Item] = []
  var faults: [Fault] = []

  /// What happens at one moment, and what somebody does.
  enum Item: Equatable {
    /// So many milliseconds pass.
    case wait(Int64)
    /// A device's clock is off by so many milliseconds from the beginning.
    case clock(String, Int64)
    /// A device loses its network, is switched off, or has both again.
    case offline(String)
    case off(String)
    case back(String)
    /// A device is switched off and on, and its clock is off by so many milliseconds.
    case reboot(String, Int64)
    /// Whoever is suspended starts the sync anew.
    case retry
    /// Somebody copies a device's replica.
    case copy(String)
    /// A device draws ids that come to nothing here.
    case ids(String, Int)
    case record(Group)
    case decide(Work)
  }

  /// What a person records at once on a device.
  struct Group: Equatable {
    let device: String
    /// What the person wanted.
    let deed: String
    /// The series of which numbers were taken.
    var takes: [String] = []
    /// Empty when it came to nothing before it was known.
    var work: [Work] = []
  }

  /// One operation before it is recorded.
  struct Work: Equatable {
    let kind: OperationKind
    let form: Form
    var statedAt: Instant?
  }

  /// Something that went wrong: at a device or the centre, the how-manieth time that it could have.
  struct Fault: Equatable {
    enum Kind: String {
      /// An attempt to connect fails; a message is held up; the centre does not hear that a link broke; a link breaks.
      case refusal, stall, halfOpen
      case breakage = "break"
      /// A batch reaches the centre twice; a program crashes or its storage fails; how a disk looks when the
      /// power is back.
      case repetition, mishap, power
    }
    let kind: Kind
    let who: String
    let ordinal: Int
    /// How exactly, by name.
    var parameters: [String: Int64] = [:]
  }

  /// What may be left out of it: items but for the passing of time, faults, devices whose messages are slow.
  var events: Int {
    let deeds = items.filter { if case .wait = $0 { false } else { true } }
    return deeds.count + faults.count + delays.count
  }
}

extension Schedule {
  static func == (one: Schedule, other: Schedule) -> Bool { one.description == other.description }
}

extension Schedule.Item {
  /// What a person reads of it.
  var story: String { lines[0] }
}
