#include "server/open311_post.h"

#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/encode.h"
#include "lib/error.h"
#include "lib/http.h"
#include "lib/secret.h"
#include "lib/utf8.h"
#include "server/form_body.h"
#include "server/intake.h"
#include "server/open311_query.h"
#include "server/worker.h"

/* Hashes are looked up, as those of sessions: a key has 256 random bits, and how long
 * it takes tells of the hash, which nobody can choose. */
static const struct db_query client_query = {
	.name = "open311_client",
	.sql = "SELECT c.id, c.kind, c.per_hour, $2::text = ANY (c.scopes)"
	       " FROM synpunkt_open311.client($1::bytea) c",
	.n_params = 2,
};

void open311_post_end(struct open311_post *op)
{
	form_body_free(op->form.body);
	mem_free(op);
}

static void post_on_gone(void *arg)
{
	struct open311_post *op = arg;

	db_cancel(op->call);
	intake_cancel(op->intake);
	open311_post_end(op);
}

void open311_post_fail(struct open311_post *op, const struct error *err)
{
	open311_refuse_error(op->req, op->format, err);
	open311_post_end(op);
}

void open311_post_refuse(struct open311_post *op)
{
	open311_refuse(&op->errors);
	open311_post_end(op);
}

static void refuse(struct open311_post *op, int code, const char *text)
{
	open311_wrong(&op->errors, code, "%s", text);
	open311_post_refuse(op);
}

int open311_post_admit(struct open311_post *op)
{
	struct error err = { 0 };

	if (api_client_admit(op->req, &op->client, &err) == 0)
		return 0;
	open311_post_fail(op, &err);
	return -1;
}

static size_t length_of(const char *text)
{
	size_t n = utf8_count(text, strlen(text));

	for (const char *p = strstr(text, "\r\n"); p; p = strstr(p + 2, "\r\n"))
		n--;
	return n;
}

const char *open311_post_description(struct open311_post *op)
{
	const char *text = open311_form_words(&op->form, "description");

	if (text && length_of(text) > OPEN311_DESCRIPTION_MAX)
		open311_wrong(&op->errors, 400,
			"description must have %d characters at most",
			OPEN311_DESCRIPTION_MAX);
	return text;
}

const char *open311_post_made_up(struct open311_post *op)
{
	unsigned char bytes[16];
	char hex[2 * sizeof(bytes) + 1];

	secret_random(bytes, sizeof(bytes));
	encode_hex(bytes, sizeof(bytes), hex);
	return arena_printf(http_arena(op->req), "test-%s", hex);
}

static void post_on_client(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct open311_post *op = arg;

	op->call = NULL;
	if (err) {
		open311_post_fail(op, err);
	} else if (db_rows_count(rows) == 0) {
		refuse(op, 403, "api_key is not known");
	} else if (!db_rows_bool(rows, 0, 3)) {
		refuse(op, 403, "api_key may not send this");
	} else if (!op->test && !strcmp(db_rows_text(rows, 0, 1), "test")) {
		refuse(op, 403, "api_key is for the test endpoint");
	} else {
		memcpy(op->client.id, db_rows_text(rows, 0, 0), sizeof(op->client.id));
		op->client.per_hour = (unsigned)db_rows_int64(rows, 0, 2);
		op->way->run(op);
	}
}

static void post_on_form(struct form_body *form, const struct error *err, void *arg)
{
	struct open311_post *op = arg;
	char hash[OPEN311_HASH_SIZE];
	const char *key;

	(void)form;
	if (err) {
		open311_post_fail(op, err);
		return;
	}
	key = open311_form_value(&op->form, "api_key");
	if (!key) {
		refuse(op, 403, "api_key was not provided");
		return;
	}
	open311_key_hash(key, hash);
	op->call = db_run(op->worker->read_pool, &client_query,
		(const char *[]){ hash, op->way->scope }, post_on_client, op);
}

void open311_post_begin(struct http_request *req, enum open311_format format, bool test,
	const struct open311_way *way)
{
	struct open311_post *op = mem_new(sizeof(*op));
	struct error err = { 0 };

	op->req = req;
	op->worker = http_app(req);
	op->format = format;
	op->test = test;
	op->way = way;
	op->form.req = req;
	open311_errors_init(&op->errors, req, format);
	http_on_close(req, post_on_gone, op);
	if (http_body(req)->cut) {
		refuse(op, http_body(req)->cut == 413 ? 400 : 503,
			"the body is too large, or there is no room for it now");
		return;
	}
	op->form.body = form_body_read(req,
		&(struct form_body_call){ .work = op->worker->work,
			.attachments = op->worker->attachments,
			.done = post_on_form,
			.arg = op,
			.is_file = open311_form_is_file },
		&err);
	if (!op->form.body)
		open311_post_fail(op, &err);
}
