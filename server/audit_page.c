#include "server/audit_page.h"

#include <string.h>

#include <jansson.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/http.h"
#include "lib/link_values.h"
#include "server/audit_http.h"
#include "server/city.h"
#include "server/city_holder.h"
#include "server/page.h"
#include "server/page_staff.h"
#include "server/page_words.h"
#include "server/session.h"
#include "server/stamp.h"
#include "server/worker.h"

#define ROOT "/loggar/"
#define READS "lasningar"
#define EXPORTS "uttag"

static const char *string_of(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

static const struct city *city_of(struct http_request *req)
{
	const struct worker *worker = http_app(req);

	return city_holder_get(worker->city);
}

static const char *board_name(struct http_request *req, const char *board)
{
	const struct city *city = city_of(req);

	return city ? city_board_name(city, board) : board;
}

static const char *path_of(const struct audit_view *view, const char *part)
{
	return arena_printf(http_arena(view->req), ROOT "%s/%s", view->board, part);
}

static const char *address(const struct audit_view *view, const char *after)
{
	return link_make(http_arena(view->req),
		path_of(view, view->of_exports ? EXPORTS : READS),
		TEXT_VALUES({ "case", view->number }, { "user", view->user },
			{ "from", view->from }, { "to", view->to },
			{ "after", after }));
}

/* "attachment-2" is "Fil 2"; codes that are newer than the words stay. */
static const char *what_text(const struct page *page, const char *what)
{
	size_t n = strcspn(what, "-");
	const char *kind = arena_dup_n(http_arena(page->req), what, n);
	const char *text = page_find(
		page, arena_printf(http_arena(page->req), "logs.what.%s", what));

	if (text)
		return text;
	text = page_find(
		page, arena_printf(http_arena(page->req), "logs.what.%s", kind));
	return text && what[n] ? arena_printf(http_arena(page->req), "%s %s", text,
					 what + n + 1)
			       : what;
}

static json_t *read_json(const struct page *page, const json_t *item)
{
	const char *because = string_of(item, "because");
	const char *text = page_find(
		page, arena_printf(http_arena(page->req), "logs.because.%s", because));

	return json_pack("{s:o, s:s, s:s, s:s, s:s, s:s}", "at",
		page_words_instant(page, string_of(item, "at")), "user",
		string_of(item, "user"), "name", string_of(item, "userName"), "case",
		string_of(item, "case"), "what",
		what_text(page, string_of(item, "what")), "because",
		text ? text : because);
}

/* "year: 2026, status: received": codes, as they were chosen by. */
static const char *filter_text(const struct page *page, const json_t *filter)
{
	struct arena *arena = http_arena(page->req);
	const char *text = "", *name;
	json_t *value;

	json_object_foreach((json_t *)filter, name, value)
	{
		const char *part =
			json_is_string(value)
				? json_string_value(value)
				: arena_printf(arena, "%lld",
					  (long long)json_integer_value(value));

		if (json_is_false(value))
			continue;
		text = arena_printf(arena, "%s%s%s%s%s", text, *text ? ", " : "", name,
			json_is_true(value) ? "" : ": ",
			json_is_true(value) ? "" : part);
	}
	return text;
}

static json_t *export_json(const struct page *page, const json_t *item)
{
	const char *user = string_of(item, "user"), *board = string_of(item, "board");

	return json_pack("{s:o, s:s?, s:s, s:s, s:s, s:s, s:I}", "at",
		page_words_instant(page, string_of(item, "at")), "user", user, "name",
		user ? string_of(item, "userName") : page_text(page, "logs.operator"),
		"board",
		board ? board_name(page->req, board) : page_text(page, "logs.city"),
		"what", what_text(page, string_of(item, "what")), "filter",
		filter_text(page, json_object_get(item, "filter")), "rows",
		json_integer_value(json_object_get(item, "rows")));
}

static json_t *rows_json(const struct page *page, const struct audit_view *view)
{
	json_t *list = json_array(), *item;
	size_t i;

	json_array_foreach(view->items, i, item)
	{
		json_array_append_new(list, view->of_exports ? export_json(page, item)
							     : read_json(page, item));
	}
	return list;
}

static json_t *filter_json(const struct audit_view *view)
{
	return json_pack("{s:s, s:s, s:s, s:s}", "case",
		view->number ? view->number : "", "user", view->user ? view->user : "",
		"from", view->from ? view->from : "", "to", view->to ? view->to : "");
}

static void page_show(struct audit_view *view)
{
	const char *name = board_name(view->req, view->board);
	const char *heading = view->of_exports ? "logs.exports" : "logs.reads";
	char now[STAMP_SIZE];
	struct page page;

	stamp_print(stamp_now(), now);
	page_staff_init(&page, view->req, ROOT);
	json_object_set_new(page.data, "title",
		json_string(page_format(&page, "logs.title",
			TEXT_VALUES({ "what", page_text(&page, heading) },
				{ "board", name }))));
	json_object_set_new(
		page.data, "heading", json_string(page_text(&page, heading)));
	json_object_set_new(page.data, "board", json_string(name));
	json_object_set_new(page.data, "is_exports", json_boolean(view->of_exports));
	json_object_set_new(page.data, "filter", filter_json(view));
	json_object_set_new(
		page.data, "some", json_boolean(json_array_size(view->items) > 0));
	json_object_set_new(page.data, "rows", rows_json(&page, view));
	json_object_set_new(page.data, "now", page_words_instant(&page, now));
	json_object_set_new(page.data, "links",
		json_pack("{s:s, s:s, s:s, s:s?}", "here",
			path_of(view, view->of_exports ? EXPORTS : READS), "reads",
			path_of(view, READS), "exports", path_of(view, EXPORTS), "next",
			view->next ? address(view, view->next) : NULL));
	json_decref(steal(view->items));
	page_reply(&page, 200, "logs");
}

static void page_start(struct http_request *req, bool of_exports)
{
	struct audit_view *view = audit_view_new(req, http_path_value(req, "board"));

	if (!view)
		return;
	view->of_exports = of_exports;
	view->show = page_show;
	audit_view_start(view);
}

void audit_page_reads(struct http_request *req)
{
	page_start(req, false);
}

void audit_page_exports(struct http_request *req)
{
	page_start(req, true);
}

/* Whose logs the session reads; the database decides. */
void audit_page_index(struct http_request *req)
{
	const struct session *session = session_get(req);
	const struct city *city = city_of(req);
	json_t *list = json_array();
	struct page page;

	for (size_t i = 0; city && i < city->n_boards; i++) {
		const char *code = city->boards[i].code;

		if (session_has_role_for(session, "auditor", code, NULL) ||
			session_has_role_for(
				session, "data-protection-officer", code, NULL))
			json_array_append_new(list,
				json_pack("{s:s++, s:s}", "href", ROOT, code, "/" READS,
					"name", city_board_name(city, code)));
	}
	page_staff_init(&page, req, ROOT);
	page_title(&page, "logs.index");
	json_object_set_new(
		page.data, "empty", json_boolean(json_array_size(list) == 0));
	json_object_set_new(page.data, "boards", list);
	page_reply(&page, 200, "loglist");
}
