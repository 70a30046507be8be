#include "server/open311_time.h"

#include <string.h>

#include "server/day.h"

#define DAY_S 86400

static const char *digits_read(const char *p, int n, int *ret)
{
	*ret = 0;
	for (; n > 0; n--, p++) {
		if (*p < '0' || *p > '9')
			return NULL;
		*ret = 10 * *ret + (*p - '0');
	}
	return p;
}

/* "HH:MM", within a day. */
static const char *clock_read(const char *p, int *ret_s)
{
	int hour, minute;

	p = digits_read(p, 2, &hour);
	if (!p || *p != ':')
		return NULL;
	p = digits_read(p + 1, 2, &minute);
	if (!p || hour > 23 || minute > 59)
		return NULL;
	*ret_s = hour * 3600 + minute * 60;
	return p;
}

/* "Z", or "+HH:MM": how far the clock is ahead of UTC. */
static int zone_read(const char *p, int *ret_s)
{
	int sign = *p == '-' ? -1 : 1;

	*ret_s = 0;
	if (!strcmp(p, "Z"))
		return 0;
	if (!*p || !strchr("+- ", *p))
		return -1;
	p = clock_read(p + 1, ret_s);
	*ret_s *= sign;
	return p && *p == '\0' ? 0 : -1;
}

/* Seconds, and parts of one, may be left out. */
static const char *seconds_read(const char *p, int *ret_s)
{
	*ret_s = 0;
	if (*p != ':')
		return p;
	p = digits_read(p + 1, 2, ret_s);
	if (!p || *ret_s > 59)
		return NULL;
	if (*p != '.')
		return p;
	p++;
	return strspn(p, "0123456789") > 0 ? p + strspn(p, "0123456789") : NULL;
}

int open311_time_parse(const char *text, int64_t *ret)
{
	char day_text[DAY_TEXT];
	int32_t day;
	int clock, seconds, zone;
	const char *p;

	if (strlen(text) < DAY_TEXT || text[DAY_TEXT - 1] != 'T')
		return -1;
	memcpy(day_text, text, DAY_TEXT - 1);
	day_text[DAY_TEXT - 1] = '\0';
	if (day_parse(day_text, &day, NULL) < 0)
		return -1;
	p = clock_read(text + DAY_TEXT, &clock);
	p = p ? seconds_read(p, &seconds) : NULL;
	if (!p || zone_read(p, &zone) < 0)
		return -1;
	*ret = (int64_t)day * DAY_S + clock + seconds - zone;
	return 0;
}
