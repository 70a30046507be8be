#include "server/open311_read.h"

#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/catalogue.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/http.h"
#include "server/city.h"
#include "server/city_holder.h"
#include "server/city_words.h"
#include "server/open311_errors.h"
#include "server/open311_query.h"
#include "server/public_url.h"
#include "server/worker.h"

#define REQUEST_COLUMNS                                                                \
	"r.key, r.category, r.district, r.closed, r.state, r.requested, r.updated,"    \
	" r.lat, r.lon, r.photo, r.supporters"

static const struct db_query requests_query = {
	.name = "open311_requests",
	.sql = "SELECT " REQUEST_COLUMNS " FROM synpunkt_open311.requests($1::text[],"
	       " $2::boolean, synpunkt.local_day(to_timestamp($3::float8)),"
	       " synpunkt.local_day(to_timestamp($4::float8)),"
	       " to_timestamp($5::float8), to_timestamp($6::float8), $7::float8[],"
	       " $8::float8[], $9::integer, $10::integer) r",
	.n_params = 10,
};

static const struct db_query by_key_query = {
	.name = "open311_by_key",
	.sql = "SELECT " REQUEST_COLUMNS
	       " FROM synpunkt_open311.by_key($1::text[], $2::bytea) r",
	.n_params = 2,
};

static const struct db_query updates_query = {
	.name = "open311_updates",
	.sql = "SELECT u.id, u.key, u.closed, u.at FROM synpunkt_open311.updates("
	       "to_timestamp($1::float8), to_timestamp($2::float8), $3::text[],"
	       " $4::bytea, $5::integer, $6::integer) u",
	.n_params = 6,
};

struct open311_get {
	struct http_request *req;
	struct worker *worker;
	struct db_call *call;
	enum open311_format format;
	struct open311_query query;
	const char *id; /* of one, which must be there; NULL: a list */
	void (*write)(struct open311_get *op, const struct db_rows *rows,
		struct open311_write *w);
	const char *root, *item;
	const struct city *city; /* during the answer */
	struct city_words words;
};

static void get_on_gone(void *arg)
{
	db_cancel(((struct open311_get *)arg)->call);
}

/* Whether a key came along decides who may keep the answer. */
static void cacheable(const struct open311_get *op)
{
	http_set_header(op->req, "Cache-Control",
		op->query.key_hash ? "private, no-store" : "public, max-age=60");
}

static void get_on_rows(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct open311_get *op = arg;
	struct open311_write *w;

	op->call = NULL;
	if (err) {
		open311_refuse_error(op->req, op->format, err);
		return;
	}
	op->city = city_holder_get(op->worker->city);
	if (op->id && db_rows_count(rows) == 0) {
		open311_refuse_one(
			op->req, op->format, 404, "service_request_id was not found");
		return;
	}
	cacheable(op);
	w = open311_write_new(op->req, op->format);
	open311_list(w, op->root, op->item);
	op->write(op, rows, w);
	open311_end(w);
	open311_write_reply(w, 200);
}

static struct open311_get *get_new(struct http_request *req, enum open311_format format)
{
	struct open311_get *op = arena_alloc(http_arena(req), sizeof(*op));

	op->req = req;
	op->worker = http_app(req);
	op->format = format;
	http_on_close(req, get_on_gone, op);
	return op;
}

static void words_set(struct open311_get *op)
{
	const struct catalogue *catalogue = op->worker->catalogue;

	op->words = (struct city_words){ .arena = http_arena(op->req),
		.catalogue = catalogue,
		.language = catalogue_choose(catalogue, op->query.locale, NULL) };
}

/* ---- requests ---- */

/* The city may not be there yet; a code is then told for its name. */
static const char *category_name(const struct open311_get *op, const char *code)
{
	const char *name = op->city ? city_category_name(op->city, code) : code;

	return city_words_name(&op->words, "category", code, name);
}

/* The board that the subject is for, which is known of every category. */
static const char *agency(const struct open311_get *op, const char *code)
{
	const struct city_category *category =
		op->city ? city_category_find(op->city, code) : NULL;

	if (!category || !strcmp(category->owner, CITY_OWNER_DISTRICT))
		return NULL;
	return city_board_name(op->city, category->owner);
}

static void place_write(
	const struct db_rows *rows, int row, int col, struct open311_write *w)
{
	static const char *const names[] = { "lat", "long" };

	for (int i = 0; i < 2; i++) {
		if (db_rows_is_null(rows, row, col + i))
			open311_text(w, names[i], NULL);
		else
			open311_real(w, names[i], db_rows_double(rows, row, col + i));
	}
}

static const char *photo_url(const struct open311_get *op, const char *key)
{
	return arena_printf(http_arena(op->req), "%s/api/v1/open-cases/%s/photo",
		public_url(op->req), key);
}

static const char *status_notes(const struct open311_get *op, const char *state)
{
	if (!state)
		return NULL;
	return catalogue_text(op->words.catalogue, op->words.language,
		arena_printf(http_arena(op->req), "status.%s.name", state));
}

static void extension_write(struct open311_get *op, const struct db_rows *rows, int row,
	struct open311_write *w)
{
	if (!op->query.extensions)
		return;
	open311_object(w, "extended_attributes");
	open311_text(w, "district", db_rows_text(rows, row, 2));
	open311_int(w, "supporters", db_rows_int64(rows, row, 10));
	open311_end(w);
}

static void request_write(struct open311_get *op, const struct db_rows *rows, int row,
	struct open311_write *w)
{
	const char *key = db_rows_text(rows, row, 0);
	const char *category = db_rows_text(rows, row, 1);
	const char *name = category_name(op, category);

	open311_text(w, "service_request_id", key);
	open311_text(w, "status", db_rows_bool(rows, row, 3) ? "closed" : "open");
	open311_text(w, "status_notes", status_notes(op, db_rows_text(rows, row, 4)));
	open311_text(w, "service_name", name);
	open311_text(w, "service_code", category);
	open311_text(w, "description", name);
	open311_text(w, "agency_responsible", agency(op, category));
	open311_text(w, "service_notice", NULL);
	open311_text(w, "requested_datetime", db_rows_text(rows, row, 5));
	open311_text(w, "updated_datetime", db_rows_text(rows, row, 6));
	open311_text(w, "expected_datetime", NULL);
	open311_text(w, "address", NULL);
	open311_text(w, "address_id", NULL);
	open311_text(w, "zipcode", NULL);
	place_write(rows, row, 7, w);
	open311_text(
		w, "media_url", db_rows_bool(rows, row, 9) ? photo_url(op, key) : NULL);
	extension_write(op, rows, row, w);
}

static void requests_write(
	struct open311_get *op, const struct db_rows *rows, struct open311_write *w)
{
	words_set(op);
	for (int i = 0; i < db_rows_count(rows); i++) {
		open311_item(w);
		request_write(op, rows, i, w);
		open311_end(w);
	}
}

static void by_key_run(struct open311_get *op)
{
	op->call = db_run(op->worker->read_pool, &by_key_query,
		(const char *[]){ op->query.keys, op->query.key_hash }, get_on_rows,
		op);
}

void open311_requests(
	struct http_request *req, enum open311_format format, const char *id)
{
	struct open311_get *op = get_new(req, format);
	struct open311_query *q = &op->query;
	struct open311_errors errors;

	(void)id;
	open311_errors_init(&errors, req, format);
	open311_query_read(req, q, &errors);
	if (errors.n > 0) {
		open311_refuse(&errors);
		return;
	}
	op->root = "service_requests";
	op->item = "request";
	op->write = requests_write;
	if (q->keys)
		by_key_run(op);
	else
		op->call = db_run(op->worker->read_pool, &requests_query,
			(const char *[]){ q->services, q->closed, q->from, q->to,
				q->changed_from, q->changed_to, q->box, q->circle,
				q->most, q->skip },
			get_on_rows, op);
}

/* No key has other letters; none with them is looked for. */
static bool is_key(const char *id)
{
	return id[0] && strlen(id) <= 64 &&
	       !id[strspn(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			      "0123456789-_")];
}

static void one_get(struct open311_get *op, const char *id)
{
	open311_query_words(op->req, &op->query);
	if (!is_key(id)) {
		open311_refuse_one(
			op->req, op->format, 404, "service_request_id was not found");
		return;
	}
	op->id = id;
	op->query.keys = arena_printf(http_arena(op->req), "{%s}", id);
	op->root = "service_requests";
	op->item = "request";
	by_key_run(op);
}

void open311_request(
	struct http_request *req, enum open311_format format, const char *id)
{
	struct open311_get *op = get_new(req, format);

	op->write = requests_write;
	one_get(op, id);
}

static void token_write(
	struct open311_get *op, const struct db_rows *rows, struct open311_write *w)
{
	open311_item(w);
	open311_text(w, "service_request_id", db_rows_text(rows, 0, 0));
	open311_text(w, "token", op->id);
	open311_end(w);
}

/* Every request has its id at once, so no tokens are given out; who has taken the id
 * for one is told it. */
void open311_token(struct http_request *req, enum open311_format format, const char *id)
{
	struct open311_get *op = get_new(req, format);

	op->write = token_write;
	one_get(op, id);
}

/* ---- updates ---- */

static void updates_write(
	struct open311_get *op, const struct db_rows *rows, struct open311_write *w)
{
	(void)op;
	for (int i = 0; i < db_rows_count(rows); i++) {
		open311_item(w);
		open311_text(w, "update_id", db_rows_text(rows, i, 0));
		open311_text(w, "service_request_id", db_rows_text(rows, i, 1));
		open311_text(w, "status", db_rows_bool(rows, i, 2) ? "closed" : "open");
		open311_text(w, "updated_datetime", db_rows_text(rows, i, 3));
		open311_text(w, "description", NULL);
		open311_text(w, "media_url", NULL);
		open311_end(w);
	}
}

void open311_updates(
	struct http_request *req, enum open311_format format, const char *id)
{
	struct open311_get *op = get_new(req, format);
	struct open311_query *q = &op->query;
	struct open311_errors errors;

	(void)id;
	open311_errors_init(&errors, req, format);
	open311_query_read_updates(req, q, &errors);
	if (errors.n > 0) {
		open311_refuse(&errors);
		return;
	}
	op->root = "service_request_updates";
	op->item = "request_update";
	op->write = updates_write;
	op->call = db_run(op->worker->read_pool, &updates_query,
		(const char *[]){
			q->from, q->to, q->keys, q->key_hash, q->most, q->skip },
		get_on_rows, op);
}
