#ifndef WAYBILL_FLOOR_STORE_H
#define WAYBILL_FLOOR_STORE_H

#include <sqlite3.h>
#include <stdint.h>

// What the floors share: a store opened as the product opens its own, without anything of the product.

int64_t floor_nanoseconds(void);

int floor_open(const char *path, const char *schema, sqlite3 **db);

// Runs a statement that returns no rows and makes it ready to run again.
int floor_run(sqlite3_stmt *statement);

#endif
