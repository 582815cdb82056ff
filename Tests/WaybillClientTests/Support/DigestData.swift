import Foundation
import TradeTables

extension BucketDigest {
  /// As the replica keeps it.
  var data: Data { Data(bytes) }
}
