#include "server/rehearse_http.h"

#include <stddef.h>
#include <string.h>

#include <jansson.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/json_fields.h"
#include "server/access.h"
#include "server/day.h"
#include "server/json_reply.h"
#include "server/request_read.h"
#include "server/session.h"
#include "server/stamp.h"
#include "server/worker.h"

#define BODY_MAX (4 * KIB)

static const struct db_query ask_query = {
	.name = "rehearsal_ask",
	.sql = "SELECT synpunkt_rehearse.ask($1::text, $2::bigint, $3::date, $4::date,"
	       " $5::date)",
	.n_params = 5,
};

static const struct db_query told_query = {
	.name = "rehearsal_told",
	.sql = "SELECT synpunkt_rehearse.told($1::text, $2::bigint)",
	.n_params = 2,
};

struct rehearsals {
	struct http_request *req; /* its arena owns this struct */
	struct db_call *call;
	const char *since, *until, *day;
};

static void op_on_gone(void *arg)
{
	db_cancel(((struct rehearsals *)arg)->call);
}

/* NULL: it was answered. */
static struct rehearsals *op_new(struct http_request *req)
{
	struct rehearsals *op;

	if (!access_leads(session_get(req))) {
		request_refuse(req, ERR_FORBIDDEN,
			"rehearsals are for a board's coordinators and managers, and "
			"administrators");
		return NULL;
	}
	op = arena_alloc(http_arena(req), sizeof(*op));
	op->req = req;
	http_on_close(req, op_on_gone, op);
	return op;
}

/* ---- asked for ---- */

static const struct {
	const char *outcome;
	enum err_code code;
	const char *why;
} refusals[] = {
	{ "forbidden", ERR_FORBIDDEN,
		"rehearsals are for a board's coordinators and managers, and "
		"administrators" },
	{ "missing", ERR_NOT_FOUND, "there is no such version of the rules" },
	{ "period", ERR_INVALID, "the period or the day is over" },
	{ "busy", ERR_CONFLICT,
		"others are being rehearsed: wait until one of them is done" },
};

static void asked_reply(struct rehearsals *op, const json_t *answer)
{
	struct http_request *req = op->req;
	const char *outcome = json_string_value(json_object_get(answer, "outcome"));
	json_t *whole;

	for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
		if (!strcmp(outcome, refusals[i].outcome)) {
			request_refuse(req, refusals[i].code, refusals[i].why);
			return;
		}
	}
	whole = json_pack("{s:O}", "id", json_object_get(answer, "id"));
	http_set_header(req, "Location",
		arena_printf(http_arena(req), "/api/v1/desk/rules/rehearsals/%lld",
			(long long)json_integer_value(json_object_get(answer, "id"))));
	json_reply(req, 202, whole);
	json_decref(whole);
}

static void on_asked(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct rehearsals *op = arg;
	json_t *answer;

	op->call = NULL;
	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	answer = json_loads(db_rows_text(rows, 0, 0), 0, NULL);
	asked_reply(op, answer);
	json_decref(answer);
}

static const struct json_field fields[] = {
	{ .path = "since",
		.kind = JSON_FIELD_STRING,
		.required = true,
		.offset = offsetof(struct rehearsals, since) },
	{ .path = "until",
		.kind = JSON_FIELD_STRING,
		.offset = offsetof(struct rehearsals, until) },
	{ .path = "day",
		.kind = JSON_FIELD_STRING,
		.offset = offsetof(struct rehearsals, day) },
	{ 0 },
};

/* Days as text compare as days do. */
static void period_judge(const struct rehearsals *op, struct faults *faults)
{
	char today[DAY_TEXT];

	request_day_judge(op->since, "since", faults);
	request_day_judge(op->until, "until", faults);
	request_day_judge(op->day, "day", faults);
	if (faults->n > 0)
		return;
	day_format(day_of_instant(stamp_now() / 1000000), today);
	if (op->until && strcmp(op->until, op->since) < 0)
		faults_add(faults, "until", "must not be before since");
	else if (!op->until && strcmp(op->since, today) > 0)
		faults_add(faults, "since", "must not be after today");
	/* Which rules were in force before is not asked. */
	if (op->day && strcmp(op->day, today) < 0)
		faults_add(faults, "day", "must not be over");
}

static void rehearsals_post(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct rehearsals *op = op_new(req);
	const char *version;
	struct faults faults;

	if (!op)
		return;
	version = request_id(http_path_value(req, "version"));
	faults_init(&faults, http_arena(req));
	if (request_fields(req, fields, op, &faults) < 0)
		return;
	period_judge(op, &faults);
	if (faults.n > 0) {
		http_reply_faults(req, &faults);
		return;
	}
	op->call = db_run(worker->desk_pool, &ask_query,
		(const char *[]){ session_get(req)->token_hash, version ? version : "0",
			op->since, op->until, op->day },
		on_asked, op);
}

/* ---- told ---- */

static void on_told(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct rehearsals *op = arg;

	op->call = NULL;
	json_reply_cell(op->req, 200, rows, err,
		&(struct json_nothing){ ERR_NOT_FOUND, "there is no such rehearsal" });
}

static void rehearsal_get(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct rehearsals *op = op_new(req);
	const char *id;

	if (!op)
		return;
	id = request_id(http_path_value(req, "id"));
	op->call = db_run(worker->desk_pool, &told_query,
		(const char *[]){ session_get(req)->token_hash, id ? id : "0" },
		on_told, op);
}

static const char *const headers[] = { "X-CSRF-Token", NULL };
static const char *const media[] = { "application/json", NULL };

const struct http_route rehearse_routes[] = {
	{ .method = HTTP_POST,
		.path = "/api/v1/desk/rules/{version}/rehearsals",
		.access = ACCESS_STAFF,
		.max_body = BODY_MAX,
		.media = media,
		.handle = rehearsals_post,
		.summary =
			"Find out what a version of the rules would have done to the "
			"cases of a period, beside the rules in force",
		.request = "RehearsalInput",
		.response = "RehearsalAsked",
		.header_names = headers,
		.success = 202 },
	{ .method = HTTP_GET,
		.path = "/api/v1/desk/rules/rehearsals/{id}",
		.access = ACCESS_STAFF,
		.handle = rehearsal_get,
		.summary =
			"What came out of it, or how far it has come; samples are of "
			"cases that the caller may read",
		.response = "Rehearsal" },
	{ 0 },
};
