/// An error that makes a file unusable: it says what was expected, what was found and where, and
/// what a person can do about it.
///
/// A fault of one row is never thrown; it is a `RowError`, and reading goes on.
protocol ReadingError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Capital words for scripts, such as `CSV_QUOTE_OPEN`; never changed once released.
  var code: String { get }

  /// One sentence: expected, found, and where.
  var message: String { get }

  /// One sentence: what to do.
  var hint: String { get }
}

extension ReadingError {
  var description: String { "\(message) \(hint)" }
}

/// Every number that bounds what the import reads.
enum ReadingLimits {
  /// Bytes asked of a file at once. A pipe holds 64 KiB on Linux, so more would rarely come.
  static let chunkBytes = 64 * 1024

  /// Bytes of one field after decoding, quotes taken off. Beyond it the file is refused: a longer
  /// text is nearly always a quote that was never closed, and would be read to the file's end.
  static let fieldBytesMax = 64 * 1024

  /// Fields of one record. Beyond it the file is refused. With `fieldBytesMax` this bounds the
  /// memory of a record to 16 MiB.
  static let columnsMax = 256

  /// Bytes of the first record that are looked at to tell the delimiter.
  static let delimiterSampleBytesMax = 64 * 1024
}
