/// Work that somebody else recorded and a group does over: brought in from a file, or set aside and released.
enum OthersWork {
  /// The circumstances of an operation, with what leads its group considered: nobody's work may do more than who
  /// recorded it might.
  ///
  /// What follows `work.bring` has to be allowed to the role of the device it comes from as well; of a device
  /// that the centre does not know any more no role is known, and who brings it in is asked alone. What follows
  /// `work.release` is decided as that device's, wherever it is: its role says what it may do, and an
  /// administrator vouches for the place.
  ///
  /// - Throws: `.refused` with `NOT_PERMITTED`.
  static func entry(
    for operation: Operation, after earlier: some Sequence<Operation>, on view: WorkingSet, in entry: Entry
  ) throws(Interruption) -> Entry {
    // What is set aside is not judged.
    guard !entry.isFinal || entry.device.quarantine == nil else { return entry }
    var entry = entry
    for leader in earlier {
      switch leader.kind {
      case BringWork.kind:
        guard let author = try device(Filled<BringWork>(leader.form).device, on: view, in: entry) else {
          continue
        }
        try Permissions.check(author.role, operation.kind)
      case ReleaseWork.kind where entry.device.role == .centre:
        guard let author = try device(Filled<ReleaseWork>(leader.form).device, on: view, in: entry) else {
          continue
        }
        entry.device = author
        entry.device.state = .active
        entry.isReleased = true
      default: break
      }
    }
    return entry
  }

  /// The device of that code; nil when there is none, or where a replica does not see it.
  private static func device(
    _ code: String, on view: WorkingSet, in entry: Entry
  ) throws(Interruption) -> Device? {
    do throws(Interruption) {
      return try view.row(DeviceColumns.number, [code]).map { Device($0) }
    } catch {
      if case .unknown = error, !entry.isFinal { return nil }
      throw error
    }
  }
}
