/*
 * What becomes of made-up cases. Staff act on them by synpunkt_desk.act() and residents
 * by synpunkt_follow.add_message(), so that events, legs and statuses are what the
 * product writes. Both say now(), which is the same in a whole transaction and earlier
 * in no case: after each step what says so is set to the step's own time, waits are
 * counted anew between those times, and in the end the events are chained anew by the
 * function that verifies them. Nothing of it is seen before the transaction ends. No
 * mail goes out.
 *
 * Accounts are made without a password: nobody can sign in until it is reset.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "server/access.h"
#include "server/case_flow.h"
#include "server/city.h"
#include "server/ctl.h"
#include "server/ctl_demo.h"
#include "server/ctl_tsv.h"
#include "server/day.h"
#include "server/working_day.h"

#define HOUR 3600
#define OFFICE_OPENS (8 * HOUR)
#define OFFICE_CLOSES (16 * HOUR + HOUR / 2)
/* An answer this old that never came has been found by somebody. */
#define FORGOTTEN_DAYS 45

static const struct ctl_tsv_column columns[] = {
	{ "user", CTL_TSV_TEXT, true, NULL },
	{ "name", CTL_TSV_TEXT, true, NULL },
	{ "role", CTL_TSV_CODE, true, NULL },
	{ "board", CTL_TSV_TEXT, true, NULL },
	{ 0 },
};

static const char *const handler_roles[] = { "case-handler", "dispatcher", NULL };
/* Who reads the most sensitive. */
static const char *const trusted_roles[] = { "registrar", "coordinator", NULL };
static const char *const sorter_roles[] = { "registrar", "coordinator", "dispatcher",
	"case-handler", NULL };

static const char accounts_sql[] =
	"SELECT synpunkt_signin.user_add(g.user, g.name, NULL::text, "
	"jsonb_build_array(jsonb_build_object('role', g.role, 'board', g.board))) "
	"FROM jsonb_to_recordset($1::jsonb) AS g (\"user\" text, name text, role text, "
	"board text) "
	"WHERE NOT EXISTS (SELECT FROM synpunkt.staff_user u WHERE u.username = g.user)";

/* Sessions that end with the transaction. */
static const char sessions_sql[] =
	"WITH made AS (INSERT INTO synpunkt.staff_session "
	"(token_hash, user_id, ends_at, last_at) "
	"SELECT sha256(uuid_send(gen_random_uuid())), u.id, now() + interval '1 day', "
	"now() + interval '1 day' FROM synpunkt.staff_user u "
	"JOIN jsonb_to_recordset($1::jsonb) AS g (\"user\" text) ON g.user = u.username "
	"RETURNING user_id, token_hash) "
	"SELECT u.username, encode(m.token_hash, 'hex') FROM made m "
	"JOIN synpunkt.staff_user u ON u.id = m.user_id";

static const char act_sql[] =
	"SELECT a.outcome, a.version FROM synpunkt_desk.act($1::text, $2::smallint, "
	"$3::bigint, ARRAY[$4::integer], $5::jsonb, $6::jsonb) a";

static const char message_sql[] =
	"SELECT m FROM synpunkt.case c CROSS JOIN LATERAL "
	"synpunkt_follow.add_message(c.id, c.year, c.follow_hash, $2::text, 50) AS m "
	"WHERE c.id = $1::bigint";

static const char retime_sql[] =
	"WITH t AS (SELECT to_timestamp($2::bigint) AS at), e AS ("
	"UPDATE synpunkt.case_event e SET at = t.at FROM t "
	"WHERE e.case_id = $1::bigint AND e.at = now()), l AS ("
	"UPDATE synpunkt.case_leg l SET "
	"opened_on = CASE WHEN l.opened_at = now() "
	"THEN (t.at AT TIME ZONE 'Europe/Stockholm')::date ELSE l.opened_on END, "
	"opened_at = CASE WHEN l.opened_at = now() THEN t.at ELSE l.opened_at END, "
	"ended_at = CASE WHEN l.ended_at = now() THEN t.at ELSE l.ended_at END FROM t "
	"WHERE l.case_id = $1::bigint AND now() IN (l.opened_at, l.ended_at)) "
	"UPDATE synpunkt.case c SET acknowledged_at = CASE WHEN c.acknowledged_at = now() "
	"THEN t.at ELSE c.acknowledged_at END, answered_at = CASE WHEN "
	"c.answered_at = now() THEN t.at ELSE c.answered_at END, closed_at = CASE WHEN "
	"c.closed_at = now() THEN t.at ELSE c.closed_at END FROM t "
	"WHERE c.id = $1::bigint "
	"AND now() IN (c.acknowledged_at, c.answered_at, c.closed_at)";

/* The clock's trigger counted to the day of this transaction: a wait ends on the day of
 * its own event, and moves the answer by the working days to that. */
static const char clock_sql[] =
	"WITH clock AS (SELECT e.seq, e.what, d.day, s.day AS since, s.answer_by, "
	"coalesce(synpunkt.working_days_between(s.day, d.day), 0) AS waited, "
	"synpunkt_desk.clock_moved(s.answer_by, s.day, d.day) AS moved "
	"FROM synpunkt.case_event e CROSS JOIN LATERAL ("
	"SELECT (e.at AT TIME ZONE 'Europe/Stockholm')::date AS day) d "
	"CROSS JOIN LATERAL (SELECT (b.at AT TIME ZONE 'Europe/Stockholm')::date AS day, "
	"(b.codes ->> 'answerBy')::date AS answer_by FROM synpunkt.case_event b "
	"WHERE b.case_id = e.case_id AND b.seq <= e.seq AND b.what = 'clock-stopped' "
	"ORDER BY b.seq DESC LIMIT 1) s "
	"WHERE e.case_id = $1::bigint AND e.at = to_timestamp($2::bigint) "
	"AND e.what IN ('clock-stopped', 'clock-resumed')), "
	"told AS (UPDATE synpunkt.case_event e SET codes = CASE c.what "
	"WHEN 'clock-stopped' THEN e.codes || jsonb_build_object('since', c.day) "
	"ELSE jsonb_build_object('since', c.since, 'until', c.day, 'workingDays', c.waited) "
	"|| synpunkt_desk.moved('answerBy', to_jsonb(c.answer_by), to_jsonb(c.moved)) END "
	"FROM clock c WHERE e.case_id = $1::bigint AND e.seq = c.seq) "
	"UPDATE synpunkt.case k SET waiting_since = CASE c.what WHEN 'clock-stopped' "
	"THEN c.day END, answer_by = CASE c.what WHEN 'clock-stopped' THEN k.answer_by "
	"ELSE c.moved END, answer_because = CASE c.what WHEN 'clock-stopped' "
	"THEN k.answer_because ELSE synpunkt_desk.clock_because(regexp_replace("
	"k.answer_because, '; stod still [^;]*$', ''), c.waited, c.since, c.day) END "
	"FROM clock c WHERE k.id = $1::bigint";

static const char finish_sql[] =
	"WITH RECURSIVE chain AS (SELECT e.case_id, e.seq, e.hash "
	"FROM synpunkt.case_event e WHERE e.seq = 1 "
	"UNION ALL SELECT e.case_id, e.seq, synpunkt.event_hash(c.hash, e.case_id, e.seq, "
	"e.at, e.what, e.actor, e.board, e.codes, e.content) FROM chain c "
	"JOIN synpunkt.case_event e ON e.case_id = c.case_id AND e.seq = c.seq + 1) "
	"UPDATE synpunkt.case_event e SET hash = c.hash FROM chain c "
	"WHERE e.case_id = c.case_id AND e.seq = c.seq AND e.seq > 1; "
	"DELETE FROM synpunkt.outbox; DELETE FROM synpunkt.case_change; "
	"DELETE FROM synpunkt.staff_session s WHERE s.started_at = now()";

/* One case on its way. A step later than now has not happened: then over is set, and
 * no step after it happens either. */
struct life {
	struct demo *demo;
	const json_t *one;
	const char *serial, *year, *board;
	const json_t *handler;
	int64_t at; /* of the last step */
	long version;
	bool over;
};

int demo_staff_read(struct demo *demo, const char *path, struct error *err)
{
	size_t size;
	char *text = ctl_file_read(demo->ctl, path, &size, err);

	json_decref(demo->staff);
	demo->staff = text ? ctl_tsv_read(demo->ctl->arena, text, columns, err) : NULL;
	return demo->staff ? 0 : -1;
}

static bool role_among(const char *role, const char *const *roles)
{
	for (; roles && *roles; roles++) {
		if (!strcmp(role, *roles))
			return true;
	}
	return !roles;
}

const json_t *demo_staff_find(
	const struct demo *demo, const char *board, const char *const *roles)
{
	size_t i;
	json_t *one;

	json_array_foreach(demo->staff, i, one)
	{
		if (!strcmp(demo_text(one, "board"), board) &&
			role_among(demo_text(one, "role"), roles))
			return one;
	}
	return NULL;
}

/* Any of those with the roles. */
static const json_t *staff_pick(
	struct demo *demo, const char *board, const char *const *roles)
{
	const json_t *found = demo_staff_find(demo, board, roles);
	size_t i, seen = 0;
	json_t *one;

	json_array_foreach(demo->staff, i, one)
	{
		if (!strcmp(demo_text(one, "board"), board) &&
			role_among(demo_text(one, "role"), roles) &&
			demo_random(demo, ++seen) == 0)
			found = one;
	}
	return found;
}

static void staff_add(struct demo *demo, const struct city_board *board,
	const char *role, const char *title)
{
	struct arena *arena = demo->ctl->arena;

	json_array_append_new(demo->staff,
		json_pack("{s:s, s:s, s:s, s:s}", "user",
			arena_printf(arena, "%s.%s", role, board->code), "name",
			arena_printf(arena, "%s (%s)", title,
				board->short_name ? board->short_name : board->name),
			"role", role, "board", board->code));
}

/* Who has no account of the demonstration gets one that nobody can use. */
static void staff_complete(struct demo *demo)
{
	int32_t today = day_of_instant(demo->now);

	for (size_t i = 0; i < demo->city->n_boards; i++) {
		const struct city_board *board = &demo->city->boards[i];

		if (board->kind == CITY_ADMINISTRATION ||
			!city_valid_on(&board->valid, today))
			continue;
		if (!demo_staff_find(demo, board->code, handler_roles))
			staff_add(demo, board, "case-handler", "Handläggare");
		if (!demo_staff_find(demo, board->code, trusted_roles))
			staff_add(demo, board, "coordinator", "Samordnare");
	}
}

static void session_set(struct demo *demo, const char *user, const char *session)
{
	size_t i;
	json_t *one;

	json_array_foreach(demo->staff, i, one)
	{
		if (!strcmp(demo_text(one, "user"), user))
			json_object_set_new(one, "session", json_string(session));
	}
}

static int staff_make(struct demo *demo, struct error *err)
{
	char *json = json_dumps(demo->staff, JSON_COMPACT);
	const char *const params[] = { json };
	PGresult *result = NULL;

	if (ctl_db_run(demo->ctl, accounts_sql, 1, params, err) == 0)
		result = ctl_db_query(demo->ctl, sessions_sql, 1, params, err);
	mem_free(json);
	if (!result)
		return -1;
	for (int row = 0; row < PQntuples(result); row++)
		session_set(
			demo, PQgetvalue(result, row, 0), PQgetvalue(result, row, 1));
	PQclear(result);
	return 0;
}

/* ---- when ---- */

static bool chance(struct life *life, unsigned percent)
{
	return demo_random(life->demo, 100) < percent;
}

static int32_t working_day_after(const struct life *life, int32_t day, int n)
{
	struct error ignored = { 0 };
	int32_t then = day;

	working_day_add(day, n, &life->demo->city->exceptions, &then, &ignored);
	return then;
}

static int64_t office_time(struct life *life, int32_t day)
{
	return day_start(day) + OFFICE_OPENS +
	       (int64_t)demo_random(life->demo, OFFICE_CLOSES - OFFICE_OPENS);
}

/* A time at work so many working days later; 0 is today if somebody still is there. */
static int64_t later(struct life *life, int days)
{
	int32_t day = day_of_instant(life->at);
	int64_t opens = day_start(day) + OFFICE_OPENS,
		closes = day_start(day) + OFFICE_CLOSES, from = life->at + 120;

	if (days == 0 && working_day_is(day, &life->demo->city->exceptions) &&
		from < closes - 600) {
		from = from > opens ? from : opens + 60;
		if (closes > from + 2 * HOUR)
			closes = from + 2 * HOUR;
		return from +
		       (int64_t)demo_random(life->demo, (uint64_t)(closes - from));
	}
	return office_time(life, working_day_after(life, day, days > 0 ? days : 1));
}

/* The time becomes the life's own. False: that is still to come. */
static bool reach(struct life *life, int64_t at)
{
	life->at = at;
	if (at > life->demo->now - 60)
		life->over = true;
	return !life->over;
}

/* ---- steps ---- */

static int retime(struct life *life, struct error *err)
{
	const char *const params[] = { life->serial,
		arena_printf(life->demo->ctl->arena, "%lld", (long long)life->at) };

	if (ctl_db_run(life->demo->ctl, retime_sql, 2, params, err) < 0)
		return -1;
	return ctl_db_run(life->demo->ctl, clock_sql, 2, params, err);
}

static int act_check(
	struct life *life, PGresult *result, enum case_action action, struct error *err)
{
	const char *outcome = PQntuples(result) ? PQgetvalue(result, 0, 0) : "nothing";

	if (strcmp(outcome, "done") != 0)
		return error_set(err, ERR_INTERNAL, "%s on made-up case %s: %s",
			case_moves[action].action, life->serial, outcome);
	life->version = strtol(PQgetvalue(result, 0, 1), NULL, 10);
	return 0;
}

/* Gives up the reference to change. */
static int act(struct life *life, const json_t *who, enum case_action action,
	json_t *change, struct error *err)
{
	struct ctl *ctl = life->demo->ctl;
	json_t *rule = access_rule(action);
	char *rule_text = json_dumps(rule, JSON_COMPACT),
	     *change_text = json_dumps(change, JSON_COMPACT);
	PGresult *result = ctl_db_query(ctl, act_sql, 6,
		(const char *const[]){ demo_text(who, "session"), life->year,
			life->serial, arena_printf(ctl->arena, "%ld", life->version),
			rule_text, change_text },
		err);
	int rc = result ? act_check(life, result, action, err) : -1;

	PQclear(result);
	mem_free(rule_text);
	mem_free(change_text);
	json_decref(rule);
	json_decref(change);
	return rc < 0 ? -1 : retime(life, err);
}

/* Somebody who reads the case before it has a handler. */
static const json_t *sorter_pick(struct life *life)
{
	bool high = json_integer_value(json_object_get(life->one, "sensitivity")) > 3;

	return staff_pick(life->demo, life->board, high ? trusted_roles : sorter_roles);
}

static int acknowledge(struct life *life, struct error *err)
{
	int days = working_day_count(day_of_instant(life->at),
		(int32_t)json_integer_value(
			json_object_get(life->one, "acknowledge_day")),
		&life->demo->city->exceptions);
	int wait = chance(life, 9) ? days + 1 + (int)demo_random(life->demo, 3)
				   : (int)demo_random(life->demo, (uint64_t)days + 1);

	if (!reach(life, later(life, wait)))
		return 0;
	return act(life, sorter_pick(life), CASE_ACKNOWLEDGE,
		json_pack("{s:s}", "text", demo_pick(life->demo, DEMO_ACKNOWLEDGEMENT)),
		err);
}

/* The board that the case belongs to after all; NULL: this one. */
static const char *moves_to(struct life *life)
{
	static const char *const landlords[] = { "svenska-bostader", "familjebostader",
		"stockholmshem" };
	const char *category = demo_text(life->one, "category");
	const struct city_board *board = city_district_board_on(life->demo->city,
		demo_text(life->one, "district"), day_of_instant(life->at));
	const char *other = board ? board->code : "trafiknamnden";

	if (category && !strncmp(category, "hyresratt", 9) &&
		!strcmp(life->board, CITY_DISPATCH))
		other = landlords[demo_random(life->demo, ARRAY_LEN(landlords))];
	else if (strcmp(life->board, CITY_DISPATCH) != 0 &&
		 (!category ||
			 !strstr(" park stadning klotter vagskador gang-och-cykelbana ",
				 category) ||
			 !chance(life, 15)))
		return NULL;
	else if (!strcmp(life->board, other))
		other = "trafiknamnden";
	return strcmp(life->board, other) != 0 ? other : NULL;
}

static int move(struct life *life, struct error *err)
{
	const char *board = moves_to(life);
	bool open = json_integer_value(json_object_get(life->one, "sensitivity")) < 3;

	if (!board || !demo_staff_find(life->demo, board, handler_roles) ||
		!reach(life, later(life, (int)demo_random(life->demo, 2))))
		return 0;
	if (act(life, sorter_pick(life), CASE_TRANSFER,
		    json_pack("{s:s, s:s, s:s}", "board", board, "ground",
			    open ? "no-secrecy" : "consent", "text",
			    demo_pick(life->demo, DEMO_MOVE)),
		    err) < 0)
		return -1;
	life->board = board;
	return 0;
}

static int assign(struct life *life, struct error *err)
{
	life->handler = staff_pick(life->demo, life->board, handler_roles);
	if (!reach(life, later(life, chance(life, 70) ? 0 : 1)))
		return 0;
	return act(life, sorter_pick(life), CASE_ASSIGN,
		json_pack("{s:s}", "user", demo_text(life->handler, "user")), err);
}

static int note(struct life *life, struct error *err)
{
	if (!chance(life, 22) ||
		!reach(life, later(life, (int)demo_random(life->demo, 2))))
		return 0;
	return act(life, life->handler, CASE_NOTE,
		json_pack("{s:s}", "text", demo_pick(life->demo, DEMO_NOTE)), err);
}

static int message(struct life *life, struct error *err)
{
	int32_t day = day_of_instant(life->at) + 1 + (int)demo_random(life->demo, 3);

	if (!reach(life, day_start(day) + 7 * HOUR +
				 (int64_t)demo_random(life->demo, 15 * HOUR)))
		return 0;
	if (ctl_db_run(life->demo->ctl, message_sql, 2,
		    (const char *const[]){
			    life->serial, demo_text(life->one, "message") },
		    err) < 0)
		return -1;
	life->version++;
	return retime(life, err);
}

static int ask(struct life *life, struct error *err)
{
	const char *question = demo_text(life->one, "question");

	if (!question || !json_is_true(json_object_get(life->one, "wants")) ||
		!chance(life, 45) ||
		!reach(life, later(life, (int)demo_random(life->demo, 2))))
		return 0;
	if (act(life, life->handler, CASE_ASK, json_pack("{s:s}", "text", question),
		    err) < 0)
		return -1;
	return message(life, err);
}

/* So many working days after it came, the case is answered. Some that are due about
 * now wait for whoever looks at the demonstration, and so do a few old ones. */
static int answer_days(struct life *life)
{
	int32_t today = day_of_instant(life->demo->now),
		received = day_of_instant(
			json_integer_value(json_object_get(life->one, "at"))),
		due = (int32_t)json_integer_value(
			json_object_get(life->one, "answer_day"));
	int days = working_day_count(received, due, &life->demo->city->exceptions);

	if (!strcmp(demo_text(life->one, "type"), "praise"))
		return 1 + (int)demo_random(life->demo, 2);
	if (due >= today && due <= working_day_after(life, today, 1) &&
		chance(life, 75))
		return days + 3;
	if (due < today && due > today - FORGOTTEN_DAYS && chance(life, 8))
		return days + FORGOTTEN_DAYS;
	if (chance(life, 17))
		return days + 1 + (int)demo_random(life->demo, 6);
	return days / 3 + 1 + (int)demo_random(life->demo, (uint64_t)(days - days / 3));
}

/* Ended without an answer: nobody to answer, or nothing. */
static const char *closes_unanswered(struct life *life)
{
	static const char *const reasons[] = { "duplicate", "withdrawn", "not-a-case" };

	if (!json_is_true(json_object_get(life->one, "wants")) && chance(life, 40))
		return demo_text(life->one, "reason");
	return chance(life, 3) ? reasons[demo_random(life->demo, ARRAY_LEN(reasons))]
			       : NULL;
}

static int answer(struct life *life, struct error *err)
{
	const char *answer = demo_text(life->one, "answer"),
		   *reason = demo_text(life->one, "reason"),
		   *unanswered = closes_unanswered(life);
	int32_t received =
		day_of_instant(json_integer_value(json_object_get(life->one, "at")));
	int64_t at =
		office_time(life, working_day_after(life, received, answer_days(life)));
	bool at_once = chance(life, 72);

	if (life->over || !reach(life, at > life->at ? at : later(life, 1)))
		return 0;
	if (unanswered || !answer)
		return act(life, life->handler, CASE_CLOSE,
			json_pack("{s:s}", "reason",
				unanswered ? unanswered : "no-action"),
			err);
	if (act(life, life->handler, CASE_REPLY,
		    json_pack("{s:s, s:s*}", "text", answer, "reason",
			    at_once ? reason : NULL),
		    err) < 0)
		return -1;
	if (at_once || !reach(life, later(life, 3 + (int)demo_random(life->demo, 6))))
		return 0;
	return act(life, life->handler, CASE_CLOSE,
		json_pack("{s:s}", "reason", reason), err);
}

static int live(struct life *life, struct error *err)
{
	static int (*const steps[])(struct life *, struct error *) = { acknowledge,
		move, assign, note, ask, answer };

	for (size_t i = 0; i < ARRAY_LEN(steps) && !life->over; i++) {
		if (steps[i](life, err) < 0)
			return -1;
	}
	return 0;
}

int demo_live(struct demo *demo, struct error *err)
{
	struct arena *arena = demo->ctl->arena;
	size_t i;
	json_t *one;

	staff_complete(demo);
	if (staff_make(demo, err) < 0)
		return -1;
	json_array_foreach(demo->cases, i, one)
	{
		struct life life = { .demo = demo,
			.one = one,
			.serial = arena_printf(arena, "%lld",
				(long long)json_integer_value(
					json_object_get(one, "serial"))),
			.year = arena_printf(arena, "%.4s", demo_text(one, "day")),
			.board = demo_text(one, "board"),
			.at = json_integer_value(json_object_get(one, "at")),
			.version = 1 };

		if (live(&life, err) < 0)
			return -1;
	}
	return ctl_db_script(demo->ctl, finish_sql, err);
}
