#include "server/page_number.h"

#include "lib/arena.h"
#include "lib/http.h"
#include "server/page.h"

#define MINUS "−"

const char *page_number(const struct page *page, int64_t n)
{
	struct arena *arena = http_arena(page->req);
	const char *gap = page_text(page, "statistics.thousands");
	int64_t rest = n < 0 ? -n : n;
	const char *text = "";

	while (rest >= 1000) {
		text = arena_printf(arena, "%s%03d%s", gap, (int)(rest % 1000), text);
		rest /= 1000;
	}
	return arena_printf(
		arena, "%s%lld%s", n < 0 ? MINUS : "", (long long)rest, text);
}

const char *page_number_signed(const struct page *page, int64_t n)
{
	if (n <= 0)
		return page_number(page, n);
	return arena_printf(http_arena(page->req), "+%s", page_number(page, n));
}

/* Whole per cents say enough of such numbers. */
static int64_t per_cent(int64_t part, int64_t whole)
{
	return (200 * part + whole) / (2 * whole);
}

const char *page_share(const struct page *page, int64_t part, int64_t whole)
{
	if (whole == 0)
		return PAGE_NUMBER_NONE;
	return page_format(page, "statistics.percent",
		TEXT_VALUES({ "n", page_number(page, per_cent(part, whole)) }));
}

const char *page_share_change(const struct page *page, int64_t now, int64_t before)
{
	int64_t step = now > before ? now - before : before - now;
	const char *sign = now > before ? "+" : MINUS;

	if (before == 0)
		return PAGE_NUMBER_NONE;
	return arena_printf(http_arena(page->req), "%s%s", step ? sign : "",
		page_share(page, step, before));
}
