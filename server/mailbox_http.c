#include "server/mailbox_http.h"

#include "lib/arena.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/json_write.h"
#include "server/access.h"
#include "server/list_page.h"
#include "server/session.h"
#include "server/worker.h"

#define COLUMNS                                                                        \
	"j.address, j.taken, j.board, j.board_name, j.unit, j.unit_name, j.because"

static const struct db_query list_query = {
	.name = "mailbox_list",
	.sql = "SELECT " COLUMNS " FROM (SELECT m.address FROM synpunkt.mailbox m"
	       " WHERE $1::text IS NULL OR m.address > $1::text"
	       " ORDER BY m.address LIMIT $2::integer) p,"
	       " LATERAL synpunkt_mail_in.judge(p.address) j ORDER BY j.address",
	.n_params = 2,
};

static const struct db_query judge_query = {
	.name = "mailbox_judge",
	.sql = "SELECT " COLUMNS " FROM synpunkt_mail_in.judge($1::text) j",
	.n_params = 1,
};

struct mailbox_get {
	struct http_request *req;
	struct db_call *call;
	int limit;
};

static void mailbox_on_gone(void *arg)
{
	db_cancel(((struct mailbox_get *)arg)->call);
}

static void mailbox_write(const struct db_rows *rows, int i, struct json_write *w)
{
	jw_object(w);
	jw_key_string(w, "address", db_rows_text(rows, i, 0));
	jw_key_bool(w, "taken", db_rows_bool(rows, i, 1));
	jw_key_string(w, "board", db_rows_text(rows, i, 2));
	jw_key_string(w, "boardName", db_rows_text(rows, i, 3));
	jw_key_string(w, "unit", db_rows_text(rows, i, 4));
	jw_key_string(w, "unitName", db_rows_text(rows, i, 5));
	jw_key_string(w, "because", db_rows_text(rows, i, 6));
	jw_object_end(w);
}

/* One row more than the page was asked for: it says whether there is another. */
static void list_on_rows(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct mailbox_get *op = arg;
	struct json_write w;
	int n;

	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	n = db_rows_count(rows) > op->limit ? op->limit : db_rows_count(rows);
	list_page_begin(op->req, &w);
	for (int i = 0; i < n; i++)
		mailbox_write(rows, i, &w);
	list_page_reply(op->req, &w,
		db_rows_count(rows) > n ? db_rows_text(rows, n - 1, 0) : NULL);
}

static void judge_on_rows(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct mailbox_get *op = arg;
	struct json_write w;

	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	jw_init(&w, http_out(op->req));
	mailbox_write(rows, 0, &w);
	http_reply(op->req, 200, "application/json; charset=utf-8");
}

/* True when it has been answered. */
static bool refuse_others(struct http_request *req)
{
	struct error err = { 0 };

	if (session_has_role(session_get(req), "administrator", NULL))
		return false;
	error_set(&err, ERR_FORBIDDEN, "this is for administrators");
	http_reply_error(req, &err);
	return true;
}

static struct mailbox_get *mailbox_get_new(struct http_request *req)
{
	struct mailbox_get *op = arena_alloc(http_arena(req), sizeof(*op));

	op->req = req;
	http_on_close(req, mailbox_on_gone, op);
	return op;
}

static void mailboxes_get(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct mailbox_get *op;
	struct list_page page;
	struct faults faults;

	if (refuse_others(req))
		return;
	faults_init(&faults, http_arena(req));
	if (list_page_read(req, &page, &faults) < 0) {
		http_reply_faults(req, &faults);
		return;
	}
	op = mailbox_get_new(req);
	op->limit = (int)page.limit;
	op->call = db_run(worker->desk_pool, &list_query,
		(const char *[]){ page.after,
			arena_printf(http_arena(req), "%d", op->limit + 1) },
		list_on_rows, op);
}

static void mailbox_get(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct mailbox_get *op;

	if (refuse_others(req))
		return;
	op = mailbox_get_new(req);
	op->call = db_run(worker->desk_pool, &judge_query,
		(const char *[]){ http_path_value(req, "address") }, judge_on_rows, op);
}

static const char *const list_names[] = { "limit", "after", NULL };

const struct http_route mailbox_routes[] = {
	{ .method = HTTP_GET,
		.path = "/api/v1/mailboxes",
		.access = ACCESS_STAFF,
		.handle = mailboxes_get,
		.summary =
			"List the addresses that mail is taken for, for administrators",
		.response = "MailboxList",
		.query = list_names },
	{ .method = HTTP_GET,
		.path = "/api/v1/mailboxes/{address}",
		.access = ACCESS_STAFF,
		.handle = mailbox_get,
		.summary =
			"Who gets the mail to an address, and why, for administrators",
		.response = "Mailbox" },
	{ 0 },
};
