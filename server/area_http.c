#include "server/area_http.h"

#include <string.h>

#include <event2/buffer.h>

#include "lib/arena.h"
#include "lib/db.h"
#include "lib/error.h"
#include "server/access.h"
#include "server/worker.h"

/* Today's areas of a kind as one GeoJSON text (RFC 7946). For a map to look at:
 * corners nearer than some 20 metres are left out, five decimals are a metre. */
static const struct db_query areas_query = {
	.name = "areas",
	.sql = "SELECT pg_catalog.jsonb_build_object('type', 'FeatureCollection',"
	       " 'features', coalesce(pg_catalog.jsonb_agg("
	       "pg_catalog.jsonb_build_object('type', 'Feature', 'id', a.code,"
	       " 'properties', pg_catalog.jsonb_build_object('code', a.code, 'name', a.name),"
	       " 'geometry', public.st_asgeojson("
	       "public.st_simplifypreservetopology(a.geometry, 0.0002), 5)::jsonb)"
	       " ORDER BY a.code), '[]'::jsonb))::text"
	       " FROM synpunkt.area a"
	       " WHERE a.kind = $1::text AND (pg_catalog.now() AT TIME ZONE"
	       " 'Europe/Stockholm')::date BETWEEN a.valid_from AND a.valid_to",
	.n_params = 1,
};

struct areas_get {
	struct http_request *req;
	struct db_call *call;
};

static void areas_on_gone(void *arg)
{
	db_cancel(((struct areas_get *)arg)->call);
}

static void areas_on_rows(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct areas_get *op = arg;
	char etag[HTTP_ETAG_SIZE];
	const char *text;

	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	text = db_rows_text(rows, 0, 0);
	http_etag_of(text, strlen(text), etag);
	http_set_header(op->req, "Cache-Control", "public, max-age=3600");
	if (http_reply_unchanged(op->req, etag))
		return;
	evbuffer_add(http_out(op->req), text, strlen(text));
	http_reply(op->req, 200, "application/geo+json");
}

static void areas_get(struct http_request *req)
{
	struct worker *worker = http_app(req);
	const char *kind = http_query_value(req, "kind");
	struct areas_get *op;
	struct error err = { 0 };

	if (!kind || !*kind) {
		error_set(&err, ERR_INVALID, "is required, for example \"district\"");
		error_set_field(&err, "kind");
		http_reply_error(req, &err);
		return;
	}
	op = arena_alloc(http_arena(req), sizeof(*op));
	op->req = req;
	http_on_close(req, areas_on_gone, op);
	op->call = db_run(worker->read_pool, &areas_query, (const char *[]){ kind },
		areas_on_rows, op);
}

static const char *const areas_names[] = { "kind", NULL };

const struct http_route area_routes[] = {
	{ .method = HTTP_GET,
		.path = "/api/v1/areas",
		.access = ACCESS_ANYONE,
		.handle = areas_get,
		.summary = "The outlines of the city's areas of one kind, as GeoJSON",
		.response = "AreaCollection",
		.query = areas_names },
	{ 0 },
};
