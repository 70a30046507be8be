#include "server/map_http.h"

#include <math.h>
#include <string.h>

#include <event2/buffer.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "server/access.h"
#include "server/map_filter.h"
#include "server/request_read.h"
#include "server/worker.h"

/* Web Mercator ends here. */
#define LATITUDE_MAX 85.05
#define ZOOM_MAX 20
#define CORNERS 4 /* west, south, east, north */

static const struct db_query features_query = {
	.name = "map_features",
	.sql = "SELECT synpunkt_map.features($1::float8, $2::float8, $3::float8,"
	       " $4::float8, $5::integer, $6::text, $7::text)",
	.n_params = 7,
};

struct map_get {
	struct http_request *req;
	struct db_call *call;
};

/* "17.8,59.2,18.2,59.4"; each number as text for the statement. */
static void box_read(
	struct http_request *req, const char *ret[CORNERS], struct faults *faults)
{
	const char *text = request_value(req, "bbox"), *end;
	double at[CORNERS] = { 0 };
	size_t i = 0;

	for (; text && i < CORNERS; i++) {
		at[i] = request_number(text, &end);
		if (end == text || *end != (i < CORNERS - 1 ? ',' : '\0'))
			break;
		ret[i] = arena_dup_n(http_arena(req), text, (size_t)(end - text));
		text = end + 1;
	}
	if (i == CORNERS && fabs(at[0]) <= 180 && fabs(at[2]) <= 180 && at[0] < at[2] &&
		fabs(at[1]) <= LATITUDE_MAX && fabs(at[3]) <= LATITUDE_MAX &&
		at[1] < at[3])
		return;
	faults_add(faults, "bbox",
		"must be west,south,east,north in degrees, the smaller ones first");
}

static const char *zoom_read(struct http_request *req, struct faults *faults)
{
	const char *text = request_value(req, "zoom"), *end = NULL;
	double zoom = text ? request_number(text, &end) : -1;

	if (!text || *end || strpbrk(text, ".-") || !(zoom >= 0 && zoom <= ZOOM_MAX))
		faults_add(faults, "zoom", "must be 0 to %d", ZOOM_MAX);
	return text;
}

static void map_on_gone(void *arg)
{
	db_cancel(((struct map_get *)arg)->call);
}

static void map_on_rows(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct map_get *op = arg;
	char etag[HTTP_ETAG_SIZE];
	const char *text;

	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	text = db_rows_text(rows, 0, 0);
	http_etag_of(text, strlen(text), etag);
	http_set_header(op->req, "Cache-Control", "public, max-age=60");
	if (http_reply_unchanged(op->req, etag))
		return;
	evbuffer_add(http_out(op->req), text, strlen(text));
	http_reply(op->req, 200, "application/geo+json");
}

static void map_get(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct map_filter filter;
	const char *box[CORNERS] = { 0 }, *zoom;
	struct faults faults;
	struct map_get *op;

	faults_init(&faults, http_arena(req));
	box_read(req, box, &faults);
	zoom = zoom_read(req, &faults);
	map_filter_read(req, &filter, &faults);
	if (faults.n > 0) {
		http_reply_faults(req, &faults);
		return;
	}
	op = arena_alloc(http_arena(req), sizeof(*op));
	op->req = req;
	http_on_close(req, map_on_gone, op);
	op->call = db_run(worker->read_pool, &features_query,
		(const char *[]){ box[0], box[1], box[2], box[3], zoom, filter.category,
			filter.status },
		map_on_rows, op);
}

static const char *const map_names[] = { "bbox", "zoom", "category", "status", NULL };

const struct http_route map_routes[] = {
	{ .method = HTTP_GET,
		.path = "/api/v1/map",
		.access = ACCESS_ANYONE,
		.handle = map_get,
		.summary =
			"A box of the public map, as GeoJSON: cases alone, or how many",
		.response = "MapCollection",
		.query = map_names },
	{ 0 },
};
