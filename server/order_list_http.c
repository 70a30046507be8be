#include "server/order_list_http.h"

#include <stddef.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/json_fields.h"
#include "lib/json_write.h"
#include "server/access.h"
#include "server/desk_http.h"
#include "server/json_reply.h"
#include "server/list_page.h"
#include "server/order_key.h"
#include "server/request_read.h"
#include "server/session.h"
#include "server/worker.h"

#define BODY_MAX (4 * KIB)

static const struct db_query state_query = {
	.name = "order_state_list",
	.sql = "SELECT l.id, l.item FROM synpunkt_order.list($1::text, $2::text,"
	       " $3::text, $4::bigint, $5::integer) l",
	.n_params = 5,
};

static const struct db_query key_query = {
	.name = "order_key_put",
	.sql = "SELECT synpunkt_order.key_put($1::text, $2::text, $3::text)",
	.n_params = 3,
};

static const struct db_query keys_query = {
	.name = "order_keys",
	.sql = "SELECT synpunkt_order.keys($1::text, $2::text)",
	.n_params = 2,
};

static const struct db_query key_remove_query = {
	.name = "order_key_remove",
	.sql = "SELECT synpunkt_order.key_remove($1::text, $2::text)",
	.n_params = 2,
};

struct order_list {
	struct http_request *req;
	struct db_call *call;
	size_t limit;
};

static void op_on_gone(void *arg)
{
	db_cancel(((struct order_list *)arg)->call);
}

static struct order_list *op_new(struct http_request *req)
{
	struct order_list *op = arena_alloc(http_arena(req), sizeof(*op));

	op->req = req;
	http_on_close(req, op_on_gone, op);
	return op;
}

/* ---- those in a state ---- */

static const char *const states[] = { "waiting", "sent", "accepted", "done", "refused",
	"recalled", "stuck", NULL };

static void state_on_rows(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct order_list *op = arg;
	const char *next = NULL;
	struct json_write w;
	int n;

	op->call = NULL;
	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	n = db_rows_count(rows);
	if (n > (int)op->limit) {
		n = (int)op->limit;
		next = db_rows_text(rows, n - 1, 0);
	}
	list_page_begin(op->req, &w);
	for (int i = 0; i < n; i++)
		jw_raw(&w, db_rows_text(rows, i, 1));
	list_page_reply(op->req, &w, next);
}

static bool is_state(const char *text)
{
	for (const char *const *state = states; *state; state++) {
		if (!strcmp(*state, text))
			return true;
	}
	return false;
}

static void state_get(struct http_request *req)
{
	struct worker *worker = http_app(req);
	const char *state = request_value(req, "state");
	const char *board = request_value(req, "board");
	struct order_list *op;
	struct list_page page;
	struct faults faults;

	if (desk_refuse_outsider(req))
		return;
	op = op_new(req);
	faults_init(&faults, http_arena(req));
	list_page_read(req, &page, &faults);
	if (!state || !is_state(state))
		faults_add(&faults, "state", "is not a state of an order");
	if (board && !request_board_known(req, board))
		faults_add_key(&faults, "board", "fault.unknown-code", NULL);
	if (page.after && !request_id(page.after))
		faults_add(&faults, "after", "is no cursor of this list");
	if (faults.n > 0) {
		http_reply_faults(req, &faults);
		return;
	}
	op->limit = page.limit;
	op->call = db_run(worker->desk_pool, &state_query,
		(const char *[]){ session_get(req)->token_hash, state, board,
			page.after ? page.after : "0",
			arena_printf(http_arena(req), "%zu", page.limit + 1) },
		state_on_rows, op);
}

/* ---- a contractor's key ---- */

static void key_on_done(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct order_list *op = arg;
	const char *word;

	op->call = NULL;
	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	word = db_rows_text(rows, 0, 0);
	if (!strcmp(word, "forbidden"))
		request_refuse(op->req, ERR_FORBIDDEN,
			"contractors are for an administrator, or who leads the board");
	else if (!strcmp(word, "missing"))
		request_refuse(op->req, ERR_NOT_FOUND,
			"there is no such contractor that takes a key");
	else
		http_reply(op->req, 204, NULL);
}

struct key_body {
	const char *key;
};

static const struct json_field key_fields[] = {
	{ .path = "key",
		.kind = JSON_FIELD_STRING,
		.required = true,
		.min = 1,
		.max = ORDER_KEY_MAX,
		.offset = offsetof(struct key_body, key) },
	{ 0 },
};

/* Every byte of it goes into a form and perhaps into a header. */
static bool key_fits(const char *key)
{
	for (const char *p = key; *p; p++) {
		if ((unsigned char)*p <= ' ' || (unsigned char)*p >= 0x7f)
			return false;
	}
	return true;
}

static void key_post(struct http_request *req)
{
	struct worker *worker = http_app(req);
	const char *code = http_path_value(req, "code");
	struct order_list *op = op_new(req);
	struct key_body body = { 0 };
	char sealed[ORDER_SEALED_SIZE];
	struct faults faults;

	faults_init(&faults, http_arena(req));
	if (request_fields(req, key_fields, &body, &faults) < 0)
		return;
	if (body.key && !key_fits(body.key))
		faults_add(&faults, "key", "holds a space, or what is not ASCII");
	if (faults.n > 0) {
		http_reply_faults(req, &faults);
		return;
	}
	order_key_seal(worker->secret, code, body.key, sealed);
	op->call = db_run(worker->desk_pool, &key_query,
		(const char *[]){ session_get(req)->token_hash, code, sealed },
		key_on_done, op);
}

static void key_delete(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct order_list *op = op_new(req);

	op->call = db_run(worker->desk_pool, &key_remove_query,
		(const char *[]){
			session_get(req)->token_hash, http_path_value(req, "code") },
		key_on_done, op);
}

static void keys_on_row(const struct db_rows *rows, const struct error *err, void *arg)
{
	static const struct json_nothing nothing = { ERR_NOT_FOUND,
		"there is no such contractor of yours that takes a key" };
	struct order_list *op = arg;

	op->call = NULL;
	json_reply_cell_list(op->req, rows, err, &nothing);
}

static void keys_get(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct order_list *op = op_new(req);

	op->call = db_run(worker->desk_pool, &keys_query,
		(const char *[]){
			session_get(req)->token_hash, http_path_value(req, "code") },
		keys_on_row, op);
}

static const char *const media[] = { "application/json", NULL };
static const char *const headers[] = { "X-CSRF-Token", NULL };
static const char *const state_filters[] = { "state", "board", "after", "limit", NULL };

const struct http_route order_list_routes[] = {
	{ .method = HTTP_GET,
		.path = "/api/v1/desk/orders",
		.access = ACCESS_STAFF,
		.handle = state_get,
		.summary = "Work orders in a state, the oldest first",
		.query = state_filters,
		.response = "OrderPage" },
	{ .method = HTTP_POST,
		.path = "/api/v1/desk/contractors/{code}/keys",
		.access = ACCESS_STAFF,
		.max_body = BODY_MAX,
		.media = media,
		.handle = key_post,
		.summary =
			"Keep the key that a contractor has given the city; it is never shown",
		.request = "ContractorKey",
		.header_names = headers,
		.success = 204 },
	{ .method = HTTP_GET,
		.path = "/api/v1/desk/contractors/{code}/keys",
		.access = ACCESS_STAFF,
		.handle = keys_get,
		.summary =
			"Whether a contractor's key is kept, since when and by whom; never the key",
		.response = "ContractorKeyPage" },
	{ .method = HTTP_DELETE,
		.path = "/api/v1/desk/contractors/{code}/keys",
		.access = ACCESS_STAFF,
		.handle = key_delete,
		.summary = "Forget the key that a contractor has given the city",
		.header_names = headers,
		.success = 204 },
	{ 0 },
};
