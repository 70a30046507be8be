/*
 *   result_choose_get   nothing typed, or too little: the list of districts
 *   choose_on_rows      what was typed is in one district: there; else what there is to
 *                       choose from
 */
#include <string.h>

#include <jansson.h>

#include "lib/arena.h"
#include "lib/db.h"
#include "lib/http.h"
#include "lib/utf8.h"
#include "server/city.h"
#include "server/city_holder.h"
#include "server/day.h"
#include "server/page.h"
#include "server/request_read.h"
#include "server/result_http.h"
#include "server/result_page.h"
#include "server/stamp.h"
#include "server/worker.h"

#define QUERY_LEAST 2 /* code points, as the API's places */
#define QUERY_MOST 100

static const struct db_query search_query = {
	.name = "result_place",
	.sql = "SELECT s.name, s.district, s.district_name"
	       " FROM synpunkt_place.search($1::text, 10) s",
	.n_params = 1,
};

struct choose {
	struct http_request *req;
	struct db_call *call;
	const char *q; /* NULL: nothing was typed */
};

static const char *district_href(struct http_request *req, const char *code)
{
	return arena_printf(http_arena(req), "/resultat/%s", code);
}

static json_t *districts_json(struct http_request *req)
{
	struct worker *worker = http_app(req);
	int32_t today = day_of_instant(stamp_now() / 1000000);
	const struct city *city = city_holder_get(worker->city);
	json_t *list = json_array();

	for (size_t i = 0; city && i < city->n_districts; i++) {
		const struct city_district *district = &city->districts[i];

		if (city_valid_on(&district->valid, today))
			json_array_append_new(
				list, json_pack("{s:s, s:s}", "href",
					      district_href(req, district->code),
					      "name", district->name));
	}
	return list;
}

/* fault: the key of what is wrong with q, NULL if nothing is. hits is let go of. */
static void choose_reply(const struct choose *op, const char *fault, json_t *hits)
{
	struct page page;

	page_init(&page, op->req, NULL);
	result_page_may_be_kept(&page);
	page_title(&page, "results.title");
	json_object_set_new(page.data, "robots", json_string("index,follow"));
	json_object_set_new(page.data, "foreign", json_boolean(page_is_foreign(&page)));
	json_object_set_new(page.data, "q", json_string(op->q ? op->q : ""));
	json_object_set_new(page.data, "fault",
		fault ? json_string(page_text(&page, fault)) : json_null());
	json_object_set_new(
		page.data, "found", json_boolean(json_array_size(hits) > 0));
	json_object_set_new(page.data, "hits", hits);
	json_object_set_new(page.data, "districts", districts_json(op->req));
	page_reply(&page, fault ? 422 : 200, "results_choose");
}

static void choose_on_rows(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct choose *op = arg;
	const char *only = NULL;
	bool several = false;
	json_t *hits;

	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	hits = json_array();
	for (int i = 0; i < db_rows_count(rows); i++) {
		const char *district = db_rows_text(rows, i, 1);

		/* Outside all districts. */
		if (!district)
			continue;
		several = several || (only && strcmp(only, district) != 0);
		only = district;
		json_array_append_new(
			hits, json_pack("{s:s, s:s, s:s}", "href",
				      district_href(op->req, district), "name",
				      db_rows_text(rows, i, 0), "district",
				      db_rows_text(rows, i, 2)));
	}
	if (only && !several) {
		json_decref(hits);
		http_reply_redirect(op->req, district_href(op->req, only));
		return;
	}
	choose_reply(op, only ? NULL : "results.no-hit", hits);
}

static void choose_on_gone(void *arg)
{
	db_cancel(((struct choose *)arg)->call);
}

/* The district whose name was typed. */
static const struct city_district *district_named(
	struct http_request *req, const char *q)
{
	struct worker *worker = http_app(req);
	const struct city *city = city_holder_get(worker->city);
	const char *folded = city_text_fold(http_arena(req), q);

	for (size_t i = 0; city && i < city->n_districts; i++) {
		if (!strcmp(folded,
			    city_text_fold(http_arena(req), city->districts[i].name)))
			return &city->districts[i];
	}
	return NULL;
}

void result_choose_get(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct choose *op = arena_alloc(http_arena(req), sizeof(*op));
	const struct city_district *named;
	size_t n;

	op->req = req;
	op->q = request_value(req, "q");
	if (!op->q) {
		choose_reply(op, NULL, json_array());
		return;
	}
	n = utf8_count(op->q, strlen(op->q));
	if (n < QUERY_LEAST || n > QUERY_MOST) {
		choose_reply(op, "results.short", json_array());
		return;
	}
	named = district_named(req, op->q);
	if (named) {
		http_reply_redirect(req, district_href(req, named->code));
		return;
	}
	if (result_limit_take(req) < 0)
		return;
	http_on_close(req, choose_on_gone, op);
	op->call = db_run(worker->read_pool, &search_query, (const char *[]){ op->q },
		choose_on_rows, op);
}
