#include "server/desk_act_body.h"

#include <stdlib.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/http.h"
#include "lib/json_fields.h"
#include "lib/json_write.h"
#include "server/day.h"
#include "server/desk_correct.h"
#include "server/follow_code.h"
#include "server/marking.h"
#include "server/stamp.h"
#include "server/submission.h"
#include "server/suggest.h"

#define MENTIONS_MAX 10 /* of one note */

struct body_bytes {
	const char *bytes;
	size_t n;
};

struct act_draft {
	const char *text, *category, *type, *quality, *user, *board, *ground, *reason,
		*close, *expected_by, *document, *section, *until, *parent, *to;
	struct json_strings send, mentions;
	int64_t sensitivity, suggested_version, suggested_rank;
	bool has_suggested_version, has_suggested_rank, has_sensitivity, has_send,
		has_mentions, dismiss, overrule, lift, followers, shown;
	bool no_category, no_quality; /* null was sent */
	json_t *correction;           /* given up by change_text() */
};

#define TEXT_FIELD(path_, member)                                                      \
	.path = path_, .kind = JSON_FIELD_STRING,                                      \
	.offset = offsetof(struct act_draft, member)

#define BOOL_FIELD(path_, member)                                                      \
	{                                                                              \
		.path = path_, .kind = JSON_FIELD_BOOL,                                \
		.offset = offsetof(struct act_draft, member)                           \
	}

static const struct json_field change_fields[] = {
	{ TEXT_FIELD("category", category), .max = 100 },
	{ TEXT_FIELD("type", type), .one_of = case_types },
	{ .path = "sensitivity",
		.kind = JSON_FIELD_INTEGER,
		.min = 1,
		.max = 4,
		.offset = offsetof(struct act_draft, sensitivity),
		.given = offsetof(struct act_draft, has_sensitivity) },
	{ TEXT_FIELD("qualityDimension", quality), .one_of = case_quality_dimensions },
	{ .path = "suggestedVersion",
		.kind = JSON_FIELD_INTEGER,
		.min = 1,
		.max = INT32_MAX,
		.offset = offsetof(struct act_draft, suggested_version),
		.given = offsetof(struct act_draft, has_suggested_version) },
	{ .path = "suggestedRank",
		.kind = JSON_FIELD_INTEGER,
		.min = 1,
		.max = SUGGEST_CATEGORIES,
		.offset = offsetof(struct act_draft, suggested_rank),
		.given = offsetof(struct act_draft, has_suggested_rank) },
	{ 0 },
};
static const struct json_field no_fields[] = { { 0 } };
static const struct json_field text_fields[] = { { TEXT_FIELD("text", text) }, { 0 } };
static const struct json_field note_fields[] = { { TEXT_FIELD("text", text) },
	{ .path = "mentions",
		.kind = JSON_FIELD_STRINGS,
		.max = 100,
		.max_items = MENTIONS_MAX,
		.offset = offsetof(struct act_draft, mentions),
		.given = offsetof(struct act_draft, has_mentions) },
	{ 0 } };
static const struct json_field reply_fields[] = { { TEXT_FIELD("text", text) },
	{ TEXT_FIELD("close", close), .one_of = case_closure_reasons },
	BOOL_FIELD("followers", followers), { 0 } };
static const struct json_field assign_fields[] = { { TEXT_FIELD("user", user),
							   .max = 100 },
	BOOL_FIELD("overrule", overrule), { TEXT_FIELD("reason", text) }, { 0 } };
static const struct json_field flag_fields[] = { BOOL_FIELD("lift", lift), { 0 } };
static const struct json_field concern_fields[] = {
	{ TEXT_FIELD("user", user), .required = true, .max = 100 },
	BOOL_FIELD("lift", lift), { 0 }
};
static const struct json_field reader_fields[] = {
	{ TEXT_FIELD("user", user), .required = true, .max = 100 }, { 0 }
};
static const struct json_field transfer_fields[] = {
	{ TEXT_FIELD("board", board), .required = true, .max = 100 },
	{ TEXT_FIELD("ground", ground), .required = true,
		.one_of = case_transfer_grounds },
	{ .path = "send",
		.kind = JSON_FIELD_STRINGS,
		.one_of = case_parts,
		.offset = offsetof(struct act_draft, send),
		.given = offsetof(struct act_draft, has_send) },
	{ TEXT_FIELD("text", text) }, { 0 }
};
static const struct json_field consent_fields[] = {
	{ TEXT_FIELD("board", board), .required = true, .max = 100 },
	{ TEXT_FIELD("text", text) }, { 0 }
};
static const struct json_field close_fields[] = {
	{ TEXT_FIELD("reason", reason), .required = true,
		.one_of = case_closure_reasons },
	{ 0 },
};
static const struct json_field delay_fields[] = { { TEXT_FIELD("text", text) },
	{ TEXT_FIELD("expectedBy", expected_by), .max = 10 }, { 0 } };
static const struct json_field hold_fields[] = { { TEXT_FIELD("text", text) },
	{ TEXT_FIELD("until", until), .max = 10 }, { 0 } };
static const struct json_field retry_fields[] = { BOOL_FIELD("dismiss", dismiss),
	{ 0 } };

static const struct json_field show_fields[] = {
	{ .path = "shown",
		.kind = JSON_FIELD_BOOL,
		.required = true,
		.offset = offsetof(struct act_draft, shown) },
	{ 0 }
};

static const struct json_field mark_fields[] = { { TEXT_FIELD("document", document),
							 .max = MARKING_DOCUMENT_MAX },
	{ TEXT_FIELD("section", section), .required = true,
		.max = MARKING_SECTION_MAX },
	{ 0 } };
static const struct json_field merge_fields[] = {
	{ TEXT_FIELD("parent", parent), .required = true, .max = 100 }, { 0 }
};
static const struct json_field hand_off_fields[] = {
	{ TEXT_FIELD("to", to), .required = true, .one_of = case_hand_offs },
	{ TEXT_FIELD("text", text) }, { 0 }
};
static const struct json_field unmark_fields[] = {
	{ TEXT_FIELD("document", document), .max = MARKING_DOCUMENT_MAX }, { 0 }
};

static const struct {
	const struct json_field *fields;
	bool needs_text;
} bodies[CASE_ACTIONS] = {
	[CASE_CHANGE] = { change_fields, false },
	[CASE_ACKNOWLEDGE] = { text_fields, false },
	[CASE_ASK] = { text_fields, true },
	[CASE_REPLY] = { reply_fields, true },
	[CASE_NOTE] = { note_fields, true },
	[CASE_ASSIGN] = { assign_fields, false },
	[CASE_TRANSFER] = { transfer_fields, false },
	[CASE_RETURN] = { text_fields, false },
	[CASE_CLOSE] = { close_fields, false },
	[CASE_REOPEN] = { text_fields, false },
	[CASE_NOTIFY_DELAY] = { delay_fields, false },
	[CASE_INTERIM_REPLY] = { text_fields, true },
	[CASE_RETRY_MAIL] = { retry_fields, false },
	[CASE_WAIT] = { text_fields, false },
	[CASE_RESUME] = { text_fields, false },
	[CASE_ACCEPT] = { no_fields, false },
	[CASE_NAME_READER] = { reader_fields, false },
	[CASE_REMOVE_READER] = { reader_fields, false },
	[CASE_MARK] = { mark_fields, false },
	[CASE_UNMARK] = { unmark_fields, false },
	[CASE_APPROVE] = { no_fields, false },
	[CASE_REJECT_APPROVAL] = { text_fields, true },
	[CASE_WITHDRAW_APPROVAL] = { text_fields, false },
	[CASE_CONCERN] = { concern_fields, false },
	[CASE_HOLD] = { hold_fields, true },
	[CASE_RELEASE_HOLD] = { text_fields, false },
	[CASE_FLAG_THREAT] = { flag_fields, false },
	[CASE_PROTECT] = { flag_fields, false },
	[CASE_ASK_CONSENT] = { consent_fields, false },
	[CASE_CORRECT] = { text_fields, true },
	[CASE_SPLIT] = { no_fields, false }, /* desk_split.h has it */
	[CASE_SHOW_PHOTO] = { show_fields, false },
	[CASE_SHOW_CASE] = { show_fields, false },
	[CASE_MERGE] = { merge_fields, false },
	[CASE_UNMERGE] = { no_fields, false },
	[CASE_HAND_OFF] = { hand_off_fields, false },
};

static json_t *strings_json(const struct json_strings *strings)
{
	json_t *list = json_array();

	for (size_t i = 0; i < strings->n; i++)
		json_array_append_new(list, json_string(strings->items[i]));
	return list;
}

/* The picture's number from the path; 0, which none has, for what is none. */
static json_t *attachment_json(struct http_request *req)
{
	const char *n = http_path_value(req, "n");

	if (!n[0] || strlen(n) > 3 || n[strspn(n, "0123456789")])
		return json_integer(0);
	return json_integer(strtol(n, NULL, 10));
}

static const char *change_text(struct http_request *req, enum case_action action,
	const struct act_draft *draft)
{
	bool shows = action == CASE_SHOW_PHOTO || action == CASE_SHOW_CASE;
	bool lifts = shows ? !draft->shown : draft->lift;
	json_t *change = json_pack(
		"{s:s*, s:s*, s:s*, s:s*, s:s*, s:s*, s:s*, s:s*, "
		"s:s*, s:s*, s:s*, s:s*, s:s*, s:s*, s:b, s:b, s:b, s:b}",
		"text", draft->text, "category", draft->category, "type", draft->type,
		"qualityDimension", draft->quality, "user", draft->user, "board",
		draft->board, "ground", draft->ground, "reason",
		draft->close ? draft->close : draft->reason, "expectedBy",
		draft->expected_by, "document", draft->document, "section",
		draft->section, "until", draft->until, "parent", draft->parent, "to",
		draft->to, "dismiss", draft->dismiss, "overrule", draft->overrule,
		"lift", lifts, "followers", draft->followers);

	if (draft->has_send)
		json_object_set_new(change, "send", strings_json(&draft->send));
	if (draft->has_mentions)
		json_object_set_new(change, "mentions", strings_json(&draft->mentions));
	if (draft->has_sensitivity)
		json_object_set_new(
			change, "sensitivity", json_integer(draft->sensitivity));
	if (draft->has_suggested_version && draft->has_suggested_rank)
		json_object_set_new(change, "suggested",
			json_pack("{s:I, s:I}", "version",
				(json_int_t)draft->suggested_version, "rank",
				(json_int_t)draft->suggested_rank));
	if (action == CASE_SHOW_PHOTO)
		json_object_set_new(change, "attachment", attachment_json(req));
	json_object_update(change, draft->correction);
	json_decref(draft->correction);
	if (draft->no_category)
		json_object_set_new(change, "category", json_null());
	if (draft->no_quality)
		json_object_set_new(change, "qualityDimension", json_null());
	return json_text(http_arena(req), change);
}

/* A day that an answer can be expected by, or that a hold ends with, is not over yet.
 */
static void day_judge(const char *text, const char *name, struct faults *faults)
{
	int32_t day;

	if (!text)
		return;
	if (day_parse(text, &day, NULL) < 0)
		faults_add(faults, name, "is not a date, YYYY-MM-DD");
	else if (day < day_of_instant(stamp_now() / 1000000))
		faults_add(faults, name, "has passed already");
}

/* Null takes back what a case can be without; the rest it must have. */
static void nulls_read(
	const json_t *object, struct act_draft *ret, struct faults *faults)
{
	static const char *const needed[] = { "type", "sensitivity" };

	ret->no_category = json_is_null(json_object_get(object, "category"));
	ret->no_quality = json_is_null(json_object_get(object, "qualityDimension"));
	for (size_t i = 0; i < ARRAY_LEN(needed); i++) {
		if (json_is_null(json_object_get(object, needed[i])))
			faults_add(faults, needed[i], "cannot be taken away");
	}
}

/* 0, or the request has been answered. An empty body is an empty object. */
static int draft_read(struct http_request *req, enum case_action action,
	const struct body_bytes *body, struct act_draft *ret)
{
	struct case_number parent;
	struct error err = { 0 };
	struct faults faults;
	json_t *object;

	faults_init(&faults, http_arena(req));
	if (json_body_parse(body->n ? body->bytes : "{}", body->n ? body->n : 2,
		    &object, &err) < 0) {
		http_reply_error(req, &err);
		return -1;
	}
	json_fields_read(object, bodies[action].fields, ret, &faults);
	if (action == CASE_ASSIGN && !json_object_get(object, "user"))
		faults_add(&faults, "user", "is required; null gives the case back");
	if (ret->overrule && !ret->text)
		faults_add(
			&faults, "reason", "is required: why it is right all the same");
	if (action == CASE_CHANGE)
		nulls_read(object, ret, &faults);
	if (action == CASE_CORRECT)
		ret->correction = desk_correction_read(object, &faults);
	json_decref(object);
	if (ret->parent && case_number_parse(ret->parent, &parent) < 0)
		faults_add(&faults, "parent", "is not a case's number");
	day_judge(ret->expected_by, "expectedBy", &faults);
	day_judge(ret->until, "until", &faults);
	marking_judge(ret->document, ret->section, &faults);
	if (faults.n == 0 && (bodies[action].needs_text || ret->text))
		submission_text_judge(
			ret->text, action == CASE_ASSIGN ? "reason" : "text", &faults);
	if (faults.n == 0)
		return 0;
	json_decref(ret->correction);
	http_reply_faults(req, &faults);
	return -1;
}

const char *desk_act_body_read(
	struct http_request *req, enum case_action action, const char *bytes, size_t n)
{
	const struct body_bytes body = { bytes, n };
	struct act_draft draft = { 0 };

	return draft_read(req, action, &body, &draft) < 0
		       ? NULL
		       : change_text(req, action, &draft);
}
