/*
 * A split:
 *
 *   split_begin     If-Match, the body
 *   split_run       what is wrong with it by itself; else the case is asked for
 *   split_on_case   decided as intake decides; a preview ends here
 *   split_on_done   the database's word: stored, or nothing was; a conflict reads the
 *                   case as it is now
 *
 * The same tables and rules decide as when somebody writes to the city (intake_case.h),
 * and the same statement stores (intake_store.h): the database calls it within its own.
 */
#include "server/desk_split.h"

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
#include "server/access.h"
#include "server/body_text.h"
#include "server/city.h"
#include "server/city_holder.h"
#include "server/desk_earlier.h"
#include "server/desk_http.h"
#include "server/desk_store.h"
#include "server/if_match.h"
#include "server/intake_store.h"
#include "server/public_url.h"
#include "server/request_read.h"
#include "server/session.h"
#include "server/split_case.h"
#include "server/worker.h"

/* Nine times 10,000 characters of four bytes, and the rest. */
#define SPLIT_BODY_MAX (512 * KIB)

static const struct db_query begin_query = {
	.name = "desk_split_begin",
	.sql = "SELECT b.outcome, jsonb_build_object('serials', b.serials,"
	       " 'source', s.source || jsonb_build_object('areas', synpunkt.areas_at("
	       " (s.source #>> '{place,lat}')::float8,"
	       " (s.source #>> '{place,lon}')::float8, synpunkt.today())))::text"
	       " FROM synpunkt_desk.split_begin($1::text, $2::smallint, $3::bigint,"
	       " $4::integer[], $5::jsonb, $6::integer) b"
	       " CROSS JOIN LATERAL (SELECT CASE WHEN b.outcome = 'done'"
	       " THEN synpunkt_desk.split_source($2::smallint, $3::bigint) END AS source) s",
	.n_params = 6,
};

#define SPLIT_PARAMS 6 /* of its own; then those of intake's submit() */

static const struct db_query split_query = {
	.name = "desk_split",
	.sql = "SELECT synpunkt_desk.split($1::text, $2::smallint, $3::bigint,"
	       " $4::integer[], $5::jsonb, $6::jsonb, $7::bigint, $8::bigint[],"
	       " $9::timestamptz[], $10::date[], $11::text[], $12::text[], $13::text[],"
	       " $14::text[], $15::text[], $16::text[], $17::smallint[], $18::text[],"
	       " $19::text[], $20::boolean[], $21::boolean[], $22::float8[],"
	       " $23::float8[], $24::date[], $25::text[], $26::date[], $27::text[],"
	       " $28::text[], $29::text[], $30::bytea[], $31::text[], $32::text[],"
	       " $33::text[], $34::bytea[], $35::jsonb[], $36::bytea[],"
	       " $37::bytea[], $38::text[], $39::timestamptz[], $40::text[], $41::jsonb[])",
	.n_params = SPLIT_PARAMS + INTAKE_STORE_PARAMS,
};

struct split {
	struct http_request *req;
	struct body_text *text; /* of a body that lies in a file */
	struct db_call *call;
	struct request_case about;
	const char *versions; /* that the caller has seen; NULL: any */
	const char *rule;     /* JSON, as split_case() in 0064_split.sql reads it */
	bool preview;
	struct split_parts parts;
	struct split_cases cases;
	const char *answer; /* once it has been stored */
};

static void split_on_gone(void *arg)
{
	struct split *op = arg;

	db_cancel(op->call);
	body_text_free(op->text);
}

/* ---- stored, or not ---- */

/* True: the database did not do it, which is answered; whoever was too late is shown
 * the case as it is now. */
static bool split_refuse(struct split *op, const char *outcome)
{
	struct desk_act what = { .action = CASE_SPLIT,
		.about = { .session = session_get(op->req) } };

	if (!strcmp(outcome, "done"))
		return false;
	case_number_parse(http_path_value(op->req, "number"), &what.about.number);
	desk_act_reply(op->req, &what, outcome, 0);
	return true;
}

static void split_on_done(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct split *op = arg;
	struct worker *worker = http_app(op->req);

	op->call = NULL;
	if (err && !strcmp(err->sqlstate, INTAKE_SQLSTATE_STALE)) {
		city_holder_refresh(worker->city);
		http_set_header(op->req, "Retry-After", "1");
		request_refuse(op->req, ERR_UNAVAILABLE,
			"the city's rules have just been changed: ask for a preview again");
		return;
	}
	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	if (split_refuse(op, db_rows_text(rows, 0, 0)))
		return;
	evbuffer_add(http_out(op->req), op->answer, strlen(op->answer));
	http_reply(op->req, 201, "application/json; charset=utf-8");
}

/* ---- what it becomes ---- */

/* A code is told to the colleague where no letter tells the complainant: as when
 * something is taken down. */
static void case_write(
	struct split *op, size_t i, const struct city *city, struct json_write *w)
{
	const struct intake_case *c = &op->cases.items[i];
	const char *code = c->mail_receipt ? NULL : c->code;
	char number[CASE_NUMBER_SIZE];

	jw_object(w);
	if (!op->preview) {
		case_number_print(&c->number, number);
		jw_key_string(w, "number", number);
		jw_key_string(w, "followUpCode", code);
		jw_key_string(w, "followUpUrl",
			code ? arena_printf(http_arena(op->req), "%s/folj/%s/%s",
				       public_url(op->req), number, code)
			     : NULL);
	}
	split_case_write(&op->cases, i, city, w);
	jw_object_end(w);
}

static void cases_write(struct split *op, const struct city *city, struct evbuffer *out)
{
	struct json_write w;

	jw_init(&w, out);
	jw_object(&w);
	jw_key(&w, op->preview ? "parts" : "cases");
	jw_array(&w);
	for (size_t i = 0; i < op->cases.n; i++)
		case_write(op, i, city, &w);
	jw_array_end(&w);
	jw_object_end(&w);
}

/* Kept until it is stored: the city's names may be other ones by then. */
static const char *answer_of(struct split *op, const struct city *city)
{
	struct evbuffer *out = evbuffer_new();
	const char *answer;
	size_t n;

	cases_write(op, city, out);
	n = evbuffer_get_length(out);
	answer = arena_dup_n(
		http_arena(op->req), (const char *)evbuffer_pullup(out, -1), n);
	evbuffer_free(out);
	return answer;
}

/* [{"ground": …, "contact": true}, …] */
static const char *grounds_of(struct split *op)
{
	json_t *list = json_array();

	for (size_t i = 0; i < op->parts.n; i++)
		json_array_append_new(list,
			json_pack("{s:s?, s:b}", "ground", op->parts.items[i].ground,
				"contact", op->cases.contact[i]));
	return json_text(http_arena(op->req), list);
}

static void split_store(struct split *op, const struct city *city)
{
	struct worker *worker = http_app(op->req);
	struct intake_case *cases[SPLIT_PARTS_MAX];
	const char *params[SPLIT_PARAMS + INTAKE_STORE_PARAMS] = {
		session_get(op->req)->token_hash, op->about.year, op->about.serial,
		op->versions, op->rule, grounds_of(op)
	};

	for (size_t i = 0; i < op->cases.n; i++)
		cases[i] = &op->cases.items[i];
	intake_store_params(http_arena(op->req),
		&(struct intake_store_batch){ .cases = cases,
			.n = op->cases.n,
			.city_version = city->version },
		params + SPLIT_PARAMS);
	op->answer = answer_of(op, city);
	op->call = db_run(worker->desk_pool, &split_query, params, split_on_done, op);
}

static void split_decide(struct split *op, const struct city *city, const json_t *found)
{
	struct worker *worker = http_app(op->req);
	const json_t *list = json_object_get(found, "serials");
	int64_t serials[SPLIT_PARTS_MAX];
	struct faults faults;

	for (size_t i = 0; i < op->parts.n; i++)
		serials[i] = json_integer_value(json_array_get(list, i));
	faults_init(&faults, http_arena(op->req));
	split_cases_decide(&(struct split_query){ .parts = &op->parts,
				   .source = json_object_get(found, "source"),
				   .city = city,
				   .secret = worker->secret,
				   .serials = op->preview ? NULL : serials },
		http_arena(op->req), &op->cases, &faults);
	if (faults.n > 0) {
		http_reply_faults(op->req, &faults);
	} else if (op->preview) {
		cases_write(op, city, http_out(op->req));
		http_reply(op->req, 200, "application/json; charset=utf-8");
	} else {
		split_store(op, city);
	}
}

static void split_on_case(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct split *op = arg;
	struct worker *worker = http_app(op->req);
	const struct city *city = city_holder_get(worker->city);
	json_t *found;

	op->call = NULL;
	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	if (split_refuse(op, db_rows_text(rows, 0, 0)))
		return;
	if (!city) {
		request_refuse(op->req, ERR_UNAVAILABLE, "the database is away");
		return;
	}
	found = json_loads(db_rows_text(rows, 0, 1), 0, NULL);
	split_decide(op, city, found);
	json_decref(found);
}

/* ---- what was asked for ---- */

static void split_run(struct split *op, const char *bytes, size_t n)
{
	struct worker *worker = http_app(op->req);
	const struct city *city = city_holder_get(worker->city);
	struct error err = { 0 };
	struct faults faults;
	json_t *body;

	if (!city) {
		request_refuse(op->req, ERR_UNAVAILABLE, "the database is away");
		return;
	}
	if (json_body_parse(n ? bytes : "{}", n ? n : 2, &body, &err) < 0) {
		http_reply_error(op->req, &err);
		return;
	}
	faults_init(&faults, http_arena(op->req));
	split_parts_read(body, city, &op->parts, &faults);
	json_decref(body);
	if (faults.n > 0) {
		http_reply_faults(op->req, &faults);
		return;
	}
	op->rule = json_text(http_arena(op->req), access_rule(CASE_SPLIT));
	op->call = db_run(worker->desk_pool, &begin_query,
		(const char *[]){ session_get(op->req)->token_hash, op->about.year,
			op->about.serial, op->versions, op->rule,
			arena_printf(http_arena(op->req), "%zu",
				op->preview ? 0 : op->parts.n) },
		split_on_case, op);
}

static void split_on_text(
	const char *bytes, size_t n, const struct error *err, void *arg)
{
	struct split *op = arg;
	struct body_text *text = steal(op->text);

	if (err)
		http_reply_error(op->req, err);
	else
		split_run(op, bytes, n);
	body_text_free(text);
}

static void split_read_body(struct split *op)
{
	struct worker *worker = http_app(op->req);
	const struct http_body *body = http_body(op->req);
	struct error err = { 0 };

	if (body->fd < 0) {
		split_run(op, body->data ? body->data : "", body->size);
		return;
	}
	op->text = body_text_read(op->req,
		&(struct body_text_call){
			.work = worker->work, .done = split_on_text, .arg = op },
		&err);
	if (!op->text)
		http_reply_error(op->req, &err);
}

static void split_begin(struct http_request *req, bool preview)
{
	const char *versions = NULL;
	struct split *op;

	if (desk_refuse_outsider(req) ||
		(!preview && desk_refuse_unseen(req, &versions)))
		return;
	op = arena_alloc(http_arena(req), sizeof(*op));
	op->req = req;
	op->about = request_case(req);
	op->preview = preview;
	op->versions = versions;
	http_on_close(req, split_on_gone, op);
	split_read_body(op);
}

static void desk_split(struct http_request *req)
{
	split_begin(req, false);
}

static void desk_split_preview(struct http_request *req)
{
	split_begin(req, true);
}

static const char *const split_media[] = { "application/json", NULL };
static const char *const preview_headers[] = { "X-CSRF-Token", NULL };
static const char *const split_headers[] = { "If-Match", "X-CSRF-Token", NULL };

const struct http_route desk_split_routes[] = {
	{ .method = HTTP_POST,
		.path = "/api/v1/desk/cases/{number}/split-previews",
		.access = ACCESS_STAFF,
		.max_body = SPLIT_BODY_MAX,
		.media = split_media,
		.handle = desk_split_preview,
		.summary =
			"Where each further matter of it would go, why, and by when it would be answered: nothing is stored",
		.request = "SplitDraft",
		.response = "SplitPreview",
		.header_names = preview_headers },
	{ .method = HTTP_POST,
		.path = "/api/v1/desk/cases/{number}/splits",
		.access = ACCESS_STAFF,
		.max_body = SPLIT_BODY_MAX,
		.media = split_media,
		.handle = desk_split,
		.summary =
			"Make a case of each further matter of it, all or none; the case itself keeps its words",
		.request = "NewSplit",
		.response = "Split",
		.header_names = split_headers,
		.success = 201 },
	{ 0 },
};
