#include "server/page_words.h"

#include <stdlib.h>
#include <string.h>

#include "clients/resident/embedded.h"
#include "lib/arena.h"
#include "lib/base.h"
#include "lib/catalogue.h"
#include "lib/error.h"
#include "lib/http.h"
#include "server/day.h"
#include "server/page.h"

struct catalogue *page_words_load(struct error *err)
{
	struct catalogue *catalogue = catalogue_new("sv");

	if (catalogue_add_files(catalogue, resident_files, err) == 0 &&
		catalogue_finish(catalogue, err) == 0)
		return catalogue;
	catalogue_free(catalogue);
	return NULL;
}

static json_t *time_json(const char *iso, const char *text)
{
	return json_pack("{s:s, s:s}", "iso", iso, "text", text);
}

static char *number(const struct page *page, int value)
{
	return arena_printf(http_arena(page->req), "%d", value);
}

static const char *month_name(const struct page *page, int month)
{
	return page_text(page, arena_printf(http_arena(page->req), "month.m%d", month));
}

json_t *page_words_day(const struct page *page, const char *iso)
{
	struct day_civil civil;
	const char *weekday;
	int32_t day;

	if (!iso || day_parse(iso, &day, NULL) < 0)
		return json_null();
	civil = day_to_civil(day);
	weekday = page_text(page, arena_printf(http_arena(page->req), "weekday.d%d",
					  (int)day_weekday(day) + 1));
	return time_json(
		iso, page_format(page, "date.long",
			     TEXT_VALUES({ "weekday", weekday },
				     { "day", number(page, civil.day) },
				     { "month", month_name(page, civil.month) },
				     { "year", number(page, civil.year) })));
}

/* Two digits at text. */
static int two_digits(const char *text)
{
	return (text[0] - '0') * 10 + (text[1] - '0');
}

/* Seconds since 1970 of our own stamp; its shape is known. -1: it is not one. */
static int64_t stamp_seconds(const char *stamp)
{
	char date[DAY_TEXT];
	int32_t day;

	if (!stamp || strlen(stamp) < sizeof("YYYY-MM-DDTHH:MM") - 1)
		return -1;
	memcpy(date, stamp, DAY_TEXT - 1);
	date[DAY_TEXT - 1] = '\0';
	if (day_parse(date, &day, NULL) < 0)
		return -1;
	return (int64_t)day * 86400 + two_digits(stamp + 11) * 3600 +
	       two_digits(stamp + 14) * 60;
}

int32_t page_words_local_day(const char *stamp)
{
	int64_t seconds = stamp_seconds(stamp);

	return seconds < 0 ? -1 : day_of_instant(seconds);
}

json_t *page_words_instant(const struct page *page, const char *stamp)
{
	struct arena *arena = http_arena(page->req);
	int64_t at = stamp_seconds(stamp);
	struct day_civil civil;
	int minutes;

	if (at < 0)
		return json_null();
	at += day_utc_offset(at);
	civil = day_to_civil((int32_t)(at / 86400));
	minutes = (int)(at % 86400 / 60);
	return time_json(stamp,
		page_format(page, "date.time",
			TEXT_VALUES({ "day", number(page, civil.day) },
				{ "month", month_name(page, civil.month) },
				{ "year", number(page, civil.year) },
				{ "hour", arena_printf(arena, "%02d", minutes / 60) },
				{ "minute",
					arena_printf(arena, "%02d", minutes % 60) })));
}

const char *page_words_size(const struct page *page, uint64_t bytes)
{
	struct arena *arena = http_arena(page->req);
	unsigned tenths;

	if (bytes < 1000000)
		return page_format(page, "case.size-kb",
			TEXT_VALUES(
				{ "n", arena_printf(arena, "%u",
					       (unsigned)((bytes + 999) / 1000)) }));
	tenths = (unsigned)((bytes + 50000) / 100000);
	return page_format(page, "case.size-mb",
		TEXT_VALUES({ "n",
			arena_printf(arena, "%u%s%u", tenths / 10,
				page_text(page, "case.decimal"), tenths % 10) }));
}
