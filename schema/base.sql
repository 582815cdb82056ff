-- What rows were before unsent work touched them: the confirmed state lies in `base` over the tables of
-- trade.sql. `image` is the row as it was; NULL: there was none. A released file is never edited.

CREATE TABLE base (
  table_no INTEGER NOT NULL,
  key BLOB NOT NULL,
  image BLOB,
  PRIMARY KEY (table_no, key)
) STRICT, WITHOUT ROWID;
