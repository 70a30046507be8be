/*
 * POST /folj/{number}/{code}/samtycke
 *
 *   resident_consent      the body is read off the loop
 *   consent_on_form       yes or no; stored
 *   consent_on_answered   303 back to the case, which says so
 */
#include "server/resident_consent.h"

#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "lib/http_server.h"
#include "server/case_read.h"
#include "server/form_body.h"
#include "server/page_case.h"
#include "server/worker.h"

struct consent {
	struct http_request *req; /* its arena owns this struct */
	struct case_consent answer;
	struct case_query *query;
	struct form_body *form;
};

static void consent_on_gone(void *arg)
{
	struct consent *op = arg;

	case_query_cancel(steal(op->query));
	form_body_free(steal(op->form));
}

/* Where the answer, or that it came too late, is to be seen. */
static void consent_show(struct consent *op, const char *query)
{
	struct arena *arena = http_arena(op->req);

	http_reply_redirect(
		op->req, arena_printf(arena, "%s%s",
				 page_case_follow_path(arena, &op->answer.key), query));
}

static void consent_on_answered(json_t *case_json, const struct error *err, void *arg)
{
	struct consent *op = arg;

	(void)case_json;
	op->query = NULL;
	if (!err)
		consent_show(op, "?tack=samtycke");
	else if (err->code == ERR_CONFLICT)
		consent_show(op, "?tack=for-sent");
	else
		http_reply_error(op->req, err);
}

static void consent_on_form(struct form_body *form, const struct error *err, void *arg)
{
	struct consent *op = arg;
	struct worker *worker = http_app(op->req);
	struct error refused = { 0 };
	const char *said = err ? NULL : form_body_value(form, "svar");
	bool yes = said && !strcmp(said, "ja"), no = said && !strcmp(said, "nej");

	op->form = NULL;
	if (err)
		refused = *err; /* it goes with the form */
	form_body_free(form);
	op->answer.given = yes;
	if (refused.code != ERR_NONE)
		http_reply_error(op->req, &refused);
	else if (!yes && !no)
		consent_show(op, "");
	else
		op->query = case_consent_answer(worker, http_arena(op->req),
			&op->answer, consent_on_answered, op);
}

void resident_consent(struct http_request *req)
{
	struct consent *op = arena_alloc(http_arena(req), sizeof(*op));
	struct worker *worker = http_app(req);
	struct error err = { 0 };

	op->req = req;
	op->answer.key = (struct case_key){ .number = http_path_value(req, "number"),
		.code = http_path_value(req, "code") };
	http_on_close(req, consent_on_gone, op);
	op->form = form_body_read(req,
		&(struct form_body_call){ .work = worker->work,
			.attachments = worker->attachments,
			.done = consent_on_form,
			.arg = op },
		&err);
	if (!op->form)
		http_reply_error(req, &err);
}
