/// Rows under headings, aligned for people.
public struct TextTable: Sendable {
  public enum Alignment: Sendable { case left, right }

  public struct Column: Sendable {
    let title: String
    let alignment: Alignment

    public static func left(_ title: String) -> Column { Column(title: title, alignment: .left) }
    public static func right(_ title: String) -> Column { Column(title: title, alignment: .right) }
  }

  private let columns: [Column]
  private var rows: [[String]] = []

  public init(_ columns: [Column]) { self.columns = columns }

  /// Adds a row, one cell a column.
  public mutating func add(_ cells: String...) { add(cells) }

  public mutating func add(_ cells: [String]) {
    precondition(cells.count == columns.count, "a row has as many cells as the table has columns")
    rows.append(cells.map(TextTable.harmless))
  }

  /// A cell that can do nothing to a terminal but style itself: texts come from other people.
  private static func harmless(_ cell: String) -> String {
    func isControl(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.generalCategory == .control }
    guard cell.unicodeScalars.contains(where: isControl) else { return cell }
    var kept = String.UnicodeScalarView()
    var rest = cell.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      let isStyle = scalar == "\u{1B}" && Substring(rest).prefixMatch(of: /\[[0-9;]*m/) != nil
      kept.append(isControl(scalar) && !isStyle ? "\u{FFFD}" : scalar)
    }
    return String(kept)
  }

  public var isEmpty: Bool { rows.isEmpty }

  /// The table's lines; two spaces between columns, none at the end of a line. Columns that are empty in
  /// every row are left out; of a table without rows all headings stay.
  public var lines: [String] {
    let shown = columns.indices.filter { column in rows.isEmpty || rows.contains { !$0[column].isEmpty } }
    let all = [columns.map(\.title)] + rows
    let widths = columns.indices.map { column in all.map { TextTable.width(of: $0[column]) }.max() ?? 0 }
    return all.map { cells in
      var line = ""
      for column in shown {
        let padding = String(repeating: " ", count: widths[column] - TextTable.width(of: cells[column]))
        line += columns[column].alignment == .left ? cells[column] + padding : padding + cells[column]
        line += "  "
      }
      while line.last == " " { line.removeLast() }
      return line
    }
  }

  public var text: String { lines.joined(separator: "\n") }

  /// Terminal cells: two for the wide characters of East Asian scripts and for emoji (UAX #11), one for others.
  public static func width(of text: String) -> Int {
    plain(text).reduce(0) { width, character in
      let wide = character.unicodeScalars.contains { scalar in
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF,
          0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
          true
        default: false
        }
      }
      return width + (wide ? 2 : 1)
    }
  }

  /// A text without the styles a terminal takes (`ESC [ … m`).
  private static func plain(_ text: String) -> Substring {
    guard text.contains("\u{1B}") else { return text[...] }
    var plain = ""
    var rest = text[...]
    while let escape = rest.firstIndex(of: "\u{1B}") {
      plain += rest[..<escape]
      rest = rest[escape...].drop { $0 != "m" }.dropFirst()
    }
    return plain[...] + rest
  }
}
