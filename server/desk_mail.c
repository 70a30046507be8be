#include "server/desk_mail.h"

#include <stdbool.h>
#include <string.h>

#include <event2/buffer.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/encode.h"
#include "lib/error.h"
#include "lib/json_write.h"
#include "server/desk_http.h"
#include "server/follow_code.h"
#include "server/list_page.h"
#include "server/session.h"
#include "server/worker.h"

static const struct db_query list_query = {
	.name = "desk_mails",
	.sql = "SELECT m.n, m.at, m.size, m.class, m.because, i IS NOT NULL FROM"
	       " synpunkt_desk.mails($1::text, $2::smallint, $3::bigint) m"
	       " LEFT JOIN synpunkt_desk.mails_infected($1::text, $2::smallint,"
	       " $3::bigint) i ON i = m.n ORDER BY m.n",
	.n_params = 3,
};

static const struct db_query original_query = {
	.name = "desk_mail",
	/* Of one that is not to be served the bytes are not asked for. */
	.sql = "SELECT i.infected, CASE WHEN NOT i.infected THEN (SELECT encode(m.raw,"
	       " 'hex') FROM synpunkt_desk.mail($1::text, $2::smallint, $3::bigint,"
	       " $4::integer) m) END FROM (SELECT $4::integer IN (SELECT"
	       " synpunkt_desk.mails_infected($1::text, $2::smallint, $3::bigint))"
	       " AS infected) i",
	.n_params = 4,
};

struct mail_get {
	struct http_request *req;
	struct db_call *call;
	struct case_number number;
	const char *n; /* which of the case's mails, from 1 */
};

#define MAIL_DIGITS_MAX 4

static void mail_get_on_gone(void *arg)
{
	db_cancel(((struct mail_get *)arg)->call);
}

static bool is_ordinal(const char *text)
{
	size_t n = strspn(text, "0123456789");

	return text[0] != '0' && n > 0 && n <= MAIL_DIGITS_MAX && !text[n];
}

static struct mail_get *mail_get_new(
	struct http_request *req, const struct db_query *query, db_done_fn *done)
{
	struct worker *worker = http_app(req);
	struct arena *arena = http_arena(req);
	struct mail_get *op = arena_alloc(arena, sizeof(*op));
	struct error none = { 0 };

	if (desk_refuse_outsider(req))
		return NULL;
	op->req = req;
	op->n = http_path_value(req, "n");
	if (op->n && !is_ordinal(op->n)) {
		error_set(&none, ERR_NOT_FOUND, "there is no such mail");
		http_reply_error(req, &none);
		return NULL;
	}
	case_number_parse(http_path_value(req, "number"), &op->number);
	http_on_close(req, mail_get_on_gone, op);
	op->call = db_run(worker->desk_pool, query,
		(const char *[]){ session_get(req)->token_hash,
			arena_printf(arena, "%d", op->number.year),
			arena_printf(arena, "%lld", (long long)op->number.serial),
			op->n },
		done, op);
	return op;
}

/* ---- which there are ---- */

static void mails_on_rows(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct mail_get *op = arg;
	struct json_write w;

	op->call = NULL;
	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	list_page_begin(op->req, &w);
	for (int i = 0; i < db_rows_count(rows); i++) {
		jw_object(&w);
		jw_key_int(&w, "n", db_rows_int64(rows, i, 0));
		jw_key_string(&w, "receivedAt", db_rows_text(rows, i, 1));
		jw_key_int(&w, "size", db_rows_int64(rows, i, 2));
		jw_key_string(&w, "class", db_rows_text(rows, i, 3));
		jw_key_string(&w, "because", db_rows_text(rows, i, 4));
		jw_key_bool(&w, "infected", db_rows_bool(rows, i, 5));
		jw_object_end(&w);
	}
	list_page_reply(op->req, &w, NULL);
}

static void desk_mails(struct http_request *req)
{
	mail_get_new(req, &list_query, mails_on_rows);
}

/* ---- one as it came ---- */

static void original_send(struct mail_get *op, const char *hex)
{
	struct http_request *req = op->req;
	size_t n = strlen(hex) / 2;
	scoped_free char *bytes = mem_new(n + 1);
	char number[CASE_NUMBER_SIZE];

	encode_hex_parse(hex, bytes, n); /* the database's own digits */
	case_number_print(&op->number, number);
	http_set_header(req, "Content-Disposition",
		arena_printf(http_arena(req), "attachment; filename=\"%s-mejl-%s.eml\"",
			number, op->n));
	http_set_header(req, "Content-Security-Policy", "default-src 'none'; sandbox");
	http_set_header(req, "X-Content-Type-Options", "nosniff");
	evbuffer_add(http_out(req), bytes, n);
	http_reply(req, 200, "message/rfc822");
}

static void original_on_rows(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct mail_get *op = arg;
	struct error none = { 0 };

	op->call = NULL;
	if (err) {
		http_reply_error(op->req, err);
	} else if (db_rows_bool(rows, 0, 0)) {
		error_set(&none, ERR_FORBIDDEN,
			"something was found in the mail: it is kept, and not served");
		http_reply_error(op->req, &none);
	} else if (db_rows_is_null(rows, 0, 1)) {
		error_set(&none, ERR_NOT_FOUND, "there is no such mail");
		http_reply_error(op->req, &none);
	} else {
		original_send(op, db_rows_text(rows, 0, 1));
	}
}

static void desk_mail(struct http_request *req)
{
	mail_get_new(req, &original_query, original_on_rows);
}

static const char *const mail_media[] = { "message/rfc822", NULL };

const struct http_route desk_mail_routes[] = {
	{ .method = HTTP_GET,
		.path = "/api/v1/desk/cases/{number}/mails",
		.access = ACCESS_STAFF,
		.handle = desk_mails,
		.summary = "The mails that made a case or came to it",
		.response = "MailList" },
	{ .method = HTTP_GET,
		.path = "/api/v1/desk/cases/{number}/mails/{n}",
		.access = ACCESS_STAFF,
		.handle = desk_mail,
		.summary = "A mail as it came, as a file",
		.answers = mail_media },
	{ 0 },
};
