#include "server/dcat_http.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <event2/buffer.h>

#include "lib/arena.h"
#include "lib/db.h"
#include "lib/error.h"
#include "server/access.h"
#include "server/dcat.h"
#include "server/open_http.h"
#include "server/options.h"
#include "server/public_url.h"
#include "server/rdf.h"
#include "server/request_read.h"
#include "server/worker.h"

static const struct db_query months_query = {
	.name = "dcat_months",
	.sql = "SELECT m.month, m.at FROM synpunkt_open.months() m",
};

struct dcat_get {
	struct http_request *req;
	struct db_call *call;
	bool turtle;
};

/* ---- which form ---- */

/* The quality that a list of RFC 9110 section 12.5.1 gives a type; 0 if it is not
 * named. */
static double accept_quality(const char *list, const char *type)
{
	size_t n = strlen(type);

	while (*list) {
		const char *end = list + strcspn(list, ",");
		const char *q;

		list += strspn(list, " \t");
		if (!strncasecmp(list, type, n) && strchr(" \t;,", list[n])) {
			q = strstr(list, "q=");
			return q && q < end ? strtod(q + 2, NULL) : 1;
		}
		list = *end ? end + 1 : end;
	}
	return 0;
}

static bool prefers_turtle(struct http_request *req)
{
	const char *accept = http_header(req, "Accept");

	if (!accept)
		return false;
	return accept_quality(accept, "text/turtle") >
	       accept_quality(accept, "application/rdf+xml");
}

/* ---- answering ---- */

static void dcat_on_gone(void *arg)
{
	db_cancel(((struct dcat_get *)arg)->call);
}

static struct rdf *graph_of(struct http_request *req, const struct db_rows *rows)
{
	const struct worker *worker = http_app(req);
	const struct options *options = worker->options;
	int n = db_rows_count(rows);
	const char **months =
		arena_array(http_arena(req), (size_t)n + 1, sizeof(*months));
	struct dcat dcat = { .base = public_url(req),
		.publisher = options->publisher,
		.homepage = options->publisher_url,
		.mail = options->open_data_mail ? options->open_data_mail
						: options->mail_from,
		.months = months,
		.n_months = (size_t)n };

	for (int i = 0; i < n; i++) {
		int64_t at = db_rows_int64(rows, i, 1);

		months[i] = arena_dup(http_arena(req), db_rows_text(rows, i, 0));
		dcat.modified = at > dcat.modified ? at : dcat.modified;
	}
	return dcat_make(http_arena(req), &dcat);
}

static void dcat_on_rows(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct dcat_get *op = arg;
	struct evbuffer *out;
	char etag[HTTP_ETAG_SIZE];

	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	out = evbuffer_new();
	if (op->turtle)
		rdf_write_turtle(graph_of(op->req, rows), out);
	else
		rdf_write_xml(graph_of(op->req, rows), out);
	http_etag_of(evbuffer_pullup(out, -1), evbuffer_get_length(out), etag);
	http_set_header(op->req, "Cache-Control", "public, max-age=3600");
	http_set_header(op->req, "Access-Control-Allow-Origin", "*");
	if (!http_reply_unchanged(op->req, etag)) {
		evbuffer_add_buffer(http_out(op->req), out);
		http_reply(op->req, 200,
			op->turtle ? "text/turtle; charset=utf-8"
				   : "application/rdf+xml; charset=utf-8");
	}
	evbuffer_free(out);
}

static void dcat_start(struct http_request *req, bool turtle)
{
	struct worker *worker = http_app(req);
	struct dcat_get *op;

	if (open_limit_take(req) < 0)
		return;
	op = arena_alloc(http_arena(req), sizeof(*op));
	op->req = req;
	op->turtle = turtle;
	http_on_close(req, dcat_on_gone, op);
	op->call = db_run(worker->read_pool, &months_query, NULL, dcat_on_rows, op);
}

static void any_get(struct http_request *req)
{
	const char *format = request_value(req, "format");

	http_set_header(req, "Vary", "Accept");
	if (!format)
		dcat_start(req, prefers_turtle(req));
	else if (!strcmp(format, "turtle") || !strcmp(format, "ttl"))
		dcat_start(req, true);
	else if (!strcmp(format, "rdf") || !strcmp(format, "xml"))
		dcat_start(req, false);
	else
		request_refuse(req, ERR_INVALID, "format is turtle or rdf");
}

static void xml_get(struct http_request *req)
{
	dcat_start(req, false);
}

static void turtle_get(struct http_request *req)
{
	dcat_start(req, true);
}

const struct http_route dcat_routes[] = {
	{ .method = HTTP_GET,
		.path = DCAT_PATH,
		.access = ACCESS_ANYONE,
		.handle = any_get },
	{ .method = HTTP_GET,
		.path = DCAT_PATH ".rdf",
		.access = ACCESS_ANYONE,
		.handle = xml_get },
	{ .method = HTTP_GET,
		.path = DCAT_PATH ".ttl",
		.access = ACCESS_ANYONE,
		.handle = turtle_get },
	{ 0 },
};
