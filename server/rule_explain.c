#include "server/rule_explain.h"

#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/work.h"
#include "server/access.h"
#include "server/city.h"
#include "server/city_holder.h"
#include "server/day.h"
#include "server/desk_http.h"
#include "server/json_reply.h"
#include "server/request_read.h"
#include "server/route_guess.h"
#include "server/rule_set.h"
#include "server/session.h"
#include "server/worker.h"

static const struct db_query routed_query = {
	.name = "case_routed_by",
	.sql = "SELECT synpunkt_desk.routed_by($1::text, $2::smallint, $3::bigint)",
	.n_params = 3,
};

static const char hidden[] =
	"det beror på något i ärendet som du inte får läsa, eller som inte finns kvar";

/* What is tried, and what is known of how it went then. */
struct explained {
	const json_t *told;
	struct rule_set set;
	struct route_query query;
	struct route_words words;
	const char *rule; /* the code, as the case has it */
	bool is_whole;
};

static const char *text_of(const json_t *whole, const char *name)
{
	return json_string_value(json_object_get(whole, name));
}

static const char *const *areas_of(const json_t *told, struct arena *arena)
{
	const json_t *list = json_object_get(told, "areas"), *item;
	const char **areas =
		arena_array(arena, json_array_size(list) + 1, sizeof(char *));
	size_t i;

	json_array_foreach(list, i, item) areas[i] = json_string_value(item);
	return areas;
}

/* Until events told what was chosen they told the category after the rules: one that
 * the rule sets was not chosen. */
static const char *chosen(const struct explained *e)
{
	const char *category = text_of(e->told, "category");

	if (json_is_true(json_object_get(e->told, "hasChosen")))
		return text_of(e->told, "chosen");
	return category && rule_would_set(&e->set, e->rule, category) ? NULL : category;
}

static void query_make(struct explained *e, struct arena *arena)
{
	const json_t *told = e->told;

	e->query = (struct route_query){
		.category = chosen(e),
		.type = text_of(told, "type"),
		.district = text_of(told, "district"),
		.unit = text_of(told, "unit"),
		.channel = text_of(told, "channel"),
		.text = text_of(told, "text"),
		.from_child = json_is_true(json_object_get(told, "fromChild")),
		.date = rule_day(told, "day"),
		.season_on = rule_day(told, "receivedOn"),
		.areas = areas_of(told, arena),
		.language = text_of(told, "language"),
		.mailbox = text_of(told, "mailbox"),
		.addressed = text_of(told, "addressed"),
		.is_taken = json_is_true(json_object_get(told, "isDeviation")),
		.words = &e->words,
	};
}

/* Would tell of the text or of the place what it says. */
static bool is_hidden(enum route_why why)
{
	switch (why) {
	case ROUTE_WHY_WORDS:
	case ROUTE_WHY_DISTRICT:
	case ROUTE_WHY_AREA:
	case ROUTE_WHY_UNIT:
	case ROUTE_WHY_NO_DISTRICT:
	case ROUTE_WHY_NO_DISTRICT_BOARD:
	case ROUTE_WHY_NO_UNIT:
	case ROUTE_WHY_UNIT_GONE:
	case ROUTE_WHY_UNIT_ELSEWHERE:
		return true;
	default:
		return false;
	}
}

static json_t *step_json(const char *rule, bool matched, const char *why_not)
{
	return json_pack("{s:s, s:b, s:s?}", "rule", rule, "matched", (int)matched,
		"whyNot", why_not);
}

static json_t *whole_steps(const struct route_trace *trace)
{
	json_t *steps = json_array();

	for (size_t i = 0; i < trace->n; i++) {
		enum route_why why = trace->steps[i].why;
		bool matched = why == ROUTE_WHY_MATCHED;

		json_array_append_new(
			steps, step_json(trace->steps[i].rule, matched,
				       matched ? NULL : route_why_text(why)));
	}
	return steps;
}

/* Up to the rule that took it. Where another would have done so sooner, or none of
 * those that were tried is the one, nothing can be said. */
static json_t *cut_steps(const struct explained *e, const struct route_trace *trace)
{
	json_t *steps = json_array();

	for (size_t i = 0; i < trace->n; i++) {
		enum route_why why = trace->steps[i].why;
		const char *rule = trace->steps[i].rule;

		if (!strcmp(rule, e->rule)) {
			json_array_append_new(steps, step_json(rule, true, NULL));
			return steps;
		}
		if (why == ROUTE_WHY_MATCHED)
			break;
		json_array_append_new(
			steps, step_json(rule, false,
				       is_hidden(why) ? hidden : route_why_text(why)));
	}
	json_array_clear(steps);
	return steps;
}

/* Of what was looked at, what the reader may see. */
static json_t *inputs_json(const struct explained *e)
{
	const struct route_query *q = &e->query;
	const json_t *areas = json_object_get(e->told, "areas");

	return json_pack(
		"{s:s?, s:s?, s:s?, s:s?, s:s?, s:s?, s:s?, s:O?, s:s?, s:s?, s:b}",
		"category", q->category, "type", q->type, "district", q->district,
		"unit", q->unit, "channel", q->channel, "mailbox", q->mailbox,
		"language", q->language, "areas", json_is_array(areas) ? areas : NULL,
		"day", text_of(e->told, "day"), "receivedOn",
		text_of(e->told, "receivedOn"), "fromChild", (int)q->from_child);
}

/* A subject that was set by itself: where it found the board, the rules were looked at
 * once more as if it had been chosen, and those are the steps. */
static void guess_again(const struct city *city, struct explained *e,
	struct route_trace *trace, struct arena *arena)
{
	const struct route_guessing guessing = { &e->set, &e->query,
		text_of(e->told, "guessed") };
	struct route_query as_chosen = e->query;
	struct route_outcome out = trace->outcome;

	if (!route_guess(city, &guessing, arena, &out))
		return;
	if (strcmp(out.rule, trace->outcome.rule) != 0) {
		as_chosen.category = guessing.guessed;
		route_explain(city, &e->set, &as_chosen, arena, trace);
	}
	trace->outcome = out;
}

static void steps_add(
	const struct city *city, struct explained *e, json_t *ret, struct arena *arena)
{
	struct route_trace trace = { 0 };
	bool same;

	route_explain(city, &e->set, &e->query, arena, &trace);
	guess_again(city, e, &trace, arena);
	json_object_set_new(
		ret, "steps", e->is_whole ? whole_steps(&trace) : cut_steps(e, &trace));
	same = !strcmp(trace.outcome.rule, e->rule) &&
	       !strcmp(trace.outcome.board, text_of(e->told, "board"));
	json_object_set_new(
		ret, "same", e->is_whole ? json_boolean(same) : json_null());
}

json_t *rule_explain(const struct city *city, const json_t *told, struct arena *arena)
{
	struct explained e = { .told = told,
		.rule = text_of(told, "rule"),
		.is_whole = json_is_true(json_object_get(told, "isWhole")) };
	json_t *ret = json_object();
	struct faults faults;

	json_object_set(ret, "version", json_object_get(told, "version"));
	json_object_set(ret, "from", json_object_get(told, "from"));
	json_object_set_new(ret, "rule", json_string(e.rule));
	json_object_set(ret, "because", json_object_get(told, "because"));
	json_object_set(ret, "board", json_object_get(told, "board"));
	json_object_set_new(ret, "whole", json_boolean(e.is_whole));
	json_object_set(ret, "guessed", json_object_get(told, "guessed"));
	faults_init(&faults, arena);
	if (json_is_array(json_object_get(told, "rules")) &&
		rule_set_read(json_object_get(told, "rules"), arena, &faults, &e.set) ==
			0) {
		query_make(&e, arena);
		steps_add(city, &e, ret, arena);
	} else {
		query_make(&e, arena);
		json_object_set_new(ret, "steps", json_array());
		json_object_set_new(ret, "same", json_null());
	}
	json_object_set_new(ret, "inputs", inputs_json(&e));
	return ret;
}

/* ---- asked ---- */

/*
 *   routing_get      asks what the case was routed by
 *   routed_on_rows   read; in a thread, for the rules may be many and the text long:
 *   explain_work     tried once more
 *   explain_done     told
 */
struct explaining {
	struct arena *arena;
	const struct city *city;
	char *told;
	json_t *ret;
	struct explain_op *op; /* NULL: gone */
};

struct explain_op {
	struct http_request *req;
	struct db_call *call;
	struct explaining *explaining; /* or NULL */
};

static void op_on_gone(void *arg)
{
	struct explain_op *op = arg;

	db_cancel(op->call);
	if (op->explaining)
		op->explaining->op = NULL;
}

static void explain_work(void *arg)
{
	struct explaining *e = arg;
	json_t *told = json_loads(e->told, 0, NULL);

	e->ret = rule_explain(e->city, told, e->arena);
	json_decref(told);
}

static void explaining_free(struct explaining *e)
{
	json_decref(e->ret);
	city_unref(e->city);
	mem_free(e->told);
	arena_free(e->arena);
	mem_free(e);
}

static void explain_done(void *arg)
{
	struct explaining *e = arg;

	if (e->op) {
		e->op->explaining = NULL;
		json_reply(e->op->req, 200, e->ret);
	}
	explaining_free(e);
}

static struct explaining *explaining_new(
	struct explain_op *op, const struct city *city, const char *told)
{
	struct explaining *e = mem_new(sizeof(*e));

	e->arena = arena_new();
	e->city = city_ref(city);
	e->told = mem_dup(told);
	e->op = op;
	return e;
}

static void routed_on_rows(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct explain_op *op = arg;
	const struct worker *worker = http_app(op->req);
	const struct city *city = city_holder_get(worker->city);
	struct error full = { 0 };

	op->call = NULL;
	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	if (db_rows_is_null(rows, 0, 0)) {
		request_refuse(op->req, ERR_NOT_FOUND, "your boards hold no such case");
		return;
	}
	if (!city) {
		request_refuse(
			op->req, ERR_UNAVAILABLE, "the city's rows are not here yet");
		return;
	}
	op->explaining = explaining_new(op, city, db_rows_text(rows, 0, 0));
	if (work_run(worker->work, explain_work, explain_done, op->explaining, &full) <
		0) {
		explaining_free(steal(op->explaining));
		http_reply_error(op->req, &full);
	}
}

static void routing_get(struct http_request *req)
{
	struct worker *worker = http_app(req);
	const struct request_case about = request_case(req);
	struct explain_op *op;

	if (desk_refuse_outsider(req))
		return;
	op = arena_alloc(http_arena(req), sizeof(*op));
	op->req = req;
	http_on_close(req, op_on_gone, op);
	op->call = db_run(worker->desk_pool, &routed_query,
		(const char *[]){
			session_get(req)->token_hash, about.year, about.serial },
		routed_on_rows, op);
}

const struct http_route rule_explain_routes[] = {
	{ .method = HTTP_GET,
		.path = "/api/v1/desk/cases/{number}/routing",
		.access = ACCESS_STAFF,
		.handle = routing_get,
		.summary =
			"Why it went where it went: the version of the rules, and each rule that was looked at",
		.response = "CaseRouting" },
	{ 0 },
};
