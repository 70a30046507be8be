#include "server/json_reply.h"

#include <stdbool.h>

#include "lib/db.h"
#include "lib/http.h"
#include "lib/json_write.h"
#include "server/request_read.h"

static void reply(struct http_request *req, int status, struct json_write *w)
{
	jw_flush(w);
	http_reply(req, status, "application/json; charset=utf-8");
}

void json_reply(struct http_request *req, int status, const json_t *whole)
{
	struct json_write w;

	jw_init(&w, http_out(req));
	jw_json(&w, whole);
	reply(req, status, &w);
}

/* True: there is no cell, which is answered. */
static bool has_none(struct http_request *req, const struct db_rows *rows,
	const struct error *err, const struct json_nothing *nothing)
{
	if (err)
		http_reply_error(req, err);
	else if (db_rows_count(rows) == 0 || db_rows_is_null(rows, 0, 0))
		request_refuse(req, nothing->code, nothing->why);
	else
		return false;
	return true;
}

void json_reply_cell(struct http_request *req, int status, const struct db_rows *rows,
	const struct error *err, const struct json_nothing *nothing)
{
	struct json_write w;

	if (has_none(req, rows, err, nothing))
		return;
	jw_init(&w, http_out(req));
	jw_raw(&w, db_rows_text(rows, 0, 0));
	reply(req, status, &w);
}

void json_reply_cell_list(struct http_request *req, const struct db_rows *rows,
	const struct error *err, const struct json_nothing *nothing)
{
	struct json_write w;

	if (has_none(req, rows, err, nothing))
		return;
	jw_init(&w, http_out(req));
	jw_object(&w);
	jw_key_raw(&w, "items", db_rows_text(rows, 0, 0));
	jw_key_null(&w, "next");
	jw_object_end(&w);
	reply(req, 200, &w);
}
