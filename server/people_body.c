#include "server/people_body.h"

#include <string.h>

#include <jansson.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/http.h"
#include "lib/json_fields.h"
#include "lib/json_write.h"
#include "server/access.h"
#include "server/day.h"
#include "server/email_address.h"
#include "server/request_read.h"

#define NAME_MAX_CHARS 100
#define REASON_MAX 500
#define GROUP_MAX_CHARS 200

#define REASON                                                                         \
	{                                                                              \
		.path = "reason", .kind = JSON_FIELD_STRING, .required = true,         \
		.not_blank = true, .max = REASON_MAX,                                  \
		.offset = offsetof(struct people_given, reason)                        \
	}
#define DAYS                                                                           \
	{ .path = "validFrom",                                                         \
		.kind = JSON_FIELD_STRING,                                             \
		.max = 10,                                                             \
		.offset = offsetof(struct people_given, valid_from) },                 \
	{                                                                              \
		.path = "validTo", .kind = JSON_FIELD_STRING, .max = 10,               \
		.offset = offsetof(struct people_given, valid_to)                      \
	}
#define ROLE                                                                           \
	{ .path = "role",                                                              \
		.kind = JSON_FIELD_STRING,                                             \
		.required = true,                                                      \
		.one_of = access_role_codes,                                           \
		.offset = offsetof(struct people_given, role) },                       \
		{ .path = "board",                                                     \
			.kind = JSON_FIELD_STRING,                                     \
			.max = 100,                                                    \
			.offset = offsetof(struct people_given, board) },              \
		{ .path = "unit",                                                      \
			.kind = JSON_FIELD_STRING,                                     \
			.max = 100,                                                    \
			.offset = offsetof(struct people_given, unit) },               \
		DAYS

static const struct json_field add_fields[] = {
	{ .path = "username",
		.kind = JSON_FIELD_STRING,
		.required = true,
		.max = 60,
		.offset = offsetof(struct people_given, username) },
	{ .path = "name",
		.kind = JSON_FIELD_STRING,
		.required = true,
		.not_blank = true,
		.max = NAME_MAX_CHARS,
		.offset = offsetof(struct people_given, name) },
	{ .path = "email",
		.kind = JSON_FIELD_STRING,
		.max = 254,
		.offset = offsetof(struct people_given, email) },
	ROLE,
	REASON,
	{ 0 },
};

static const struct json_field role_fields[] = { ROLE, REASON, { 0 } };

static const struct json_field group_fields[] = {
	{ .path = "issuer",
		.kind = JSON_FIELD_STRING,
		.required = true,
		.max = 1000,
		.offset = offsetof(struct people_given, issuer) },
	{ .path = "group",
		.kind = JSON_FIELD_STRING,
		.required = true,
		.not_blank = true,
		.max = GROUP_MAX_CHARS,
		.offset = offsetof(struct people_given, group) },
	ROLE,
	REASON,
	{ 0 },
};

static const struct json_field days_fields[] = { DAYS, REASON, { 0 } };

static const struct json_field change_fields[] = {
	{ .path = "name",
		.kind = JSON_FIELD_STRING,
		.not_blank = true,
		.max = NAME_MAX_CHARS,
		.offset = offsetof(struct people_given, name) },
	{ .path = "email",
		.kind = JSON_FIELD_STRING,
		.max = 254,
		.offset = offsetof(struct people_given, email) },
	{ .path = "closed",
		.kind = JSON_FIELD_MAYBE,
		.offset = offsetof(struct people_given, closed) },
	REASON,
	{ 0 },
};

static const struct json_field reason_fields[] = { REASON, { 0 } };

static void day_check(const char *name, const char *text, struct faults *faults)
{
	struct error err = { 0 };
	int32_t day;

	if (text && day_parse(text, &day, &err) < 0)
		faults_add(faults, name, "is no day as YYYY-MM-DD");
}

static void role_check(
	struct http_request *req, struct people_given *given, struct faults *faults)
{
	if (!given->board || !given->board[0])
		given->board = "*";
	if (strcmp(given->board, "*") != 0 && !request_board_known(req, given->board))
		faults_add(faults, "board", "no board has this code");
	if (given->unit && !given->unit[0])
		given->unit = NULL;
	if (given->role && !strcmp(given->role, "provider") && !given->unit)
		faults_add(faults, "unit", "a provider is one unit's");
}

static void days_check(const struct people_given *given, struct faults *faults)
{
	day_check("validFrom", given->valid_from, faults);
	day_check("validTo", given->valid_to, faults);
	if (faults->n == 0 && given->valid_from && given->valid_to &&
		strcmp(given->valid_from, given->valid_to) > 0)
		faults_add(faults, "validTo", "ends before it begins");
}

static void account_check(const struct people_given *given, struct faults *faults)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789._-";

	if (given->username &&
		(!given->username[0] ||
			strspn(given->username, letters) != strlen(given->username)))
		faults_add(faults, "username",
			"may hold a to z, 0 to 9, points, hyphens and underscores");
	if (given->email && given->email[0] && !email_address_is_possible(given->email))
		faults_add(faults, "email", "fault.not-email");
}

static const struct json_field *const forms[] = {
	[PEOPLE_ADD] = add_fields,
	[PEOPLE_CHANGE] = change_fields,
	[PEOPLE_ROLE] = role_fields,
	[PEOPLE_REASON] = reason_fields,
	[PEOPLE_GROUP] = group_fields,
	[PEOPLE_DAYS] = days_fields,
};

int people_body_read(
	struct http_request *req, enum people_form form, struct people_given *ret)
{
	struct faults faults;

	faults_init(&faults, http_arena(req));
	if (request_fields(req, forms[form], ret, &faults) < 0)
		return -1;
	if (form == PEOPLE_ADD || form == PEOPLE_ROLE || form == PEOPLE_GROUP)
		role_check(req, ret, &faults);
	days_check(ret, &faults);
	if (form == PEOPLE_ADD || form == PEOPLE_CHANGE)
		account_check(ret, &faults);
	if (faults.n == 0)
		return 0;
	http_reply_faults(req, &faults);
	return -1;
}

const char *people_role_text(struct http_request *req, const struct people_given *given)
{
	return json_text(http_arena(req),
		json_pack("{s:s?, s:s?, s:s?, s:s, s:s, s:s?, s:s?, s:s?}", "username",
			given->username, "name", given->name, "email",
			given->email && given->email[0] ? given->email : NULL, "role",
			given->role, "board", given->board, "unit", given->unit,
			"validFrom", given->valid_from, "validTo", given->valid_to));
}

const char *people_group_text(
	struct http_request *req, const struct people_given *given)
{
	return json_text(http_arena(req),
		json_pack("{s:s, s:s, s:s, s:s, s:s?, s:s?, s:s?}", "issuer",
			given->issuer, "group", given->group, "role", given->role,
			"board", given->board, "unit", given->unit, "validFrom",
			given->valid_from, "validTo", given->valid_to));
}

const char *people_days_text(struct http_request *req, const struct people_given *given)
{
	return json_text(http_arena(req),
		json_pack("{s:s?, s:s?}", "validFrom", given->valid_from, "validTo",
			given->valid_to));
}

const char *people_change_text(
	struct http_request *req, const struct people_given *given)
{
	json_t *change =
		json_pack("{s:s*, s:s*}", "name", given->name, "email", given->email);

	if (given->closed == 1)
		json_object_set_new(change, "closed", json_true());
	return json_text(http_arena(req), change);
}
