/*
 * A change:
 *
 *   …_post, …_put   If-Match where an action is changed, the body; then the database
 *   change_on_done  its word; the action is read as it is now, for the answer or for
 *                   409 with it as "current"
 */
#include <stddef.h>
#include <string.h>

#include <jansson.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/json_fields.h"
#include "lib/json_write.h"
#include "server/access.h"
#include "server/follow_code.h"
#include "server/if_match.h"
#include "server/improvement_http.h"
#include "server/improvement_private.h"
#include "server/request_read.h"
#include "server/worker.h"

#define CATEGORIES_MAX 10
#define SHOWN_MAX 2000 /* characters of said and of did, each */

static const struct db_query put_query = {
	.name = "improvement_put",
	.sql = "SELECT p.outcome, p.id, NULL FROM synpunkt_desk.improvement_put("
	       "$1::text, $2::bigint, $3::integer[], $4::jsonb,"
	       " " IMPROVEMENT_BOARD_MAX ") p",
	.n_params = 4,
};

static const struct db_query complete_query = {
	.name = "improvement_complete",
	.sql = "SELECT c.outcome, $2::bigint, c.told FROM synpunkt_desk.improvement_complete("
	       "$1::text, $2::bigint, $3::integer[], $4::jsonb) c",
	.n_params = 4,
};

static const struct db_query link_query = {
	.name = "improvement_link",
	.sql = "SELECT synpunkt_desk.improvement_link($1::text, $2::bigint,"
	       " $3::smallint, $4::bigint, $5::boolean, " IMPROVEMENT_CASES_MAX
	       "), $2::bigint, NULL",
	.n_params = 5,
};

/* ---- what the database says ---- */

/* Words that are an answer by themselves. */
static const struct outcome_row outcomes[] = {
	{ "forbidden", ERR_FORBIDDEN, "",
		"improvement actions are written by coordinators, managers and "
		"secretaries of the board" },
	{ "approval", ERR_FORBIDDEN, "",
		"answers of the board are approved by its manager, who completes the "
		"action" },
	{ "unit", ERR_INVALID, "unit", "is not a unit of the board" },
	{ "goal", ERR_INVALID, "goal", "is not a goal of the board today" },
	{ "indicator", ERR_INVALID, "indicator",
		"is not an indicator of the board today" },
	{ "categories", ERR_INVALID, "categories", "is not a category" },
	{ "endsOn", ERR_INVALID, "endsOn", "is not from startsOn to five years later" },
	{ "state", ERR_INVALID, "state",
		"an action is done by its completion, not before it began, and stays "
		"so" },
	{ "doneOn", ERR_INVALID, "doneOn", "is not from startsOn to today" },
	{ "case", ERR_INVALID, "number",
		"is not a case of the action's board that can be linked" },
	{ "full", ERR_CONFLICT, "",
		"there are as many as there may be: " IMPROVEMENT_CASES_MAX
		" cases of an action, " IMPROVEMENT_BOARD_MAX " actions of a board" },
};

static void change_on_done(
	const struct db_rows *rows, const struct error *db_err, void *arg)
{
	struct improvement_op *op = arg;
	const char *outcome;

	op->call = NULL;
	if (db_err) {
		http_reply_error(op->req, db_err);
		return;
	}
	outcome = db_rows_text(rows, 0, 0);
	if (outcome_refuse(op->req, outcomes, ARRAY_LEN(outcomes), outcome))
		return;
	if (!strcmp(outcome, "missing")) {
		improvement_reply_missing(op->req);
		return;
	}
	if (!strcmp(outcome, "stale"))
		op->conflict = "somebody has changed the action since you read it";
	op->id = arena_dup(http_arena(op->req), db_rows_text(rows, 0, 1));
	if (!db_rows_is_null(rows, 0, 2))
		op->told = (int)db_rows_int64(rows, 0, 2);
	improvement_one_read(op);
}

/* ---- writing one ---- */

struct wanted {
	const char *board, *unit, *title, *cause, *expected, *responsible, *starts_on,
		*ends_on, *goal, *indicator, *state;
	struct json_strings categories;
};

static const char *const states[] = { "planned", "ongoing", "dropped", "done", NULL };

#define WANTED(path_, member)                                                          \
	.path = path_, .kind = JSON_FIELD_STRING,                                      \
	.offset = offsetof(struct wanted, member)

static const struct json_field wanted_fields[] = {
	{ WANTED("board", board), .required = true, .max = 100 },
	{ WANTED("unit", unit), .max = 100 },
	{ WANTED("title", title), .required = true, .not_blank = true, .max = 150 },
	{ WANTED("cause", cause), .required = true, .not_blank = true,
		.line_ends = true, .max = 4000 },
	{ WANTED("expectedResult", expected), .line_ends = true, .max = 2000 },
	{ WANTED("responsible", responsible), .required = true, .not_blank = true,
		.max = 100 },
	{ WANTED("startsOn", starts_on), .required = true, .max = 10 },
	{ WANTED("endsOn", ends_on), .required = true, .max = 10 },
	{ WANTED("goal", goal), .max = 100 },
	{ WANTED("indicator", indicator), .max = 100 },
	{ WANTED("state", state), .required = true, .one_of = states },
	{ .path = "categories",
		.kind = JSON_FIELD_STRINGS,
		.max = 100,
		.max_items = CATEGORIES_MAX,
		.offset = offsetof(struct wanted, categories) },
	{ 0 },
};

static json_t *strings_json(const struct json_strings *strings)
{
	json_t *array = json_array();

	for (size_t i = 0; i < strings->n; i++)
		json_array_append_new(array, json_string(strings->items[i]));
	return array;
}

/* NULL: it was answered. */
static const char *wanted_read(struct http_request *req)
{
	struct wanted given = { 0 };
	struct faults faults;

	faults_init(&faults, http_arena(req));
	if (request_fields(req, wanted_fields, &given, &faults) < 0)
		return NULL;
	request_day_judge(given.starts_on, "startsOn", &faults);
	request_day_judge(given.ends_on, "endsOn", &faults);
	if (faults.n > 0) {
		http_reply_faults(req, &faults);
		return NULL;
	}
	return json_text(http_arena(req),
		json_pack("{s:s, s:s*, s:s, s:s, s:s, s:s, s:s, s:s, s:s*, s:s*, s:s, "
			  "s:o}",
			"board", given.board, "unit", given.unit, "title", given.title,
			"cause", given.cause, "expectedResult",
			given.expected ? given.expected : "", "responsible",
			given.responsible, "startsOn", given.starts_on, "endsOn",
			given.ends_on, "goal", given.goal, "indicator", given.indicator,
			"state", given.state, "categories",
			strings_json(&given.categories)));
}

/* The action and the versions of it that the caller has seen; NULL: it was answered. */
static struct improvement_op *op_of_seen(
	struct http_request *req, const char **ret_versions)
{
	const char *etag = http_header(req, "If-Match");
	struct improvement_op *op = improvement_op_new(req, true);

	if (op && !etag) {
		http_reply_problem(req, 428,
			"send the action's ETag as If-Match, so that nobody's change "
			"is lost",
			NULL);
		return NULL;
	}
	if (op)
		*ret_versions = if_match_versions(http_arena(req), etag);
	return op;
}

static void change_run(struct improvement_op *op, const struct db_query *query,
	const char *versions, const char *wanted)
{
	struct worker *worker = http_app(op->req);

	op->call = db_run(worker->desk_pool, query,
		(const char *[]){ op->session, op->id, versions, wanted },
		change_on_done, op);
}

static void improvements_post(struct http_request *req)
{
	struct improvement_op *op = improvement_op_new(req, false);
	const char *wanted = op ? wanted_read(req) : NULL;

	if (!wanted)
		return;
	op->status = 201;
	change_run(op, &put_query, NULL, wanted);
}

static void improvement_put(struct http_request *req)
{
	const char *versions;
	struct improvement_op *op = op_of_seen(req, &versions);
	const char *wanted = op ? wanted_read(req) : NULL;

	if (wanted)
		change_run(op, &put_query, versions, wanted);
}

/* ---- it is done ---- */

/* In the catalogues' languages; Swedish is always there. */
enum {
	SV,
	EASY,
	EN,
	FI,
	FIT,
	SE,
	AR,
	N_LANGUAGES,
};

static const char *const languages[] = {
	[SV] = "sv",
	[EASY] = "sv-x-easy",
	[EN] = "en",
	[FI] = "fi",
	[FIT] = "fit",
	[SE] = "se",
	[AR] = "ar",
};

struct shown {
	bool given;
	const char *said, *did;
};

struct completion {
	const char *done_on;
	bool is_public, tells;
	struct shown texts[N_LANGUAGES];
};

#define SHOWN(language, member, i)                                                     \
	{                                                                              \
		.path = language "." #member, .kind = JSON_FIELD_STRING,               \
		.required = true, .not_blank = true, .line_ends = true,                \
		.max = SHOWN_MAX,                                                      \
		.offset = offsetof(struct completion, texts[i].member)                 \
	}
#define LANGUAGE(language, i, needed)                                                  \
	{ .path = language,                                                            \
		.kind = JSON_FIELD_OBJECT,                                             \
		.required = needed,                                                    \
		.offset = offsetof(struct completion, texts[i].given) },               \
		SHOWN(language, said, i), SHOWN(language, did, i)

static const struct json_field completion_fields[] = {
	{ .path = "doneOn",
		.kind = JSON_FIELD_STRING,
		.required = true,
		.max = 10,
		.offset = offsetof(struct completion, done_on) },
	{ .path = "public",
		.kind = JSON_FIELD_BOOL,
		.offset = offsetof(struct completion, is_public) },
	{ .path = "tell",
		.kind = JSON_FIELD_BOOL,
		.offset = offsetof(struct completion, tells) },
	LANGUAGE("texts.sv", SV, true),
	LANGUAGE("texts.sv-x-easy", EASY, false),
	LANGUAGE("texts.en", EN, false),
	LANGUAGE("texts.fi", FI, false),
	LANGUAGE("texts.fit", FIT, false),
	LANGUAGE("texts.se", SE, false),
	LANGUAGE("texts.ar", AR, false),
	{ 0 },
};

static json_t *texts_json(const struct completion *given)
{
	json_t *texts = json_object();

	for (size_t i = 0; i < N_LANGUAGES; i++)
		if (given->texts[i].given)
			json_object_set_new(texts, languages[i],
				json_pack("{s:s, s:s}", "said", given->texts[i].said,
					"did", given->texts[i].did));
	return texts;
}

static void completion_post(struct http_request *req)
{
	const char *versions;
	struct improvement_op *op = op_of_seen(req, &versions);
	struct completion given = { 0 };
	struct faults faults;

	if (!op)
		return;
	faults_init(&faults, http_arena(req));
	if (request_fields(req, completion_fields, &given, &faults) < 0)
		return;
	request_day_judge(given.done_on, "doneOn", &faults);
	/* Of an object that is not there its members are not asked for. */
	if (!given.texts[SV].given && !faults_find(&faults, "texts.sv"))
		faults_add(&faults, "texts.sv", "fault.required");
	if (faults.n > 0) {
		http_reply_faults(req, &faults);
		return;
	}
	change_run(op, &complete_query, versions,
		json_text(http_arena(req),
			json_pack("{s:s, s:b, s:b, s:o}", "doneOn", given.done_on,
				"public", given.is_public, "tell", given.tells, "texts",
				texts_json(&given))));
}

/* ---- its cases ---- */

struct link_body {
	const char *number;
};

static const struct json_field link_fields[] = {
	{ .path = "number",
		.kind = JSON_FIELD_STRING,
		.required = true,
		.max = CASE_NUMBER_SIZE,
		.offset = offsetof(struct link_body, number) },
	{ 0 },
};

static void link_change(struct http_request *req, const char *gone)
{
	struct worker *worker = http_app(req);
	struct improvement_op *op = improvement_op_new(req, true);
	struct link_body given = { 0 };
	struct case_number number;
	struct faults faults;

	if (!op)
		return;
	faults_init(&faults, http_arena(req));
	if (request_fields(req, link_fields, &given, &faults) < 0)
		return;
	if (given.number && case_number_parse(given.number, &number) < 0)
		faults_add(&faults, "number", "is not a case's number");
	if (faults.n > 0) {
		http_reply_faults(req, &faults);
		return;
	}
	op->call = db_run(worker->desk_pool, &link_query,
		(const char *[]){ op->session, op->id,
			arena_printf(http_arena(req), "%d", number.year),
			arena_printf(http_arena(req), "%lld", (long long)number.serial),
			gone },
		change_on_done, op);
}

static void link_post(struct http_request *req)
{
	link_change(req, "false");
}

static void unlink_post(struct http_request *req)
{
	link_change(req, "true");
}

static const char *const post_headers[] = { "X-CSRF-Token", NULL };
static const char *const put_headers[] = { "X-CSRF-Token", "If-Match", NULL };
static const char *const media[] = { "application/json", NULL };

const struct http_route improvement_put_routes[] = {
	{ .method = HTTP_POST,
		.path = "/api/v1/desk/improvements",
		.access = ACCESS_STAFF,
		.max_body = HTTP_BODY_MEMORY,
		.media = media,
		.handle = improvements_post,
		.summary = "Write an improvement action",
		.request = "NewImprovement",
		.response = "Improvement",
		.header_names = post_headers,
		.success = 201 },
	{ .method = HTTP_PUT,
		.path = "/api/v1/desk/improvements/{id}",
		.access = ACCESS_STAFF,
		.max_body = HTTP_BODY_MEMORY,
		.media = media,
		.handle = improvement_put,
		.summary = "Change an improvement action; its board stays",
		.request = "NewImprovement",
		.response = "Improvement",
		.header_names = put_headers },
	{ .method = HTTP_POST,
		.path = "/api/v1/desk/improvements/{id}/completions",
		.access = ACCESS_STAFF,
		.max_body = HTTP_BODY_MEMORY,
		.media = media,
		.handle = completion_post,
		.summary =
			"The action is done: what is said of it, to whom; again to change that",
		.request = "ImprovementCompletion",
		.response = "Improvement",
		.header_names = put_headers },
	{ .method = HTTP_POST,
		.path = "/api/v1/desk/improvements/{id}/links",
		.access = ACCESS_STAFF,
		.max_body = 4 * KIB,
		.media = media,
		.handle = link_post,
		.summary = "A case that the action is about",
		.request = "ImprovementLink",
		.response = "Improvement",
		.header_names = post_headers },
	{ .method = HTTP_POST,
		.path = "/api/v1/desk/improvements/{id}/link-removals",
		.access = ACCESS_STAFF,
		.max_body = 4 * KIB,
		.media = media,
		.handle = unlink_post,
		.summary =
			"A case that the action is not about, unless its complainant was told",
		.request = "ImprovementLink",
		.response = "Improvement",
		.header_names = post_headers },
	{ 0 },
};
