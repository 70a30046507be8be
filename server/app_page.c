#include "server/app_page.h"

#include "clients/app/embedded.h"
#include "lib/arena.h"
#include "server/access.h"
#include "server/tile_source.h"
#include "server/worker.h"

/* Nothing but our own files, and what the map is drawn on; blob: is a picture that the
 * resident has chosen and not sent. No form is sent by the browser itself. */
static const char *policy(struct http_request *req)
{
	const struct worker *worker = http_app(req);
	struct arena *arena = http_arena(req);
	struct tile_source source = tile_source_get(arena, worker->options);

	return arena_printf(arena,
		"default-src 'none'; script-src 'self'; style-src 'self'; "
		"img-src 'self' blob: data:%s; connect-src 'self'%s; "
		"manifest-src 'self'; worker-src 'self'; form-action 'none'; "
		"base-uri 'none'; frame-ancestors 'none'",
		source.pictures, source.reads);
}

/* It holds nothing of anybody's; the files it names have their content's hash in their
 * address, so it must be asked for each time. */
static void app_reply(struct http_request *req, const char *name, const char *type)
{
	const struct embed_file *file = embed_find(app_files, name);

	http_set_header(req, "Content-Security-Policy", policy(req));
	http_set_header(req, "Permissions-Policy",
		"camera=(self), geolocation=(self), microphone=()");
	http_set_header(req, "Cache-Control", "no-cache");
	if (http_reply_unchanged(req, file->etag))
		return;
	http_reply_static(req, file->bytes, file->size, type);
}

static void app_page_get(struct http_request *req)
{
	app_reply(req, "index.html", "text/html; charset=utf-8");
}

/* Its folder is what it is in charge of, so it has no address with a hash. */
static void app_worker_get(struct http_request *req)
{
	app_reply(req, "sw.js", "text/javascript; charset=utf-8");
}

static void app_manifest_get(struct http_request *req)
{
	app_reply(req, "manifest.webmanifest", "application/manifest+json");
}

static void app_page_redirect(struct http_request *req)
{
	http_reply_redirect(req, "/app/");
}

/* What another app shares goes to the service worker, which keeps it on the device.
 * Without a worker it comes here: nothing is read or kept, and the app says so. */
static void app_share_missed(struct http_request *req)
{
	http_reply_redirect(req, "/app/?delat=nej");
}

#define PAGE(path_, handle_)                                                           \
	{                                                                              \
		.method = HTTP_GET, .path = path_, .access = ACCESS_ANYONE,            \
		.handle = handle_, .page = true                                        \
	}

const struct http_route app_page_routes[] = {
	PAGE("/app", app_page_redirect),
	PAGE("/app/", app_page_get),
	PAGE("/app/sw.js", app_worker_get),
	PAGE("/app/manifest.webmanifest", app_manifest_get),
	PAGE("/app/var", app_page_get),
	PAGE("/app/beratta", app_page_get),
	PAGE("/app/skicka", app_page_get),
	PAGE("/app/skickat/{key}", app_page_get),
	PAGE("/app/mina", app_page_get),
	PAGE("/app/mina/lagg-till", app_page_get),
	PAGE("/app/mina/{number}", app_page_get),
	PAGE("/app/stod/{key}", app_page_get),
	PAGE("/app/enheten", app_page_get),
	{ .method = HTTP_POST,
		.path = "/app/dela",
		.access = ACCESS_ANYONE,
		.max_body = HTTP_BODY_MEMORY,
		.handle = app_share_missed,
		.takes_cut = true,
		.page = true },
	{ 0 },
};
