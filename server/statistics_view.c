#include "server/statistics_view.h"

#include <string.h>

#include "lib/arena.h"
#include "lib/http.h"
#include "server/day.h"
#include "server/page.h"

json_t *statistics_view_month(const struct page *page, const char *first_day)
{
	struct arena *arena = http_arena(page->req);
	struct day_civil civil;
	int32_t day = 0;
	const char *name;

	day_parse(first_day, &day, NULL);
	civil = day_to_civil(day);
	name = page_text(page, arena_printf(arena, "month.m%d", civil.month));
	return json_pack("{s:s%, s:s}", "iso", first_day, strlen("YYYY-MM"), "text",
		arena_printf(arena, "%s %d", name, civil.year));
}

const char *statistics_view_step(
	const struct page *page, const char *first_day, int months)
{
	struct day_civil civil;
	int32_t day = 0;
	int at;

	day_parse(first_day, &day, NULL);
	civil = day_to_civil(day);
	at = civil.year * 12 + civil.month - 1 + months;
	return arena_printf(
		http_arena(page->req), "%04d-%02d-01", at / 12, at % 12 + 1);
}
