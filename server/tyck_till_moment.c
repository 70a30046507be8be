/* When a case came in, as files and mails of the present app say it. */
#include <string.h>

#include "server/day.h"
#include "server/tyck_till.h"

#define FIRST_YEAR 1990 /* before it a date is mistyped */
#define NOON (12 * 3600)

const char *tyck_till_day(
	const char *said, int32_t today, int32_t *ret, const char **ret_rest)
{
	char text[DAY_TEXT] = "";
	int32_t day;

	memcpy(text, said, strnlen(said, sizeof(text) - 1));
	*ret_rest = said + strlen(text);
	if (day_parse(text, &day, NULL) < 0)
		return "expected a date as 2026-11-29, or with a time";
	if (day > today)
		return "is a day that has not come";
	if (day < day_from_civil(FIRST_YEAR, 1, 1))
		return "is before 1990";
	*ret = day;
	return NULL;
}

/* Two digits below most, and past them and what ends them; -1. */
static int two_take(const char **text, char before, int most)
{
	const char *at = *text + (before != '\0');
	int n;

	if ((before && **text != before) || at[0] < '0' || at[0] > '9' || at[1] < '0' ||
		at[1] > '9')
		return -1;
	n = (at[0] - '0') * 10 + at[1] - '0';
	*text = at + 2;
	return n < most ? n : -1;
}

/* "HH:MM", with seconds and parts of them or not: seconds of the day; -1. */
static int clock_take(const char **text)
{
	int hour = two_take(text, '\0', 24), minute = two_take(text, ':', 60),
	    second = **text == ':' ? two_take(text, ':', 60) : 0;

	if (hour < 0 || minute < 0 || second < 0)
		return -1;
	if (**text == '.' || **text == ',')
		*text += 1 + strspn(*text + 1, "0123456789");
	return hour * 3600 + minute * 60 + second;
}

/* "Z", "+01:00", or nothing: the city's own. Seconds to add to UTC; false: neither. */
static bool zone_take(const char *text, int64_t local, int *ret)
{
	int sign = *text == '-' ? -1 : 1, hours, minutes;

	/* Of the hour before: the clock is changed in the small hours. */
	*ret = *text ? 0 : day_utc_offset(local - 2 * 3600);
	if (!*text || !strcmp(text, "Z"))
		return true;
	if (*text != '+' && *text != '-')
		return false;
	text++;
	hours = two_take(&text, '\0', 15);
	minutes = two_take(&text, *text == ':' ? ':' : '\0', 60);
	*ret = sign * (hours * 3600 + minutes * 60);
	return hours >= 0 && minutes >= 0 && !*text;
}

const char *tyck_till_moment(int32_t day, const char *time, int64_t *ret)
{
	int seconds = NOON, zone = 0;
	int64_t local;

	if (time)
		seconds = clock_take(&time);
	local = (int64_t)day * 86400 + seconds;
	if (seconds < 0 || !zone_take(time ? time : "", local, &zone))
		return "expected a time as 14:05";
	*ret = (local - zone) * 1000000;
	return NULL;
}

int64_t tyck_till_instant(const char *said, int32_t today)
{
	const char *rest = NULL;
	int32_t day;
	int64_t ret;

	if (!said || tyck_till_day(said, today, &day, &rest))
		return 0;
	if (*rest == 'T' || *rest == ' ')
		rest++;
	return tyck_till_moment(day, *rest ? rest : NULL, &ret) ? 0 : ret;
}
