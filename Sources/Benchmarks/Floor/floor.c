#include "floor.h"
#include "store.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int64_t floor_nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int floor_open(const char *path, const char *schema, sqlite3 **db) {
  int rc = sqlite3_open(path, db);
  if (rc == SQLITE_OK) {
    rc = sqlite3_exec(*db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -8192;"
                           "PRAGMA wal_autocheckpoint = 10000", NULL, NULL, NULL);
  }
  return rc == SQLITE_OK ? sqlite3_exec(*db, schema, NULL, NULL, NULL) : rc;
}

int floor_run(sqlite3_stmt *statement) {
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
    if (rc == SQLITE_OK) rc = floor_run(statement);
  }
  sqlite3_finalize(statement);
  return rc;
}

int64_t floor_first_load(const char *path, int64_t rows) {
  sqlite3 *db;
  int rc = floor_open(path, catalog, &db);
  int64_t start = floor_nanoseconds();
  if (rc == SQLITE_OK) rc = insert_products(db, rows);
  if (rc == SQLITE_OK) {
    rc = sqlite3_exec(db, "COMMIT; CREATE INDEX product_folded ON product (sku_folded)", NULL, NULL, NULL);
  }
  int64_t end = floor_nanoseconds();
  sqlite3_close(db);
  return rc == SQLITE_OK ? end - start : -rc;
}

int64_t floor_damage(const char *path, int64_t step) {
  sqlite3 *db;
  sqlite3_stmt *statement = NULL;
  int rc = sqlite3_open(path, &db);
  if (rc == SQLITE_OK) {
    rc = sqlite3_prepare_v2(db,
                            "UPDATE product SET name = 'rot' WHERE sku IN (SELECT sku FROM ("
                            "SELECT sku, row_number() OVER (ORDER BY sku) - 1 AS place FROM product)"
                            " WHERE place % ?1 = place / ?1 * 7 % ?1)", -1, &statement, NULL);
  }
  if (rc == SQLITE_OK) rc = sqlite3_bind_int64(statement, 1, step);
  if (rc == SQLITE_OK) rc = floor_run(statement);
  int64_t damaged = sqlite3_changes(db);
  if (rc == SQLITE_OK) {
    rc = sqlite3_exec(db, "UPDATE bucket SET digest = zeroblob(16) WHERE name = 'catalog'", NULL, NULL, NULL);
  }
  sqlite3_finalize(statement);
  sqlite3_close(db);
  return rc == SQLITE_OK ? damaged : -rc;
}
