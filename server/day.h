/*
 * day - calendar days, and which one it is in Stockholm at an instant.
 *
 * A day is a number: days since 1970-01-01 in the Gregorian calendar. Deadlines are
 * reckoned in days and never as a number of hours, because a local day has 23, 24 or
 * 25 of them. The rule for summer time is written out here, so that no process-wide
 * time zone is touched and no file is read.
 */
#ifndef SYNPUNKT_SERVER_DAY_H
#define SYNPUNKT_SERVER_DAY_H

#include <stdint.h>

struct error;

#define DAY_NONE INT32_MIN /* "no day": an open end of a validity */
#define DAY_TEXT sizeof("YYYY-MM-DD")

/* Days that can be written with four digits of year. */
#define DAY_FIRST (-719162) /* 0001-01-01 */
#define DAY_LAST 2932896    /* 9999-12-31 */

struct day_civil {
	int year;
	int month; /* 1 to 12 */
	int day;   /* 1 to 31 */
};

enum day_weekday {
	DAY_MONDAY,
	DAY_TUESDAY,
	DAY_WEDNESDAY,
	DAY_THURSDAY,
	DAY_FRIDAY,
	DAY_SATURDAY,
	DAY_SUNDAY,
};

int32_t day_from_civil(int year, int month, int day);
struct day_civil day_to_civil(int32_t day);
enum day_weekday day_weekday(int32_t day);

/* Exactly "YYYY-MM-DD" and a day that exists; else ERR_INVALID. */
int day_parse(const char *text, int32_t *ret, struct error *err);
/* Writes "YYYY-MM-DD" and returns out. day is within DAY_FIRST to DAY_LAST. */
const char *day_format(int32_t day, char out[DAY_TEXT]);

/* Is day within [from, to], both included? DAY_NONE is an open end. */
int day_within(int32_t day, int32_t from, int32_t to);

/* Seconds to add to UTC in Europe/Stockholm: 3600, or 7200 in summer time (since 1980;
 * directive 2000/84/EC: last Sunday of March to last Sunday of October, 01:00 UTC). */
int day_utc_offset(int64_t unix_seconds);

/* The local day of an instant. */
int32_t day_of_instant(int64_t unix_seconds);

/* The instant at which a local day begins. Midnight exists on every day: the clock
 * is changed at 02 or 03. The day ends, exclusively, where the next one begins. */
int64_t day_start(int32_t day);
int64_t day_end(int32_t day);

#endif
