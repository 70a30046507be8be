/*
 * working_day - which days count when a promise is "within N working days".
 *
 * Computed by rule for 1950 to 2199 with the public holidays in force that year (lag
 * 1989:253 om allmänna helgdagar and the acts before it). Not counted either, as in
 * lag 1930:173 2 §: Saturdays, midsummer's eve, Christmas eve and New Year's eve.
 * What the city itself decides (closed between holidays, open on a Saturday) comes as
 * exceptions, which are rows in the database.
 */
#ifndef SYNPUNKT_SERVER_WORKING_DAY_H
#define SYNPUNKT_SERVER_WORKING_DAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

#define WORKING_DAY_FIRST_YEAR 1950
#define WORKING_DAY_LAST_YEAR 2199

/* One day on which the city departs from the calendar. */
struct working_day_exception {
	int32_t day;
	bool open; /* true: a working day after all; false: closed */
	const char *name;
};

/* Sorted by day, each day once. Borrowed. { NULL, 0 } is the plain calendar. */
struct working_day_exceptions {
	const struct working_day_exception *items;
	size_t n;
};

/* Easter Day of a year in the Gregorian calendar. */
int32_t working_day_easter(int year);

/* Why the plain calendar closes a day: the Swedish name of the holiday or eve, "lördag"
 * or "söndag"; NULL on a working day. A holiday's name goes before the weekday's. */
const char *working_day_closed(int32_t day);

/* exceptions may be NULL. */
bool working_day_is(int32_t day, const struct working_day_exceptions *exceptions);

/* The n-th working day after from; from is day 0, also when it is closed itself, and
 * n = 0 gives from. ERR_INVALID when that lies outside 1950 to 2199. */
int working_day_add(int32_t from, int n,
	const struct working_day_exceptions *exceptions, int32_t *ret,
	struct error *err);

/* The working day before day; day - most when there is none later than that. */
int32_t working_day_before(
	int32_t day, int most, const struct working_day_exceptions *exceptions);

/* Working days after from, up to and with to: the inverse of working_day_add(). 0 when
 * to is not later than from. */
int working_day_count(
	int32_t from, int32_t to, const struct working_day_exceptions *exceptions);

#endif
