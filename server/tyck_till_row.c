#include <stdlib.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/fault.h"
#include "lib/utf8.h"
#include "server/city.h"
#include "server/city_system.h"
#include "server/ctl_csv.h"
#include "server/day.h"
#include "server/tyck_till.h"

struct judging {
	struct tyck_till_map *map;
	const struct ctl_csv *csv;
	struct tyck_till_row *row;
	struct faults *faults;
	struct submission_draft draft;
};

/* What submission_judge() calls them. */
static const struct {
	const char *member;
	enum tyck_till_field field;
} members[] = {
	{ "text", TYCK_TILL_TEXT },
	{ "place.address", TYCK_TILL_ADDRESS },
	{ "contact.name", TYCK_TILL_NAME },
	{ "contact.email", TYCK_TILL_EMAIL },
	{ "contact.phone", TYCK_TILL_PHONE },
};

static const struct {
	int epsg;
	enum tyck_till_field east, north;
} pairs[] = {
	{ CITY_SYSTEM_WGS84, TYCK_TILL_LON, TYCK_TILL_LAT },
	{ CITY_SYSTEM_SWEREF_TM, TYCK_TILL_TM_E, TYCK_TILL_TM_N },
	{ CITY_SYSTEM_SWEREF_18, TYCK_TILL_18_E, TYCK_TILL_18_N },
};

static const char *cell(const struct judging *j, enum tyck_till_field field)
{
	return tyck_till_cell(j->map, j->csv, field);
}

static void fault(
	const struct judging *j, enum tyck_till_field field, const char *reason)
{
	faults_add(j->faults, j->map->called[field], "%s", reason);
}

/* ---- days ---- */

/* "YYYY-MM-DD", whatever follows; DAY_NONE and a fault if it is none, or not over. */
static int32_t day_take(
	const struct judging *j, enum tyck_till_field field, const char **ret_rest)
{
	const char *said = cell(j, field), *wrong;
	int32_t day = DAY_NONE;

	if (!said)
		return DAY_NONE;
	wrong = tyck_till_day(said, j->map->today, &day, ret_rest);
	if (wrong)
		fault(j, field, wrong);
	return day;
}

static void judge_received(struct judging *j)
{
	const char *rest = "", *time = cell(j, TYCK_TILL_TIME), *wrong;
	int32_t day = day_take(j, TYCK_TILL_RECEIVED, &rest);

	if (!cell(j, TYCK_TILL_RECEIVED))
		fault(j, TYCK_TILL_RECEIVED, "is missing");
	if (day == DAY_NONE)
		return;
	wrong = tyck_till_moment(day,
		*rest ? rest + (*rest == 'T' || *rest == ' ') : time,
		&j->row->submission.received_at);
	if (wrong)
		fault(j, *rest ? TYCK_TILL_RECEIVED : TYCK_TILL_TIME, wrong);
}

static int32_t judge_day(struct judging *j, enum tyck_till_field field, int32_t from)
{
	const char *rest;
	int32_t day = day_take(j, field, &rest);

	if (day != DAY_NONE && from != DAY_NONE && day < from) {
		fault(j, field, "is before what comes before it");
		return DAY_NONE;
	}
	return day;
}

/* ---- where ---- */

/* A decimal comma is as good as a point. */
static bool number_parse(struct arena *arena, const char *text, double *ret)
{
	char *plain = arena_dup(arena, text), *end;

	for (char *p = plain; *p; p++)
		*p = *p == ',' ? '.' : *p;
	*ret = strtod(plain, &end);
	return end > plain && !*end;
}

static void judge_place(struct judging *j)
{
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		const char *east = cell(j, pairs[i].east),
			   *north = cell(j, pairs[i].north);
		const struct city_system *system = city_system_find(pairs[i].epsg);
		double at[2];

		if (!east && !north)
			continue;
		if (j->row->epsg)
			fault(j, pairs[i].east, "the place is said twice");
		else if (!east || !north)
			fault(j, east ? pairs[i].north : pairs[i].east,
				"is missing, for the two go together");
		else if (!number_parse(j->map->arena, east, &at[0]) ||
			 !number_parse(j->map->arena, north, &at[1]) ||
			 !city_system_holds(system, at))
			faults_add(j->faults, j->map->called[pairs[i].east],
				"the place cannot be in %s", system->name);
		else {
			j->row->epsg = pairs[i].epsg;
			j->row->east = at[0];
			j->row->north = at[1];
		}
	}
}

/* ---- words ---- */

static const char *judge_word(
	struct judging *j, enum tyck_till_field field, const char *kind)
{
	const char *word = cell(j, field), *code;

	if (!word)
		return NULL;
	code = tyck_till_map_word(j->map, kind, word);
	if (!code)
		faults_add(j->faults, j->map->called[field],
			"\"%.80s\" is no known %s; a mapping file can say what it is",
			word, kind);
	return code;
}

static void judge_words(struct judging *j)
{
	const char *word = cell(j, TYCK_TILL_CATEGORY);

	j->draft.type = judge_word(j, TYCK_TILL_TYPE, "type");
	if (word && !tyck_till_map_category(j->map, word, &j->draft.category))
		faults_add(j->faults, j->map->called[TYCK_TILL_CATEGORY],
			"\"%.80s\" is no known category; a mapping file can say what it "
			"is, or \"*\" as \"-\": none",
			word);
}

static void judge_number(struct judging *j)
{
	const char *number = cell(j, TYCK_TILL_NUMBER);

	if (!number)
		fault(j, TYCK_TILL_NUMBER, "is missing");
	else if (utf8_count(number, strlen(number)) > TYCK_TILL_NUMBER_MAX)
		fault(j, TYCK_TILL_NUMBER, "is longer than 64 characters");
	j->row->number = number;
}

/* ---- what has become of it ---- */

/* The reason's own column, or the status's word: "Åtgärdad" says both. */
static const char *closing_reason(struct judging *j)
{
	const char *status = cell(j, TYCK_TILL_STATUS);

	if (cell(j, TYCK_TILL_REASON))
		return judge_word(j, TYCK_TILL_REASON, "reason");
	status = status ? tyck_till_map_word(j->map, "reason", status) : NULL;
	if (!status)
		fault(j, TYCK_TILL_REASON,
			"is missing of a closed case; a mapping file can say what its "
			"status is as a reason");
	return status;
}

static void judge_closing(struct judging *j)
{
	struct tyck_till_row *row = j->row;
	const char *status = judge_word(j, TYCK_TILL_STATUS, "status");

	if (!cell(j, TYCK_TILL_STATUS))
		status = cell(j, TYCK_TILL_CLOSED) ? "closed" : "open";
	if (!status)
		return;
	if (!strcmp(status, "closed")) {
		row->reason = closing_reason(j);
		if (!cell(j, TYCK_TILL_CLOSED))
			fault(j, TYCK_TILL_CLOSED,
				"is missing of a closed case: no month could count it");
	} else if (cell(j, TYCK_TILL_CLOSED)) {
		fault(j, TYCK_TILL_CLOSED, "is a day of a case that is open");
	}
}

static void judge_life(struct judging *j)
{
	struct tyck_till_row *row = j->row;
	int32_t received =
		row->submission.received_at
			? day_of_instant(row->submission.received_at / 1000000)
			: DAY_NONE;

	row->acknowledged_on = judge_day(j, TYCK_TILL_ACKNOWLEDGED, received);
	row->answered_on = judge_day(j, TYCK_TILL_ANSWERED,
		row->acknowledged_on != DAY_NONE ? row->acknowledged_on : received);
	row->closed_on = judge_day(j, TYCK_TILL_CLOSED,
		row->answered_on != DAY_NONE ? row->answered_on : received);
	row->answer = cell(j, TYCK_TILL_ANSWER);
	if (row->answer && !cell(j, TYCK_TILL_ANSWERED))
		fault(j, TYCK_TILL_ANSWERED, "is missing, for there is an answer");
	if (row->answer)
		submission_text_judge(
			row->answer, j->map->called[TYCK_TILL_ANSWER], j->faults);
	judge_closing(j);
}

/* ---- the whole ---- */

/* Of what stands in it, however the columns are ordered or called. */
static void fingerprint(struct judging *j)
{
	struct sha256 *hash = sha256_new();
	unsigned char digest[SHA256_SIZE];

	for (int i = 0; i < TYCK_TILL_FIELDS; i++) {
		const char *said = cell(j, (enum tyck_till_field)i);
		uint64_t n = said ? strlen(said) + 1 : 0;

		sha256_update(hash, &n, sizeof(n));
		if (said)
			sha256_update(hash, said, n);
	}
	sha256_finish(hash, digest);
	sha256_free(hash);
	sha256_hex(digest, sizeof(digest), j->row->fingerprint);
}

static const char *called(const struct judging *j, const char *member)
{
	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		if (!strcmp(members[i].member, member))
			return j->map->called[members[i].field];
	}
	return member;
}

static void judge_submission(struct judging *j, struct submission *judged)
{
	struct faults found;

	faults_init(&found, j->map->arena);
	submission_judge(&j->draft, j->map->city, judged, &found);
	for (const struct fault *f = found.first; f; f = f->next)
		faults_add(j->faults, called(j, f->name), "%s", f->reason);
}

int tyck_till_judge(struct tyck_till_map *map, const struct ctl_csv *csv,
	struct tyck_till_row *ret, struct faults *faults)
{
	struct judging j = { .map = map, .csv = csv, .row = ret, .faults = faults };
	struct submission judged = { 0 };
	const char *channel;

	*ret = (struct tyck_till_row){ .line = csv->line };
	j.draft = (struct submission_draft){
		.text = cell(&j, TYCK_TILL_TEXT),
		.address = cell(&j, TYCK_TILL_ADDRESS),
		.name = cell(&j, TYCK_TILL_NAME),
		.email = cell(&j, TYCK_TILL_EMAIL),
		.phone = cell(&j, TYCK_TILL_PHONE),
		.wants_reply = -1,
	};
	judge_number(&j);
	judge_received(&j);
	judge_words(&j);
	judge_place(&j);
	judge_life(&j);
	channel = judge_word(&j, TYCK_TILL_CHANNEL, "channel");
	/* Nobody knows whether a case that was closed without a day of an answer had
	 * one in time: it counts neither way. */
	if (ret->closed_on != DAY_NONE)
		j.draft.wants_reply = ret->answered_on != DAY_NONE;
	judge_submission(&j, &judged);
	if (faults->n > 0)
		return -1;
	judged.received_at = ret->submission.received_at;
	judged.channel = channel ? channel : "app";
	judged.no_receipt = true;
	ret->submission = judged;
	fingerprint(&j);
	return 0;
}
