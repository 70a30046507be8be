#include "server/page.h"

#include <stdlib.h>
#include <string.h>

#include <event2/buffer.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/catalogue.h"
#include "lib/encode.h"
#include "lib/error.h"
#include "lib/http.h"
#include "lib/link_values.h"
#include "lib/log.h"
#include "lib/template_set.h"
#include "server/access.h"
#include "server/city_words.h"
#include "server/options.h"
#include "server/page_asset.h"
#include "server/page_child.h"
#include "server/page_city.h"
#include "server/page_frame.h"
#include "server/session.h"
#include "server/worker.h"

static const char html_type[] = "text/html; charset=utf-8";

/* Seconds after which a page that could not be had may be asked for again. */
static const char retry_after[] = "5";

static const struct {
	const char *key, *href;
} menu[] = {
	{ "nav.leave", "/lamna" },
	{ "nav.follow", "/folj" },
	{ "nav.about", "/om" },
};

const char *page_find(const struct page *page, const char *key)
{
	const char *text = NULL;

	if (page->voice == PAGE_FOR_CHILD)
		text = catalogue_find(page->catalogue, page->language,
			arena_printf(http_arena(page->req), "child.%s", key));
	return text ? text : catalogue_find(page->catalogue, page->language, key);
}

const char *page_text(const struct page *page, const char *key)
{
	const char *text = page_find(page, key);

	return text ? text : catalogue_text(page->catalogue, page->language, key);
}

char *page_format(
	const struct page *page, const char *key, const struct text_value *values)
{
	return page_fill(page, page_text(page, key), values);
}

char *page_fill(
	const struct page *page, const char *text, const struct text_value *values)
{
	return catalogue_fill(
		http_arena(page->req), page->catalogue, page->language, text, values);
}

bool page_is_foreign(const struct page *page)
{
	return city_words_foreign(page->language);
}

/* ---- the frame ---- */

struct language_choice {
	const char *code;
	const struct catalogue_about *about;
};

static const char *direction(const struct catalogue_about *about)
{
	return about->right_to_left ? "rtl" : "ltr";
}

static void language_add(const struct page *page, json_t *list, const char *code)
{
	const struct catalogue_about *about = catalogue_about(page->catalogue, code);

	json_array_append_new(list,
		json_pack("{s:s, s:s, s:s, s:s+, s:b}", "code", code, "name",
			about->name, "dir", direction(about), "href", "?lang=", code,
			"current", !strcmp(code, page->language)));
}

static int by_name(const void *a, const void *b)
{
	const struct language_choice *one = a, *other = b;

	return strcmp(one->about->name, other->about->name);
}

/* Links to this page in each language: the base language, then by their names. A page
 * that only a form leads to has no address of its own to come back to: the path is the
 * form's, which is near enough. */
static json_t *languages_json(const struct page *page)
{
	const char *base = catalogue_choose(page->catalogue, NULL, NULL);
	struct language_choice choices[CATALOGUE_LANGUAGES_MAX];
	size_t n = catalogue_count(page->catalogue);
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++) {
		choices[i].code = catalogue_language(page->catalogue, i);
		choices[i].about = catalogue_about(page->catalogue, choices[i].code);
	}
	qsort(choices, n, sizeof(choices[0]), by_name);
	language_add(page, list, base);
	for (size_t i = 0; i < n; i++)
		if (strcmp(choices[i].code, base) != 0)
			language_add(page, list, choices[i].code);
	return list;
}

static json_t *menu_json(const struct page *page)
{
	const char *path = http_path(page->req);
	json_t *list = json_array();

	for (size_t i = 0; i < ARRAY_LEN(menu); i++) {
		size_t n = strlen(menu[i].href);
		bool here = path && !strncmp(path, menu[i].href, n) &&
			    (path[n] == '\0' || path[n] == '/');

		json_array_append_new(
			list, json_pack("{s:s, s:s, s:b}", "href", menu[i].href, "text",
				      page_text(page, menu[i].key), "current", here));
	}
	return list;
}

/* Where the city's page in sign language is, and a reading voice, if it has them. */
static json_t *aids_json(const struct page *page)
{
	const struct options *options = page->worker->options;
	const struct {
		const char *key, *href;
	} aids[] = {
		{ "footer.sign-language", options->sign_language_url },
		{ "footer.read-aloud", options->read_aloud_url },
	};
	json_t *list = json_array();

	for (size_t i = 0; i < ARRAY_LEN(aids); i++)
		if (aids[i].href)
			json_array_append_new(
				list, json_pack("{s:s, s:s}", "href", aids[i].href,
					      "text", page_text(page, aids[i].key)));
	return list;
}

/* That nobody who speaks the language has read the page: in it, and in Swedish. */
static json_t *unreviewed_json(
	const struct page *page, const struct catalogue_about *about)
{
	const char *key = "page.unreviewed";

	if (!about->unreviewed)
		return json_false();
	return json_pack("{s:s, s:s}", "own",
		catalogue_text(page->catalogue, page->language, key), "swedish",
		catalogue_text(page->catalogue, "sv", key));
}

static json_t *frame_json(const struct page *page)
{
	const struct catalogue_about *about =
		catalogue_about(page->catalogue, page->language);

	return json_pack(
		"{s:s, s:s, s:o, s:O, s:b, s:b, s:o, s:o, s:o, s:b, s:o, s:s, s:s}",
		"lang", page->language, "dir", direction(about), "unreviewed",
		unreviewed_json(page, about), "t",
		catalogue_json(page->catalogue, page->language), "announced",
		page_find(page, "page.announcement") != NULL, "faulty", 0, "languages",
		languages_json(page), "nav", menu_json(page), "aids", aids_json(page),
		"signed", page->worker->options->sign_language_url != NULL, "assets",
		page_asset_links(), "robots", "noindex", "title", "");
}

/* With TLS by a name that no page of another name below ours can set. */
static const char *language_cookie(struct http_request *req)
{
	return http_is_secure(req) ? "__Host-lang" : "lang";
}

static void remember(struct page *page)
{
	http_set_header(page->req, "Set-Cookie",
		arena_printf(http_arena(page->req),
			"%s=%s; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly%s",
			language_cookie(page->req), page->language,
			http_is_secure(page->req) ? "; Secure" : ""));
}

void page_make(struct page *page, struct http_request *req,
	const struct catalogue *catalogue, const char *language)
{
	*page = (struct page){
		.req = req, .worker = http_app(req), .catalogue = catalogue
	};
	page->language = catalogue_choose(catalogue, language, NULL);
	page->data = frame_json(page);
	page_city_add(page);
}

void page_init(struct page *page, struct http_request *req, const char *asked)
{
	struct worker *worker = http_app(req);
	const char *query = http_query_value(req, "lang");
	const char *cookie = http_cookie(req, language_cookie(req));
	const char *accept = http_header(req, "accept-language");

	if (!asked)
		asked = query ? query : cookie;
	page_make(page, req, worker->catalogue,
		catalogue_choose(worker->catalogue, asked, accept));
	page->remember = query && !strcmp(query, page->language);
	http_set_header(req, "Vary", "Accept-Language, Cookie");
	http_set_header(req, "Content-Language", page->language);
}

void page_title(struct page *page, const char *key)
{
	json_object_set_new(page->data, "title", json_string(page_text(page, key)));
}

void page_may_be_kept(struct page *page)
{
	http_set_header(page->req, "Cache-Control", "private, no-cache");
}

int page_render(
	struct page *page, const char *name, struct evbuffer *out, struct error *err)
{
	int failed;

	page_frame_add(page, name);
	failed = template_set_render(
		page->worker->templates, name, page->data, out, err);
	json_decref(steal(page->data));
	return failed ? -1 : 0;
}

void page_reply(struct page *page, int status, const char *name)
{
	struct error err = { 0 };
	int failed = page_render(page, name, http_out(page->req), &err);

	if (page->remember)
		remember(page);
	if (status == 503)
		http_set_header(page->req, "Retry-After", retry_after);
	if (failed) {
		/* Our own templates over our own data: said once, and plainly. */
		log_event(LOG_LEVEL_ERROR, "page_failed", LOG_S("page", name),
			LOG_S("why", err.text));
		http_set_header(page->req, "Cache-Control", "no-store");
		evbuffer_add_printf(http_out(page->req), "500\n");
		http_reply(page->req, 500, "text/plain; charset=utf-8");
		return;
	}
	http_reply(page->req, status, html_type);
}

/* ---- errors ---- */

const char *page_token(struct http_request *req, const char *name, size_t chars)
{
	const char *given = http_path_value(req, name);
	char *tidy = arena_alloc(http_arena(req), chars + 1);

	return encode_base32_tidy(given, chars, /* group= */ 0, tidy) < 0 ? given
									  : tidy;
}

static const char *error_text(struct page *page, int status, const char *part)
{
	static const char *const general[] = { "s500", "s400" };
	struct arena *arena = http_arena(page->req);
	const char *text =
		page_find(page, arena_printf(arena, "error.s%d.%s", status, part));

	return text ? text
		    : page_text(page, arena_printf(arena, "error.%s.%s",
					      general[status < 500], part));
}

/* Signing in is the desk's; it leads back to the page that was asked for. The slashes
 * stay as they are, for people to read. */
static void page_sign_in(struct http_request *req)
{
	struct arena *arena = http_arena(req);
	const char *path = http_path(req), *to = "";

	while (*path) {
		size_t n = strcspn(path, "/");

		to = arena_printf(arena, "%s%s%s", to,
			link_encode(arena, arena_dup_n(arena, path, n)),
			path[n] ? "/" : "");
		path += n + (path[n] ? 1 : 0);
	}
	http_reply_redirect(req, arena_printf(arena, "/desk/?next=%s", to));
}

/* Nobody is signed in, or somebody who has a second factor to set up first. */
static bool needs_desk(struct http_request *req, int status)
{
	const struct http_route *route = http_route(req);
	const struct session *session = http_caller(req);

	if (!route || !route->page || !(route->access & ACCESS_STAFF))
		return false;
	return status == 401 || (status == 403 && session && session->needs);
}

void page_error(struct http_request *req, int status, const struct error *err,
	const struct faults *faults)
{
	const char *heading;
	struct page page;

	(void)faults;
	if (needs_desk(req, status)) {
		page_sign_in(req);
		return;
	}
	/* Under the API nothing is a page, whatever the client would like best. */
	if (!strncmp(http_path(req), "/api/", strlen("/api/"))) {
		http_reply_problem(req, status, err ? err->text : NULL, NULL);
		return;
	}
	/* The error's text is English, for programs; the status says what people need.
	 */
	page_init(&page, req, NULL);
	if (!strcmp(http_path(req), PAGE_CHILD_PATH))
		page_for_child(&page);
	heading = error_text(&page, status, "heading");
	json_object_set_new(page.data, "title", json_string(heading));
	json_object_set_new(page.data, "error",
		json_pack("{s:s, s:s, s:s?}", "heading", heading, "text",
			error_text(&page, status, "text"), "reference",
			status >= 500 ? http_correlation_id(req) : NULL));
	page_reply(&page, status, "error");
}
