extension CreateCategory {
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    guard try trade.find(CategoryColumns.self, form.code) == nil else {
      throw .refused(Refusal(.codeTaken, form.code))
    }
    let category = try makeCategory(form, in: trade)
    try Categories.checkParent(of: category, in: trade)
    trade.put(category)
    trade.tell(kind.rawValue, of: category.code, places: trade.catalogPlaces)
    return Verdict(.applied)
  }

  /// The category a form describes; its place in the tree is not looked at.
  static func makeCategory(
    _ form: Filled<Self>, in trade: Trade
  ) throws(Interruption) -> Category {
    try trade.check(Names.isLabel(form.code), "code")
    var category = Category()
    category.code = form.code
    category.parent = form.parent ?? ""
    category.name = form.name.flatMap { $0.isEmpty ? nil : $0 } ?? form.code
    return category
  }
}

extension EditCategory {
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    guard var category = try trade.find(CategoryColumns.self, form.code) else {
      throw .refused(Refusal(.unknownCategory, form.code))
    }
    try trade.check(form.name != "", "name")
    let parent = category.parent
    let result = try FieldMerge.apply(
      form.form, to: &category, called: category.code, places: trade.catalogPlaces, in: trade)
    if category.parent != parent { try Categories.checkParent(of: category, in: trade) }
    trade.put(category)
    return result.verdict()
  }
}

/// The tree of categories.
enum Categories {
  /// A tree deeper than this is a mistake, and would be read through for every move in it.
  static let levelsMax = 20

  /// Refuses a parent that is not there (`UNKNOWN_CATEGORY`), that is below the category itself
  /// (`CATEGORY_CYCLE`, #57), or so deep that nobody would find it (`BAD_VALUE`).
  static func checkParent(of category: Category, in trade: Trade) throws(Interruption) {
    var above = category.parent
    for _ in 0..<levelsMax {
      if above.isEmpty { return }
      if above == category.code { throw .refused(Refusal(.categoryCycle, category.code)) }
      above = try check(above, in: trade).parent
    }
    throw .refused(Refusal(.badValue, "parent: more than \(levelsMax) levels"))
  }

  /// - Throws: `.refused` with `UNKNOWN_CATEGORY`.
  @discardableResult
  static func check(_ code: String, in trade: Trade) throws(Interruption) -> Category {
    guard let category = try trade.find(CategoryColumns.self, code) else {
      throw .refused(Refusal(.unknownCategory, code))
    }
    return category
  }

  /// Makes a category that a file names before it brings it: files come in any order, and so do their rows.
  static func ensure(_ code: String, in trade: Trade) throws(Interruption) {
    if code.isEmpty { return }
    guard try trade.find(CategoryColumns.self, code) == nil else { return }
    try trade.check(Names.isLabel(code), "category")
    var category = Category()
    category.code = code
    category.name = code
    trade.put(category)
  }
}
