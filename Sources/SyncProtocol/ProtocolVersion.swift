/// The versions of the conversation itself. The tables are versioned apart (`schema_version`).
public enum ProtocolVersion {
  /// What this program prefers to speak.
  public static let current: UInt32 = 1
  /// What it can speak, ascending.
  public static let supported: [UInt32] = [1]
  /// The WebSocket subprotocol both sides must name.
  public static let subprotocol = "waybill.sync.v1"
  /// Where on the centre the protocol is spoken.
  public static let path = "/sync"

  /// Each version that was ever released, with the fingerprint of its golden frames: FNV-1a, 64 bits, over the
  /// frames in order of their names. A frame of a released version is never changed.
  public static let history: [(version: UInt32, goldenFrames: UInt64)] = [
    (1, 0xBD3C_960B_7B1B_45B7)
  ]

  /// The version that both sides speak best; nil when there is none.
  public static func best(of offered: [UInt32]) -> UInt32? {
    supported.filter(offered.contains).max()
  }
}
