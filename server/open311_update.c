/*
 * An update that is sent: words about a request, added to its case by the client that
 * sent the request, as whoever follows a case adds them. The state is the city's to
 * say: a status that comes along changes nothing.
 */
#include "server/open311_post.h"

#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/http.h"
#include "server/attachment.h"
#include "server/case_read.h"
#include "server/form_body.h"
#include "server/open311_time.h"
#include "server/worker.h"

static const struct db_query add_query = {
	.name = "open311_add_update",
	.sql = "SELECT a.outcome, a.id FROM synpunkt_open311.add_update($1::uuid,"
	       " $2::text, $3::text, $4::integer) a",
	.n_params = 4,
};

static const struct {
	const char *outcome, *why;
} refusals[] = {
	{ "closed", "the request is closed" },
	{ "disposed", "the request is closed" },
	{ "full", "the request has as many updates as it may have" },
};

static void update_reply(struct open311_post *op, const char *id)
{
	struct open311_write *w = open311_write_new(op->req, op->format);

	open311_list(w, "service_request_updates", "request_update");
	open311_item(w);
	open311_text(w, "update_id", id);
	open311_end(w);
	open311_end(w);
	open311_write_reply(w, 201);
	open311_post_end(op);
}

static void update_on_added(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct open311_post *op = arg;
	const char *outcome;

	op->call = NULL;
	if (err) {
		open311_post_fail(op, err);
		return;
	}
	outcome = db_rows_count(rows) > 0 ? db_rows_text(rows, 0, 0) : NULL;
	if (!outcome)
		open311_wrong(&op->errors, 404, "service_request_id was not found");
	for (size_t i = 0; outcome && i < ARRAY_LEN(refusals); i++) {
		if (!strcmp(outcome, refusals[i].outcome))
			open311_wrong(&op->errors, 400, "%s", refusals[i].why);
	}
	if (op->errors.n > 0)
		open311_post_refuse(op);
	else
		update_reply(
			op, arena_dup(http_arena(op->req), db_rows_text(rows, 0, 1)));
}

static void update_judge(struct open311_post *op)
{
	const char *status = open311_form_value(&op->form, "status");
	const char *at = open311_form_value(&op->form, "updated_datetime");
	int64_t seconds;
	size_t n_files;

	open311_form_check(&op->form, &op->errors);
	if (!open311_form_value(&op->form, "service_request_id"))
		open311_wrong(&op->errors, 400, "service_request_id was not provided");
	if (!open311_post_description(op))
		open311_wrong(&op->errors, 400, "description was not provided");
	if (status && strcasecmp(status, "open") != 0 &&
		strcasecmp(status, "closed") != 0)
		open311_wrong(&op->errors, 400, "status must be open or closed");
	if (at && open311_time_parse(at, &seconds) < 0)
		open311_wrong(&op->errors, 400,
			"updated_datetime must be a date and time with its zone");
	attachment_set_all(form_body_attachments(op->form.body), &n_files);
	if (n_files > 0)
		open311_wrong(&op->errors, 400, "files come with a request only");
}

static void update_run(struct open311_post *op)
{
	update_judge(op);
	if (op->errors.n > 0) {
		open311_post_refuse(op);
		return;
	}
	if (open311_post_admit(op) < 0)
		return;
	if (op->test) {
		update_reply(op, open311_post_made_up(op));
		return;
	}
	op->call = db_run(op->worker->read_pool, &add_query,
		(const char *[]){ op->client.id,
			open311_form_value(&op->form, "service_request_id"),
			open311_post_description(op),
			arena_printf(http_arena(op->req), "%d", CASE_MESSAGES_MAX) },
		update_on_added, op);
}

const struct open311_way open311_update_way = {
	.scope = "updates",
	.run = update_run,
};
