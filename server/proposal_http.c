#include "server/proposal_http.h"

#include <stdlib.h>
#include <string.h>

#include <event2/buffer.h>
#include <jansson.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/http.h"
#include "server/access.h"
#include "server/city.h"
#include "server/city_holder.h"
#include "server/day.h"
#include "server/json_reply.h"
#include "server/page.h"
#include "server/page_city.h"
#include "server/page_staff.h"
#include "server/register_csv.h"
#include "server/request_read.h"
#include "server/session.h"
#include "server/stamp.h"
#include "server/statistics_page.h"
#include "server/statistics_store.h"
#include "server/worker.h"
#include "server/working_day.h"

#define YEAR_TEXT 5
#define YEARS_SHOWN 6 /* of this one and those before it */
#define PART "medborgarforslag"

struct proposals {
	struct http_request *req; /* its arena owns this struct */
	struct db_call *call;
	const char *board; /* a code, or STATISTICS_CITY */
	char year[YEAR_TEXT];
	void (*show)(struct proposals *op, json_t *items);
};

static const char *string_of(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

static int this_year(void)
{
	return day_to_civil(day_of_instant(stamp_now() / 1000000)).year;
}

/* ---- the list in words ---- */

/* decided, set aside, and of those that wait whether a year has gone. */
static const char *state_key(const json_t *item)
{
	bool is_late = json_is_true(json_object_get(item, "late"));

	if (json_is_true(json_object_get(item, "setAside")))
		return "proposals.set-aside";
	if (string_of(item, "decidedOn"))
		return is_late ? "proposals.decided-late" : "proposals.decided";
	return is_late ? "proposals.late" : "proposals.waits";
}

static json_t *row_json(const struct page *page, const json_t *item)
{
	const char *decided = string_of(item, "decidedOn");

	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:s}", "number",
		string_of(item, "number"), "registration",
		string_of(item, "registration") ? string_of(item, "registration") : "",
		"board", statistics_page_board_name(page, string_of(item, "board")),
		"category",
		string_of(item, "category")
			? page_city_category(page, string_of(item, "category"))
			: "",
		"received", string_of(item, "receivedOn"), "due",
		string_of(item, "dueOn"), "decided", decided ? decided : "", "late",
		!decided && json_is_true(json_object_get(item, "late")), "state",
		page_text(page, state_key(item)));
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

const char *proposal_href(struct http_request *req, const char *board)
{
	return arena_printf(http_arena(req), STATISTICS_ROOT "%s/" PART,
		statistics_page_code(board));
}

static const char *address(const struct proposals *op, const char *file, int year)
{
	return arena_printf(http_arena(op->req), "%s%s?year=%d",
		proposal_href(op->req, op->board), file, year);
}

static json_t *years_json(const struct proposals *op)
{
	json_t *list = json_array();
	int chosen = (int)strtol(op->year, NULL, 10), now = this_year();

	for (int year = now; year > now - YEARS_SHOWN; year--)
		json_array_append_new(list,
			json_pack("{s:i, s:s, s:b}", "year", year, "href",
				address(op, "", year), "current", year == chosen));
	return list;
}

static void page_show(struct proposals *op, json_t *items)
{
	struct page page;
	const char *name;

	page_staff_init(&page, op->req, STATISTICS_ROOT);
	name = statistics_page_board_name(&page, op->board);
	json_object_set_new(page.data, "title",
		json_string(page_format(&page, "proposals.title",
			TEXT_VALUES({ "board", name }, { "year", op->year }))));
	json_object_set_new(page.data, "name", json_string(name));
	json_object_set_new(page.data, "year", json_string(op->year));
	json_object_set_new(
		page.data, "city", json_boolean(!strcmp(op->board, STATISTICS_CITY)));
	json_object_set_new(page.data, "years", years_json(op));
	json_object_set_new(page.data, "csv",
		json_string(address(op, "/csv", (int)strtol(op->year, NULL, 10))));
	json_object_set_new(
		page.data, "some", json_boolean(json_array_size(items) > 0));
	json_object_set_new(page.data, "rows", rows_json(&page, items));
	page_reply(&page, 200, "proposals");
}

static void csv_show(struct proposals *op, json_t *items)
{
	static const char *const columns[] = { "register.number", "register.case",
		"proposals.board", "register.category", "register.received",
		"proposals.due", "proposals.decided-on", "register.state" };
	static const char *const members[] = { "registration", "number", "board",
		"category", "received", "due", "decided", "state" };
	const char *cells[ARRAY_LEN(columns)];
	struct page page;
	json_t *rows, *row;
	size_t i;

	page_staff_init(&page, op->req, STATISTICS_ROOT);
	rows = rows_json(&page, items);
	for (i = 0; i < ARRAY_LEN(columns); i++)
		cells[i] = page_text(&page, columns[i]);
	evbuffer_add(http_out(op->req), REGISTER_CSV_MARK, strlen(REGISTER_CSV_MARK));
	register_csv_line(http_out(op->req), cells, ARRAY_LEN(cells));
	json_array_foreach(rows, i, row)
	{
		for (size_t k = 0; k < ARRAY_LEN(members); k++)
			cells[k] = string_of(row, members[k]);
		register_csv_line(http_out(op->req), cells, ARRAY_LEN(cells));
	}
	json_decref(rows);
	json_decref(steal(page.data));
	http_set_header(op->req, "Content-Disposition",
		arena_printf(http_arena(op->req),
			"attachment; filename=\"" PART "-%s-%s.csv\"",
			statistics_page_code(op->board), op->year));
	http_reply(op->req, 200, "text/csv; charset=utf-8");
}

static void json_show(struct proposals *op, json_t *items)
{
	json_t *whole = json_pack("{s:s?, s:s, s:O}", "board",
		op->board[0] ? op->board : NULL, "year", op->year, "items", items);

	json_reply(op->req, 200, whole);
	json_decref(whole);
}

/* ---- asking ---- */

static void on_gone(void *arg)
{
	db_cancel(((struct proposals *)arg)->call);
}

static void on_rows(const struct db_rows *rows, const struct error *db_err, void *arg)
{
	struct proposals *op = arg;
	struct error err = { 0 };
	json_t *items;

	if (db_err) {
		http_reply_error(op->req, db_err);
		return;
	}
	if (strcmp(db_rows_text(rows, 0, 0), "done") != 0) {
		error_set(&err, ERR_FORBIDDEN,
			"none of your roles sees the figures of that board");
		http_reply_error(op->req, &err);
		return;
	}
	items = json_loads(db_rows_text(rows, 0, 1), 0, NULL);
	op->show(op, items);
	json_decref(items);
}

/* False: it is no year that there can be a list of. */
static bool year_read(struct http_request *req, char ret[YEAR_TEXT])
{
	const char *text = request_value(req, "year");
	long year = this_year();

	if (text) {
		if (strspn(text, "0123456789") != 4 || text[4])
			return false;
		year = strtol(text, NULL, 10);
	}
	if (year < WORKING_DAY_FIRST_YEAR || year > this_year())
		return false;
	memcpy(ret, arena_printf(http_arena(req), "%04ld", year), YEAR_TEXT);
	return true;
}

static void ask(struct http_request *req, const char *board,
	void (*show)(struct proposals *op, json_t *items))
{
	struct proposals *op = arena_alloc(http_arena(req), sizeof(*op));
	const struct worker *worker = http_app(req);
	struct error err = { 0 };

	*op = (struct proposals){ .req = req, .board = board, .show = show };
	if (!board || !year_read(req, op->year)) {
		error_set(&err, ERR_NOT_FOUND, "no such board or year");
		http_reply_error(req, &err);
		return;
	}
	http_on_close(req, on_gone, op);
	op->call = statistics_store_proposals(worker->report_pool,
		&(struct statistics_wanted){ .session = session_get(req),
			.board = op->board,
			.year = op->year },
		on_rows, op);
}

static void page_get(struct http_request *req)
{
	ask(req, statistics_page_board_code(req), page_show);
}

static void csv_get(struct http_request *req)
{
	ask(req, statistics_page_board_code(req), csv_show);
}

static void json_get(struct http_request *req)
{
	const struct worker *worker = http_app(req);
	const struct city *city = city_holder_get(worker->city);
	const char *board = request_value(req, "board");

	if (!board)
		board = STATISTICS_CITY;
	else if (!city || !city_board_find(city, board))
		board = NULL;
	ask(req, board, json_show);
}

static const char *const query_names[] = { "board", "year", NULL };

const struct http_route proposal_routes[] = {
	{ .method = HTTP_GET,
		.path = "/api/v1/statistics/citizen-proposals",
		.access = ACCESS_STAFF,
		.handle = json_get,
		.summary = "Citizens' proposals that came in a year or waited when it "
			   "began, of a board or of the city",
		.response = "CitizenProposals",
		.query = query_names },
	{ .method = HTTP_GET,
		.path = STATISTICS_ROOT "{board}/" PART,
		.access = ACCESS_STAFF,
		.handle = page_get,
		.page = true },
	{ .method = HTTP_GET,
		.path = STATISTICS_ROOT "{board}/" PART "/csv",
		.access = ACCESS_STAFF,
		.handle = csv_get,
		.page = true },
	{ 0 },
};
