/// A group of operations being decided: what is decided of it stands while the host loads what the next
/// operation needs, so that nothing is decided twice.
public struct Deliberation {
  private let group: [Operation]
  private let view: WorkingSet
  private let entry: Entry
  private let observations: Observations
  private let mark: WorkingSet.Mark
  private let asked: Int
  private var verdicts: [Verdict] = []
  private var refusal: Refusal?

  /// - Precondition: nobody else changes `view` before the verdicts are there or it was given up.
  public init(
    of group: [Operation], on view: WorkingSet, in entry: Entry, observing observations: Observations
  ) {
    self.group = group
    self.view = view
    self.entry = entry
    self.observations = observations
    mark = view.mark()
    asked = observations.answers.count
  }

  /// Decides the group, or goes on where it stopped.
  ///
  /// On return the working set holds the group's effects, or what it held before when the group was refused.
  ///
  /// - Returns: one verdict an operation, in order.
  /// - Throws: `.needs` for rows to load before going on; `.unknown` and `.waits` as `OperationForm.decide`,
  ///   then the group is given up; never `.refused`.
  public mutating func goOn() throws(Interruption) -> [Verdict] {
    if let refusal { return try refuse(refusal) }
    while verdicts.count < group.count {
      let (mark, asked) = (view.mark(), observations.answers.count)
      do throws(Interruption) {
        let operation = group[verdicts.count]
        let circumstances = try OthersWork.entry(
          for: operation, after: group.prefix(verdicts.count), on: view, in: entry)
        verdicts.append(try Rules.decide(operation, on: view, in: circumstances, observations))
      } catch {
        switch error {
        case .needs:
          view.rollBack(to: mark)
          observations.rewind(to: asked)
          throw error
        case .refused(let refusal):
          if !PlantedBug.isPlanted(.refusedEffectsKept) { view.rollBack(to: self.mark) }
          self.refusal = refusal
          return try refuse(refusal)
        case .unknown, .waits:
          giveUp()
          throw error
        }
      }
    }
    return verdicts
  }

  /// Takes back whatever the group did.
  public func giveUp() {
    view.rollBack(to: mark)
    observations.rewind(to: asked)
  }

  /// One refusal takes the whole group back. What was learned on the way is kept: replay learns the same.
  private func refuse(_ refusal: Refusal) throws(Interruption) -> [Verdict] {
    try RefusedRecords.note(group, on: view, in: entry)
    return group.enumerated().map { position, operation in
      let code = position == verdicts.count ? refusal.code : .groupRejected
      var verdict = Verdict(.rejected, [code], record: Rules.recordName(operation))
      if position == verdicts.count { verdict.detail = refusal.detail }
      return verdict
    }
  }
}
