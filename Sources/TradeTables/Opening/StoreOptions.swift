/// How much memory and disk a store may use. No choice here changes what it promises.
public struct StoreOptions: Hashable, Sendable {
  /// Page cache of each connection.
  public var cacheBytes: Int
  /// Pages of 4 KiB in the write-ahead log after which a commit also copies them into the file.
  public var autocheckpointPages: Int
  /// What the log's file keeps after a checkpoint.
  public var logBytesKept: Int
  /// How long a statement waits for another connection's lock before it fails with `busy`.
  public var busyTimeoutSeconds: Int
  /// Connections that read beside the one that writes; of pools only.
  public var readersMax: Int

  public init(
    cacheBytes: Int = 8 << 20, autocheckpointPages: Int = 1_000, logBytesKept: Int = 8 << 20,
    busyTimeoutSeconds: Int = 5, readersMax: Int = 4
  ) {
    self.cacheBytes = cacheBytes
    self.autocheckpointPages = autocheckpointPages
    self.logBytesKept = logBytesKept
    self.busyTimeoutSeconds = busyTimeoutSeconds
    self.readersMax = readersMax
  }

  /// A checkpoint of 1,000 pages put pauses of 20 ms into commits of the centre; ten times as many do not. The
  /// cache stays small: the operating system keeps the file in memory anyway.
  public static let centre = StoreOptions(
    autocheckpointPages: 10_000, logBytesKept: 64 << 20)
  public static let replica = StoreOptions()
}
