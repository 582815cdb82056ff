#ifndef WAYBILL_FLOOR_H
#define WAYBILL_FLOOR_H

#include <stdint.h>

// What plain C against the same library needs for the same work: the floors of docs/PERFORMANCE.md.
// Each returns nanoseconds of wall time, or a negative SQLite result code.

// Inserts rows of 12 columns and some 200 bytes in key order, 10,000 a transaction, then builds one index.
int64_t floor_first_load(const char *path, int64_t rows);

// Damages one in `step` products of a replica behind the program's back, in every place of the catalog, and lets
// the replica know that its catalog is not what it was.
//
// Returns how many, or a negative SQLite result code.
int64_t floor_damage(const char *path, int64_t step);

// Copies a store as it is into a new file.
//
// Returns 0, or a negative SQLite result code.
int64_t floor_copy(const char *from, const char *to);

// Writes into `to`, a copy made by `floor_copy`, what `from` has more since: every row of every table and of
// the log with a version beyond the copy's, into the same tables with the same indexes, read into memory
// beforehand and bound as it is, with synchronous=FULL.
//
// `heads` are the last versions of the copy and of each commit: `commits` + 1 of them, ascending. A row that
// was changed again by a later commit is written there only.
int64_t floor_replay(const char *from, const char *to, const int64_t *heads, int64_t commits);

#endif
