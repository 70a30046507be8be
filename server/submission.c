#include "server/submission.h"

#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/json_fields.h"
#include "lib/text_list.h"
#include "lib/utf8.h"
#include "server/city.h"
#include "server/day.h"
#include "server/email_address.h"
#include "server/phone_number.h"
#include "server/stamp.h"

static const char *const types[] = { "complaint", "suggestion", "praise", "question",
	"fault-report", NULL };
static const char *const staff_types[] = { "deviation", "citizen-proposal", NULL };
#define RESIDENT_TYPES "complaint, suggestion, praise, question, fault-report"
static const char *const behalves[] = { "self", "child", "relative", "client", "other",
	NULL };

#define FIELD(path_, kind_, member)                                                    \
	.path = path_, .kind = kind_,                                                  \
	.offset = offsetof(struct submission_draft, member)

/* Types only: what a value may be is judged for every channel in one place below. */
static const struct json_field draft_fields[] = {
	{ FIELD("text", JSON_FIELD_STRING, text) },
	{ FIELD("type", JSON_FIELD_STRING, type) },
	{ FIELD("category", JSON_FIELD_STRING, category) },
	{ FIELD("place.lat", JSON_FIELD_NUMBER, lat),
		.given = offsetof(struct submission_draft, has_lat) },
	{ FIELD("place.lon", JSON_FIELD_NUMBER, lon),
		.given = offsetof(struct submission_draft, has_lon) },
	{ FIELD("place.address", JSON_FIELD_STRING, address) },
	{ FIELD("place.unit", JSON_FIELD_STRING, unit) },
	{ FIELD("contact.name", JSON_FIELD_STRING, name) },
	{ FIELD("contact.email", JSON_FIELD_STRING, email) },
	{ FIELD("contact.phone", JSON_FIELD_STRING, phone) },
	{ FIELD("wantsReply", JSON_FIELD_MAYBE, wants_reply) },
	{ FIELD("language", JSON_FIELD_STRING, language) },
	{ FIELD("onBehalfOf", JSON_FIELD_STRING, on_behalf_of) },
	{ 0 },
};

/* The plain texts: how long each may be. */
static const struct {
	const char *name;
	size_t max;
	size_t offset;
} short_texts[] = {
	{ "place.address", SUBMISSION_ADDRESS_MAX,
		offsetof(struct submission_draft, address) },
	{ "place.unit", SUBMISSION_UNIT_MAX, offsetof(struct submission_draft, unit) },
	{ "contact.name", SUBMISSION_NAME_MAX,
		offsetof(struct submission_draft, name) },
	{ "contact.email", SUBMISSION_EMAIL_MAX,
		offsetof(struct submission_draft, email) },
	{ "contact.phone", SUBMISSION_PHONE_MAX,
		offsetof(struct submission_draft, phone) },
	{ "contact.address", SUBMISSION_POSTAL_MAX,
		offsetof(struct submission_draft, postal_address) },
};

void submission_draft_from_json(
	const json_t *object, struct submission_draft *ret, struct faults *faults)
{
	*ret = (struct submission_draft){ 0 };
	json_fields_read(object, draft_fields, ret, faults);
}

/* A field left empty is a field not filled in. */
static const char *present(const char *text)
{
	return text && !utf8_is_blank(text, strlen(text)) ? text : NULL;
}

/* CRLF is one character, as it was when it was typed. */
static size_t text_length(const char *text)
{
	size_t n = utf8_count(text, strlen(text));

	for (const char *p = strstr(text, "\r\n"); p; p = strstr(p + 2, "\r\n"))
		n--;
	return n;
}

static void fault_max(struct faults *faults, const char *name, const char *max_text)
{
	faults_add_key(
		faults, name, "fault.too-long", TEXT_VALUES({ "max", max_text }));
}

bool submission_type_known(const char *type)
{
	return text_list_has(types, type);
}

int submission_text_judge(const char *text, const char *name, struct faults *faults)
{
	if (!text || text[0] == '\0')
		faults_add_key(faults, name, "fault.required", NULL);
	else if (utf8_is_blank(text, strlen(text)))
		faults_add_key(faults, name, "fault.blank", NULL);
	else if (text_length(text) > SUBMISSION_TEXT_MAX)
		fault_max(faults, name, "10000");
	else
		return 0;
	return -1;
}

/* A category that has ended, or not begun, is as unknown as one that never was. */
static bool category_is_known(const struct city *city, const char *code)
{
	const struct city_category *category = city_category_find(city, code);

	return category &&
	       city_valid_on(&category->valid, day_of_instant(stamp_now() / 1000000));
}

static void judge_codes(const struct submission_draft *draft, const struct city *city,
	struct faults *faults)
{
	if (draft->type && !text_list_has(types, draft->type) &&
		!(draft->by_staff && text_list_has(staff_types, draft->type)))
		faults_add_key(faults, "type", "fault.not-one-of",
			TEXT_VALUES({ "values", draft->by_staff ? RESIDENT_TYPES
							", deviation, citizen-proposal"
								: RESIDENT_TYPES }));
	if (present(draft->district) && !city_district_find(city, draft->district))
		faults_add_key(faults, "district", "fault.unknown-code", NULL);
	if (draft->category && !category_is_known(city, draft->category))
		faults_add_key(faults, "category", "fault.unknown-code", NULL);
	if (draft->on_behalf_of && !text_list_has(behalves, draft->on_behalf_of))
		faults_add_key(faults, "onBehalfOf", "fault.not-one-of",
			TEXT_VALUES(
				{ "values", "self, child, relative, client, other" }));
}

static void judge_point(const struct submission_draft *draft, struct faults *faults)
{
	/* One that is no number is said already, and is not missing. */
	bool both_read =
		!faults_find(faults, "place.lat") && !faults_find(faults, "place.lon");

	if (both_read && draft->has_lat != draft->has_lon)
		faults_add_key(faults, draft->has_lat ? "place.lon" : "place.lat",
			"fault.together",
			TEXT_VALUES({ "other",
				draft->has_lat ? "place.lat" : "place.lon" }));
	if (draft->has_lat && !(draft->lat >= -90 && draft->lat <= 90))
		faults_add_key(faults, "place.lat", "fault.out-of-range",
			TEXT_VALUES({ "min", "-90" }, { "max", "90" }));
	if (draft->has_lon && !(draft->lon >= -180 && draft->lon <= 180))
		faults_add_key(faults, "place.lon", "fault.out-of-range",
			TEXT_VALUES({ "min", "-180" }, { "max", "180" }));
}

static void judge_short_texts(
	const struct submission_draft *draft, struct faults *faults)
{
	for (size_t i = 0; i < ARRAY_LEN(short_texts); i++) {
		const char *text =
			*(const char *const *)(const void *)((const char *)draft +
							     short_texts[i].offset);

		if (text && utf8_count(text, strlen(text)) > short_texts[i].max)
			fault_max(faults, short_texts[i].name,
				arena_printf(faults->arena, "%zu", short_texts[i].max));
	}
}

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* RFC 5646, 2.1, the shape only: subtags of one to eight letters or digits, the first
 * of letters. */
static bool language_is_possible(const char *tag)
{
	size_t total = strlen(tag), n = strspn(tag, LETTERS);

	if (total > 35 || n < 1 || n > 8)
		return false;
	for (tag += n; *tag; tag += n) {
		if (*tag++ != '-')
			return false;
		n = strspn(tag, LETTERS "0123456789");
		if (n < 1 || n > 8)
			return false;
	}
	return true;
}

/* A proposal to the council of a municipality has a name and an address below it, and
 * goes to the board of the district where its author is registered. */
static void judge_proposal(const struct submission_draft *draft, struct faults *faults)
{
	if (!draft->type || strcmp(draft->type, "citizen-proposal") != 0)
		return;
	if (!present(draft->name))
		faults_add_key(faults, "contact.name", "fault.required", NULL);
	if (!present(draft->postal_address))
		faults_add_key(faults, "contact.address", "fault.required", NULL);
	if (!present(draft->district))
		faults_add_key(faults, "district", "fault.required", NULL);
}

static void judge_contact(const struct submission_draft *draft, struct faults *faults)
{
	const char *phone = present(draft->phone);

	if (draft->email && !email_address_is_possible(draft->email))
		faults_add_key(faults, "contact.email", "fault.not-email", NULL);
	if (phone && !phone_number_is_possible(phone))
		faults_add_key(faults, "contact.phone", "fault.not-phone", NULL);
	if (draft->language && !language_is_possible(draft->language))
		faults_add_key(faults, "language", "fault.not-language", NULL);
}

static void submission_fill(
	const struct submission_draft *draft, struct submission *ret)
{
	*ret = (struct submission){
		.text = draft->text,
		.type = draft->type ? draft->type : "complaint",
		.category = draft->category,
		.place = { .has_point = draft->has_lat && draft->has_lon,
			.lat = draft->lat,
			.lon = draft->lon,
			.address = present(draft->address),
			.unit = present(draft->unit) },
		.contact = { .name = present(draft->name),
			.email = present(draft->email),
			.phone = present(draft->phone),
			.address = present(draft->postal_address) },
		.district = present(draft->district),
		.language = present(draft->language) ? draft->language : "sv",
		.on_behalf_of = draft->on_behalf_of,
	};
	ret->wants_reply = draft->wants_reply >= 0
				   ? draft->wants_reply == 1
				   : ret->contact.email || ret->contact.phone;
}

void submission_reach_judge(const struct submission_draft *draft, struct faults *faults)
{
	judge_point(draft, faults);
	judge_short_texts(draft, faults);
	judge_contact(draft, faults);
}

int submission_judge(const struct submission_draft *draft, const struct city *city,
	struct submission *ret, struct faults *faults)
{
	if (!faults_find(faults, "text"))
		submission_text_judge(draft->text, "text", faults);
	judge_codes(draft, city, faults);
	submission_reach_judge(draft, faults);
	if (draft->by_staff)
		judge_proposal(draft, faults);
	if (faults->n > 0)
		return -1;
	submission_fill(draft, ret);
	return 0;
}
