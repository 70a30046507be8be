#include "server/ops_http.h"

#include <event2/buffer.h>

#include "lib/db.h"
#include "lib/json_write.h"
#include "lib/metrics.h"
#include "server/access.h"
#include "server/city_holder.h"
#include "server/options.h"
#include "server/worker.h"

static const char media_json[] = "application/json; charset=utf-8";

static void live_get(struct http_request *req)
{
	evbuffer_add_printf(http_out(req), "live\n");
	http_reply(req, 200, "text/plain; charset=utf-8");
}

/*
 * Ready is: a case can be taken and followed now, and a letter was once able to come
 * in. This worker knows that of itself only, and another one may answer the next time;
 * so while the server starts none says so until each has been ready once.
 */
static void ready_get(struct http_request *req)
{
	const struct worker *worker = http_app(req);
	bool all = metrics_sum(worker->metrics, MEASURE_WORKERS_READY) >=
		   worker->options->http_workers;
	bool mail = metrics_sum(worker->metrics, MEASURE_MAIL_WORKERS_READY) > 0;
	bool ready = worker_ready(worker) && all && mail;
	struct json_write w;

	jw_init(&w, http_out(req));
	jw_object(&w);
	jw_key_bool(&w, "city", city_holder_get(worker->city) != NULL);
	jw_key_bool(&w, "databaseRead", db_pool_ready(worker->read_pool));
	jw_key_bool(&w, "databaseWrite", db_pool_ready(worker->write_pool));
	jw_key_bool(&w, "workers", all);
	jw_key_bool(&w, "mail", mail);
	jw_key_bool(&w, "ready", ready);
	jw_object_end(&w);
	http_reply(req, ready ? 200 : 503, media_json);
}

static void metrics_get(struct http_request *req)
{
	const struct worker *worker = http_app(req);

	metrics_print(worker->metrics, http_out(req));
	http_reply(req, 200, "text/plain; version=0.0.4; charset=utf-8");
}

const struct http_route ops_routes[] = {
	{ .method = HTTP_GET,
		.path = "/live",
		.access = ACCESS_OPERATOR,
		.handle = live_get },
	{ .method = HTTP_GET,
		.path = "/ready",
		.access = ACCESS_OPERATOR,
		.handle = ready_get },
	{ .method = HTTP_GET,
		.path = "/metrics",
		.access = ACCESS_OPERATOR,
		.handle = metrics_get },
	{ 0 },
};
