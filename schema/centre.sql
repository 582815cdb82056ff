-- What only the centre keeps. A released file is never edited: later changes are later files.

-- The histories this store has had: the first since it was founded, another since each restore of a backup.
CREATE TABLE epoch (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  -- The first entry that belongs to it alone; those before are shared with the history it goes on from.
  first_version INTEGER NOT NULL UNIQUE CHECK (first_version > 0)
) STRICT, WITHOUT ROWID;

-- One decided (or held) group of operations an entry; append-only, each entry's hash covers the one before.
CREATE TABLE log_entry (
  version INTEGER NOT NULL PRIMARY KEY CHECK (version > 0),
  kind TEXT NOT NULL CHECK (kind IN ('decided', 'held')),
  device TEXT NOT NULL,
  first_number INTEGER NOT NULL CHECK (first_number > 0),
  last_number INTEGER NOT NULL CHECK (last_number >= first_number),
  received_at INTEGER NOT NULL,
  rules_version INTEGER NOT NULL,
  -- Outcomes and codes of the operations, in order.
  verdicts BLOB NOT NULL,
  -- What was learned from personal texts, a byte a question.
  observed BLOB NOT NULL,
  effects_hash BLOB NOT NULL CHECK (length(effects_hash) = 32),
  hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

CREATE INDEX log_entry_received ON log_entry (received_at);

-- Every operation ever received, byte for byte as its device made it.
CREATE TABLE log_operation (
  device TEXT NOT NULL,
  number INTEGER NOT NULL CHECK (number > 0),
  -- The entry that decided it, or held it.
  version INTEGER NOT NULL REFERENCES log_entry (version) DEFERRABLE INITIALLY DEFERRED,
  bytes BLOB NOT NULL,
  -- The device's chain after this operation.
  chain_hash BLOB NOT NULL CHECK (length(chain_hash) = 32),
  PRIMARY KEY (device, number)
) STRICT, WITHOUT ROWID;

-- Work of one device that another brought in, by its last operation and the chain after it: it counts once, also
-- when its device comes back and sends it.
CREATE TABLE brought (
  device TEXT NOT NULL,
  number INTEGER NOT NULL,
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  -- The entry that brought it.
  version INTEGER NOT NULL,
  PRIMARY KEY (device, number, hash)
) STRICT, WITHOUT ROWID;

-- The texts about persons that operations carried. Erasing one leaves its commitment.
CREATE TABLE personal (
  device TEXT NOT NULL,
  number INTEGER NOT NULL,
  ordinal INTEGER NOT NULL CHECK (ordinal >= 0),
  commitment BLOB NOT NULL CHECK (length(commitment) = 32),
  salt BLOB,
  text TEXT,
  PRIMARY KEY (device, number, ordinal),
  FOREIGN KEY (device, number) REFERENCES log_operation (device, number) DEFERRABLE INITIALLY DEFERRED
) STRICT, WITHOUT ROWID;

-- Which rows are in which bucket, and since which version. Tables whose rows are all in one bucket are not
-- listed: their own version index serves.
CREATE TABLE member (
  bucket TEXT NOT NULL,
  table_no INTEGER NOT NULL,
  key BLOB NOT NULL,
  version INTEGER NOT NULL,
  -- 1: the row left the bucket at that version.
  has_left INTEGER NOT NULL CHECK (has_left IN (0, 1)),
  PRIMARY KEY (bucket, table_no, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX member_version ON member (bucket, version, table_no, key);
CREATE INDEX member_left ON member (version) WHERE has_left = 1;

-- Each bucket's last change and digest; '*' is the bucket of all rows, for those who hold everything.
CREATE TABLE bucket (
  name TEXT NOT NULL PRIMARY KEY,
  version INTEGER NOT NULL,
  digest BLOB NOT NULL CHECK (length(digest) = 16),
  -- Which rows left up to this version is forgotten: who holds an older checkpoint takes the bucket whole.
  horizon INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- What the centre remembers of each device's conversations; no rule reads it.
CREATE TABLE device_session (
  device TEXT NOT NULL PRIMARY KEY,
  incarnation BLOB NOT NULL CHECK (length(incarnation) = 16),
  previous_incarnation BLOB,
  applied_through INTEGER NOT NULL DEFAULT 0,
  chain_hash BLOB NOT NULL CHECK (length(chain_hash) = 32),
  checkpoint INTEGER NOT NULL DEFAULT 0,
  unsent INTEGER NOT NULL DEFAULT 0,
  last_seen_at INTEGER,
  last_sync_at INTEGER,
  clock_offset_ms INTEGER NOT NULL DEFAULT 0,
  app_version TEXT NOT NULL DEFAULT '',
  is_forked INTEGER NOT NULL DEFAULT 0 CHECK (is_forked IN (0, 1)),
  -- How often its rows differed from these and were mended, and when last.
  mends INTEGER NOT NULL DEFAULT 0,
  last_mend_at INTEGER
) STRICT, WITHOUT ROWID;
