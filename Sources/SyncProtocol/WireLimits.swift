/// The bounds of every message. What lies beyond them breaks the session, before it costs memory.
///
/// docs/PROTOCOL.md, "Limits", lists them; raising one is a change of the protocol.
public enum WireLimits {
  /// One WebSocket message, bytes. Beyond it the connection is closed with 1009.
  public static let frameBytesMax = 1 << 20
  /// A message of a peer that has not proved who it is, bytes: room for a hello with the longest cursor and
  /// several hundred buckets.
  public static let frameBytesBeforeProofMax = 32 << 10

  /// Rows and keys of one page once unpacked, bytes: a page that does not compress still fits a frame.
  public static let pageBytesMax = frameBytesMax - (20 << 10)
  /// Where a sender starts another page, bytes unpacked: the largest row there can be (`RowLimits`) still fits
  /// behind it.
  public static let pageBytesTarget = 512 << 10
  /// Rows of one table in one page.
  public static let batchRowsMax = 65_536
  /// Smaller pages are not worth compressing, bytes.
  public static let compressionThresholdBytes = 512
  /// Unpacked bytes a compressed byte may stand for (ASVS 5.2.3: no decompression bombs).
  public static let compressionRatioMax = 50

  /// Operations of one push.
  public static let pushOperationsMax = 500
  /// `Push.creditBytes` of one push.
  public static let pushBytesMax = 256 << 10
  /// Texts beside one operation.
  public static let personalNotesMax = 4096

  /// A device's code, bytes.
  public static let deviceBytesMax = 32
  /// A name for people: of a device, a program's version, bytes.
  public static let nameBytesMax = 128
  /// A bucket's name, bytes.
  public static let bucketBytesMax = 96
  /// Buckets named in one message.
  public static let bucketsMax = 4096
  /// A download's cursor, bytes: it may say of each bucket how far it has come.
  public static let cursorBytesMax = 16 << 10
  /// Rows that one `Mend` names: 512 KiB of hashes.
  public static let mendRowsMax = 65_536
  /// Advice to stay away, milliseconds: a day.
  public static let retryAfterMillisecondsMax: Int64 = 86_400_000
  /// Protocol versions a centre may offer.
  public static let versionsMax = 16
  /// The secret of an enrolment code, bytes.
  public static let secretBytes = 15...64
}
