@testable import CentralStore
@testable import Simulator

extension Shop {
  /// The centre's store as it is now.
  func copyOfStore() throws -> CentralStore {
    let copy = try CentralStore.inMemory()
    try world.store.database.backup(to: copy.database)
    return try copy.reopened()
  }

  /// What all of it came to, without when and in which entry.
  func business() throws -> [String] {
    try Outcome(self).sentences.filter {
      !$0.hasPrefix("the log ends") && !$0.hasSuffix(" decided") && !$0.hasSuffix(" held")
    }
  }
}
