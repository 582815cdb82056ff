#ifndef WAYBILL_FLOOR_H
#define WAYBILL_FLOOR_H

#include <stdint.h>

// What plain C against the same library needs for the same work: the floors of docs/PERFORMANCE.md.
// Each returns nanoseconds of wall time, or a negative SQLite result code.

// Inserts rows of 12 columns and some 200 bytes in key order, 10,000 a transaction, then builds one index.
int64_t floor_first_load(const char *path, int64_t rows);

// Appends a log row of `bytes` bytes and upserts `rows_per_operation` rows of some 200 bytes among 20,000 for
// each operation, `operations_per_commit` to a commit, with synchronous=FULL.
int64_t floor_group_commits(const char *path, int64_t operations, int64_t operations_per_commit,
                            int64_t rows_per_operation, int64_t bytes);

#endif
