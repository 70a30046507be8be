#include "server/register_page.h"

#include <stdlib.h>
#include <string.h>

#include <event2/buffer.h>
#include <jansson.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/http.h"
#include "lib/link_values.h"
#include "server/case_flow.h"
#include "server/city.h"
#include "server/city_holder.h"
#include "server/page.h"
#include "server/page_city.h"
#include "server/page_staff.h"
#include "server/page_words.h"
#include "server/register_csv.h"
#include "server/register_http.h"
#include "server/session.h"
#include "server/stamp.h"
#include "server/worker.h"

#define ROOT "/diarium/"

/* As in the database, which decides: for the list of one's own registers only. */
static const char *const readers[] = { "registrar", "coordinator", "board-secretary",
	"manager", "case-handler", "auditor", "data-protection-officer" };

/* The cases', and one that only a leg has. */
#define PASSED_ON "passed-on"

static const char *string_of(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

static const char *board_name(struct http_request *req, const char *board)
{
	const struct worker *worker = http_app(req);
	const struct city *city = city_holder_get(worker->city);

	return city ? city_board_name(city, board) : board;
}

static const char *status_name(const struct page *page, const char *status)
{
	const char *text = page_find(page,
		arena_printf(http_arena(page->req), "register.status.%s", status));

	return text ? text : status;
}

/* ---- one board, one year ---- */

static const char *address(
	const struct register_view *view, const char *path, const char *after)
{
	const struct register_filter *f = &view->filter;

	return link_make(http_arena(view->req), path,
		TEXT_VALUES({ "year", f->year }, { "q", f->q },
			{ "category", f->category }, { "status", f->status },
			{ "from", f->from }, { "to", f->to }, { "after", after }));
}

static json_t *years_json(const struct register_view *view)
{
	json_t *known = json_object_get(view->head, "years"), *year;
	json_int_t chosen = strtol(view->filter.year, NULL, 10);
	json_t *list = json_array();
	bool found = false;
	size_t i;

	json_array_foreach(known, i, year)
	{
		bool here = json_integer_value(year) == chosen;

		found |= here;
		json_array_append_new(
			list, json_pack("{s:O, s:b}", "year", year, "selected", here));
	}
	if (!found)
		json_array_insert_new(list, 0,
			json_pack("{s:I, s:b}", "year", chosen, "selected", 1));
	return list;
}

static void status_add(
	const struct page *page, json_t *list, const char *status, const char *chosen)
{
	json_array_append_new(list, json_pack("{s:s, s:s, s:b}", "code", status, "name",
					    status_name(page, status), "selected",
					    chosen && !strcmp(status, chosen)));
}

static json_t *statuses_json(const struct page *page, const char *chosen)
{
	json_t *list = json_array();

	for (size_t i = 0; case_statuses[i]; i++)
		status_add(page, list, case_statuses[i], chosen);
	status_add(page, list, PASSED_ON, chosen);
	return list;
}

/* What was chosen, in words: on paper the fields are not there. */
static json_t *chosen_json(const struct page *page, const struct register_filter *f)
{
	const struct {
		const char *key, *value;
	} given[] = {
		{ "register.q", f->q },
		{ "register.category",
			f->category ? page_city_category(page, f->category) : NULL },
		{ "register.state", f->status ? status_name(page, f->status) : NULL },
		{ "register.from", f->from },
		{ "register.to", f->to },
	};
	json_t *list = json_array();

	for (size_t i = 0; i < ARRAY_LEN(given); i++)
		if (given[i].value)
			json_array_append_new(
				list, json_pack("{s:s, s:s}", "name",
					      page_text(page, given[i].key), "value",
					      given[i].value));
	return list;
}

static json_t *row_json(const struct page *page, const json_t *item)
{
	const char *status = string_of(item, "status");
	const char *category = string_of(item, "category");

	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:b, s:s?, s:s?}", "number",
		string_of(item, "number"), "received", string_of(item, "receivedOn"),
		"case", string_of(item, "case"), "status", status_name(page, status),
		"category", page_city_category(page, category), "open",
		json_is_true(json_object_get(item, "open")), "sender",
		string_of(item, "sender"), "subject", string_of(item, "subject"));
}

static json_t *rows_json(const struct page *page, const json_t *items)
{
	json_t *list = json_array(), *item;
	size_t i;

	json_array_foreach(items, i, item)
	{
		json_array_append_new(list, row_json(page, item));
	}
	return list;
}

/* From which number to which, and that none is missing: a gap would be seen. */
static const char *series_text(
	const struct page *page, const struct register_view *view)
{
	const char *first = string_of(view->head, "first");
	const char *last = string_of(view->head, "last");

	if (!first)
		return page_format(page, "register.none",
			TEXT_VALUES({ "year", view->filter.year }));
	return page_format(page,
		json_is_true(json_object_get(view->head, "complete"))
			? "register.complete"
			: "register.gap",
		TEXT_VALUES({ "first", first }, { "last", last }));
}

static json_t *filter_json(const struct page *page, const struct register_view *view)
{
	const struct register_filter *f = &view->filter;

	return json_pack("{s:s, s:s, s:s, s:o, s:o, s:o}", "q", f->q ? f->q : "",
		"from", f->from ? f->from : "", "to", f->to ? f->to : "", "years",
		years_json(view), "statuses", statuses_json(page, f->status), "areas",
		page_city_areas(page, f->category));
}

static void page_show(struct register_view *view)
{
	const char *path =
		arena_printf(http_arena(view->req), ROOT "%s", view->filter.board);
	const char *csv = arena_printf(http_arena(view->req), "%s/csv", path);
	const char *name = board_name(view->req, view->filter.board);
	char now[STAMP_SIZE];
	struct page page;

	stamp_print(stamp_now(), now);
	page_staff_init(&page, view->req, ROOT);
	json_object_set_new(page.data, "title",
		json_string(page_format(&page, "register.title",
			TEXT_VALUES(
				{ "board", name }, { "year", view->filter.year }))));
	json_object_set_new(page.data, "board",
		json_pack("{s:s, s:s, s:s}", "name", name, "path", path, "year",
			view->filter.year));
	json_object_set_new(page.data, "series", json_string(series_text(&page, view)));
	json_object_set_new(page.data, "chosen", chosen_json(&page, &view->filter));
	json_object_set_new(
		page.data, "some", json_boolean(json_array_size(view->items) > 0));
	json_object_set_new(page.data, "filter", filter_json(&page, view));
	json_object_set_new(page.data, "rows", rows_json(&page, view->items));
	json_object_set_new(page.data, "now", page_words_instant(&page, now));
	json_object_set_new(page.data, "links",
		json_pack("{s:s, s:s?, s:s?}", "csv", address(view, csv, NULL), "first",
			view->filter.after ? address(view, path, NULL) : NULL, "next",
			view->next ? address(view, path, view->next) : NULL));
	json_decref(steal(view->head));
	json_decref(steal(view->items));
	page_reply(&page, 200, "register");
}

void register_page_board(struct http_request *req)
{
	struct register_view *view =
		register_view_new(req, http_path_value(req, "board"));

	if (!view)
		return;
	view->show = page_show;
	register_view_start(view);
}

/* ---- the same as a file ---- */

static const char *const columns[] = { "register.number", "register.received",
	"register.case", "register.state", "register.category", "register.sender",
	"register.subject" };

static void csv_row(const struct page *page, struct evbuffer *out, const json_t *item)
{
	bool open = json_is_true(json_object_get(item, "open"));
	const char *hidden = page_text(page, "register.hidden");
	const char *sender = string_of(item, "sender");
	const char *cells[] = { string_of(item, "number"),
		string_of(item, "receivedOn"), string_of(item, "case"),
		status_name(page, string_of(item, "status")),
		page_city_category(page, string_of(item, "category")),
		open && !sender ? page_text(page, "register.unnamed") : sender,
		string_of(item, "subject") };

	if (!open)
		cells[5] = cells[6] = hidden;
	register_csv_line(out, cells, ARRAY_LEN(cells));
}

static void csv_show(struct register_view *view)
{
	struct evbuffer *out = http_out(view->req);
	const char *heads[ARRAY_LEN(columns)];
	struct page page;
	json_t *item;
	size_t i;

	page_staff_init(&page, view->req, ROOT);
	for (i = 0; i < ARRAY_LEN(columns); i++)
		heads[i] = page_text(&page, columns[i]);
	evbuffer_add(out, REGISTER_CSV_MARK, strlen(REGISTER_CSV_MARK));
	register_csv_line(out, heads, ARRAY_LEN(heads));
	json_array_foreach(view->items, i, item)
	{
		csv_row(&page, out, item);
	}
	/* A file that is cut must not look whole. */
	if (view->next)
		register_csv_line(out,
			(const char *[]){ page_text(&page, "register.csv-more") }, 1);
	json_decref(steal(page.data));
	json_decref(steal(view->head));
	json_decref(steal(view->items));
	http_set_header(view->req, "Content-Disposition",
		arena_printf(http_arena(view->req),
			"attachment; filename=\"diarium-%s-%s.csv\"",
			view->filter.board, view->filter.year));
	http_reply(view->req, 200, "text/csv; charset=utf-8");
}

void register_page_csv(struct http_request *req)
{
	struct register_view *view =
		register_view_new(req, http_path_value(req, "board"));

	if (!view)
		return;
	view->is_export = true;
	view->limit = REGISTER_EXPORT_MAX;
	view->show = csv_show;
	register_view_start(view);
}

/* ---- one's own registers ---- */

static bool reads_register(const struct session *session, const char *board)
{
	for (size_t i = 0; i < ARRAY_LEN(readers); i++) {
		if (session_has_role_for(session, readers[i], board, NULL))
			return true;
	}
	return false;
}

void register_page_index(struct http_request *req)
{
	const struct worker *worker = http_app(req);
	const struct city *city = city_holder_get(worker->city);
	json_t *list = json_array();
	const char *only = NULL;
	struct page page;

	for (size_t i = 0; city && i < city->n_boards; i++) {
		const char *code = city->boards[i].code;

		if (!reads_register(session_get(req), code))
			continue;
		only = code;
		json_array_append_new(
			list, json_pack("{s:s+, s:s}", "href", ROOT, code, "name",
				      city_board_name(city, code)));
	}
	if (json_array_size(list) == 1) {
		json_decref(list);
		http_reply_redirect(
			req, arena_printf(http_arena(req), ROOT "%s", only));
		return;
	}
	page_staff_init(&page, req, ROOT);
	page_title(&page, "register.index");
	json_object_set_new(
		page.data, "empty", json_boolean(json_array_size(list) == 0));
	json_object_set_new(page.data, "boards", list);
	page_reply(&page, 200, "registers");
}
