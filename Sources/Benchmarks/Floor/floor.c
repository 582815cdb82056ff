#include "floor.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int64_t nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int open_store(const char *path, const char *schema, sqlite3 **db) {
  int rc = sqlite3_open(path, db);
  if (rc == SQLITE_OK) {
    rc = sqlite3_exec(*db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -8192;"
                           "PRAGMA wal_autocheckpoint = 10000", NULL, NULL, NULL);
  }
  return rc == SQLITE_OK ? sqlite3_exec(*db, schema, NULL, NULL, NULL) : rc;
}

static int run(sqlite3_stmt *statement) {
  int rc = sqlite3_step(statement);
  sqlite3_reset(statement);
  return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

static const char catalog[] =
    "CREATE TABLE product (sku TEXT PRIMARY KEY, sku_folded TEXT, name TEXT, category TEXT, base_unit TEXT,"
    " status TEXT, gtin TEXT, hs_code TEXT, origin TEXT, weight_grams INTEGER, description TEXT,"
    " version INTEGER) STRICT, WITHOUT ROWID";

static int insert_products(sqlite3 *db, int64_t rows) {
  sqlite3_stmt *statement;
  int rc = sqlite3_prepare_v2(db, "INSERT INTO product VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", -1,
                              &statement, NULL);
  char sku[32], folded[32], name[64], description[96];
  for (int64_t row = 0; rc == SQLITE_OK && row < rows; row++) {
    if (row % 10000 == 0) rc = sqlite3_exec(db, row == 0 ? "BEGIN" : "COMMIT; BEGIN", NULL, NULL, NULL);
    snprintf(sku, sizeof sku, "SKU-%09lld", (long long)row);
    snprintf(folded, sizeof folded, "sku-%09lld", (long long)row);
    snprintf(name, sizeof name, "Article number %lld of many", (long long)row);
    snprintf(description, sizeof description,
             "A description of article %lld as long as such a thing is in a catalog", (long long)row);
    const char *texts[] = {sku, folded, name, "category", "EA", "active", "04006381333931", "847130", "DE"};
    for (int column = 0; column < 9; column++) {
      sqlite3_bind_text(statement, column + 1, texts[column], -1, SQLITE_TRANSIENT);
    }
    sqlite3_bind_int64(statement, 10, row % 5000);
    sqlite3_bind_text(statement, 11, description, -1, SQLITE_TRANSIENT);
    sqlite3_bind_int64(statement, 12, row / 500 + 1);
    if (rc == SQLITE_OK) rc = run(statement);
  }
  sqlite3_finalize(statement);
  return rc;
}

int64_t floor_first_load(const char *path, int64_t rows) {
  sqlite3 *db;
  int rc = open_store(path, catalog, &db);
  int64_t start = nanoseconds();
  if (rc == SQLITE_OK) rc = insert_products(db, rows);
  if (rc == SQLITE_OK) {
    rc = sqlite3_exec(db, "COMMIT; CREATE INDEX product_folded ON product (sku_folded)", NULL, NULL, NULL);
  }
  int64_t end = nanoseconds();
  sqlite3_close(db);
  return rc == SQLITE_OK ? end - start : -rc;
}

static const char ledger[] =
    "CREATE TABLE log (version INTEGER PRIMARY KEY, device TEXT, bytes BLOB, hash BLOB) STRICT;"
    "CREATE TABLE record (key BLOB PRIMARY KEY, name TEXT, a INTEGER, b INTEGER, c INTEGER, d TEXT, e TEXT,"
    " version INTEGER) STRICT, WITHOUT ROWID";

static int commit_groups(sqlite3 *db, int64_t operations, int64_t per_commit, int64_t rows, int64_t bytes) {
  sqlite3_stmt *append, *upsert;
  int rc = sqlite3_prepare_v2(db, "INSERT INTO log VALUES (?, 'A1', ?, ?)", -1, &append, NULL);
  if (rc == SQLITE_OK) {
    rc = sqlite3_prepare_v2(db,
                            "INSERT INTO record VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (key) DO "
                            "UPDATE SET name = ?2, a = ?3, b = ?4, c = ?5, d = ?6, e = ?7, version = ?8",
                            -1, &upsert, NULL);
  }
  char *operation = calloc(1, (size_t)bytes);
  char key[16] = {0}, text[64];
  uint64_t random = 88172645463325252u;
  for (int64_t number = 0; rc == SQLITE_OK && number < operations; number++) {
    if (number % per_commit == 0) rc = sqlite3_exec(db, number ? "COMMIT; BEGIN" : "BEGIN", NULL, NULL, NULL);
    sqlite3_bind_int64(append, 1, number + 1);
    sqlite3_bind_blob(append, 2, operation, (int)bytes, SQLITE_STATIC);
    sqlite3_bind_blob(append, 3, operation, 32, SQLITE_STATIC);
    if (rc == SQLITE_OK) rc = run(append);
    for (int64_t row = 0; rc == SQLITE_OK && row < rows; row++) {
      random ^= random << 13, random ^= random >> 7, random ^= random << 17;
      uint64_t place = random % 20000;
      memcpy(key, &place, sizeof place);
      snprintf(text, sizeof text, "A text about record %llu of many", (unsigned long long)place);
      sqlite3_bind_blob(upsert, 1, key, sizeof key, SQLITE_TRANSIENT);
      sqlite3_bind_text(upsert, 2, text, -1, SQLITE_TRANSIENT);
      for (int column = 3; column < 6; column++) sqlite3_bind_int64(upsert, column, number);
      sqlite3_bind_text(upsert, 6, text, -1, SQLITE_TRANSIENT);
      sqlite3_bind_text(upsert, 7, text, -1, SQLITE_TRANSIENT);
      sqlite3_bind_int64(upsert, 8, number);
      rc = run(upsert);
    }
  }
  if (rc == SQLITE_OK) rc = sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
  free(operation);
  sqlite3_finalize(append);
  sqlite3_finalize(upsert);
  return rc;
}

int64_t floor_group_commits(const char *path, int64_t operations, int64_t operations_per_commit,
                            int64_t rows_per_operation, int64_t bytes) {
  sqlite3 *db;
  int rc = open_store(path, ledger, &db);
  int64_t start = nanoseconds();
  if (rc == SQLITE_OK) rc = commit_groups(db, operations, operations_per_commit, rows_per_operation, bytes);
  int64_t end = nanoseconds();
  sqlite3_close(db);
  return rc == SQLITE_OK ? end - start : -rc;
}
