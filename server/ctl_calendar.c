/* The calendar's rows from the one rule, so that SQL reckons as the server does. */
#include <string.h>

#include "lib/arena.h"
#include "server/ctl.h"
#include "server/day.h"
#include "server/working_day.h"

int ctl_calendar_fill(struct ctl *ctl, struct error *err)
{
	int32_t first = day_from_civil(WORKING_DAY_FIRST_YEAR, 1, 1);
	int32_t end = day_from_civil(WORKING_DAY_LAST_YEAR + 1, 1, 1);
	char *days = arena_alloc(ctl->arena, (size_t)(end - first) + 1);
	char text[DAY_TEXT];

	for (int32_t day = first; day < end; day++)
		days[day - first] = working_day_closed(day) ? '0' : '1';
	days[end - first] = '\0';
	return ctl_db_run(ctl, "SELECT synpunkt.calendar_fill($1::date, $2::text)", 2,
		(const char *const[]){ day_format(first, text), days }, err);
}
