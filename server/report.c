#include "server/report.h"

#include <stdlib.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "server/working_day.h"

#define YEAR_DIGITS 4

static const struct {
	int months;
	const char *ending, *kind;
} kinds[] = {
	{ 4, "-t1", "tertial-1" },
	{ 8, "-t2", "tertial-2" },
	{ 12, "", "annual" },
};

const size_t report_ends[REPORT_ENDS] = { 4, 8, 12 };

const char *const report_sections[] = { "told", "changed", "types", "indicators",
	"activities", "operation", "who", "children", "late", "risks", NULL };

bool report_period_parse(const char *text, struct report_period *ret)
{
	if (!text || strspn(text, "0123456789") != YEAR_DIGITS)
		return false;
	ret->year = (int)strtol(text, NULL, 10);
	if (ret->year <= WORKING_DAY_FIRST_YEAR || ret->year >= WORKING_DAY_LAST_YEAR)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (strcmp(text + YEAR_DIGITS, kinds[i].ending) != 0)
			continue;
		ret->months = kinds[i].months;
		return true;
	}
	return false;
}

static size_t kind_of(const struct report_period *period)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (kinds[i].months == period->months)
			return i;
	}
	return ARRAY_LEN(kinds) - 1;
}

const char *report_period_text(struct arena *arena, const struct report_period *period)
{
	return arena_printf(
		arena, "%04d%s", period->year, kinds[kind_of(period)].ending);
}

const char *report_kind(const struct report_period *period)
{
	return kinds[kind_of(period)].kind;
}
