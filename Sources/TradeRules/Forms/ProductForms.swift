/// Makes a category of products, below another one or at the top.
public struct CreateCategory: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "category.create"
  public static let message = "CreateCategory"
  public let code = Field<String>(1)
  /// Nil or empty = at the top.
  public let parent = Field<String?>(2)
  /// Nil = the code.
  public let name = Field<String?>(3)
  public static func record(of form: Filled<Self>) -> String { form.code }
}

/// Renames or moves a category. A new value has its column's number, the value seen that number plus 32.
public struct EditCategory: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "category.set"
  public static let message = "EditCategory"
  public let code = Field<String>(1)
  public let parent = Field<String?>(2)
  public let name = Field<String?>(3)
  public let parentSeen = Field<String?>(34)
  public let nameSeen = Field<String?>(35)
  public static func record(of form: Filled<Self>) -> String { form.code }
}

/// Says a product's name or description in a language. A new value has its column's number, the value seen
/// that number plus 32; an empty one takes the text back.
public struct TranslateProduct: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "product.translate"
  public static let message = "TranslateProduct"
  public let sku = Field<String>(1)
  /// BCP 47.
  public let locale = Field<String>(2)
  public let name = Field<String?>(3)
  public let description = Field<String?>(4)
  public let nameSeen = Field<String?>(35)
  public let descriptionSeen = Field<String?>(36)
  public static func record(of form: Filled<Self>) -> String { form.sku }
}

/// Gives a product something to know of it that has no field of its own: colour, size, material.
public struct SetAttribute: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "product.attribute"
  public static let message = "SetAttribute"
  public let sku = Field<String>(1)
  public let name = Field<String>(2)
  /// Empty takes it back.
  public let value = Field<String>(3)
  public let valueSeen = Field<String?>(35)
  public static func record(of form: Filled<Self>) -> String { form.sku }
}

/// Says what a barcode stands for: a product, or a pack of it.
public struct LinkBarcode: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "barcode.link"
  public static let message = "LinkBarcode"
  /// A GTIN of 8, 12, 13 or 14 digits, or a code of the company's own.
  public let code = Field<String>(1)
  public let sku = Field<String>(2)
  /// Nil or empty = one base unit.
  public let pack = Field<String?>(3)
  public static func record(of form: Filled<Self>) -> String { form.code }
}

/// Frees a barcode: it stands for nothing until it is linked again.
public struct UnlinkBarcode: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "barcode.unlink"
  public static let message = "UnlinkBarcode"
  public let code = Field<String>(1)
  public static func record(of form: Filled<Self>) -> String { form.code }
}

/// Makes a pack of a product. It never changes: a case of another size is another pack (#56).
public struct CreatePack: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "pack.create"
  public static let message = "CreatePack"
  public let sku = Field<String>(1)
  public let code = Field<String>(2)
  /// How many base units are in it.
  public let factor = Field<Quantity>(3)
  /// What it is, UN/ECE Recommendation 20 or 21; nil or empty = the code says it.
  public let unit = Field<String?>(4)
  /// Its own barcode, linked with it.
  public let barcode = Field<String?>(5)
  public static func record(of form: Filled<Self>) -> String { form.sku }
}

/// Takes a pack out of use, or brings it back.
public struct RetirePack: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "pack.retire"
  public static let message = "RetirePack"
  public let sku = Field<String>(1)
  public let code = Field<String>(2)
  public let isRetired = Field<Bool>(3)
  public static func record(of form: Filled<Self>) -> String { form.sku }
}
