#include "server/told_page.h"

#include <string.h>

#include <jansson.h>

#include "lib/arena.h"
#include "lib/db.h"
#include "lib/error.h"
#include "server/access.h"
#include "server/city.h"
#include "server/city_holder.h"
#include "server/page.h"
#include "server/page_city.h"
#include "server/result_http.h"
#include "server/result_page.h"
#include "server/statistics_view.h"
#include "server/worker.h"

/* Latest actions, and latest praise, of one page. */
#define SHOWN_MAX "100"

static const struct db_query told_query = {
	.name = "result_told",
	.sql = "SELECT synpunkt_result.told($1::text, " SHOWN_MAX ")",
	.n_params = 1,
};

struct told {
	struct http_request *req;
	struct db_call *call;
	const char *board; /* its name; NULL: which there are */
};

static void told_on_gone(void *arg)
{
	db_cancel(((struct told *)arg)->call);
}

/* "maj 2026" of "2026-05". */
static json_t *month_json(const struct page *page, const json_t *month)
{
	return statistics_view_month(page,
		arena_printf(http_arena(page->req), "%s-01", json_string_value(month)));
}

/* In the reader's language where staff wrote it in that, else in Swedish. */
static json_t *words_json(const struct page *page, const json_t *texts)
{
	const json_t *own = json_object_get(texts, page->language);
	const json_t *words = own ? own : json_object_get(texts, "sv");

	return json_pack("{s:O?, s:O?, s:b}", "said", json_object_get(words, "said"),
		"did", json_object_get(words, "did"), "swedish",
		!own && page_is_foreign(page));
}

/* "Park, Lekplats", in the reader's language; "" without subjects. */
static const char *about_text(const struct page *page, const json_t *categories)
{
	const char *text = "";
	const json_t *category;
	size_t i;

	json_array_foreach(categories, i, category)
	{
		text = arena_printf(http_arena(page->req), "%s%s%s", text,
			i > 0 ? ", " : "",
			page_city_category(page,
				json_string_value(json_object_get(category, "code"))));
	}
	return text;
}

static json_t *action_json(const struct page *page, const json_t *action)
{
	const char *about = about_text(page, json_object_get(action, "categories"));

	return json_pack("{s:o, s:o, s:s*}", "words",
		words_json(page, json_object_get(action, "texts")), "month",
		month_json(page, json_object_get(action, "month")), "about",
		about[0] ? about : NULL);
}

static void actions_add(struct page *page, const json_t *doc)
{
	json_t *actions = json_array(), *praise = json_array();
	const json_t *one;
	size_t i;

	json_array_foreach(json_object_get(doc, "actions"), i, one)
		json_array_append_new(actions, action_json(page, one));
	json_array_foreach(json_object_get(doc, "praise"), i, one)
	{
		json_array_append_new(praise,
			json_pack("{s:O?, s:o}", "text", json_object_get(one, "text"),
				"month",
				month_json(page, json_object_get(one, "month"))));
	}
	json_object_set_new(page->data, "none",
		json_boolean(
			json_array_size(actions) == 0 && json_array_size(praise) == 0));
	json_object_set_new(
		page->data, "did_some", json_boolean(json_array_size(actions) > 0));
	json_object_set_new(
		page->data, "praised", json_boolean(json_array_size(praise) > 0));
	json_object_set_new(page->data, "actions", actions);
	json_object_set_new(page->data, "praise", praise);
}

static void boards_add(struct page *page, const json_t *doc)
{
	json_t *boards = json_array();
	const json_t *one;
	size_t i;

	json_array_foreach(json_object_get(doc, "boards"), i, one)
	{
		json_array_append_new(
			boards, json_pack("{s:s, s:O?}", "href",
					arena_printf(http_arena(page->req),
						"/resultat/du-sa-vi-gjorde/%s",
						json_string_value(
							json_object_get(one, "code"))),
					"name", json_object_get(one, "name")));
	}
	json_object_set_new(
		page->data, "none", json_boolean(json_array_size(boards) == 0));
	json_object_set_new(page->data, "boards", boards);
}

static void told_reply(const struct told *op, const json_t *doc)
{
	struct page page;

	page_init(&page, op->req, NULL);
	result_page_may_be_kept(&page);
	json_object_set_new(page.data, "robots", json_string("index,follow"));
	json_object_set_new(page.data, "foreign", json_boolean(page_is_foreign(&page)));
	if (op->board) {
		json_object_set_new(page.data, "title",
			json_string(page_format(&page, "told.title-of",
				TEXT_VALUES({ "board", op->board }))));
		json_object_set_new(page.data, "board", json_string(op->board));
		actions_add(&page, doc);
	} else {
		page_title(&page, "told.title");
		boards_add(&page, doc);
	}
	page_reply(&page, 200, op->board ? "told" : "told_boards");
}

static void told_on_row(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct told *op = arg;
	json_t *doc;

	op->call = NULL;
	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	doc = json_loads(db_rows_text(rows, 0, 0), 0, NULL);
	told_reply(op, doc);
	json_decref(doc);
}

static void told_run(struct http_request *req, const struct city_board *board)
{
	struct worker *worker = http_app(req);
	struct told *op;

	if (result_limit_take(req) < 0)
		return;
	op = arena_alloc(http_arena(req), sizeof(*op));
	op->req = req;
	/* The city's rows may be others when the answer is there. */
	op->board = board ? arena_dup(http_arena(req), board->name) : NULL;
	http_on_close(req, told_on_gone, op);
	op->call = db_run(worker->read_pool, &told_query,
		(const char *[]){ board ? board->code : NULL }, told_on_row, op);
}

static void boards_get(struct http_request *req)
{
	told_run(req, NULL);
}

static void board_get(struct http_request *req)
{
	struct worker *worker = http_app(req);
	const struct city *city = city_holder_get(worker->city);
	const struct city_board *board =
		city ? city_board_find(city, http_path_value(req, "board")) : NULL;
	struct error err = { 0 };

	if (board) {
		told_run(req, board);
		return;
	}
	error_set(&err, ERR_NOT_FOUND, "no such board");
	http_reply_error(req, &err);
}

const struct http_route told_routes[] = {
	{ .method = HTTP_GET,
		.path = "/resultat/du-sa-vi-gjorde",
		.access = ACCESS_ANYONE,
		.handle = boards_get,
		.page = true },
	{ .method = HTTP_GET,
		.path = "/resultat/du-sa-vi-gjorde/{board}",
		.access = ACCESS_ANYONE,
		.handle = board_get,
		.page = true },
	{ 0 },
};
