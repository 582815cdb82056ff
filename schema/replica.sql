-- What only a replica keeps. A released file is never edited: later changes are later files.

CREATE TABLE meta (
  name TEXT NOT NULL PRIMARY KEY,
  value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- What meta says of the replica itself, once more, on a page of its own: a bad page must not take both.
CREATE TABLE meta_copy (
  name TEXT NOT NULL PRIMARY KEY,
  value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Work recorded here. Answered work is kept, so that a centre restored from a backup can be told again.
CREATE TABLE outbox (
  number INTEGER NOT NULL PRIMARY KEY CHECK (number > 0),
  group_number INTEGER NOT NULL CHECK (group_number <= number),
  kind TEXT NOT NULL,
  record TEXT NOT NULL,
  recorded_at INTEGER NOT NULL,
  -- Exactly as hashed and sent.
  bytes BLOB NOT NULL,
  -- Salts and texts about persons, in the order of their marks in the bytes.
  personal BLOB NOT NULL,
  chain_hash BLOB NOT NULL CHECK (length(chain_hash) = 32),
  state TEXT NOT NULL CHECK (state IN ('unsent', 'held', 'answered', 'withdrawn', 'set_aside')),
  -- The outcome the replica itself expects, and its codes; empty when it cannot tell.
  predicted TEXT NOT NULL,
  -- On a group's first operation: what its decision here looked at and changed, as numbers of keys; NULL: not
  -- known.
  footprint BLOB
) STRICT;

CREATE INDEX outbox_pending ON outbox (number) WHERE state IN ('unsent', 'held');
CREATE INDEX outbox_set_aside ON outbox (number) WHERE state = 'set_aside';
CREATE INDEX outbox_withdrawn ON outbox (number) WHERE state = 'withdrawn';

-- Pages received and not yet part of a checkpoint, as they came.
CREATE TABLE staged (
  sequence INTEGER NOT NULL PRIMARY KEY,
  page BLOB NOT NULL
) STRICT;

-- The buckets held at the checkpoint, and their digests over confirmed rows.
CREATE TABLE bucket (
  name TEXT NOT NULL PRIMARY KEY,
  digest BLOB NOT NULL CHECK (length(digest) = 16)
) STRICT, WITHOUT ROWID;

-- What went wrong and was mended, for status and support.
CREATE TABLE incident (
  sequence INTEGER NOT NULL PRIMARY KEY,
  at INTEGER NOT NULL,
  code TEXT NOT NULL,
  detail TEXT NOT NULL
) STRICT;
