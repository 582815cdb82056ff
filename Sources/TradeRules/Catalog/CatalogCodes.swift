/// Result codes of the catalog.
extension Code {
  public static let unknownCategory: Code = "UNKNOWN_CATEGORY"
  public static let unknownPack: Code = "UNKNOWN_PACK"
  public static let unknownBarcode: Code = "UNKNOWN_BARCODE"
  public static let unknownPriceList: Code = "UNKNOWN_PRICE_LIST"
  public static let nothingToPublish: Code = "NOTHING_TO_PUBLISH"
  public static let categoryCycle: Code = "CATEGORY_CYCLE"
  public static let packFixed: Code = "PACK_FIXED"
  public static let barcodeConflict: Code = "BARCODE_CONFLICT"
}

extension CodeBook {
  static let catalog: [CodeEntry] = [
    entry(
      .unknownCategory, "No category has this code.",
      "waybill category list shows them; waybill category create makes one.", .notFound, atOnce: true),
    entry(
      .unknownPack, "The product has no such pack.",
      "waybill product show lists its packs.", .notFound, atOnce: true),
    entry(
      .unknownBarcode, "The barcode stands for nothing here.",
      "Link it: waybill barcode link CODE SKU.", .notFound, atOnce: true),
    entry(
      .unknownPriceList, "No price list has this code.",
      "waybill price list shows them; waybill price set makes one.", .notFound, atOnce: true),
    entry(
      .nothingToPublish, "The price list has no drafts.",
      "Draft a price first: waybill price set.", .validation),
    entry(
      .categoryCycle, "The category would be below itself.",
      "Choose another parent: waybill category list shows the tree.", .rejectedByCentre),
    entry(
      .packFixed, "A pack never changes its size.",
      "Make a new pack with a code of its own, and retire the old one.", .validation, atOnce: true),
    entry(
      .barcodeConflict, "The barcode stands for something else already; that holds until somebody decides.",
      "waybill conflict show tells both; headquarters resolves it.", .attention),
  ]
}
