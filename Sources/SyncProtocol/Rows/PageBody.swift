import CZstd

/// Rows that no page has room for.
public struct PageTooLarge: Error, CustomStringConvertible {
  public let bytes: Int

  public var description: String {
    "a page of \(bytes) bytes cannot be sent; \(WireLimits.pageBytesMax) fit a message"
  }
}

/// The rows of a page as they travel: the message `PageRows`, compressed where that helps.
public struct PageBody: Hashable, Sendable {
  public let bytes: [UInt8]
  /// How many bytes `content()` gives; nil = `bytes` are the content.
  public let unpackedSize: Int?

  /// Packs what `PageContent.encode` gave.
  ///
  /// - Parameter compressing: what the receiver said in `Hello.acceptsZstd`. Pages shared by many are packed
  ///   once for those who do.
  /// - Throws: for more than `WireLimits.pageBytesMax` bytes. Whoever filled the page is at fault, and still one
  ///   reader's trouble must not end the process that serves the others.
  public init(_ content: [UInt8], compressing: Bool) throws(PageTooLarge) {
    guard content.count <= WireLimits.pageBytesMax else { throw PageTooLarge(bytes: content.count) }
    guard compressing, content.count >= WireLimits.compressionThresholdBytes,
      let packed = PageBody.compress(content), packed.count < content.count,
      content.count <= packed.count * WireLimits.compressionRatioMax
    else {
      self.init(plain: content)
      return
    }
    self.init(compressed: packed, unpackedSize: content.count)
  }

  init(plain bytes: [UInt8]) {
    self.bytes = bytes
    unpackedSize = nil
  }

  init(compressed bytes: [UInt8], unpackedSize: Int) {
    self.bytes = bytes
    self.unpackedSize = unpackedSize
  }

  /// The message `PageRows`. No more is allocated than was declared, and no more may be declared than the
  /// limits allow.
  public func content() throws(ProtocolViolation) -> [UInt8] {
    guard let unpackedSize else { return bytes }
    guard unpackedSize <= WireLimits.pageBytesMax,
      unpackedSize <= bytes.count * WireLimits.compressionRatioMax
    else {
      throw ProtocolViolation(
        expected: "a page of at most \(WireLimits.pageBytesMax) bytes and \(WireLimits.compressionRatioMax)"
          + " times its compressed size", found: "\(unpackedSize) from \(bytes.count)")
    }
    var written = 0
    let content = [UInt8](unsafeUninitializedCapacity: unpackedSize) { target, count in
      written = ZSTD_decompress(target.baseAddress, unpackedSize, bytes, bytes.count)
      count = ZSTD_isError(written) == 0 ? written : 0
    }
    guard content.count == unpackedSize else {
      throw ProtocolViolation(expected: "\(unpackedSize) bytes of zstd content", found: "other bytes")
    }
    return content
  }

  /// Level 1: the levels above cost more time than they save on the slowest link we measured.
  private static func compress(_ content: [UInt8]) -> [UInt8]? {
    let room = ZSTD_compressBound(content.count)
    let packed = [UInt8](unsafeUninitializedCapacity: room) { target, count in
      let written = ZSTD_compress(target.baseAddress, room, content, content.count, 1)
      count = ZSTD_isError(written) == 0 ? written : 0
    }
    return packed.isEmpty ? nil : packed
  }
}
