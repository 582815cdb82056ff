extension Sequence {
  /// Runs of neighbours with an equal key, in order: the groups of a row of operations.
  public func grouped<Key: Equatable>(by key: (Element) -> Key) -> [[Element]] {
    var groups: [[Element]] = []
    for element in self {
      if let last = groups.last?.last, key(last) == key(element) {
        groups[groups.count - 1].append(element)
      } else {
        groups.append([element])
      }
    }
    return groups
  }
}
