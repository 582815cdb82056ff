enum OrderConflicts {
  static func resolved(_ conflict: Conflict, in trade: Trade) throws(Interruption) {}
}
