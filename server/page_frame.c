#include "server/page_frame.h"

#include <string.h>

#include <jansson.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/http.h"
#include "lib/link_values.h"
#include "server/options.h"
#include "server/page.h"
#include "server/worker.h"

/* All that may be framed, by route and template. What a case says to who has its code
 * is not among it. */
static const struct {
	const char *path, *name;
} framable[] = {
	{ "/lamna", "form" },
	{ "/lamna", "error" },
	{ "/kvitto/{number}/{code}", "receipt" },
	{ "/kvitto/{number}/{code}", "error" },
};

static const char *origins(struct http_request *req)
{
	const struct worker *worker = http_app(req);

	return worker->options->frame_ancestors;
}

bool page_frame_asked(struct http_request *req)
{
	const char *asked = http_query_value(req, "ram");
	const char *dest = http_header(req, "sec-fetch-dest");

	return origins(req) &&
	       ((asked && !strcmp(asked, "1")) || (dest && !strcmp(dest, "iframe")));
}

static bool is_framable(const struct page *page, const char *name)
{
	const struct http_route *route = http_route(page->req);

	if (!origins(page->req) || !route || page->voice != PAGE_FOR_ALL)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(framable); i++)
		if (!strcmp(route->path, framable[i].path) &&
			!strcmp(name, framable[i].name))
			return true;
	return false;
}

/* The form as it was preset, but for what was typed. */
static const char *own_window(const struct page *page)
{
	struct http_request *req = page->req;

	return link_make(http_arena(req), "/lamna",
		TEXT_VALUES({ "type", http_query_value(req, "type") },
			{ "category", http_query_value(req, "category") },
			{ "unit", http_query_value(req, "unit") },
			{ "lang", page->language }));
}

void page_frame_add(struct page *page, const char *name)
{
	json_t *framed = json_false();

	if (is_framable(page, name)) {
		http_allow_frames(page->req, origins(page->req));
		http_set_header(
			page->req, "Vary", "Accept-Language, Cookie, Sec-Fetch-Dest");
		if (page_frame_asked(page->req)) {
			page->remember = false;
			framed = json_pack("{s:s?}", "own",
				strcmp(name, "form") ? NULL : own_window(page));
		}
	}
	json_object_set_new(page->data, "framed", framed);
}

const char *page_frame_link(
	struct http_request *req, const char *path, const char *language)
{
	if (!page_frame_asked(req))
		return path;
	return link_make(http_arena(req), path,
		TEXT_VALUES({ "ram", "1" }, { "lang", language }));
}
