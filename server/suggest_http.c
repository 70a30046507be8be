/*
 *   suggestions_start    the letter, and the model if another serves than the one at
 * hand suggestions_on_rows  the model is read beside the loop: model_work model_done
 *   suggestions_reply
 */
#include "server/suggest_http.h"

#include <string.h>

#include <event2/buffer.h>
#include <jansson.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/encode.h"
#include "lib/error.h"
#include "lib/log.h"
#include "lib/work.h"
#include "server/day.h"
#include "server/desk_http.h"
#include "server/follow_code.h"
#include "server/json_reply.h"
#include "server/session.h"
#include "server/stamp.h"
#include "server/suggest.h"
#include "server/worker.h"

static const struct db_query suggestions_query = {
	.name = "desk_suggestions",
	.sql = "SELECT c.is_there, c.body, s.version, s.labels, encode(s.model, 'hex')"
	       " FROM synpunkt_desk.suggestable($1::text, $2::smallint, $3::bigint) c"
	       " LEFT JOIN synpunkt_suggest.serving($4::bigint) s ON c.is_there",
	.n_params = 4,
};

enum column {
	IS_THERE,
	BODY,
	VERSION,
	LABELS,
	MODEL,
};

struct suggestions {
	struct http_request *req; /* its arena owns this */
	struct db_call *call;
	const char *text; /* NULL: not theirs to read, or none */
	struct reading *reading;
};

/* A model on its way into the worker; it outlives a caller who leaves. */
struct reading {
	struct suggestions *op; /* NULL: gone */
	struct worker *worker;
	struct suggest_served served;
	char *hex, *labels;
	struct error err;
};

void suggest_served_clear(struct suggest_served *served)
{
	suggest_free(steal(served->suggest));
	served->version = 0;
}

/* ---- the answer ---- */

static json_t *nothing_json(void)
{
	return json_pack("{s:n, s:[], s:n, s:n, s:n, s:n, s:[]}", "version",
		"categories", "type", "typeProbability", "qualityDimension",
		"qualityDimensionProbability", "flags");
}

static void suggestions_reply(struct suggestions *op)
{
	const struct worker *worker = http_app(op->req);
	const struct suggest_served *served = &worker->suggest;
	json_t *told;

	if (!served->suggest || !op->text) {
		told = nothing_json();
	} else {
		told = suggest_text(served->suggest, http_arena(op->req), op->text,
			day_of_instant(stamp_now() / 1000000));
		json_object_set_new(told, "version", json_integer(served->version));
	}
	json_reply(op->req, 200, told);
	json_decref(told);
}

/* ---- the model ---- */

static void model_work(void *arg)
{
	struct reading *reading = arg;
	size_t n = strlen(reading->hex) / 2;
	unsigned char *bytes = mem_new(n + 1);
	json_t *labels = json_loads(reading->labels, 0, NULL);
	struct text_model *model = NULL;

	if (encode_hex_parse(reading->hex, bytes, n) == 0)
		model = text_model_load(bytes, n, &reading->err);
	if (model)
		reading->served.suggest = suggest_new(model, labels, &reading->err);
	json_decref(labels);
	mem_free(bytes);
}

/* Two who ask at once read it twice; the newer stays. */
static void model_done(void *arg)
{
	struct reading *reading = arg;
	struct suggest_served *now = &reading->worker->suggest;

	if (!reading->served.suggest)
		log_event(LOG_LEVEL_WARNING, "suggest_model_unread",
			LOG_S("error", reading->err.text));
	else if (reading->served.version > now->version) {
		suggest_served_clear(now);
		*now = reading->served;
		reading->served.suggest = NULL;
		log_event(LOG_LEVEL_INFO, "suggest_model",
			LOG_I("version", now->version));
	}
	if (reading->op) {
		reading->op->reading = NULL;
		suggestions_reply(reading->op);
	}
	suggest_free(reading->served.suggest);
	mem_free(reading->hex);
	mem_free(reading->labels);
	mem_free(reading);
}

static void model_read(struct suggestions *op, const struct db_rows *rows)
{
	struct worker *worker = http_app(op->req);
	struct reading *reading = mem_new(sizeof(*reading));
	struct error err = { 0 };

	reading->op = op;
	reading->worker = worker;
	reading->served.version = db_rows_int64(rows, 0, VERSION);
	reading->hex = mem_dup(db_rows_text(rows, 0, MODEL));
	reading->labels = mem_dup(db_rows_text(rows, 0, LABELS));
	op->reading = reading;
	if (work_run(worker->work, model_work, model_done, reading, &err) == 0)
		return;
	op->reading = NULL;
	mem_free(reading->hex);
	mem_free(reading->labels);
	mem_free(reading);
	http_reply_error(op->req, &err);
}

/* ---- asked ---- */

static void suggestions_on_gone(void *arg)
{
	struct suggestions *op = arg;

	db_cancel(op->call);
	if (op->reading)
		op->reading->op = NULL;
}

static void suggestions_on_rows(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct suggestions *op = arg;
	struct error missing = { 0 };

	op->call = NULL;
	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	if (db_rows_is_null(rows, 0, IS_THERE)) {
		error_set(&missing, ERR_NOT_FOUND, "your boards hold no such case");
		http_reply_error(op->req, &missing);
		return;
	}
	if (!db_rows_is_null(rows, 0, BODY))
		op->text = arena_dup(http_arena(op->req), db_rows_text(rows, 0, BODY));
	if (op->text && !db_rows_is_null(rows, 0, MODEL))
		model_read(op, rows);
	else
		suggestions_reply(op);
}

static void suggestions_start(struct http_request *req)
{
	const struct worker *worker = http_app(req);
	struct arena *arena = http_arena(req);
	struct suggestions *op = arena_alloc(arena, sizeof(*op));
	struct case_number number = { 0 };

	if (desk_refuse_outsider(req))
		return;
	op->req = req;
	case_number_parse(http_path_value(req, "number"), &number);
	http_on_close(req, suggestions_on_gone, op);
	op->call = db_run(worker->desk_pool, &suggestions_query,
		(const char *[]){ session_get(req)->token_hash,
			arena_printf(arena, "%d", number.year),
			arena_printf(arena, "%lld", (long long)number.serial),
			arena_printf(
				arena, "%lld", (long long)worker->suggest.version) },
		suggestions_on_rows, op);
}

const struct http_route suggest_routes[] = {
	{ .method = HTTP_GET,
		.path = "/api/v1/desk/cases/{number}/suggestions",
		.access = ACCESS_STAFF,
		.handle = suggestions_start,
		.summary =
			"What it is likely to be about, learned of examples and closed cases, and what in it somebody should look at; decides nothing",
		.response = "CaseSuggestions" },
	{ 0 },
};
