import SyncSession
import TradeRules

/// What a seed came to: who was there, what everybody did and in which order, and every fault that struck.
///
/// A schedule is played without the chance that made it, so that it stays what it is when the simulator
/// comes to draw otherwise. Only what nobody chooses still follows from `seed`, each from a stream of its
/// own: keys, the numbers a program draws, the rows the shop opens with, which rows rot, when checkers look.
///
/// As a text (`init(parsing:)`, `description`) it has one line for each thing, in this order:
///
///     seed 12
///     limits batch=262144 credit=1048576 flight=6 operations=500 page=262144 rows=2000
///     disks                              only when stores lie on simulated disks
///     delay 3                            the shortest way of a message, milliseconds
///     seat A1 agent ANA - W1,W2          a device: role, agent, territory, warehouses
///     delays A1 12 0 45                  how much longer each message on A1's links took, milliseconds
///     wait 1200                          so much time passes, milliseconds
///     record A1 submitNewOrder SO        somebody records one group, taking numbers of these series …
///     + order.create - {"1":"i:…"}       … of such operations: kind, stated time, form (`FormText`)
///     decide device.state - {"1":"t:A1"} an operation at the centre's console
///     offline A1 | off A1 | back A1      its network goes, its power goes, both are there again
///     clock A1 3600000 | reboot A1 0     how much its clock is off, from the beginning, from now on
///     copy P1 | retry | ids A1 2         see `Item`
///     giveup A1 17 | again A1 17         the refused command of operation 17 is given up, or recorded again
///     backup | restore 60000             see `Item`
///     retire A1 | lose A1 | rot P1       see `Item`
///     fault break A1 37                  the 37th time that a link of A1's could break it did
///     fault mishap centre 9 down=500     the 9th time that the centre worked it crashed (`Mishaps.Fate`)
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

  /// What happens at one moment, and what somebody does: everything that the generator does to a world goes
  /// through one of these, or it is not played again.
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
    /// The centre's store is copied; the last copy takes its place, and nobody can connect for so many
    /// milliseconds.
    case backup
    case restore(downFor: Int64)
    /// A device is retired, or reported lost.
    case dismiss(String, isLost: Bool)
    /// In the evening a device's disk changes rows.
    case rot(String)
    /// A device draws ids that come to nothing here.
    case ids(String, Int)
    case record(Group)
    /// A person gives up the refused command that an operation belongs to, or records it again.
    case giveUp(String, Int64)
    case again(String, Int64)
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
      /// An attempt to connect fails; a message is held up; the centre does not hear that a link broke.
      case refusal, stall, halfOpen
      /// A link breaks.
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
