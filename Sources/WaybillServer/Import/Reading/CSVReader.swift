/// One record of a CSV file.
struct CSVRecord: Equatable, Sendable {
  /// The data record, from 1; the header is row 0.
  var row: Int

  /// The line it begins on, from 1.
  var line: Int

  /// As many as the header has.
  var fields: [String]
}

/// The first record: the names of the columns.
struct CSVHeader: Equatable, Sendable {
  /// The names without outer blanks. An empty name is allowed, more than once: spreadsheets leave
  /// such columns behind, and nothing refers to them.
  let names: [String]

  private let indexes: [String: Int]

  /// - Throws: `duplicateHeader`.
  init(_ fields: [String]) throws(CSVError) {
    names = fields.map { String($0.trimmingWhitespace()) }
    var indexes: [String: Int] = [:]
    for (index, name) in names.enumerated() where !name.isEmpty {
      if let other = indexes.updateValue(index, forKey: name.lowercased()) {
        throw .duplicateHeader(name: name, columns: [other + 1, index + 1])
      }
    }
    self.indexes = indexes
  }

  /// The place of a column, from 0; case does not matter.
  func index(of name: String) -> Int? { indexes[name.lowercased()] }
}

/// Reads a CSV file record by record; memory stays flat however long it is.
///
/// Not copyable: two readers of one source would take each other's bytes.
///
///     var reader = try CSVReader(source: ByteSource(path: "products.csv"))
///     while let row = try reader.next() { … }
struct CSVReader: ~Copyable {
  let header: CSVHeader

  /// As given, or as found in the header row.
  var delimiter: CSVDelimiter { stream.delimiter }

  /// As told by the byte order mark.
  var encoding: TextEncoding { stream.encoding }

  private var stream: CSVStream
  private var isAtEnd = false

  /// Reads the header row.
  ///
  /// - Parameters:
  ///   - chunks: Gives the file's bytes, cut anywhere; `nil` at the end, asked once.
  ///   - delimiter: Found in the header row if not given.
  /// - Throws: What `chunks` throws; `CSVError`, for a file without a header `empty`.
  init(chunks: @escaping () throws -> [UInt8]?, delimiter: CSVDelimiter? = nil) throws {
    var stream = try CSVStream(chunks: chunks, delimiter: delimiter)
    guard try stream.advance() else { throw CSVError.empty }
    header = try CSVHeader(stream.parser.fields())
    self.stream = stream
  }

  /// Reads the header row of a file.
  init(source: ByteSource, delimiter: CSVDelimiter? = nil) throws {
    try self.init(chunks: { try source.nextChunk() }, delimiter: delimiter)
  }

  /// The next record, or the next row that is none; `nil` at the end of the file.
  ///
  /// - Returns: A failure for a row with a wrong number of fields or with text after a closing
  ///   quote; the reader goes on after it.
  /// - Throws: What the chunks throw, or `CSVError`: the file is unusable. `nil` from then on.
  mutating func next() throws -> Result<CSVRecord, RowError>? {
    guard !isAtEnd else { return nil }
    // Stays true if the next lines throw: half a record must not be taken up again.
    isAtEnd = true
    guard try stream.advance() else { return nil }
    let fields = try stream.parser.fields()
    isAtEnd = false
    let position = stream.parser.position
    var fault = stream.parser.fault
    if fault == nil && fields.count != header.names.count {
      fault = .fieldCount(expected: header.names.count, found: fields.count)
    }
    if let fault {
      let error = RowError(row: position.row, line: position.line, raw: fields, fault: fault)
      return .failure(error)
    }
    return .success(CSVRecord(row: position.row, line: position.line, fields: fields))
  }
}

/// Joins bytes, encoding, delimiter and parser; no record has a meaning here yet.
private struct CSVStream {
  let delimiter: CSVDelimiter
  private(set) var parser: CSVParser

  private let chunks: () throws -> [UInt8]?
  private var decoder: TextDecoder
  private var text: [UInt8]
  private var index = 0
  private var isLastText: Bool

  var encoding: TextEncoding { decoder.encoding }

  /// Reads as far as it takes to tell encoding and delimiter.
  init(chunks: @escaping () throws -> [UInt8]?, delimiter: CSVDelimiter?) throws {
    var decoder = TextDecoder()
    var text: [UInt8] = []
    var isLastText = false
    var found: CSVDelimiter?
    // A delimiter that is given waits for the first bytes too, as they tell the encoding.
    while !isLastText && (found == nil || text.isEmpty) {
      let chunk = try chunks()
      isLastText = chunk == nil
      text += chunk.map { decoder.decode($0) } ?? decoder.finish()
      found = delimiter ?? CSVDelimiter.detected(in: text, isWhole: isLastText)
    }
    self.delimiter = found ?? .comma
    self.chunks = chunks
    self.decoder = decoder
    self.text = text
    self.isLastText = isLastText
    parser = CSVParser(delimiter: self.delimiter)
    parser.encoding = decoder.encoding
  }

  /// Reads one record; its fields are the parser's. False at the end of the file.
  mutating func advance() throws -> Bool {
    while !(try parser.parse(text, from: &index)) {
      guard !isLastText else { return try parser.finish() }
      let chunk = try chunks()
      isLastText = chunk == nil
      text = chunk.map { decoder.decode($0) } ?? decoder.finish()
      index = 0
    }
    return true
  }
}

extension StringProtocol {
  /// Without white space at both ends, no-break spaces included.
  func trimmingWhitespace() -> SubSequence {
    var text = self[...]
    while let first = text.first, first.isWhitespace { text.removeFirst() }
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return text
  }
}
