/// How large a row may become. Together they keep the largest row of any table within one page: nobody could be
/// sent a larger one, or anything behind it.
public enum RowLimits {
  /// One text of a form, bytes of UTF-8: as much as a field of a CSV file has. A form with a longer one is malformed.
  public static let textBytesMax = 64 << 10
  /// All texts and blobs of one row, bytes, those about persons apart: each of these is bounded as a text of a form,
  /// and a decision that measured them would be another one after they were erased (G28). What would make a row
  /// larger is refused.
  public static let rowBytesMax = 128 << 10
  /// A row's key, bytes: a place in a download names one. The longest that labels make is some 660 bytes.
  public static let keyBytesMax = 1 << 10
}

extension Row {
  /// Bytes of its texts and blobs, those about persons apart.
  var textBytes: Int {
    var bytes = 0
    for value in values {
      switch value {
      case .text(let text): bytes += text.utf8.count
      case .blob(let blob): bytes += blob.count
      case .null, .integer, .id, .personal: continue
      }
    }
    return bytes
  }
}

extension Form {
  /// Bytes of its longest text, in lists too; those about persons count.
  public var longestTextBytes: Int {
    contents.reduce(0) { longest, field in
      switch field.content {
      case .value(.text(let text)): max(longest, text.utf8.count)
      case .value(.personal(let personal)): max(longest, personal.text.utf8.count)
      case .value: longest
      case .list(let forms): forms.reduce(longest) { max($0, $1.longestTextBytes) }
      }
    }
  }
}
