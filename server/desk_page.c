#include "server/desk_page.h"

#include "clients/desk/embedded.h"
#include "server/access.h"

/* Stricter than the standard: nothing but our own files, pictures of cases and the
 * small ones that the style sheet holds. */
static const char policy[] =
	"default-src 'none'; script-src 'self'; style-src 'self'; "
	"img-src 'self' data:; connect-src 'self'; form-action 'none'; base-uri 'none'; "
	"frame-ancestors 'none'";

/* It holds nothing of anybody's; the files it names have their content's hash in their
 * address, so it must be asked for each time. */
static void desk_page_get(struct http_request *req)
{
	const struct embed_file *file = embed_find(desk_files, "index.html");

	http_set_header(req, "Content-Security-Policy", policy);
	http_set_header(
		req, "Permissions-Policy", "camera=(), geolocation=(), microphone=()");
	http_set_header(req, "Cache-Control", "no-cache");
	if (http_reply_unchanged(req, file->etag))
		return;
	http_reply_static(req, file->bytes, file->size, "text/html; charset=utf-8");
}

static void desk_page_redirect(struct http_request *req)
{
	http_reply_redirect(req, "/desk/");
}

const struct http_route desk_page_routes[] = {
	{ .method = HTTP_GET,
		.path = "/desk",
		.access = ACCESS_ANYONE,
		.handle = desk_page_redirect,
		.page = true },
	{ .method = HTTP_GET,
		.path = "/desk/",
		.access = ACCESS_ANYONE,
		.handle = desk_page_get,
		.page = true },
	{ .method = HTTP_GET,
		.path = "/desk/forbattringar",
		.access = ACCESS_ANYONE,
		.handle = desk_page_get,
		.page = true },
	{ .method = HTTP_GET,
		.path = "/desk/forbattringar/{id}",
		.access = ACCESS_ANYONE,
		.handle = desk_page_get,
		.page = true },
	{ .method = HTTP_GET,
		.path = "/desk/installningar",
		.access = ACCESS_ANYONE,
		.handle = desk_page_get,
		.page = true },
	{ .method = HTTP_GET,
		.path = "/desk/installningar/{kind}",
		.access = ACCESS_ANYONE,
		.handle = desk_page_get,
		.page = true },
	{ .method = HTTP_GET,
		.path = "/desk/installningar/{kind}/{key}",
		.access = ACCESS_ANYONE,
		.handle = desk_page_get,
		.page = true },
	{ .method = HTTP_GET,
		.path = "/desk/konto",
		.access = ACCESS_ANYONE,
		.handle = desk_page_get,
		.page = true },
	{ .method = HTTP_GET,
		.path = "/desk/arenden/{number}",
		.access = ACCESS_ANYONE,
		.handle = desk_page_get,
		.page = true },
	{ .method = HTTP_GET,
		.path = "/desk/belastning",
		.access = ACCESS_ANYONE,
		.handle = desk_page_get,
		.page = true },
	{ .method = HTTP_GET,
		.path = "/desk/rapporter",
		.access = ACCESS_ANYONE,
		.handle = desk_page_get,
		.page = true },
	{ .method = HTTP_GET,
		.path = "/desk/rapporter/{board}/{period}",
		.access = ACCESS_ANYONE,
		.handle = desk_page_get,
		.page = true },
	{ .method = HTTP_GET,
		.path = "/desk/regler",
		.access = ACCESS_ANYONE,
		.handle = desk_page_get,
		.page = true },
	{ .method = HTTP_GET,
		.path = "/desk/regler/{version}",
		.access = ACCESS_ANYONE,
		.handle = desk_page_get,
		.page = true },
	{ .method = HTTP_GET,
		.path = "/desk/utlamnande",
		.access = ACCESS_ANYONE,
		.handle = desk_page_get,
		.page = true },
	{ .method = HTTP_GET,
		.path = "/desk/utlamnande/{id}",
		.access = ACCESS_ANYONE,
		.handle = desk_page_get,
		.page = true },
	{ .method = HTTP_GET,
		.path = "/desk/utlamnande/{id}/{number}",
		.access = ACCESS_ANYONE,
		.handle = desk_page_get,
		.page = true },
	{ .method = HTTP_GET,
		.path = "/desk/uppdrag",
		.access = ACCESS_ANYONE,
		.handle = desk_page_get,
		.page = true },
	{ .method = HTTP_GET,
		.path = "/desk/omorganisation",
		.access = ACCESS_ANYONE,
		.handle = desk_page_get,
		.page = true },
	{ .method = HTTP_GET,
		.path = "/desk/omorganisation/{code}",
		.access = ACCESS_ANYONE,
		.handle = desk_page_get,
		.page = true },
	{ .method = HTTP_GET,
		.path = "/desk/signaler",
		.access = ACCESS_ANYONE,
		.handle = desk_page_get,
		.page = true },
	{ .method = HTTP_GET,
		.path = "/desk/bekraftad",
		.access = ACCESS_ANYONE,
		.handle = desk_page_get,
		.page = true },
	{ .method = HTTP_GET,
		.path = "/desk/lokal",
		.access = ACCESS_ANYONE,
		.handle = desk_page_get,
		.page = true },
	{ .method = HTTP_GET,
		.path = "/desk/karantan",
		.access = ACCESS_ANYONE,
		.handle = desk_page_get,
		.page = true },
	{ .method = HTTP_GET,
		.path = "/desk/mallar",
		.access = ACCESS_ANYONE,
		.handle = desk_page_get,
		.page = true },
	{ .method = HTTP_GET,
		.path = "/desk/nytt",
		.access = ACCESS_ANYONE,
		.handle = desk_page_get,
		.page = true },
	{ .method = HTTP_GET,
		.path = "/desk/personer",
		.access = ACCESS_ANYONE,
		.handle = desk_page_get,
		.page = true },
	{ 0 },
};
