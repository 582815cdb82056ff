/// Readings that do not depend on one another: what is missing for any of them is asked for at once, so that
/// the host goes to the store once and not once for each.
struct Readings {
  private var missing: [Need] = []

  /// What a reading found; nil when it has to wait for the host, or found nothing.
  mutating func gather<V>(
    _ read: () throws(Interruption) -> V?
  ) throws(Interruption) -> V? {
    do throws(Interruption) {
      return try read()
    } catch {
      guard case .needs(let needs) = error else { throw error }
      missing += needs
      return nil
    }
  }

  /// Throws `.needs` when any reading has to wait.
  func finish() throws(Interruption) {
    if !missing.isEmpty { throw .needs(missing) }
  }
}

extension Trade {
  /// What a guess can do without: nil where a replica cannot see. The centre sees everything.
  func ifVisible<V>(_ read: () throws(Interruption) -> V?) throws(Interruption) -> V? {
    do throws(Interruption) {
      return try read()
    } catch {
      if case .unknown = error, !entry.isFinal { return nil }
      throw error
    }
  }

  /// The place of this decision among all: its log version, and for a guess behind everything decided.
  var place: Int64 { entry.isFinal ? entry.version : .max }
}
