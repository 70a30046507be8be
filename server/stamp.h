/* stamp - an instant as the outside sees it: RFC 3339 in UTC with milliseconds. */
#ifndef SYNPUNKT_SERVER_STAMP_H
#define SYNPUNKT_SERVER_STAMP_H

#include <stdint.h>

#define STAMP_SIZE sizeof("2026-11-22T03:36:54.123Z")

int64_t stamp_now(void); /* microseconds since 1970-01-01T00:00Z */
void stamp_print(int64_t microseconds, char ret[STAMP_SIZE]);

#endif
