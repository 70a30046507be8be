/*
 * A change:
 *
 *   …_post          the body; then the database
 *   change_on_done  its word; the disclosure as it is now
 */
#include <stddef.h>
#include <string.h>

#include <jansson.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/db_array.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/json_fields.h"
#include "lib/json_write.h"
#include "server/access.h"
#include "server/disclosure_http.h"
#include "server/disclosure_private.h"
#include "server/follow_code.h"
#include "server/request_read.h"
#include "server/worker.h"

#define ASKED_MAX 500
#define DECISION_MAX 8000

static const struct db_query open_query = {
	.name = "disclosure_open",
	.sql = "SELECT o.outcome, o.id FROM synpunkt_disclosure.open($1::text, $2::text,"
	       " $3::text, " DISCLOSURE_YEAR_MAX ") o",
	.n_params = 3,
};

static const struct db_query add_query = {
	.name = "disclosure_add",
	.sql = "SELECT a.outcome, $2::bigint, a.added, a.unreadable,"
	       " a.unknown - jsonb_array_length(p), p"
	       " FROM synpunkt_disclosure.add($1::text, $2::bigint, $3::integer[],"
	       " $4::bigint[], $5::jsonb, " DISCLOSURE_CASES_TEXT ") a"
	       " CROSS JOIN synpunkt_disclosure.passed_of($1::text, $2::bigint,"
	       " $3::integer[], $4::bigint[]) p",
	.n_params = 5,
};

static const struct db_query remove_query = {
	.name = "disclosure_remove",
	.sql = "SELECT synpunkt_disclosure.remove($1::text, $2::bigint, $3::smallint,"
	       " $4::bigint)",
	.n_params = 4,
};

static const struct db_query decide_query = {
	.name = "disclosure_decide",
	.sql = "SELECT synpunkt_disclosure.decide($1::text, $2::bigint, $3::text)",
	.n_params = 3,
};

static const struct db_query reopen_query = {
	.name = "disclosure_reopen",
	.sql = "SELECT synpunkt_disclosure.reopen($1::text, $2::bigint)",
	.n_params = 2,
};

static const struct db_query hand_query = {
	.name = "disclosure_hand_out",
	.sql = "SELECT synpunkt_disclosure.hand_out($1::text, $2::bigint, $3::text)",
	.n_params = 3,
};

/* ---- what the database says ---- */

/* Words that are an answer by themselves. */
static const struct outcome_row outcomes[] = {
	{ "forbidden", ERR_FORBIDDEN, "",
		"documents are handed out by registrars and coordinators of the whole "
		"board" },
	{ "missing", ERR_NOT_FOUND, "",
		"no such disclosure of your boards, or no such case or document in "
		"it" },
	{ "not-decided", ERR_CONFLICT, "",
		"nobody has decided about the disclosure as a whole" },
	{ "decided", ERR_CONFLICT, "",
		"the disclosure is decided: it has to be reopened first" },
	{ "handed-out", ERR_CONFLICT, "",
		"the documents have been handed out, and the disclosure stays as it is" },
	{ "mailing", ERR_CONFLICT, "",
		"the documents are on their way by mail: wait until the letter has "
		"gone, or could not" },
	{ "full", ERR_CONFLICT, "",
		"there would be more than there may be: " DISCLOSURE_CASES_TEXT
		" cases of a disclosure" },
	{ "asked", ERR_INVALID, "asked",
		"holds what looks like an e-mail address or an identity number" },
	{ "stale", ERR_CONFLICT, "",
		"it is no longer what you were shown, or there is one more reason why "
		"a document may be secret" },
	{ "masks", ERR_INVALID, "masks",
		"are passages of the text, each with its section; there is at least "
		"one and at most 500" },
	{ "confidential", ERR_CONFLICT, "",
		"something that is handed out is marked, of a sensitive case or of "
		"somebody with a protected identity, and does not go by mail" },
	{ "too-large", ERR_CONFLICT, "",
		"the files are larger than " DISCLOSURE_MAIL_TEXT
		" MiB together, which many mail boxes do not take" },
	{ "no-mail", ERR_CONFLICT, "", "this server sends no mail" },
	{ "copy", ERR_CONFLICT, "", "there is no masked copy of this file" },
	{ "none", ERR_CONFLICT, "", "there is no case in it" },
	{ "needs", ERR_CONFLICT, "",
		"there are documents that nobody has decided about as they are now" },
	{ "unreadable", ERR_CONFLICT, "",
		"there are cases in it that you may not read, or that have gone since "
		"it was decided" },
	{ "repeats", ERR_INVALID, "decision",
		"says something that is masked in a document" },
	{ "words", ERR_INVALID, "decision",
		"is wanted where something is not handed out" },
};

bool disclosure_refuse(struct disclosure_op *op, const char *outcome)
{
	size_t i = 0;

	while (i < ARRAY_LEN(outcomes) && strcmp(outcomes[i].outcome, outcome) != 0)
		i++;
	if (i == ARRAY_LEN(outcomes))
		return false;
	http_add_problem(op->req,
		arena_printf(http_arena(op->req), "\"outcome\":\"%s\"", outcome));
	return outcome_refuse(op->req, &outcomes[i], 1, outcome);
}

bool disclosure_was_refused(
	struct disclosure_op *op, const struct db_rows *rows, const struct error *err)
{
	op->call = NULL;
	if (err) {
		http_reply_error(op->req, err);
		return true;
	}
	return disclosure_refuse(op, db_rows_text(rows, 0, 0));
}

static void change_on_done(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	if (!disclosure_was_refused(arg, rows, err))
		disclosure_one_read(arg);
}

static void open_on_done(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct disclosure_op *op = arg;

	if (disclosure_was_refused(op, rows, err))
		return;
	op->id = arena_dup(http_arena(op->req), db_rows_text(rows, 0, 1));
	op->status = 201;
	disclosure_one_read(op);
}

static void add_on_done(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct disclosure_op *op = arg;

	if (disclosure_was_refused(op, rows, err))
		return;
	op->adding = json_text(http_arena(op->req),
		json_pack("{s:{s:I, s:I, s:I, s:o}}", "adding", "added",
			(json_int_t)db_rows_int64(rows, 0, 2), "unreadable",
			(json_int_t)db_rows_int64(rows, 0, 3), "unknown",
			(json_int_t)db_rows_int64(rows, 0, 4), "passed",
			json_loads(db_rows_text(rows, 0, 5), 0, NULL)));
	disclosure_one_read(op);
}

/* ---- opening ---- */

struct open_body {
	const char *board, *asked;
};

static const struct json_field open_fields[] = {
	{ .path = "board",
		.kind = JSON_FIELD_STRING,
		.required = true,
		.max = 100,
		.offset = offsetof(struct open_body, board) },
	{ .path = "asked",
		.kind = JSON_FIELD_STRING,
		.required = true,
		.not_blank = true,
		.max = ASKED_MAX,
		.offset = offsetof(struct open_body, asked) },
	{ 0 },
};

static void open_post(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct disclosure_op *op = disclosure_op_new(req, false);
	struct open_body given = { 0 };
	struct faults faults;

	if (!op)
		return;
	faults_init(&faults, http_arena(req));
	if (request_fields(req, open_fields, &given, &faults) < 0)
		return;
	if (given.board && !request_board_known(req, given.board))
		faults_add_key(&faults, "board", "fault.unknown-code", NULL);
	if (faults.n > 0) {
		http_reply_faults(req, &faults);
		return;
	}
	op->call = db_run(worker->desk_pool, &open_query,
		(const char *[]){ op->session, given.board, given.asked }, open_on_done,
		op);
}

/* ---- its cases ---- */

struct cases_body {
	struct json_strings numbers;
	bool has_filter;
	const char *category, *district, *type, *status, *from, *to;
};

#define FILTER(member, most)                                                           \
	{                                                                              \
		.path = "filter." #member, .kind = JSON_FIELD_STRING, .max = most,     \
		.offset = offsetof(struct cases_body, member)                          \
	}

static const struct json_field cases_fields[] = {
	{ .path = "numbers",
		.kind = JSON_FIELD_STRINGS,
		.max = CASE_NUMBER_SIZE,
		.max_items = DISCLOSURE_CASES_MAX,
		.offset = offsetof(struct cases_body, numbers) },
	{ .path = "filter",
		.kind = JSON_FIELD_OBJECT,
		.offset = offsetof(struct cases_body, has_filter) },
	FILTER(category, 100),
	FILTER(district, 100),
	FILTER(type, 100),
	FILTER(status, 100),
	FILTER(from, 10),
	FILTER(to, 10),
	{ 0 },
};

static json_t *filter_json(const struct cases_body *given)
{
	return json_pack("{s:s*, s:s*, s:s*, s:s*, s:s*, s:s*}", "category",
		given->category, "district", given->district, "type", given->type,
		"status", given->status, "from", given->from, "to", given->to);
}

static void cases_judge(const struct cases_body *given, struct faults *faults)
{
	request_day_judge(given->from, "filter.from", faults);
	request_day_judge(given->to, "filter.to", faults);
	if (given->has_filter == (given->numbers.n > 0))
		faults_add(faults, given->has_filter ? "filter" : "numbers",
			"is given: either numbers or a filter");
}

static void cases_post(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct disclosure_op *op = disclosure_op_new(req, true);
	struct cases_body given = { 0 };
	struct db_array *years, *serials;
	struct arena *arena;
	struct faults faults;

	if (!op)
		return;
	arena = http_arena(req);
	years = db_array_new(arena);
	serials = db_array_new(arena);
	faults_init(&faults, arena);
	if (request_fields(req, cases_fields, &given, &faults) < 0)
		return;
	cases_judge(&given, &faults);
	for (size_t i = 0; i < given.numbers.n; i++) {
		struct case_number number;

		if (case_number_parse(given.numbers.items[i], &number) < 0) {
			faults_add(&faults, arena_printf(arena, "numbers[%zu]", i),
				"is not a case's number");
			continue;
		}
		db_array_int(years, number.year);
		db_array_int(serials, number.serial);
	}
	if (faults.n > 0) {
		http_reply_faults(req, &faults);
		return;
	}
	op->call = db_run(worker->desk_pool, &add_query,
		(const char *[]){ op->session, op->id, db_array_literal(years),
			db_array_literal(serials),
			given.has_filter ? json_text(arena, filter_json(&given))
					 : NULL },
		add_on_done, op);
}

static void removal_post(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct disclosure_op *op = disclosure_op_new(req, true);

	if (!op)
		return;
	op->about = request_case(req);
	op->call = db_run(worker->desk_pool, &remove_query,
		(const char *[]){
			op->session, op->id, op->about.year, op->about.serial },
		change_on_done, op);
}

/* ---- the whole ---- */

struct whole_body {
	const char *text; /* the decision, or how it was handed out */
};

static const char *const hows[] = { "letter", "mail", "visit", NULL };

static const struct json_field decide_fields[] = {
	{ .path = "decision",
		.kind = JSON_FIELD_STRING,
		.line_ends = true,
		.max = DECISION_MAX,
		.offset = offsetof(struct whole_body, text) },
	{ 0 },
};

static const struct json_field hand_fields[] = {
	{ .path = "how",
		.kind = JSON_FIELD_STRING,
		.required = true,
		.one_of = hows,
		.offset = offsetof(struct whole_body, text) },
	{ 0 },
};

static void whole_post(struct http_request *req, const struct json_field *fields,
	const struct db_query *query)
{
	struct worker *worker = http_app(req);
	struct disclosure_op *op = disclosure_op_new(req, true);
	struct whole_body given = { 0 };
	struct faults faults;

	if (!op)
		return;
	faults_init(&faults, http_arena(req));
	if (request_fields(req, fields, &given, &faults) < 0)
		return;
	if (faults.n > 0) {
		http_reply_faults(req, &faults);
		return;
	}
	op->call = db_run(worker->desk_pool, query,
		(const char *[]){ op->session, op->id, given.text ? given.text : "" },
		change_on_done, op);
}

static void decide_post(struct http_request *req)
{
	whole_post(req, decide_fields, &decide_query);
}

static void hand_post(struct http_request *req)
{
	whole_post(req, hand_fields, &hand_query);
}

static void reopen_post(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct disclosure_op *op = disclosure_op_new(req, true);

	if (op)
		op->call = db_run(worker->desk_pool, &reopen_query,
			(const char *[]){ op->session, op->id }, change_on_done, op);
}

static const char *const headers[] = { "X-CSRF-Token", NULL };
static const char *const media[] = { "application/json", NULL };

const struct http_route disclosure_put_routes[] = {
	{ .method = HTTP_POST,
		.path = "/api/v1/desk/disclosures",
		.access = ACCESS_STAFF,
		.max_body = 4 * KIB,
		.media = media,
		.handle = open_post,
		.summary =
			"Somebody asks for documents: what for, in general words, never who or why",
		.request = "NewDisclosure",
		.response = "Disclosure",
		.header_names = headers,
		.success = 201 },
	{ .method = HTTP_POST,
		.path = "/api/v1/desk/disclosures/{id}/cases",
		.access = ACCESS_STAFF,
		.max_body = 32 * KIB,
		.media = media,
		.handle = cases_post,
		.summary =
			"Cases of the board by number or by filter, those that the caller reads",
		.request = "DisclosureCases",
		.response = "Disclosure",
		.header_names = headers },
	{ .method = HTTP_POST,
		.path = "/api/v1/desk/disclosures/{id}/cases/{number}/removals",
		.access = ACCESS_STAFF,
		.max_body = 4 * KIB,
		.handle = removal_post,
		.summary = "A case that was not asked for",
		.response = "Disclosure",
		.header_names = headers },
	{ .method = HTTP_POST,
		.path = "/api/v1/desk/disclosures/{id}/decisions",
		.access = ACCESS_STAFF,
		.max_body = HTTP_BODY_MEMORY,
		.media = media,
		.handle = decide_post,
		.summary =
			"The whole is decided; its cases and documents stay as they are",
		.request = "DisclosureDecision",
		.response = "Disclosure",
		.header_names = headers },
	{ .method = HTTP_POST,
		.path = "/api/v1/desk/disclosures/{id}/reopenings",
		.access = ACCESS_STAFF,
		.max_body = 4 * KIB,
		.handle = reopen_post,
		.summary = "Back to being open, as long as nothing was handed out",
		.response = "Disclosure",
		.header_names = headers },
	{ .method = HTTP_POST,
		.path = "/api/v1/desk/disclosures/{id}/handovers",
		.access = ACCESS_STAFF,
		.max_body = 4 * KIB,
		.media = media,
		.handle = hand_post,
		.summary = "The documents have been handed out, and how",
		.request = "DisclosureHandover",
		.response = "Disclosure",
		.header_names = headers },
	{ 0 },
};
