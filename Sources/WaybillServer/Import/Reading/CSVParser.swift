/// Takes CSV apart byte by byte (RFC 4180, section 2): bytes in, records out, nothing kept but the
/// record at hand.
///
/// More lenient than the RFC where exports are: a record ends with CRLF, LF or CR, mixed as they
/// come; a quote inside an unquoted field is text (`3" pipe`); blank lines are passed over; the last
/// record needs no line end.
struct CSVParser {
  private enum State {
    case fieldStart
    case unquoted
    case quoted
    /// After a quote inside quotes: the first of a pair, or the closing one.
    case quoteInQuoted
  }

  /// Names the bytes of the text when they are not valid.
  var encoding = TextEncoding.utf8

  /// The record at hand, or the one that `parse` has just completed.
  private(set) var position = CSVPosition(line: 1, row: 0)

  /// Set if the record holds text after a closing quote.
  private(set) var fault: RowFault?

  private let delimiter: UInt8
  private let isPlain: [Bool]
  private var state = State.fieldStart
  private var bytes: [UInt8] = []
  private var fieldEnds: [Int] = []
  private var line = 1
  private var openedLine = 1
  private var afterCarriageReturn = false
  private var isBlank = true
  private var isComplete = false

  init(delimiter: CSVDelimiter) {
    self.delimiter = delimiter.rawValue
    let ends = [delimiter.rawValue, CSVByte.lineFeed, CSVByte.carriageReturn, CSVByte.null]
    isPlain = (0...UInt8.max).map { !ends.contains($0) }
  }

  /// Goes on until a record is complete or the bytes are used up.
  ///
  /// - Parameters:
  ///   - chunk: Bytes of the text, in UTF-8, cut anywhere.
  ///   - index: The first byte not yet used; moved on.
  /// - Returns: True if a record is complete: call `fields` for it. False: give the next chunk.
  /// - Throws: `nullByte`, `fieldTooLong`, `tooManyColumns`. The parser MUST NOT be used after.
  mutating func parse(_ chunk: [UInt8], from index: inout Int) throws(CSVError) -> Bool {
    if isComplete { beginRecord() }
    while index < chunk.count {
      switch state {
      case .fieldStart: beginField(with: chunk[index], at: &index)
      case .unquoted: try readUnquoted(chunk, from: &index)
      case .quoted: try readQuoted(chunk, from: &index)
      case .quoteInQuoted: try readAfterQuote(chunk[index], at: &index)
      }
      if isComplete { return true }
    }
    return false
  }

  /// Ends the text.
  ///
  /// - Returns: True if that completed a last record.
  /// - Throws: `quoteNeverClosed`, `tooManyColumns`.
  mutating func finish() throws(CSVError) -> Bool {
    if isComplete { beginRecord() }
    if state == .quoted { throw .quoteNeverClosed(opened: openedLine, at: position) }
    if isBlank { return false }
    try endField()
    isComplete = true
    return true
  }

  /// The fields of the record that has just been completed.
  ///
  /// - Throws: `invalidText`.
  func fields() throws(CSVError) -> [String] {
    var fields: [String] = []
    fields.reserveCapacity(fieldEnds.count)
    var start = 0
    for end in fieldEnds {
      let text = bytes.withUnsafeBufferPointer {
        String(validating: UnsafeBufferPointer(rebasing: $0[start..<end]), as: UTF8.self)
      }
      guard let text else { throw invalidText(bytes[start..<end], column: fields.count + 1) }
      fields.append(text)
      start = end
    }
    return fields
  }

  // MARK: States

  private mutating func beginField(with byte: UInt8, at index: inout Int) {
    if isBlank {
      if byte == CSVByte.lineFeed || byte == CSVByte.carriageReturn {
        countLine(byte)
        index += 1
        return
      }
      position.line = line
      isBlank = false
    }
    afterCarriageReturn = false
    if byte == CSVByte.quote {
      openedLine = line
      state = .quoted
      index += 1
    } else {
      state = .unquoted
    }
  }

  private mutating func readUnquoted(_ chunk: [UInt8], from index: inout Int) throws(CSVError) {
    var end = index
    while end < chunk.count && isPlain[Int(chunk[end])] { end += 1 }
    try append(chunk[index..<end])
    index = end
    if end < chunk.count { try endField(with: chunk[end], at: &index) }
  }

  private mutating func readQuoted(_ chunk: [UInt8], from index: inout Int) throws(CSVError) {
    let start = index
    while index < chunk.count {
      let byte = chunk[index]
      if byte == CSVByte.quote || byte == CSVByte.null { break }
      // Line breaks are text here, and counted so that messages name the right line.
      if byte == CSVByte.lineFeed || byte == CSVByte.carriageReturn {
        countLine(byte)
      } else if afterCarriageReturn {
        afterCarriageReturn = false
      }
      index += 1
    }
    try append(chunk[start..<index])
    guard index < chunk.count else { return }
    guard chunk[index] == CSVByte.quote else { throw .nullByte(column: column, at: position) }
    afterCarriageReturn = false
    state = .quoteInQuoted
    index += 1
  }

  private mutating func readAfterQuote(_ byte: UInt8, at index: inout Int) throws(CSVError) {
    if byte == CSVByte.quote {
      try append([byte])
      state = .quoted
      index += 1
    } else if isPlain[Int(byte)] {
      // Go on as in an unquoted field, the quote being text after all: the row is refused, and the
      // rejects file has every letter of it.
      if fault == nil { fault = .textAfterQuote(column: column) }
      try append([CSVByte.quote])
      state = .unquoted
    } else {
      try endField(with: byte, at: &index)
    }
  }

  // MARK: Steps

  /// Ends the field at a delimiter, and the record too at a line end.
  private mutating func endField(with byte: UInt8, at index: inout Int) throws(CSVError) {
    guard byte != CSVByte.null else { throw .nullByte(column: column, at: position) }
    try endField()
    state = .fieldStart
    index += 1
    guard byte != delimiter else { return }
    countLine(byte)
    isComplete = true
  }

  private mutating func endField() throws(CSVError) {
    guard fieldEnds.count < ReadingLimits.columnsMax else { throw .tooManyColumns(at: position) }
    fieldEnds.append(bytes.count)
  }

  private mutating func beginRecord() {
    isComplete = false
    isBlank = true
    fault = nil
    bytes.removeAll(keepingCapacity: true)
    fieldEnds.removeAll(keepingCapacity: true)
    position.row += 1
    position.line = line
  }

  private mutating func append(_ run: ArraySlice<UInt8>) throws(CSVError) {
    let before = bytes.count - (fieldEnds.last ?? 0)
    guard before + run.count <= ReadingLimits.fieldBytesMax else {
      throw .fieldTooLong(column: column, at: position)
    }
    bytes.append(contentsOf: run)
  }

  /// CRLF is one line end, in two bytes that may come in two chunks.
  private mutating func countLine(_ byte: UInt8) {
    if byte == CSVByte.carriageReturn || !afterCarriageReturn { line += 1 }
    afterCarriageReturn = byte == CSVByte.carriageReturn
  }

  private var column: Int { fieldEnds.count + 1 }

  private func invalidText(_ field: ArraySlice<UInt8>, column: Int) -> CSVError {
    var rest = field.makeIterator()
    var codec = UTF8()
    var valid = ""
    while case .scalarValue(let scalar) = codec.decode(&rest) {
      valid.unicodeScalars.append(scalar)
    }
    let byte = field.dropFirst(valid.utf8.count).first ?? 0
    let after = String(valid.suffix(20))
    return .invalidText(encoding: encoding, byte: byte, after: after, column: column, position)
  }
}
