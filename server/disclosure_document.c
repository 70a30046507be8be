/* What is decided about one document: whole, in part with passages, or refused. */
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
#include "server/disclosure_http.h"
#include "server/disclosure_private.h"
#include "server/marking.h"
#include "server/request_read.h"
#include "server/worker.h"

#define REASON_MAX 30
#define REASONS_MAX 20

static const struct db_query document_query = {
	.name = "disclosure_document",
	.sql = "SELECT synpunkt_disclosure.decide_document($1::text, $2::bigint,"
	       " $3::smallint, $4::bigint, $5::text, $6::jsonb)",
	.n_params = 6,
};

static void document_on_done(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	if (!disclosure_was_refused(arg, rows, err))
		disclosure_case_read(arg);
}

struct document_body {
	const char *decision, *section, *hash;
	struct json_strings because; /* as it was shown */
};

static const char *const decisions[] = { "whole", "part", "refused", NULL };

static const struct json_field document_fields[] = {
	{ .path = "decision",
		.kind = JSON_FIELD_STRING,
		.required = true,
		.one_of = decisions,
		.offset = offsetof(struct document_body, decision) },
	{ .path = "section",
		.kind = JSON_FIELD_STRING,
		.max = MARKING_SECTION_MAX,
		.offset = offsetof(struct document_body, section) },
	{ .path = "hash",
		.kind = JSON_FIELD_STRING,
		.required = true,
		.max = 64,
		.offset = offsetof(struct document_body, hash) },
	{ .path = "because",
		.kind = JSON_FIELD_STRINGS,
		.required = true,
		.max = REASON_MAX,
		.max_items = REASONS_MAX,
		.offset = offsetof(struct document_body, because) },
	{ 0 },
};

static json_t *reasons_json(const struct json_strings *reasons)
{
	json_t *list = json_array();

	for (size_t i = 0; i < reasons->n; i++)
		json_array_append_new(list, json_string(reasons->items[i]));
	return list;
}

/* What the database judges once more, with the text: -1 when it was answered. */
static int document_read(struct disclosure_op *op, const char **ret)
{
	const struct http_body *body = http_body(op->req);
	struct document_body given = { 0 };
	struct error err = { 0 };
	struct faults faults;
	json_t *object, *masks;

	faults_init(&faults, http_arena(op->req));
	if (json_body_parse(body->data ? body->data : "", body->size, &object, &err) <
		0) {
		http_reply_error(op->req, &err);
		return -1;
	}
	json_fields_read(object, document_fields, &given, &faults);
	if (given.decision && !strcmp(given.decision, "refused") &&
		(!given.section || !marking_section_is_possible(given.section)))
		faults_add(&faults, "section", "is a section as OSL 26:1");
	masks = json_incref(json_object_get(object, "masks"));
	json_decref(object);
	if (faults.n > 0) {
		json_decref(masks);
		http_reply_faults(op->req, &faults);
		return -1;
	}
	*ret = json_text(http_arena(op->req),
		json_pack("{s:s, s:s*, s:s, s:o, s:o}", "decision", given.decision,
			"section", given.section, "hash", given.hash, "because",
			reasons_json(&given.because), "masks",
			masks ? masks : json_array()));
	return 0;
}

static void document_put(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct disclosure_op *op = disclosure_op_new(req, true);
	const char *change;

	if (!op || document_read(op, &change) < 0)
		return;
	op->about = request_case(req);
	op->call = db_run(worker->desk_pool, &document_query,
		(const char *[]){ op->session, op->id, op->about.year, op->about.serial,
			http_path_value(req, "document"), change },
		document_on_done, op);
}

static const char *const headers[] = { "X-CSRF-Token", NULL };
static const char *const media[] = { "application/json", NULL };

const struct http_route disclosure_document_routes[] = {
	{ .method = HTTP_PUT,
		.path = "/api/v1/desk/disclosures/{id}/cases/{number}/documents/{document}",
		.access = ACCESS_STAFF,
		.max_body = HTTP_BODY_MEMORY,
		.media = media,
		.handle = document_put,
		.summary =
			"Decide about a document: whole, in part with what is masked, or refused",
		.request = "DisclosureDocumentDecision",
		.response = "DisclosureCase",
		.header_names = headers },
	{ 0 },
};
