#include "server/tile_source.h"

#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/json_write.h"
#include "server/access.h"
#include "server/options.h"
#include "server/worker.h"

#define FILE_ENDING ".pmtiles"

/* "https://kartor.example" of an address; NULL if it is none that can stand in a
 * policy. */
static const char *origin_of(struct arena *arena, const char *url)
{
	static const char *const schemes[] = { "https://", "http://" };

	for (size_t i = 0; i < ARRAY_LEN(schemes); i++) {
		size_t n = strlen(schemes[i]), host;

		if (strncmp(url, schemes[i], n) != 0)
			continue;
		host = strspn(url + n, "abcdefghijklmnopqrstuvwxyz0123456789.-:");
		if (host > 0 && url[n + host] == '/')
			return arena_dup_n(arena, url, n + host);
	}
	return NULL;
}

/* "//" is the beginning of another server's address. */
static bool is_path(const char *url)
{
	return url[0] == '/' && url[1] != '/';
}

static bool is_file(const char *url)
{
	size_t n = strlen(url), end = sizeof(FILE_ENDING) - 1;

	return n > end && !strcmp(url + n - end, FILE_ENDING);
}

struct tile_source tile_source_get(struct arena *arena, const struct options *options)
{
	const char *url = options->tile_url;
	struct tile_source source = { .credit = "", .pictures = "", .reads = "" };
	const char *origin = url ? origin_of(arena, url) : NULL;

	if (!origin && (!url || !is_path(url)))
		return source;
	source.url = url;
	if (options->tile_credit)
		source.credit = options->tile_credit;
	if (origin)
		*(is_file(url) ? &source.reads : &source.pictures) =
			arena_printf(arena, " %s", origin);
	return source;
}

static void tile_source_show(struct http_request *req)
{
	const struct worker *worker = http_app(req);
	struct tile_source source = tile_source_get(http_arena(req), worker->options);
	struct json_write w;

	jw_init(&w, http_out(req));
	jw_object(&w);
	jw_key_string(&w, "url", source.url);
	jw_key_string(&w, "credit", source.credit);
	jw_object_end(&w);
	http_reply(req, 200, "application/json; charset=utf-8");
}

const struct http_route tile_source_routes[] = {
	{ .method = HTTP_GET,
		.path = "/api/v1/map-tiles",
		.access = ACCESS_ANYONE,
		.handle = tile_source_show,
		.summary = "What maps are drawn on: a PMTiles file, or pictures",
		.response = "MapTiles" },
	{ 0 },
};
