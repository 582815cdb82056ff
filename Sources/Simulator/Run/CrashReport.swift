import Glibc
import Synchronization

/// Says which seed was running when the process dies of a trap, which no code after it could.
enum CrashReport {
  private static let seed = Atomic<UInt64>(0)

  /// From now on a crash is reported as that of this seed, and ends the process with status 127.
  static func announce(seed number: UInt64) {
    let isFirst = seed.exchange(number, ordering: .relaxed) == 0
    guard isFirst else { return }
    for fatal in [SIGILL, SIGTRAP, SIGABRT, SIGSEGV, SIGBUS, SIGFPE] {
      signal(fatal) { _ in
        CrashReport.write()
        _exit(Finding.Kind.crash.rawValue)
      }
    }
  }

  /// Only what a signal handler may do: no memory is asked for.
  private static func write() {
    var number = seed.load(ordering: .relaxed)
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
      var first = digits.count
      repeat {
        first -= 1
        digits[first] = UInt8(ascii: "0") + UInt8(number % 10)
        number /= 10
      } while number > 0
      write("FAIL kind=127 checker=\"crash\" seed=")
      _ = Glibc.write(STDOUT_FILENO, digits.baseAddress?.advanced(by: first), digits.count - first)
      write("\n")
    }
  }

  private static func write(_ text: StaticString) {
    _ = Glibc.write(STDOUT_FILENO, text.utf8Start, text.utf8CodeUnitCount)
  }
}
