/*
 * What was decided is sent by mail:
 *
 *   mail_post           the body; the address is sealed; then the database
 *   mailing_on_rows     what is mailed; a thread reads its pictures and lays it out
 *   mailing_on_made     it is printed
 *   mailing_on_printed  a thread puts the files where the letter finds them
 *   mailing_on_stored   none too large: the database takes the letter
 *   change_on_done      the disclosure as it is now
 *
 * The client may leave meanwhile: then nothing is sent unless the last step has begun.
 */
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include <event2/buffer.h>
#include <jansson.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/json_fields.h"
#include "lib/json_write.h"
#include "lib/work.h"
#include "server/access.h"
#include "server/disclosure_bundle.h"
#include "server/disclosure_http.h"
#include "server/disclosure_page.h"
#include "server/disclosure_private.h"
#include "server/email_address.h"
#include "server/mail_disclosure.h"
#include "server/mail_enclosing.h"
#include "server/options.h"
#include "server/page_file.h"
#include "server/worker.h"

static const struct db_query output_query = {
	.name = "disclosure_mail_output",
	.sql = "SELECT o.outcome, o.made"
	       " FROM synpunkt_disclosure.mail_output($1::text, $2::bigint) o",
	.n_params = 2,
};

static const struct db_query mail_query = {
	.name = "disclosure_mail",
	.sql = "SELECT synpunkt_disclosure.mail($1::text, $2::bigint,"
	       " $3::timestamptz, $4::text, $5::jsonb)",
	.n_params = 5,
};

_Static_assert(MAIL_ENCLOSED_MAX == 7 * MIB, "as DISCLOSURE_MAIL_TEXT says");

struct mailing {
	struct disclosure_op *op; /* NULL: the client has left */
	atomic_bool is_gone;      /* the same, for the thread */
	struct disclosure_print
		print; /* the arena is our own: it outlives the request */
	struct disclosure_bundle bundle;
	const char *sealed;
	const char *text;    /* the database's value, until it is read */
	const char *decided; /* when, as the database has it */
	struct pdf_job *job;
	void *pdf;
	size_t pdf_size;
	struct error err;
};

static void mailing_free(struct mailing *mailing)
{
	evbuffer_free(mailing->bundle.page);
	evbuffer_free(mailing->bundle.table);
	json_decref(mailing->bundle.files);
	arena_free(mailing->print.arena);
	mem_free(mailing->pdf);
	mem_free(mailing);
}

/* While the database or the printer is asked nothing else holds it. */
static void mailing_abandon(void *arg)
{
	struct mailing *mailing = arg;

	if (mailing->op->call || mailing->job) {
		db_cancel(mailing->op->call);
		pdf_cancel(mailing->job);
		mailing_free(mailing);
		return;
	}
	atomic_store(&mailing->is_gone, true);
	mailing->op = NULL;
}

/* Nothing is under way any more. True: it is answered, or nobody waits for it. */
static bool mailing_is_over(struct mailing *mailing)
{
	if (mailing->op && mailing->err.code == ERR_NONE)
		return false;
	if (mailing->op) {
		http_on_close(mailing->op->req, NULL, NULL);
		http_reply_error(mailing->op->req, &mailing->err);
	}
	mailing_free(mailing);
	return true;
}

/* ---- the letter ---- */

static void mailing_on_done(
	const struct db_rows *rows, const struct error *db_err, void *arg)
{
	struct mailing *mailing = arg;
	struct disclosure_op *op = mailing->op;

	disclosure_op_watch(op);
	mailing_free(mailing);
	if (!disclosure_was_refused(op, rows, db_err))
		disclosure_one_read(op);
}

static void mailing_on_stored(void *arg)
{
	struct mailing *mailing = arg;
	struct disclosure_op *op = mailing->op;
	struct worker *worker;

	if (mailing_is_over(mailing))
		return;
	worker = http_app(op->req);
	if (disclosure_bundle_size(&mailing->bundle) > MAIL_ENCLOSED_MAX) {
		http_on_close(op->req, NULL, NULL);
		mailing_free(mailing);
		disclosure_refuse(op, "too-large");
		return;
	}
	op->call = db_run(worker->desk_pool, &mail_query,
		(const char *[]){ op->session, op->id, mailing->decided,
			mailing->sealed,
			json_text(mailing->print.arena,
				json_incref(mailing->bundle.files)) },
		mailing_on_done, mailing);
}

static void mailing_store(void *arg)
{
	struct mailing *mailing = arg;

	if (!atomic_load(&mailing->is_gone))
		disclosure_bundle_store(&mailing->bundle, mailing->pdf,
			mailing->pdf_size, &mailing->err);
}

/* ---- printing ---- */

static void mailing_run(struct mailing *mailing, work_fn *work, work_fn *done)
{
	struct worker *worker = http_app(mailing->op->req);

	if (work_run(worker->work, work, done, mailing, &mailing->err) < 0)
		mailing_is_over(mailing);
}

static void mailing_on_printed(
	const void *pdf, size_t size, const struct error *err, void *arg)
{
	struct mailing *mailing = arg;

	mailing->job = NULL;
	if (err) {
		mailing->err = *err;
		mailing_is_over(mailing);
		return;
	}
	mailing->pdf = mem_new(size);
	mailing->pdf_size = size;
	memcpy(mailing->pdf, pdf, size);
	mailing_run(mailing, mailing_store, mailing_on_stored);
}

static void mailing_on_made(void *arg)
{
	struct mailing *mailing = arg;
	struct worker *worker;
	struct pdf_page page;

	if (mailing_is_over(mailing))
		return;
	worker = http_app(mailing->op->req);
	page_file_page(PDF_FORM_PDF, mailing->bundle.page, &page);
	mailing->job = pdf_print_run(
		worker->pdf, &page, mailing_on_printed, mailing, &mailing->err);
	if (!mailing->job)
		mailing_is_over(mailing);
}

static void mailing_make(void *arg)
{
	struct mailing *mailing = arg;
	json_t *whole;

	if (atomic_load(&mailing->is_gone))
		return;
	whole = json_loads(mailing->text, 0, NULL);
	mailing->decided =
		arena_dup(mailing->print.arena, json_text_of(whole, "decidedAt", ""));
	disclosure_bundle_make(&mailing->bundle, whole, &mailing->err);
	json_decref(whole);
}

static void mailing_on_rows(
	const struct db_rows *rows, const struct error *db_err, void *arg)
{
	struct mailing *mailing = arg;
	struct disclosure_op *op = mailing->op;

	if (db_err || strcmp(db_rows_text(rows, 0, 0), "done") != 0) {
		http_on_close(op->req, NULL, NULL);
		mailing_free(mailing);
		disclosure_was_refused(op, rows, db_err);
		return;
	}
	op->call = NULL;
	mailing->text = arena_dup(mailing->print.arena, db_rows_text(rows, 0, 1));
	mailing_run(mailing, mailing_make, mailing_on_made);
}

/* ---- asking ---- */

struct mail_body {
	const char *email;
	bool table;
};

static const struct json_field mail_fields[] = {
	{ .path = "email",
		.kind = JSON_FIELD_STRING,
		.required = true,
		.max = MAIL_DISCLOSURE_ADDRESS_MAX,
		.offset = offsetof(struct mail_body, email) },
	{ .path = "table",
		.kind = JSON_FIELD_BOOL,
		.offset = offsetof(struct mail_body, table) },
	{ 0 },
};

static void mailing_ask(struct disclosure_op *op, const struct mail_body *given)
{
	struct worker *worker = http_app(op->req);
	struct mailing *mailing = mem_new(sizeof(*mailing));
	struct arena *arena = arena_new();

	mailing->op = op;
	mailing->print = (struct disclosure_print){ .arena = arena,
		.catalogue = worker->catalogue,
		.templates = worker->templates };
	mailing->bundle = (struct disclosure_bundle){ .print = &mailing->print,
		.blobs = worker->blobs,
		.with_table = given->table,
		.page = evbuffer_new(),
		.table = evbuffer_new(),
		.files = json_array() };
	mailing->sealed =
		mail_disclosure_seal(arena, worker->secret, op->id, given->email);
	op->call = db_run(worker->person_pool, &output_query,
		(const char *[]){ op->session, op->id }, mailing_on_rows, mailing);
	http_on_close(op->req, mailing_abandon, mailing);
}

static void mail_post(struct http_request *req)
{
	const struct worker *worker = http_app(req);
	struct disclosure_op *op = disclosure_op_new(req, true);
	struct mail_body given = { 0 };
	struct faults faults;

	if (!op)
		return;
	faults_init(&faults, http_arena(req));
	if (request_fields(req, mail_fields, &given, &faults) < 0)
		return;
	if (given.email && !email_address_is_possible(given.email))
		faults_add(&faults, "email", "is no address that mail can be sent to");
	if (faults.n > 0)
		http_reply_faults(req, &faults);
	else if (!worker->options->smtp)
		disclosure_refuse(op, "no-mail");
	else
		mailing_ask(op, &given);
}

static const char *const headers[] = { "X-CSRF-Token", NULL };
static const char *const media[] = { "application/json", NULL };

const struct http_route disclosure_mail_routes[] = {
	{ .method = HTTP_POST,
		.path = "/api/v1/desk/disclosures/{id}/mailings",
		.access = ACCESS_STAFF,
		.max_body = 4 * KIB,
		.media = media,
		.handle = mail_post,
		.summary =
			"What was decided goes by mail; the address is forgotten as soon as the letter has gone",
		.request = "DisclosureMailing",
		.response = "Disclosure",
		.header_names = headers },
	{ 0 },
};
