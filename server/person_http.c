/*
 * POST /api/v1/desk/persons {email} or {phone}: everything that the officer's boards
 * hold on whoever has that address or number. A search by POST, so that the address
 * stands in no URL, log or history; the database notes each search.
 */
#include "server/person_http.h"

#include <string.h>

#include <event2/buffer.h>

#include "lib/arena.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/json_fields.h"
#include "server/access.h"
#include "server/phone_number.h"
#include "server/request_read.h"
#include "server/sensitive.h"
#include "server/session.h"
#include "server/worker.h"

#define PERSON_BODY_MAX ((size_t)4096)
#define VALUE_MAX 254

static const struct db_query search_query = {
	.name = "person_search",
	.sql = "SELECT synpunkt_person.search($1::text, $2::text, $3::text)",
	.n_params = 3,
};

struct person_draft {
	const char *email, *phone;
};

static const struct json_field fields[] = {
	{ .path = "email",
		.kind = JSON_FIELD_STRING,
		.min = 3,
		.max = VALUE_MAX,
		.offset = offsetof(struct person_draft, email) },
	{ .path = "phone",
		.kind = JSON_FIELD_STRING,
		.max = VALUE_MAX,
		.offset = offsetof(struct person_draft, phone) },
	{ 0 },
};

struct person_search {
	struct http_request *req;
	struct db_call *call;
};

static void search_on_gone(void *arg)
{
	db_cancel(((struct person_search *)arg)->call);
}

static void search_on_rows(
	const struct db_rows *rows, const struct error *db_err, void *arg)
{
	struct person_search *op = arg;
	struct error err = { 0 };
	const char *text;

	op->call = NULL;
	if (db_err) {
		http_reply_error(op->req, db_err);
	} else if (db_rows_is_null(rows, 0, 0)) {
		error_set(&err, ERR_FORBIDDEN,
			"you are no board's data protection officer");
		http_reply_error(op->req, &err);
	} else {
		text = db_rows_text(rows, 0, 0);
		evbuffer_add(http_out(op->req), text, strlen(text));
		http_reply(op->req, 200, "application/json; charset=utf-8");
	}
}

static void draft_judge(const struct person_draft *draft, struct faults *faults)
{
	if (faults->n > 0)
		return;
	if (!draft->email == !draft->phone)
		faults_add(faults, draft->email ? "phone" : "email",
			"give one of email and phone");
	else if (draft->phone && !phone_number_is_possible(draft->phone))
		faults_add_key(faults, "phone", "fault.not-phone", NULL);
	else if (draft->email && !strchr(draft->email, '@'))
		faults_add_key(faults, "email", "fault.not-email", NULL);
}

static void person_search(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct person_search *op = arena_alloc(http_arena(req), sizeof(*op));
	struct person_draft draft = { 0 };
	struct faults faults;

	if (sensitive_refuse(req, SENSITIVE_PERSON_REPORT))
		return;
	faults_init(&faults, http_arena(req));
	if (request_fields(req, fields, &draft, &faults) < 0)
		return;
	draft_judge(&draft, &faults);
	if (faults.n > 0) {
		http_reply_faults(req, &faults);
		return;
	}
	op->req = req;
	http_on_close(req, search_on_gone, op);
	op->call = db_run(worker->person_pool, &search_query,
		(const char *[]){ session_get(req)->token_hash,
			draft.email ? "email" : "phone",
			draft.email ? draft.email : draft.phone },
		search_on_rows, op);
}

static const char *const json_media[] = { "application/json", NULL };
static const char *const headers[] = { "X-CSRF-Token", NULL };

const struct http_route person_routes[] = {
	{ .method = HTTP_POST,
		.path = "/api/v1/desk/persons",
		.access = ACCESS_STAFF,
		.max_body = PERSON_BODY_MAX,
		.media = json_media,
		.handle = person_search,
		.summary = "What one's boards hold on a person, for their data "
			   "protection officer",
		.request = "PersonSearch",
		.response = "PersonHeld",
		.header_names = headers },
	{ 0 },
};
