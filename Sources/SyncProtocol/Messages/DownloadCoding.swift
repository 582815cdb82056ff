import TradeRules

extension Page {
  init(_ wire: WirePage) throws(ProtocolViolation) {
    let check = FieldChecks(of: "page")
    bucket = Bucket(try check.name(wire.bucket, "bucket", WireLimits.bucketBytesMax))
    cursor = try check.bytes(wire.cursor, "cursor", 0...WireLimits.cursorBytesMax)
    isSnapshot = wire.isSnapshot
    isLast = wire.isLast
    guard !wire.rowsZstd.isEmpty else {
      try check.that(wire.rowsSize == 0, "no rows_size without rows_zstd", found: "\(wire.rowsSize)")
      body = PageBody(plain: try check.bytes(wire.rows, "rows", 0...WireLimits.pageBytesMax))
      return
    }
    try check.that(wire.rows.isEmpty, "rows or rows_zstd", found: "both")
    body = PageBody(
      compressed: try check.bytes(wire.rowsZstd, "rows_zstd", 1...WireLimits.pageBytesMax),
      unpackedSize: try check.size(wire.rowsSize, "rows_size", 1...WireLimits.pageBytesMax))
  }

  var wire: WirePage {
    .with {
      $0.bucket = bucket.name
      $0.cursor = .of(cursor)
      $0.isSnapshot = isSnapshot
      $0.isLast = isLast
      if let size = body.unpackedSize {
        $0.rowsZstd = .of(body.bytes)
        $0.rowsSize = UInt32(size)
      } else {
        $0.rows = .of(body.bytes)
      }
    }
  }
}

extension Checkpoint {
  init(_ wire: WireCheckpoint) throws(ProtocolViolation) {
    let check = FieldChecks(of: "checkpoint")
    version = try check.number(wire.version, "version")
    appliedThrough = try check.number(wire.appliedThrough, "applied_through")
    _ = try check.count(wire.digests.count, "digests", 0...WireLimits.bucketsMax)
    digests = []
    digests.reserveCapacity(wire.digests.count)
    for digest in wire.digests {
      let bucket = Bucket(try check.name(digest.bucket, "digests.bucket", WireLimits.bucketBytesMax))
      try check.that(digests.last.map { $0.bucket < bucket } ?? true, "digests ascending", found: "not so")
      digests.append(Digest(bucket: bucket, bytes: try check.bytes(digest.digest, "digests.digest", 16)))
    }
    centreTime = Instant(milliseconds: wire.centreTime)
    headHash = try check.bytes(wire.headHash, "head_hash", 32)
  }

  var wire: WireCheckpoint {
    .with {
      $0.version = UInt64(bitPattern: version)
      $0.appliedThrough = UInt64(bitPattern: appliedThrough)
      $0.digests = digests.map { digest in
        .with {
          $0.bucket = digest.bucket.name
          $0.digest = .of(digest.bytes)
        }
      }
      $0.centreTime = centreTime.milliseconds
      $0.headHash = .of(headHash)
    }
  }
}

extension Stored {
  init(_ wire: WireStored) throws(ProtocolViolation) {
    let check = FieldChecks(of: "stored")
    pages = try check.number(wire.pages, "pages")
    checkpointVersion = try check.number(wire.checkpointVersion, "checkpoint_version")
    incarnation = wire.incarnation.isEmpty ? nil : try check.id(wire.incarnation, "incarnation")
  }

  var wire: WireStored {
    .with {
      $0.pages = UInt64(bitPattern: pages)
      $0.checkpointVersion = UInt64(bitPattern: checkpointVersion)
      if let incarnation { $0.incarnation = .of(incarnation) }
    }
  }
}

extension Fetch {
  init(_ wire: WireFetch) throws(ProtocolViolation) {
    buckets = try FieldChecks(of: "fetch").buckets(wire.buckets, "buckets", 1...WireLimits.bucketsMax)
  }

  var wire: WireFetch { .with { $0.buckets = buckets.map(\.name) } }
}
