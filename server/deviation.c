#include "server/deviation.h"

#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/fault.h"
#include "lib/json_fields.h"
#include "lib/json_write.h"
#include "lib/utf8.h"
#include "server/access.h"
#include "server/city.h"
#include "server/day.h"
#include "server/submission.h"

/* Together with the labels and a unit's name they are one text of 10,000. */
#define HAPPENED_MAX 6000
#define ACTION_MAX 2000
#define AFFECTED_MAX 1000
/* What is found late is still to be told; a year that was mistyped is not. */
#define OCCURRED_BACK_DAYS_MAX 365

/* The authority's language, as its documents are written in. */
static const struct {
	const char *code, *text;
} statutory[] = {
	{ "no", "Nej" },
	{ "unsure", "Vet inte, behöver bedömas" },
	{ "lex-sarah", "Ja, lex Sarah" },
	{ "lex-maria", "Ja, lex Maria" },
};
static const char *const statutory_codes[] = { "no", "unsure", "lex-sarah", "lex-maria",
	NULL };

#define FIELD(path_, member, max_)                                                     \
	{                                                                              \
		.path = path_, .kind = JSON_FIELD_STRING, .required = true,            \
		.not_blank = true, .line_ends = true, .max = max_,                     \
		.offset = offsetof(struct deviation, member)                           \
	}

static const struct json_field fields[] = {
	FIELD("text", text, HAPPENED_MAX),
	{ .path = "deviation",
		.kind = JSON_FIELD_OBJECT,
		.required = true,
		.offset = offsetof(struct deviation, is_there) },
	FIELD("deviation.occurredOn", occurred_on, 0),
	FIELD("deviation.action", action, ACTION_MAX),
	FIELD("deviation.affected", affected, AFFECTED_MAX),
	{ .path = "deviation.statutory",
		.kind = JSON_FIELD_STRING,
		.required = true,
		.one_of = statutory_codes,
		.offset = offsetof(struct deviation, statutory) },
	{ 0 },
};

/* What only somebody who complains has. */
static const struct {
	const char *name;
	size_t offset;
} others[] = {
	{ "contact.name", offsetof(struct submission_draft, name) },
	{ "contact.email", offsetof(struct submission_draft, email) },
	{ "contact.phone", offsetof(struct submission_draft, phone) },
	{ "contact.address", offsetof(struct submission_draft, postal_address) },
	{ "onBehalfOf", offsetof(struct submission_draft, on_behalf_of) },
};

bool deviation_is(const struct submission_draft *draft)
{
	return draft->type && !strcmp(draft->type, "deviation");
}

static void judge_day(const char *text, int32_t today, struct faults *faults)
{
	char first[DAY_TEXT], last[DAY_TEXT];
	int32_t day;

	if (day_parse(text, &day, NULL) < 0)
		faults_add(
			faults, "deviation.occurredOn", "must be a day as YYYY-MM-DD");
	else if (!day_within(day, today - OCCURRED_BACK_DAYS_MAX, today))
		faults_add(faults, "deviation.occurredOn", "must be from %s to %s",
			day_format(today - OCCURRED_BACK_DAYS_MAX, first),
			day_format(today, last));
}

static bool is_own(const struct deviation_case *c, const struct city_unit *unit)
{
	return access_reports_deviation(c->session, unit->board, unit->code) &&
	       city_board_on(c->city, unit->board, c->today);
}

static void judge_unit(const struct deviation_case *c, const char *said,
	struct deviation *ret, struct faults *faults)
{
	ret->unit = city_unit_find_said(c->city, said, c->today);
	if (!said || utf8_is_blank(said, strlen(said)))
		faults_add_key(faults, "place.unit", "fault.required", NULL);
	else if (!ret->unit || !is_own(c, ret->unit))
		faults_add(
			faults, "place.unit", "must be a unit that you may report of");
}

static void judge_others(const struct submission_draft *draft, struct faults *faults)
{
	static const char none[] = "must not be given: nobody complains of a deviation";

	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		const char *text =
			*(const char *const *)(const void *)((const char *)draft +
							     others[i].offset);

		if (text && !utf8_is_blank(text, strlen(text)))
			faults_add(faults, others[i].name, "%s", none);
	}
	if (draft->wants_reply == 1)
		faults_add(faults, "wantsReply", "%s", none);
}

void deviation_judge(const struct deviation_case *c,
	const struct submission_draft *draft, struct deviation *ret,
	struct faults *faults)
{
	*ret = (struct deviation){ 0 };
	if (!deviation_is(draft)) {
		if (json_is_object(json_object_get(c->object, "deviation")))
			faults_add(
				faults, "deviation", "is of the type deviation alone");
		return;
	}
	json_fields_read(c->object, fields, ret, faults);
	if (ret->occurred_on)
		judge_day(ret->occurred_on, c->today, faults);
	judge_unit(c, draft->unit, ret, faults);
	judge_others(draft, faults);
}

static const char *statutory_text(const char *code)
{
	for (size_t i = 0; i < ARRAY_LEN(statutory); i++)
		if (!strcmp(statutory[i].code, code))
			return statutory[i].text;
	return code;
}

void deviation_apply(
	const struct deviation *deviation, struct arena *arena, struct submission *ret)
{
	/* What happened first: it is what the queue shows of a case. */
	ret->text = arena_printf(arena,
		"%s\n\n"
		"När det hände: %s\n"
		"Verksamhet: %s\n"
		"Gjordes direkt: %s\n"
		"Vilka som berördes: %s\n"
		"Kan vara lex Sarah eller lex Maria: %s",
		deviation->text, deviation->occurred_on, deviation->unit->name,
		deviation->action, deviation->affected,
		statutory_text(deviation->statutory));
	ret->board = deviation->unit->board;
	ret->wants_reply = false;
}

void deviation_units_write(const struct deviation_case *c, struct json_write *w)
{
	jw_object(w);
	jw_key(w, "items");
	jw_array(w);
	for (size_t i = 0; i < c->city->n_units; i++) {
		const struct city_unit *unit = &c->city->units[i];

		if (!city_valid_on(&unit->valid, c->today) || !is_own(c, unit))
			continue;
		jw_object(w);
		jw_key_string(w, "code", unit->code);
		jw_key_string(w, "name", unit->name);
		jw_key_string(w, "board", unit->board);
		jw_object_end(w);
	}
	jw_array_end(w);
	jw_object_end(w);
}
