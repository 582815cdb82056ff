/// What makes two texts about persons the same in spite of how they are written: `+49 30 12-34` and
/// `+493012 34`. An index over such a text holds these keys; schema/indexes.sql has the same expression.
public enum MatchKey {
  /// The characters that do not count.
  public static let ignored = " -()/."

  /// The text without them, ASCII letters in capitals.
  public static func of(_ text: String) -> String {
    var key = String.UnicodeScalarView()
    for scalar in text.unicodeScalars where !ignored.unicodeScalars.contains(scalar) {
      let isSmall = ("a"..."z").contains(scalar)
      key.append(isSmall ? Unicode.Scalar(UInt8(scalar.value) - 32) : scalar)
    }
    return String(key)
  }
}

extension Value {
  /// What an index holds of a cell.
  var indexed: Value {
    if case .personal(let personal) = self { .text(MatchKey.of(personal.text)) } else { self }
  }
}
