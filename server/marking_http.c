#include "server/marking_http.h"

#include "lib/arena.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/json_write.h"
#include "server/access.h"
#include "server/desk_http.h"
#include "server/list_page.h"
#include "server/worker.h"

static const struct db_query sections_query = {
	.name = "secrecy_sections",
	.sql = "SELECT s.section, s.name"
	       " FROM synpunkt.secrecy_section s"
	       " WHERE (now() AT TIME ZONE 'Europe/Stockholm')::date"
	       " BETWEEN s.valid_from AND s.valid_to"
	       " ORDER BY s.section",
	.n_params = 0,
};

struct sections_get {
	struct http_request *req;
	struct db_call *call;
};

static void sections_on_gone(void *arg)
{
	db_cancel(((struct sections_get *)arg)->call);
}

static void sections_on_rows(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct sections_get *op = arg;
	struct json_write w;

	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	list_page_begin(op->req, &w);
	for (int i = 0; i < db_rows_count(rows); i++) {
		jw_object(&w);
		jw_key_string(&w, "section", db_rows_text(rows, i, 0));
		jw_key_string(&w, "name", db_rows_text(rows, i, 1));
		jw_object_end(&w);
	}
	list_page_reply(op->req, &w, NULL);
}

static void sections_get(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct sections_get *op = arena_alloc(http_arena(req), sizeof(*op));

	if (desk_refuse_outsider(req))
		return;
	op->req = req;
	http_on_close(req, sections_on_gone, op);
	op->call =
		db_run(worker->desk_pool, &sections_query, NULL, sections_on_rows, op);
}

const struct http_route marking_routes[] = {
	{ .method = HTTP_GET,
		.path = "/api/v1/desk/secrecy-sections",
		.access = ACCESS_STAFF,
		.handle = sections_get,
		.summary = "Sections of law that are common in secrecy markings",
		.response = "SecrecySectionList" },
	{ 0 },
};
