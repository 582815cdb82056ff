public struct ImportCategories: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "import.categories"
  public static let message = "ImportCategories"
  public let rows = ListField<CreateCategory>(1)
  public static func record(of form: Filled<Self>) -> String { "categories" }
}

public struct ImportTranslations: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "import.translations"
  public static let message = "ImportTranslations"
  public let rows = ListField<TranslateProduct>(1)
  public static func record(of form: Filled<Self>) -> String { "translations" }
}

public struct ImportAttributes: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "import.attributes"
  public static let message = "ImportAttributes"
  public let rows = ListField<SetAttribute>(1)
  public static func record(of form: Filled<Self>) -> String { "attributes" }
}

public struct ImportPacks: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "import.packs"
  public static let message = "ImportPacks"
  public let rows = ListField<CreatePack>(1)
  public static func record(of form: Filled<Self>) -> String { "packs" }
}

public struct ImportBarcodes: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "import.barcodes"
  public static let message = "ImportBarcodes"
  public let rows = ListField<LinkBarcode>(1)
  public static func record(of form: Filled<Self>) -> String { "barcodes" }
}

public struct ImportRates: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "import.rates"
  public static let message = "ImportRates"
  public let rows = ListField<SetExchangeRate>(1)
  public static func record(of form: Filled<Self>) -> String { "rates" }
}

public struct ImportTaxes: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "import.taxes"
  public static let message = "ImportTaxes"
  public let rows = ListField<SetTaxRate>(1)
  public static func record(of form: Filled<Self>) -> String { "taxes" }
}
