import ArgumentParser
import ReplicaStore
import TradeRules

struct CategoryCommands: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "category", abstract: "The tree of categories that products stand in.",
    subcommands: [CategoryList.self, CategoryCreate.self, CategorySet.self])
}

struct CategoryList: Command {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "All categories, as a tree.",
    discussion: "Examples:\n  waybill category list\n  waybill category list --json")
  @OptionGroup var global: GlobalOptions

  func run(at desk: Desk) throws -> ExitStatus {
    try desk.show { view in
      let tree = try view.categoryTree()
      let document: JSONValue = [
        "categories": .array(
          tree.map { category, level in
            [
              "code": .string(category.code), "name": .string(category.name),
              "parent": category.parent.isEmpty ? .null : .string(category.parent),
              "level": .integer(Int64(level)), "rev": .integer(category.row.version),
            ]
          })
      ]
      guard !tree.isEmpty else { return (document, "No categories.") }
      var table = TextTable([.left("CODE"), .left("NAME")])
      for (category, level) in tree {
        table.add(category.code, String(repeating: "  ", count: level) + category.name)
      }
      return (document, table.text)
    }
  }
}

struct CategoryCreate: Command {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Makes a category.",
    discussion: "Examples:\n  waybill category create TEA --name Tea --parent DRINKS")
  @OptionGroup var global: GlobalOptions
  @Argument(help: "1 to 40 visible characters.") var code: String
  @Option(help: "What people call it; by default the code.") var name: String?
  @Option(help: "The category above it.") var parent: String?

  func run(at desk: Desk) throws -> ExitStatus {
    try desk.record { _, _ in
      let form = Filled<CreateCategory> {
        $0.code = code
        $0.name = name
        $0.parent = parent
      }
      return Work(
        drafts: [Draft(form)], sentence: "Made the category \(code).", fields: ["code": .string(code)])
    }
  }
}

struct CategorySet: Command {
  static let configuration = CommandConfiguration(
    commandName: "set", abstract: "Renames or moves a category.",
    discussion: """
      Examples:
        waybill category set TEA parent=HOT-DRINKS
        waybill category set TEA name="Tea and herbs" parent=      to the top

      Fields: name, parent.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument var code: String
  @Argument(help: ArgumentHelp("What to change.", valueName: "FIELD=VALUE")) var fields: [String]

  func run(at desk: Desk) throws -> ExitStatus {
    let edits = try FieldEdits(fields)
    return try desk.record { view, _ in
      guard let category = try view.category(code) else {
        throw ReplicaFault.noRecord(.unknownCategory, key: code)
      }
      var form = Filled<EditCategory> { $0.code = category.code }
      try edits.fill(&form, seeing: category)
      return Work(drafts: [Draft(form)], sentence: "Changed \(edits.names) of \(category.code).")
    }
  }
}
