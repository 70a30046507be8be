#include "server/place_http.h"

#include <string.h>

#include "lib/arena.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/json_write.h"
#include "lib/utf8.h"
#include "server/access.h"
#include "server/list_page.h"
#include "server/question_limit.h"
#include "server/request_read.h"
#include "server/worker.h"

#define QUERY_LEAST 2 /* code points */
#define QUERY_MOST 100

/* Questions that an address may ask in a minute: somebody who types asks ten for one
 * place, and mobile networks put thousands behind one address. */
#define PLACES_PER_MINUTE 1200

static const struct db_query search_query = {
	.name = "place_search",
	.sql = "SELECT s.name, s.kind, s.unit, s.district, s.district_name, s.lat, s.lon"
	       " FROM synpunkt_place.search($1::text, $2::integer) s",
	.n_params = 2,
};

static const struct db_query nearest_query = {
	.name = "place_nearest",
	.sql = "SELECT n.name, n.metres, n.district, n.district_name, n.is_inside"
	       " FROM synpunkt_place.nearest($1::float8, $2::float8) n",
	.n_params = 2,
};

struct place_get {
	struct http_request *req;
	struct db_call *call;
};

static void place_on_gone(void *arg)
{
	db_cancel(((struct place_get *)arg)->call);
}

static struct place_get *place_new(struct http_request *req)
{
	struct place_get *op = arena_alloc(http_arena(req), sizeof(*op));

	op->req = req;
	http_on_close(req, place_on_gone, op);
	return op;
}

static void district_write(
	struct json_write *w, const struct db_rows *rows, int row, int col)
{
	if (db_rows_is_null(rows, row, col)) {
		jw_key_null(w, "district");
		return;
	}
	jw_key(w, "district");
	jw_object(w);
	jw_key_string(w, "code", db_rows_text(rows, row, col));
	jw_key_string(w, "name", db_rows_text(rows, row, col + 1));
	jw_object_end(w);
}

static void search_on_rows(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct place_get *op = arg;
	struct json_write w;

	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	list_page_begin(op->req, &w);
	for (int i = 0; i < db_rows_count(rows); i++) {
		jw_object(&w);
		jw_key_string(&w, "name", db_rows_text(rows, i, 0));
		jw_key_string(&w, "kind", db_rows_text(rows, i, 1));
		if (!db_rows_is_null(rows, i, 2))
			jw_key_string(&w, "unit", db_rows_text(rows, i, 2));
		district_write(&w, rows, i, 3);
		jw_key_double(&w, "lat", db_rows_double(rows, i, 5));
		jw_key_double(&w, "lon", db_rows_double(rows, i, 6));
		jw_object_end(&w);
	}
	list_page_reply(op->req, &w, NULL);
}

static void places_get(struct http_request *req)
{
	struct worker *worker = http_app(req);
	const char *q = request_value(req, "q");
	size_t n = q ? utf8_count(q, strlen(q)) : 0;
	struct list_page page;
	struct faults faults;
	struct place_get *op;

	faults_init(&faults, http_arena(req));
	if (n < QUERY_LEAST || n > QUERY_MOST)
		faults_add(&faults, "q", "must be %d to %d characters", QUERY_LEAST,
			QUERY_MOST);
	list_page_read(req, &page, &faults);
	if (faults.n > 0) {
		http_reply_faults(req, &faults);
		return;
	}
	if (question_limit_take(req, "places", PLACES_PER_MINUTE) < 0)
		return;
	op = place_new(req);
	op->call = db_run(worker->read_pool, &search_query,
		(const char *[]){ q, arena_printf(http_arena(req), "%zu", page.limit) },
		search_on_rows, op);
}

static void nearest_on_rows(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct place_get *op = arg;
	struct json_write w;

	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	jw_init(&w, http_out(op->req));
	jw_object(&w);
	jw_key_string(&w, "name", db_rows_text(rows, 0, 0));
	if (db_rows_is_null(rows, 0, 1))
		jw_key_null(&w, "distance");
	else
		jw_key_int(&w, "distance", (int64_t)(db_rows_double(rows, 0, 1) + 0.5));
	district_write(&w, rows, 0, 2);
	jw_key_bool(&w, "insideCity", db_rows_bool(rows, 0, 4));
	jw_object_end(&w);
	http_reply(op->req, 200, "application/json; charset=utf-8");
}

static void nearest_get(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct faults faults;
	struct place_get *op;

	faults_init(&faults, http_arena(req));
	request_degrees(req, "lat", 90, &faults);
	request_degrees(req, "lon", 180, &faults);
	if (faults.n > 0) {
		http_reply_faults(req, &faults);
		return;
	}
	if (question_limit_take(req, "places", PLACES_PER_MINUTE) < 0)
		return;
	op = place_new(req);
	op->call = db_run(worker->read_pool, &nearest_query,
		(const char *[]){
			request_value(req, "lat"), request_value(req, "lon") },
		nearest_on_rows, op);
}

static const char *const search_names[] = { "q", "limit", NULL };
static const char *const nearest_names[] = { "lat", "lon", NULL };

const struct http_route place_routes[] = {
	{ .method = HTTP_GET,
		.path = "/api/v1/places",
		.access = ACCESS_ANYONE,
		.handle = places_get,
		.summary =
			"Addresses, places and units by the beginning of a name, or nearly",
		.response = "PlaceList",
		.query = search_names },
	{ .method = HTTP_GET,
		.path = "/api/v1/places/nearest",
		.access = ACCESS_ANYONE,
		.handle = nearest_get,
		.summary =
			"The nearest place that has a name, and the district, of a position",
		.response = "NearestPlace",
		.query = nearest_names },
	{ 0 },
};
