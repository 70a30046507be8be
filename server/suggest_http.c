/*
 *   suggestions_start    the letter, its twins, and what serves
 *   suggestions_on_rows  the worker holds something older: it catches up first
 *   suggestions_reply
 */
#include "server/suggest_http.h"

#include <string.h>

#include <jansson.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/catalogue.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/utf8.h"
#include "server/city.h"
#include "server/city_holder.h"
#include "server/day.h"
#include "server/desk_http.h"
#include "server/follow_code.h"
#include "server/json_reply.h"
#include "server/session.h"
#include "server/stamp.h"
#include "server/suggest.h"
#include "server/suggest_flags.h"
#include "server/suggest_holder.h"
#include "server/worker.h"

static const struct db_query suggestions_query = {
	.name = "desk_suggestions",
	.sql = "SELECT c.is_there, c.body, c.threat_judged, c.twins, h.version, h.words"
	       " FROM synpunkt_desk.spottable($1::text, $2::smallint, $3::bigint) c"
	       " CROSS JOIN synpunkt_suggest.held() h",
	.n_params = 3,
};

enum column {
	IS_THERE,
	BODY,
	THREAT_JUDGED,
	TWINS,
	VERSION,
	WORDS,
};

struct suggestions {
	struct http_request *req; /* its arena owns this */
	struct db_call *call;
	struct suggest_wait *wait;
	const char *text; /* NULL: not theirs to read, or none */
	const char *twins;
	bool threat_judged;
};

/* ---- the answer ---- */

static json_t *nothing_json(void)
{
	return json_pack("{s:n, s:[], s:n, s:n, s:n, s:n, s:[]}", "version",
		"categories", "type", "typeProbability", "qualityDimension",
		"qualityDimensionProbability", "flags");
}

static const char *redirect_link(const struct city *city, const char *code)
{
	for (size_t i = 0; city && i < city->n_redirects; i++) {
		if (!strcmp(city->redirects[i].code, code))
			return city->redirects[i].link;
	}
	return "";
}

/* Where a wrong recipient's matters go, as residents are told before the form. */
static void recipients_put(const struct suggestions *op, json_t *flag)
{
	const struct worker *worker = http_app(op->req);
	json_t *list = json_array();
	const json_t *code;
	size_t i;

	json_array_foreach(json_object_get(flag, "because"), i, code)
	{
		const char *name = json_string_value(code);
		const char *title = catalogue_find(worker->catalogue, "sv",
			arena_printf(http_arena(op->req), "redirect.%s.title", name));

		json_array_append_new(list,
			json_pack("{s:s, s:s, s:s}", "code", name, "title",
				title ? title : name, "link",
				redirect_link(city_holder_get(worker->city), name)));
	}
	json_object_set_new(flag, "recipients", list);
}

/* A threat is judged once; the rest of what was found is told as it is. */
static void flags_finish(const struct suggestions *op, json_t *flags)
{
	json_t *twins = op->twins ? json_loads(op->twins, 0, NULL) : NULL;

	for (size_t i = json_array_size(flags); i-- > 0;) {
		json_t *flag = json_array_get(flags, i);
		const char *name = json_string_value(json_object_get(flag, "flag"));

		if (op->threat_judged && !strcmp(name, "threat"))
			json_array_remove(flags, i);
		else if (!strcmp(name, "wrong-recipient"))
			recipients_put(op, flag);
	}
	if (json_array_size(twins) > 0)
		suggest_flag_twins(flags, twins);
	json_decref(twins);
}

static json_t *suggestions_json(const struct suggestions *op)
{
	const struct worker *worker = http_app(op->req);
	const struct suggest_held *held = suggest_holder_get(worker->suggest);
	int32_t today = day_of_instant(stamp_now() / 1000000);
	json_t *told;

	if (!op->text)
		return nothing_json();
	if (held->suggest) {
		told = suggest_text(held->suggest, held->spot, http_arena(op->req),
			op->text, today);
		json_object_set_new(told, "version", json_integer(held->version));
	} else {
		told = nothing_json();
		json_object_set_new(told, "flags",
			suggest_flags(NULL, held->spot, op->text, today));
	}
	flags_finish(op, json_object_get(told, "flags"));
	return told;
}

static void suggestions_reply(void *arg)
{
	struct suggestions *op = arg;
	json_t *told;

	op->wait = NULL;
	told = suggestions_json(op);
	json_reply(op->req, 200, told);
	json_decref(told);
}

/* ---- asked ---- */

static void suggestions_on_gone(void *arg)
{
	struct suggestions *op = arg;

	db_cancel(op->call);
	suggest_wait_cancel(op->wait);
}

static bool is_held(const struct worker *worker, const struct db_rows *rows)
{
	const struct suggest_held *held = suggest_holder_get(worker->suggest);

	return held->version == db_rows_int64(rows, 0, VERSION) && held->words &&
	       !strcmp(held->words, db_rows_text(rows, 0, WORDS));
}

static void suggestions_on_rows(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct suggestions *op = arg;
	const struct worker *worker = http_app(op->req);
	struct arena *arena = http_arena(op->req);
	struct error missing = { 0 };
	const char *body;

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
	if (!db_rows_is_null(rows, 0, BODY)) {
		body = db_rows_text(rows, 0, BODY);
		op->text = arena_dup_n(
			arena, body, utf8_prefix(body, strlen(body), SUGGEST_TEXT_MAX));
		op->twins = arena_dup(arena, db_rows_text(rows, 0, TWINS));
		op->threat_judged = db_rows_bool(rows, 0, THREAT_JUDGED);
	}
	if (op->text && !is_held(worker, rows))
		op->wait =
			suggest_holder_catch_up(worker->suggest, suggestions_reply, op);
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
			arena_printf(arena, "%lld", (long long)number.serial) },
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
