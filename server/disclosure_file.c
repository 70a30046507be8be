/*
 * A file:
 *
 *   making_ask      the database, which writes down that it is made
 *   making_on_rows  its word; a thread reads the answer and the pictures, and lays it
 * out making_on_made  sent; a bundle is printed first (page_file.h)
 *
 * The client may leave meanwhile: then nobody waits for it.
 */
#include "server/disclosure_file.h"

#include <stdatomic.h>
#include <stdbool.h>

#include <event2/buffer.h>
#include <jansson.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/json_fields.h"
#include "lib/work.h"
#include "server/access.h"
#include "server/disclosure_page.h"
#include "server/disclosure_picture.h"
#include "server/disclosure_private.h"
#include "server/disclosure_xlsx.h"
#include "server/page_file.h"
#include "server/request_read.h"
#include "server/worker.h"
#include "server/xlsx_file.h"

#define REGISTER_MAX "20000"

static const struct db_query output_query = {
	.name = "disclosure_output",
	.sql = "SELECT o.outcome, o.made"
	       " FROM synpunkt_disclosure.output($1::text, $2::bigint, $3::text) o",
	.n_params = 3,
};

static const struct db_query register_query = {
	.name = "disclosure_register",
	.sql = "SELECT CASE WHEN e IS NULL THEN 'missing' ELSE 'done' END, e"
	       " FROM synpunkt_disclosure.export($1::text, $2::text, " REGISTER_MAX
	       ") e",
	.n_params = 2,
};

static const char csv_type[] = "text/csv; charset=utf-8";

enum file_form {
	FILE_PDF,
	FILE_CSV,
	FILE_XLSX,
	FILE_REGISTER,
};

static const struct {
	const char *ending, *type;
} forms[] = {
	[FILE_PDF] = { "pdf", NULL }, /* it is printed first */
	[FILE_CSV] = { "csv", csv_type },
	[FILE_XLSX] = { "xlsx", XLSX_FILE_TYPE },
	[FILE_REGISTER] = { "csv", csv_type },
};

struct making {
	struct disclosure_op *op; /* NULL: the client has left */
	atomic_bool is_gone;      /* the same, for the thread */
	enum file_form form;
	struct disclosure_print
		print; /* the arena is our own: it outlives the request */
	struct blob_store *blobs;
	const char *text; /* the database's value, until it is read */
	const char *name; /* of the file: the board, or the reference */
	bool is_draft;    /* and of what is no decision yet the name says so */
	struct evbuffer *made;
	struct error err;
};

static void making_free(struct making *making)
{
	evbuffer_free(making->made);
	arena_free(making->print.arena);
	mem_free(making);
}

/* While the database is asked nothing else holds it. */
static void making_abandon(void *arg)
{
	struct making *making = arg;

	if (making->op->call) {
		db_cancel(making->op->call);
		making_free(making);
		return;
	}
	atomic_store(&making->is_gone, true);
	making->op = NULL;
}

/* ---- making ---- */

static void making_reply(const struct making *making)
{
	struct http_request *req = making->op->req;
	const char *type = forms[making->form].type;
	const char *disposition =
		arena_printf(http_arena(req), "attachment; filename=\"%s-%s.%s\"",
			making->is_draft ? "utkast" : "utlamnande", making->name,
			forms[making->form].ending);

	if (!type) {
		page_file_reply(req, PDF_FORM_PDF, disposition, making->made);
		return;
	}
	http_set_header(req, "Content-Disposition", disposition);
	evbuffer_add_buffer(http_out(req), making->made);
	http_reply(req, 200, type);
}

static void making_on_made(void *arg)
{
	struct making *making = arg;

	if (making->op) {
		http_on_close(making->op->req, NULL, NULL);
		if (making->err.code != ERR_NONE)
			http_reply_error(making->op->req, &making->err);
		else
			making_reply(making);
	}
	making_free(making);
}

static void output_make(struct making *making, json_t *whole)
{
	const struct disclosure_print *print = &making->print;

	making->name = arena_dup(print->arena, json_text_of(whole, "reference", ""));
	making->is_draft = disclosure_page_is_draft(whole);
	if (making->form == FILE_CSV) {
		disclosure_page_table(print, whole, making->made);
	} else if (making->form == FILE_XLSX) {
		disclosure_xlsx(print, whole, making->made, &making->err);
	} else {
		disclosure_pictures_read(making->blobs, whole);
		disclosure_page_print(print, whole, making->made, &making->err);
	}
}

static void making_work(void *arg)
{
	struct making *making = arg;
	json_t *whole;

	if (atomic_load(&making->is_gone))
		return;
	whole = json_loads(making->text, 0, NULL);
	if (making->form == FILE_REGISTER)
		disclosure_page_register(&making->print, whole, making->made);
	else
		output_make(making, whole);
	json_decref(whole);
}

static void making_on_rows(
	const struct db_rows *rows, const struct error *db_err, void *arg)
{
	struct making *making = arg;
	struct disclosure_op *op = making->op;
	struct worker *worker = http_app(op->req);
	struct error err = { 0 };

	http_on_close(op->req, NULL, NULL);
	if (disclosure_was_refused(op, rows, db_err)) {
		making_free(making);
		return;
	}
	making->text = arena_dup(making->print.arena, db_rows_text(rows, 0, 1));
	if (work_run(worker->work, making_work, making_on_made, making, &err) < 0) {
		making_free(making);
		http_reply_error(op->req, &err);
		return;
	}
	http_on_close(op->req, making_abandon, making);
}

/* ---- asking ---- */

static void making_ask(struct disclosure_op *op, enum file_form form,
	const struct db_query *query, const char *const *params)
{
	struct worker *worker = http_app(op->req);
	struct making *making = mem_new(sizeof(*making));

	making->op = op;
	making->form = form;
	making->made = evbuffer_new();
	making->blobs = worker->blobs;
	making->print = (struct disclosure_print){ .arena = arena_new(),
		.catalogue = worker->catalogue,
		.templates = worker->templates };
	if (form == FILE_REGISTER)
		making->name = arena_dup(
			making->print.arena, http_path_value(op->req, "board"));
	op->call = db_run(worker->person_pool, query, params, making_on_rows, making);
	http_on_close(op->req, making_abandon, making);
}

static void output_get(struct http_request *req, enum file_form form)
{
	struct disclosure_op *op = disclosure_op_new(req, true);

	if (op)
		making_ask(op, form, &output_query,
			(const char *[]){ op->session, op->id, forms[form].ending });
}

static void pdf_get(struct http_request *req)
{
	output_get(req, FILE_PDF);
}

static void csv_get(struct http_request *req)
{
	output_get(req, FILE_CSV);
}

static void xlsx_get(struct http_request *req)
{
	output_get(req, FILE_XLSX);
}

static void register_get(struct http_request *req)
{
	const char *board = http_path_value(req, "board");
	struct disclosure_op *op = disclosure_op_new(req, false);

	if (!op)
		return;
	if (!request_board_known(req, board)) {
		disclosure_reply_missing(req);
		return;
	}
	making_ask(op, FILE_REGISTER, &register_query,
		(const char *[]){ op->session, board });
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
		.path = "/desk/utlamnande/{id}/xlsx",
		.access = ACCESS_STAFF,
		.handle = xlsx_get,
		.page = true },
	{ .method = HTTP_GET,
		.path = "/desk/utlamnande/register/{board}/csv",
		.access = ACCESS_STAFF,
		.handle = register_get,
		.page = true },
	{ 0 },
};
