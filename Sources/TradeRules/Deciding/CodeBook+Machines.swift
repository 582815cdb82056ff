extension CodeBook {
  /// What programs say of sync, identity and machines.
  static let machines: [CodeEntry] = [
    entry(
      .usage, "The command is not written as it should be.",
      "--help shows examples.", .usage, atOnce: true),
    entry(
      .notEnrolled, "There is no replica here.",
      "Enrol first: waybill enroll URL --code CODE.", .notFound, atOnce: true),
    entry(
      .alreadyEnrolled, "There is a replica here already.",
      "Use another file: --replica FILE.", .validation, atOnce: true),
    entry(
      .codeInvalid, "The enrolment code is wrong, used up or expired.",
      "Ask an administrator for a new one: waybill-server invite.", .notPermitted, atOnce: true),
    entry(
      .noLink, "The centre cannot be reached.",
      "The work is safe on this device; try again with a link.", .needsLink, retryable: true),
    entry(
      .centreUntrusted, "The centre is not the one this replica was enrolled with.",
      "Check the address; tell an administrator.", .notPermitted),
    entry(
      .notAuthorised, "The centre does not know this device.",
      "Ask an administrator. If it was restored: waybill outbox export, enrol anew, waybill outbox import.",
      .notPermitted),
    entry(
      .scopeChanged, "An administrator changed what this device may see.",
      "It connects again by itself and takes what is new.", .needsLink, retryable: true),
    entry(
      .deviceSuspended, "An administrator suspended this device.",
      "Its work stays on it; ask an administrator to resume it, then: waybill sync.", .notPermitted),
    entry(
      .deviceRetired, "An administrator retired this device; its work is set aside at the centre.",
      "Enrol a new replica: waybill enroll URL --code CODE --replica FILE.", .notPermitted),
    entry(
      .deviceLost, "The device was reported lost; its work is set aside at the centre.",
      "An administrator decides what of it is done again.", .notPermitted),
    entry(
      .deviceWiped, "The replica was wiped: an administrator reported the device lost.",
      "Enrol a new replica: waybill enroll URL --code CODE --replica FILE.", .notPermitted, atOnce: true),
    entry(
      .notSetAside, "The operation is not set aside, or was released before.",
      "waybill-server quarantine list shows what is.", .validation),
    entry(
      .workReleased, "An administrator had work done over that was set aside.",
      "", .done),
    entry(
      .wrongDeviceState, "The device's present state does not allow this.",
      "waybill-server device show tells its state.", .validation),
    entry(
      .replicaBusy, "Another program is using the replica.",
      "Wait for it, or stop it.", .replicaBusy, retryable: true, atOnce: true),
    entry(
      .replicaForked, "Two copies of this replica exist; this one is the later branch.",
      "Export its work (waybill outbox export) and enrol anew.", .rejectedByCentre),
    entry(
      .replicaCorrupt, "The replica's file is damaged.",
      "waybill sync mends it; without a link, waybill repair.", .unexpected),
    entry(
      .replicaLost, "The replica's file is too damaged to be made anew.",
      "Keep the file, and enrol a new device with another one: --replica FILE.", .unexpected),
    entry(
      .operationUnreadable, "An operation recorded here can no longer be read.",
      "Record it again.", .attention),
    entry(
      .replaced, "The same device connected again; the newer connection won.",
      "", .replicaBusy, retryable: true),
    entry(
      .protocolViolation, "The other side broke the protocol.",
      "Both sides should run a current version.", .unexpected),
    entry(
      .upgradeRequired, "The two sides speak different versions of the protocol.",
      "Upgrade the older one; unsent work is kept.", .rejectedByCentre),
    entry(
      .digestMismatch, "Rows differed from the centre's and were fetched again.",
      "", .attention, retryable: true),
    entry(
      .behindHorizon, "The device was away for longer than the centre remembers; buckets came whole.",
      "", .attention, retryable: true),
    entry(
      .slowReader, "The connection could not take what was sent and was closed.",
      "It continues from its checkpoint.", .needsLink, retryable: true),
    entry(
      .noStore, "There is no centre's store in this folder.",
      "Name the folder: --data DIR; waybill-server serve makes a new one.", .notFound, atOnce: true),
    entry(
      .storeBusy, "Another program holds the centre's store.",
      "Stop it, or use the command while it serves.", .replicaBusy, retryable: true),
    entry(
      .storeCorrupt, "The centre's store is damaged.",
      "waybill-server verify says where; restore a backup.", .unexpected),
    entry(
      .historyDiffers, "The centre's log is not the one this device has seen.",
      "An older file may have been put in the centre's place: backup create, then restore it.", .needsLink,
      retryable: true),
    entry(
      .unknownBackup, "There is no such backup.",
      "waybill-server backup list shows them.", .notFound, atOnce: true),
    entry(
      .backupUnusable, "This is no sound backup of this centre; nothing was changed.",
      "Choose another: waybill-server backup list.", .validation, atOnce: true),
    entry(
      .diskFull, "The disk is full; nothing was recorded.",
      "Free some space and try again.", .unexpected, retryable: true),
    entry(
      .ioFailed, "The disk did not do what it was asked.",
      "Check the disk; nothing acknowledged was lost.", .unexpected, retryable: true),
    entry(
      .clockJumped, "The centre's clock jumped; nothing is decided until somebody confirms it.",
      "Set the clock, or restart the server with --confirm-clock.", .unexpected, retryable: true),
    entry(
      .cannotListen, "The server cannot listen where it was told to.",
      "Stop the program that has the port, or choose another: --listen HOST:PORT.", .unexpected,
      retryable: true),
    entry(
      .fileUnusable, "The file cannot be read as what it should be.",
      "The message says where and why.", .validation),
    entry(
      .rowsRejected, "Some rows were rejected.",
      "--rejects FILE writes them with the reason.", .partial),
    entry(
      .tooManyRejects, "More rows were rejected than allowed; nothing was imported.",
      "Mend the file or raise --max-rejects.", .validation),
    entry(
      .verifyFailed, "A check failed.",
      "The checks say which and where.", .unexpected),
    entry(
      .readOnlySql, "Only a single SELECT can be run.",
      "Write SELECT …", .usage, atOnce: true),
    entry(
      .interrupted, "The command was interrupted.",
      "Run it again to resume.", .interrupted, retryable: true),
    entry(
      .unexpected, "Something unexpected happened.",
      "Report it with the message.", .unexpected),
  ]
}
