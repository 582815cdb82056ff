#include "floor.h"
#include "store.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TABLES_MAX = 64, COLUMNS_MAX = 64, SQL_MAX = 16384 };

/// One table that carries versions: how its rows of a span of versions are read, and written.
typedef struct {
  char name[64];
  int columns;
  sqlite3_stmt *read, *write;
} table;

typedef struct {
  sqlite3 *source, *target;
  table tables[TABLES_MAX];
  int count;
} replay;

/// Rows in memory: `cells` of the rows of all tables one after the other.
typedef struct {
  sqlite3_value **cells;
  int64_t count, capacity;
  int64_t rows[TABLES_MAX];
} batch;

static int prepare_table(replay *replay, const char *name) {
  char cells[SQL_MAX / 4] = "", keys[1024] = "", updates[SQL_MAX / 2] = "", marks[512] = "", sql[SQL_MAX];
  table *table = &replay->tables[replay->count];
  snprintf(table->name, sizeof table->name, "%s", name);
  snprintf(sql, sizeof sql, "PRAGMA table_info(\"%s\")", name);
  sqlite3_stmt *info;
  int rc = sqlite3_prepare_v2(replay->source, sql, -1, &info, NULL);
  int has_version = 0;
  while (rc == SQLITE_OK && sqlite3_step(info) == SQLITE_ROW) {
    const char *column = (const char *)sqlite3_column_text(info, 1);
    has_version |= strcmp(column, "version") == 0;
    char part[256];
    snprintf(part, sizeof part, "%s\"%s\"", table->columns ? ", " : "", column);
    strcat(cells, part);
    strcat(marks, table->columns ? ", ?" : "?");
    if (sqlite3_column_int(info, 5) > 0) {
      snprintf(part, sizeof part, "%s\"%s\"", *keys ? ", " : "", column);
      strcat(keys, part);
    } else {
      snprintf(part, sizeof part, "%s\"%s\" = excluded.\"%s\"", *updates ? ", " : "", column, column);
      strcat(updates, part);
    }
    table->columns++;
  }
  sqlite3_finalize(info);
  // Texts about persons stand beside their operation, which has the version.
  const char *where = has_version ? "version > ? AND version <= ?"
                                  : "(device, number) IN (SELECT device, number FROM log_operation WHERE"
                                    " version > ? AND version <= ?)";
  if (rc == SQLITE_OK && !has_version && strcmp(name, "personal") != 0) {
    table->columns = 0;
    return SQLITE_OK;
  }
  snprintf(sql, sizeof sql, "SELECT %s FROM \"%s\" WHERE %s ORDER BY %s", cells, name, where, keys);
  if (rc == SQLITE_OK) rc = sqlite3_prepare_v2(replay->source, sql, -1, &table->read, NULL);
  snprintf(sql, sizeof sql, "INSERT INTO \"%s\" (%s) VALUES (%s) ON CONFLICT (%s) DO %s%s", name, cells, marks,
           keys, *updates ? "UPDATE SET " : "NOTHING", updates);
  if (rc == SQLITE_OK) rc = sqlite3_prepare_v2(replay->target, sql, -1, &table->write, NULL);
  replay->count++;
  return rc;
}

static int prepare_tables(replay *replay) {
  sqlite3_stmt *names;
  int rc = sqlite3_prepare_v2(replay->source, "SELECT name FROM sqlite_master WHERE type = 'table'", -1, &names,
                              NULL);
  while (rc == SQLITE_OK && sqlite3_step(names) == SQLITE_ROW && replay->count < TABLES_MAX) {
    rc = prepare_table(replay, (const char *)sqlite3_column_text(names, 0));
  }
  sqlite3_finalize(names);
  return rc;
}

static int read_batch(replay *replay, int64_t after, int64_t through, batch *batch) {
  int rc = SQLITE_OK;
  batch->count = 0;
  for (int place = 0; place < replay->count; place++) {
    table *table = &replay->tables[place];
    batch->rows[place] = 0;
    sqlite3_bind_int64(table->read, 1, after);
    sqlite3_bind_int64(table->read, 2, through);
    while ((rc = sqlite3_step(table->read)) == SQLITE_ROW) {
      if (batch->count + table->columns > batch->capacity) {
        batch->capacity = batch->capacity * 2 + COLUMNS_MAX;
        batch->cells = realloc(batch->cells, (size_t)batch->capacity * sizeof *batch->cells);
      }
      for (int column = 0; column < table->columns; column++) {
        batch->cells[batch->count++] = sqlite3_value_dup(sqlite3_column_value(table->read, column));
      }
      batch->rows[place]++;
    }
    sqlite3_reset(table->read);
    if (rc != SQLITE_DONE) return rc;
  }
  return SQLITE_OK;
}

static int write_batch(replay *replay, batch *batch) {
  sqlite3_value **cell = batch->cells;
  int rc = sqlite3_exec(replay->target, "BEGIN IMMEDIATE", NULL, NULL, NULL);
  for (int place = 0; place < replay->count; place++) {
    table *table = &replay->tables[place];
    for (int64_t row = 0; rc == SQLITE_OK && row < batch->rows[place]; row++) {
      for (int column = 0; column < table->columns; column++) {
        sqlite3_bind_value(table->write, column + 1, *cell++);
      }
      rc = floor_run(table->write);
    }
  }
  return rc == SQLITE_OK ? sqlite3_exec(replay->target, "COMMIT", NULL, NULL, NULL) : rc;
}

int64_t floor_copy(const char *from, const char *to) {
  sqlite3 *db;
  sqlite3_stmt *copy = NULL;
  int rc = sqlite3_open(from, &db);
  if (rc == SQLITE_OK) rc = sqlite3_prepare_v2(db, "VACUUM INTO ?", -1, &copy, NULL);
  if (rc == SQLITE_OK) {
    sqlite3_bind_text(copy, 1, to, -1, SQLITE_STATIC);
    rc = floor_run(copy);
  }
  sqlite3_finalize(copy);
  sqlite3_close(db);
  return -rc;
}

int64_t floor_replay(const char *from, const char *to, const int64_t *heads, int64_t commits) {
  replay replay = {0};
  batch batch = {0};
  int64_t spent = 0;
  int rc = sqlite3_open(from, &replay.source);
  if (rc == SQLITE_OK) rc = floor_open(to, "", &replay.target);
  if (rc == SQLITE_OK) rc = prepare_tables(&replay);
  for (int64_t commit = 1; rc == SQLITE_OK && commit <= commits; commit++) {
    rc = read_batch(&replay, heads[commit - 1], heads[commit], &batch);
    int64_t start = floor_nanoseconds();
    if (rc == SQLITE_OK) rc = write_batch(&replay, &batch);
    spent += floor_nanoseconds() - start;
    for (int64_t cell = 0; cell < batch.count; cell++) sqlite3_value_free(batch.cells[cell]);
  }
  free(batch.cells);
  for (int place = 0; place < replay.count; place++) {
    sqlite3_finalize(replay.tables[place].read);
    sqlite3_finalize(replay.tables[place].write);
  }
  sqlite3_close(replay.source);
  sqlite3_close(replay.target);
  return rc == SQLITE_OK ? spent : -rc;
}
