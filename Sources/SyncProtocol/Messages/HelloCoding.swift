import TradeRules

extension Hello {
  init(_ wire: WireHello) throws(ProtocolViolation) {
    let check = FieldChecks(of: "hello")
    protocolVersion = wire.protocolVersion
    schemaVersion = wire.schemaVersion
    device = try check.name(wire.device, "device", WireLimits.deviceBytesMax)
    nonce = try check.bytes(wire.nonce, "nonce", 32)
    incarnation = try check.id(wire.incarnation, "incarnation")
    epoch = try check.id(wire.epoch, "epoch")
    checkpointVersion = try check.number(wire.checkpointVersion, "checkpoint_version")
    buckets = try check.buckets(wire.buckets, "buckets")
    holdsEverything = wire.holdsEverything
    let cursor = try check.bytes(wire.loadCursor, "load_cursor", 0...WireLimits.cursorBytesMax)
    loadCursor = cursor.isEmpty ? nil : cursor
    firstUnsent = try check.number(wire.firstUnsent, "first_unsent", 1...Int64.max)
    lastRecorded = try check.number(wire.lastRecorded, "last_recorded", 0...Int64.max - 1)
    chainNumber = try check.number(wire.chainNumber, "chain_number")
    chainHash = try check.bytes(wire.chainHash, "chain_hash", 32)
    clock = try DeviceClock(wire.clock)
    acceptsZstd = wire.acceptsZstd
    appVersion = try check.name(wire.appVersion, "app_version", WireLimits.nameBytesMax)
    knownHead = wire.hasKnownHead ? try LogHead(wire.knownHead) : nil
    signature = try check.bytes(wire.signature, "signature", 64)
    try check.that(
      !holdsEverything || buckets.isEmpty, "no buckets beside holds_everything", found: "\(buckets.count)")
    try check.that(
      firstUnsent <= lastRecorded + 1, "first_unsent at most last_recorded + 1", found: "\(firstUnsent)")
    try check.that(
      chainNumber <= lastRecorded, "chain_number at most last_recorded", found: "\(chainNumber)")
    try check.that(
      chainNumber > 0 || chainHash == Transcript.chainStart, "chain_hash of zeros at chain_number 0",
      found: "another")
  }

  var wire: WireHello {
    .with {
      $0.protocolVersion = protocolVersion
      $0.schemaVersion = schemaVersion
      $0.device = device
      $0.nonce = .of(nonce)
      $0.incarnation = .of(incarnation)
      $0.epoch = .of(epoch)
      $0.checkpointVersion = UInt64(bitPattern: checkpointVersion)
      $0.buckets = buckets.map(\.name)
      $0.holdsEverything = holdsEverything
      $0.loadCursor = .of(loadCursor ?? [])
      $0.firstUnsent = UInt64(bitPattern: firstUnsent)
      $0.lastRecorded = UInt64(bitPattern: lastRecorded)
      $0.chainNumber = UInt64(bitPattern: chainNumber)
      $0.chainHash = .of(chainHash)
      $0.clock = clock.wire
      $0.acceptsZstd = acceptsZstd
      $0.appVersion = appVersion
      if let knownHead { $0.knownHead = knownHead.wire }
      $0.signature = .of(signature)
    }
  }
}

extension DeviceClock {
  init(_ wire: WireDeviceClock) throws(ProtocolViolation) {
    let check = FieldChecks(of: "hello.clock")
    wall = Instant(milliseconds: wire.wall)
    bootID = try check.id(wire.bootID, "boot_id")
    bootTimeMilliseconds = try check.number(wire.bootTime, "boot_time")
  }

  var wire: WireDeviceClock {
    .with {
      $0.wall = wall.milliseconds
      $0.bootID = .of(bootID)
      $0.bootTime = UInt64(bitPattern: bootTimeMilliseconds)
    }
  }
}

extension LogHead {
  init(_ wire: WireLogHead) throws(ProtocolViolation) {
    let check = FieldChecks(of: "hello.known_head")
    epoch = try check.id(wire.epoch, "epoch")
    version = try check.number(wire.version, "version")
    hash = try check.bytes(wire.hash, "hash", 32)
  }

  var wire: WireLogHead {
    .with {
      $0.epoch = .of(epoch)
      $0.version = UInt64(bitPattern: version)
      $0.hash = .of(hash)
    }
  }
}
