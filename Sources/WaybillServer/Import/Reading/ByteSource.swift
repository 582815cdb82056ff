import Foundation

/// The bytes of a file, or of standard input, in chunks; gzip is unpacked on the way.
///
/// Gzip is told by its first two bytes (RFC 1952, 2.3.1), never by the file's name. Memory stays
/// flat: one chunk of at most `ReadingLimits.chunkBytes`, and one more when unpacking.
final class ByteSource {
  /// The path as given, for messages; `-` is standard input.
  let path: String

  private let descriptor: Int32
  private let onBytes: ([UInt8]) -> Void
  private var unread: [UInt8] = []
  private var gzip: GzipStream?

  /// Opens a file and looks at its first bytes.
  ///
  /// - Parameters:
  ///   - path: A file's path, or `-` for standard input.
  ///   - onBytes: Called, in order and exactly once, with each run of bytes as they stand in the
  ///     file, before unpacking; a hash of them all is the hash of the file once `nextChunk`
  ///     has returned `nil`.
  /// - Throws: `cannotOpen`, `cannotRead`, or `gzipUnavailable`.
  init(path: String, onBytes: @escaping ([UInt8]) -> Void = { _ in }) throws(ByteSourceError) {
    self.path = path
    self.onBytes = onBytes
    self.descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .cannotOpen(path: path, reason: Self.reason(errno)) }
    try detectGzip()
  }

  deinit {
    if path != "-" && descriptor >= 0 { close(descriptor) }
  }

  /// True if the bytes are unpacked on the way.
  var isGzip: Bool { gzip != nil }

  /// The next bytes, never an empty array; `nil` at the end.
  ///
  /// - Throws: `cannotRead`; for gzip also `gzipFailed`, at the latest in place of `nil`, so a file
  ///   that was cut short is never taken for a whole one.
  func nextChunk() throws(ByteSourceError) -> [UInt8]? {
    if let gzip { return try gzip.nextChunk(packed: nextPackedChunk) }
    return try nextPackedChunk()
  }

  private func detectGzip() throws(ByteSourceError) {
    // A pipe may hand over one byte at a time, so one read is not enough to see both.
    while unread.count < 2 {
      guard let bytes = try readFile() else { break }
      unread += bytes
    }
    guard unread.starts(with: [0x1f, 0x8b]) else { return }
    gzip = try GzipStream(path: path)
  }

  private func nextPackedChunk() throws(ByteSourceError) -> [UInt8]? {
    guard unread.isEmpty else {
      defer { unread = [] }
      return unread
    }
    return try readFile()
  }

  private func readFile() throws(ByteSourceError) -> [UInt8]? {
    let bytes = Self.read(descriptor)
    guard let bytes else { throw .cannotRead(path: path, reason: Self.reason(errno)) }
    guard !bytes.isEmpty else { return nil }
    onBytes(bytes)
    return bytes
  }

  /// Reads once, again after a signal; empty at the end, `nil` (with `errno`) when it failed.
  static func read(_ descriptor: Int32) -> [UInt8]? {
    var outcome = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: ReadingLimits.chunkBytes) { buffer, count in
      repeat {
        outcome = Foundation.read(descriptor, buffer.baseAddress, buffer.count)
      } while outcome < 0 && errno == EINTR
      count = max(outcome, 0)
    }
    return outcome < 0 ? nil : bytes
  }

  private static func reason(_ number: Int32) -> String { String(cString: strerror(number)) }
}

/// Why the bytes of a file cannot be had.
enum ByteSourceError: ReadingError {
  /// The file is missing, or this user may not read it.
  case cannotOpen(path: String, reason: String)

  /// Reading began and failed: a directory, a broken disk, a share that went away.
  case cannotRead(path: String, reason: String)

  /// The file is gzip and the program that unpacks it cannot be started.
  case gzipUnavailable(path: String, reason: String)

  /// The program that unpacks gave up: a file cut short, damaged, or with bytes after its end.
  case gzipFailed(path: String, reason: String)

  var code: String {
    switch self {
    case .cannotOpen: "FILE_CANNOT_OPEN"
    case .cannotRead: "FILE_CANNOT_READ"
    case .gzipUnavailable: "GZIP_UNAVAILABLE"
    case .gzipFailed: "GZIP_FAILED"
    }
  }

  var message: String {
    switch self {
    case .cannotOpen(let path, let reason): "Cannot open \(path): \(reason)."
    case .cannotRead(let path, let reason): "Cannot read \(path): \(reason)."
    case .gzipUnavailable(let path, let reason):
      "\(path) is gzip, and the gzip program cannot be started: \(reason)."
    case .gzipFailed(let path, let reason): "\(path) is gzip and cannot be unpacked: \(reason)."
    }
  }

  var hint: String {
    switch self {
    case .cannotOpen: "Check the path and the permissions."
    case .cannotRead: "Check that it is a file, and copy it again."
    case .gzipUnavailable: "Install gzip, or unpack the file first."
    case .gzipFailed: "Copy the file again, or have it exported again."
    }
  }
}
