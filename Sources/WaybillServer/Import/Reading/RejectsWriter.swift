import Foundation
import TradeRules

/// Writes the rows that were refused to a CSV file: the file's own columns and `error`.
///
/// The file can be corrected and imported again. UTF-8, CRLF, the delimiter of the imported file.
/// A row with too few fields is filled up with empty ones, so that `error` stays in its column; one
/// with too many has the surplus after `error`, so that nothing is lost and the row is refused again
/// until it is corrected. If the file has a column `error` already, as a rejects file has, that one
/// is written over.
struct RejectsWriter: ~Copyable {
  /// The rows written so far.
  private(set) var rowsWritten = 0

  private let path: String
  private let handle: FileHandle
  private let delimiter: CSVDelimiter
  private let columnCount: Int
  private let errorIndex: Int
  private var buffer: [UInt8] = []

  /// Makes the file, or empties it, and writes its header.
  ///
  /// - Parameters:
  ///   - path: A file other than the imported one, or `-` for standard output.
  ///   - header: The column names of the imported file.
  ///   - delimiter: Of the imported file.
  /// - Throws: `RejectsError`.
  init(
    path: String, header: [String], delimiter: CSVDelimiter = .comma
  ) throws(RejectsError) {
    self.path = path
    self.delimiter = delimiter
    columnCount = header.count
    errorIndex = header.firstIndex { $0.lowercased() == "error" } ?? header.count
    if path == "-" {
      handle = .standardOutput
    } else {
      let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
      guard descriptor >= 0 else {
        throw RejectsError(path: path, reason: String(cString: strerror(errno)))
      }
      handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }
    let names = errorIndex == header.count ? header + ["error"] : header
    buffer += CSVField.record(names, delimiter: delimiter).utf8
  }

  /// Writes a row and why it was refused.
  ///
  /// - Parameters:
  ///   - raw: The file's fields, as in `MappedRow.raw` or `RowError.raw`.
  ///   - error: One sentence for the person who corrects the row.
  /// - Throws: `RejectsError`.
  mutating func write(raw: [String], error: String) throws(RejectsError) {
    var fields = raw
    if fields.count < columnCount {
      fields += Array(repeating: "", count: columnCount - fields.count)
    }
    if errorIndex < columnCount {
      fields[errorIndex] = error
    } else {
      fields.insert(error, at: errorIndex)
    }
    buffer += CSVField.record(fields, delimiter: delimiter).utf8
    rowsWritten += 1
    if buffer.count >= ReadingLimits.chunkBytes { try flush() }
  }

  /// Writes a row that could not be read.
  mutating func write(_ error: RowError) throws(RejectsError) {
    try write(raw: error.raw, error: "\(error.fault.code): \(error.fault.message)")
  }

  /// Writes what is still in memory. MUST be called at the end; rows may be missing otherwise.
  mutating func flush() throws(RejectsError) {
    do {
      try handle.write(contentsOf: Data(buffer))
    } catch {
      throw RejectsError(path: path, reason: error.localizedDescription)
    }
    buffer.removeAll(keepingCapacity: true)
  }
}

/// The rejects file cannot be written.
struct RejectsError: ReadingError {
  var path: String
  var reason: String

  var code: String { "REJECTS_CANNOT_WRITE" }
  var message: String { "Cannot write the refused rows to \(path): \(reason)." }
  var hint: String { "Check the folder, its permissions and the free space, then import again." }
}
