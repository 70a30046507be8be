#include "server/day.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "lib/error.h"

#define SECONDS_A_DAY 86400

/* The year is taken to begin in March, so that the leap day is its last and the
 * lengths of the months before it never change; 400 years are 146,097 days. */
int32_t day_from_civil(int year, int month, int day)
{
	int y = month <= 2 ? year - 1 : year;
	int era = (y >= 0 ? y : y - 399) / 400;
	int year_of_era = y - era * 400;
	int day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
	int day_of_era =
		year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

	return era * 146097 + day_of_era - 719468;
}

struct day_civil day_to_civil(int32_t day)
{
	int z = day + 719468;
	int era = (z >= 0 ? z : z - 146096) / 146097;
	int day_of_era = z - era * 146097;
	int year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 -
				  day_of_era / 146096) /
			  365;
	int day_of_year =
		day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int month = (5 * day_of_year + 2) / 153;
	struct day_civil civil = {
		.year = year_of_era + era * 400 + (month >= 10),
		.month = month < 10 ? month + 3 : month - 9,
		.day = day_of_year - (153 * month + 2) / 5 + 1,
	};

	return civil;
}

enum day_weekday day_weekday(int32_t day)
{
	int n = (day + 3) % 7; /* 1970-01-01 was a Thursday */

	return (enum day_weekday)(n < 0 ? n + 7 : n);
}

static int day_digits(const char *text, int n)
{
	int value = 0;

	for (int i = 0; i < n; i++) {
		if (!isdigit((unsigned char)text[i]))
			return -1;
		value = value * 10 + (text[i] - '0');
	}
	return value;
}

int day_parse(const char *text, int32_t *ret, struct error *err)
{
	int year, month, day;
	struct day_civil back;

	if (strlen(text) != DAY_TEXT - 1 || text[4] != '-' || text[7] != '-')
		return error_set(err, ERR_INVALID, "expected a date YYYY-MM-DD");
	year = day_digits(text, 4);
	month = day_digits(text + 5, 2);
	day = day_digits(text + 8, 2);
	if (year < 1 || month < 1 || month > 12 || day < 1)
		return error_set(err, ERR_INVALID, "expected a date YYYY-MM-DD");
	back = day_to_civil(day_from_civil(year, month, day));
	if (back.month != month || back.day != day)
		return error_set(err, ERR_INVALID, "\"%s\" is no day", text);
	*ret = day_from_civil(year, month, day);
	return 0;
}

const char *day_format(int32_t day, char out[DAY_TEXT])
{
	struct day_civil civil = day_to_civil(day);

	snprintf(out, DAY_TEXT, "%04u-%02u-%02u", (unsigned)civil.year % 10000,
		(unsigned)civil.month % 100, (unsigned)civil.day % 100);
	return out;
}

int day_within(int32_t day, int32_t from, int32_t to)
{
	return (from == DAY_NONE || day >= from) && (to == DAY_NONE || day <= to);
}

static int32_t day_last_sunday(int year, int month)
{
	int32_t last = day_from_civil(year, month + 1, 1) - 1;

	return last - ((int)day_weekday(last) + 1) % 7;
}

/*
 * Sweden has had summer time since 1980: from 6 April that year, else from the last
 * Sunday of March; to the last Sunday of September until 1995, of October since.
 */
int day_utc_offset(int64_t unix_seconds)
{
	int64_t day = unix_seconds / SECONDS_A_DAY;
	int year = day_to_civil((int32_t)day).year;
	int64_t begins, ends;

	if (year < 1980)
		return 3600;
	begins = year == 1980 ? day_from_civil(1980, 4, 6) : day_last_sunday(year, 3);
	ends = day_last_sunday(year, year < 1996 ? 9 : 10);
	if (unix_seconds >= begins * SECONDS_A_DAY + 3600 &&
		unix_seconds < ends * SECONDS_A_DAY + 3600)
		return 7200;
	return 3600;
}

int32_t day_of_instant(int64_t unix_seconds)
{
	int64_t local = unix_seconds + day_utc_offset(unix_seconds);
	int64_t day = local / SECONDS_A_DAY;

	return (int32_t)(local % SECONDS_A_DAY < 0 ? day - 1 : day);
}

int64_t day_start(int32_t day)
{
	int64_t midnight = (int64_t)day * SECONDS_A_DAY;

	/* Two hours before midnight UTC, or one, is the same side of every change:
	 * those come at 01:00 UTC. */
	return midnight - day_utc_offset(midnight - 7200);
}

int64_t day_end(int32_t day)
{
	return day_start(day + 1);
}
