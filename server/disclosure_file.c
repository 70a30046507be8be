#include "server/disclosure_file.h"

#include <string.h>

#include <event2/buffer.h>
#include <jansson.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/error.h"
#include "server/access.h"
#include "server/disclosure_page.h"
#include "server/disclosure_private.h"
#include "server/page_file.h"
#include "server/register_csv.h"
#include "server/session.h"
#include "server/worker.h"

#define REGISTER_MAX "20000"
#define CELLS_MAX 16

static const struct db_query output_query = {
	.name = "disclosure_output",
	.sql = "SELECT synpunkt_disclosure.output($1::text, $2::bigint, $3::text)",
	.n_params = 3,
};

static const struct db_query register_query = {
	.name = "disclosure_register",
	.sql = "SELECT synpunkt_disclosure.export($1::text, $2::text, " REGISTER_MAX
	       ")",
	.n_params = 2,
};

static const char *name_of(const struct disclosure_op *op, const json_t *whole)
{
	const char *text = json_string_value(json_object_get(whole, "reference"));

	return arena_dup(http_arena(op->req), text ? text : "");
}

static const char *disposition(
	const struct disclosure_op *op, const char *name, const char *ending)
{
	return arena_printf(http_arena(op->req),
		"attachment; filename=\"utlamnande-%s.%s\"", name, ending);
}

/* ---- a table ---- */

static void csv_line(struct evbuffer *out, struct arena *arena, const json_t *row)
{
	const char *cells[CELLS_MAX];
	size_t n = json_array_size(row);

	for (size_t i = 0; i < n && i < CELLS_MAX; i++) {
		const json_t *cell = json_array_get(row, i);

		cells[i] = json_is_integer(cell)
				   ? arena_printf(arena, "%lld",
					     (long long)json_integer_value(cell))
				   : json_string_value(cell);
	}
	register_csv_line(out, cells, n < CELLS_MAX ? n : CELLS_MAX);
}

static void csv_reply(struct disclosure_op *op, const json_t *table, const char *name)
{
	struct evbuffer *out = http_out(op->req);
	const json_t *row;
	size_t i;

	evbuffer_add(out, REGISTER_CSV_MARK, strlen(REGISTER_CSV_MARK));
	csv_line(out, http_arena(op->req), json_object_get(table, "columns"));
	json_array_foreach(json_object_get(table, "rows"), i, row)
		csv_line(out, http_arena(op->req), row);
	http_set_header(op->req, "Content-Disposition", disposition(op, name, "csv"));
	http_reply(op->req, 200, "text/csv; charset=utf-8");
}

/* ---- the bundle ---- */

static void pdf_reply(struct disclosure_op *op, const json_t *whole)
{
	struct evbuffer *html = evbuffer_new();
	struct error err = { 0 };

	if (disclosure_page_print(op->req, whole, html, &err) < 0)
		http_reply_error(op->req, &err);
	else
		page_file_reply(op->req, PDF_FORM_PDF,
			disposition(op, name_of(op, whole), "pdf"), html);
	evbuffer_free(html);
}

/* ---- asking ---- */

/* NULL: it was answered. */
static json_t *cell_read(
	struct disclosure_op *op, const struct db_rows *rows, const struct error *err)
{
	op->call = NULL;
	if (err)
		http_reply_error(op->req, err);
	else if (db_rows_is_null(rows, 0, 0))
		disclosure_reply_missing(op->req);
	else
		return json_loads(db_rows_text(rows, 0, 0), 0, NULL);
	return NULL;
}

static void pdf_on_read(const struct db_rows *rows, const struct error *err, void *arg)
{
	json_t *whole = cell_read(arg, rows, err);

	if (whole)
		pdf_reply(arg, whole);
	json_decref(whole);
}

static void csv_on_read(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct disclosure_op *op = arg;
	json_t *whole = cell_read(op, rows, err), *table;

	if (!whole)
		return;
	table = disclosure_page_table(op->req, whole);
	csv_reply(op, table, name_of(op, whole));
	json_decref(table);
	json_decref(whole);
}

static void register_on_read(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct disclosure_op *op = arg;
	json_t *items = cell_read(op, rows, err), *table;

	if (!items)
		return;
	table = disclosure_page_register(items);
	csv_reply(op, table, http_path_value(op->req, "board"));
	json_decref(table);
	json_decref(items);
}

static void output_ask(struct http_request *req, const char *form, db_done_fn *done)
{
	struct worker *worker = http_app(req);
	struct disclosure_op *op = disclosure_op_new(req, true);

	if (op)
		op->call = db_run(worker->desk_pool, &output_query,
			(const char *[]){ op->session, op->id, form }, done, op);
}

static void pdf_get(struct http_request *req)
{
	output_ask(req, "pdf", pdf_on_read);
}

static void csv_get(struct http_request *req)
{
	output_ask(req, "csv", csv_on_read);
}

static void register_get(struct http_request *req)
{
	struct worker *worker = http_app(req);
	const char *board = http_path_value(req, "board");
	struct disclosure_op *op = disclosure_op_new(req, false);

	if (!op)
		return;
	if (!request_board_known(req, board)) {
		disclosure_reply_missing(req);
		return;
	}
	op->call = db_run(worker->desk_pool, &register_query,
		(const char *[]){ op->session, board }, register_on_read, op);
}

const struct http_route disclosure_file_routes[] = {
	{ .method = HTTP_GET,
		.path = "/desk/utlamnande/{id}/pdf",
		.access = ACCESS_STAFF,
		.handle = pdf_get,
		.page = true },
	{ .method = HTTP_GET,
		.path = "/desk/utlamnande/{id}/csv",
		.access = ACCESS_STAFF,
		.handle = csv_get,
		.page = true },
	{ .method = HTTP_GET,
		.path = "/desk/utlamnande/register/{board}/csv",
		.access = ACCESS_STAFF,
		.handle = register_get,
		.page = true },
	{ 0 },
};
