/* open311_time - the dates and times that GeoReport v2 takes: W3C's note on them, with
 * the zone that the specification asks for. */
#ifndef SYNPUNKT_SERVER_OPEN311_TIME_H
#define SYNPUNKT_SERVER_OPEN311_TIME_H

#include <stdint.h>

/* "2010-01-01T00:00:00Z", "2010-01-01T00:00+01:00"; seconds since 1970, parts of one
 * left out. A space where a plus was not encoded is taken for it. -1 for anything
 * else; ret is then untouched. */
int open311_time_parse(const char *text, int64_t *ret);

#endif
