#include "server/open_page.h"

#include <string.h>

#include <jansson.h>

#include "lib/arena.h"
#include "lib/db.h"
#include "lib/error.h"
#include "server/access.h"
#include "server/open_http.h"
#include "server/open_words.h"
#include "server/options.h"
#include "server/page.h"
#include "server/result_page.h"
#include "server/statistics_view.h"
#include "server/worker.h"

static const struct db_query months_query = {
	.name = "open_page_months",
	.sql = "SELECT m.month FROM synpunkt_open.months() m ORDER BY m.month DESC",
};

struct open_page {
	struct http_request *req;
	struct db_call *call;
};

static json_t *file_json(struct http_request *req, const char *folder, const char *name)
{
	const char *stem =
		arena_printf(http_arena(req), "/oppnadata/v1/%s/%s", folder, name);

	return json_pack("{s:s, s:s, s:s}", "name", name, "csv",
		arena_printf(http_arena(req), "%s.csv", stem), "json",
		arena_printf(http_arena(req), "%s.json", stem));
}

static json_t *month_json(struct page *page, const char *month)
{
	json_t *file = file_json(page->req, "manad", month);
	json_t *words = statistics_view_month(
		page, arena_printf(http_arena(page->req), "%s-01", month));

	json_object_set(file, "name", json_object_get(words, "text"));
	json_decref(words);
	return file;
}

/* [{name, csv, json, months: [{name, csv, json}]}], the last first. */
static json_t *years_json(struct page *page, const struct db_rows *rows)
{
	json_t *years = json_array(), *year = NULL;
	const char *last = "";

	for (int i = 0; i < db_rows_count(rows); i++) {
		const char *month =
			arena_dup(http_arena(page->req), db_rows_text(rows, i, 0));

		if (strncmp(month, last, 4) != 0) {
			year = file_json(page->req, "ar",
				arena_dup_n(http_arena(page->req), month, 4));
			json_object_set_new(year, "months", json_array());
			json_object_set_new(year, "open", json_boolean(i == 0));
			json_array_append_new(years, year);
		}
		json_array_append_new(
			json_object_get(year, "months"), month_json(page, month));
		last = month;
	}
	return years;
}

static json_t *words_json(const struct open_word *words)
{
	json_t *list = json_array();

	for (; words->code; words++)
		json_array_append_new(
			list, json_pack("{s:s, s:s, s:s}", "code", words->code, "name",
				      words->name, "text", words->text));
	return list;
}

static json_t *lists_json(struct http_request *req)
{
	json_t *list = json_array();

	const char *title;

	for (size_t i = 0; open_list(i, &title); i++) {
		json_t *file = file_json(req, "kodlistor", open_list(i, NULL));

		json_object_set_new(file, "title", json_string(title));
		json_array_append_new(list, file);
	}
	return list;
}

static void page_on_rows(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct open_page *op = arg;
	const struct worker *worker = http_app(op->req);
	const struct options *options = worker->options;
	struct page page;

	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	page_init(&page, op->req, NULL);
	result_page_may_be_kept(&page);
	page_title(&page, "open.title");
	json_object_set_new(page.data, "robots", json_string("index,follow"));
	json_object_set_new(page.data, "foreign", json_boolean(page_is_foreign(&page)));
	json_object_set_new(page.data, "years", years_json(&page, rows));
	json_object_set_new(page.data, "some", json_boolean(db_rows_count(rows) > 0));
	json_object_set_new(page.data, "lists", lists_json(op->req));
	json_object_set_new(page.data, "measures", words_json(open_measures));
	json_object_set_new(page.data, "dimensions", words_json(open_dimensions));
	json_object_set_new(page.data, "publisher", json_string(options->publisher));
	json_object_set_new(page.data, "mail",
		json_string(options->open_data_mail ? options->open_data_mail
						    : options->mail_from));
	page_reply(&page, 200, "open");
}

static void page_on_gone(void *arg)
{
	db_cancel(((struct open_page *)arg)->call);
}

static void page_get(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct open_page *op;

	if (open_limit_take(req) < 0)
		return;
	op = arena_alloc(http_arena(req), sizeof(*op));
	op->req = req;
	http_on_close(req, page_on_gone, op);
	op->call = db_run(worker->read_pool, &months_query, NULL, page_on_rows, op);
}

const struct http_route open_page_routes[] = {
	{ .method = HTTP_GET,
		.path = "/oppnadata",
		.access = ACCESS_ANYONE,
		.handle = page_get,
		.page = true },
	{ .method = HTTP_GET,
		.path = "/oppnadata/",
		.access = ACCESS_ANYONE,
		.handle = page_get,
		.page = true },
	{ 0 },
};
