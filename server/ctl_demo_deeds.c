/*
 * synpunktctl demo-deeds FILE - what a demonstration's boards have made of its cases:
 * improvement actions, praise that is shared, how answers were liked and who wrote. By
 * itself, for the demonstration alone: none of it is anybody's. What it makes of a case
 * is the same each time; where there is an action already, it makes nothing.
 */
#include "server/ctl.h"

#include <stdio.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "server/ctl_tsv.h"

static const char *const parts[] = { "action", "praise", NULL };

static const struct ctl_tsv_column columns[] = {
	{ "part", CTL_TSV_CHOICE, true, parts },
	{ "board", CTL_TSV_TEXT, true, NULL },
	{ "category", CTL_TSV_CODE, true, NULL },
	{ "title", CTL_TSV_TEXT, false, NULL },
	{ "cause", CTL_TSV_TEXT, false, NULL },
	{ "expected", CTL_TSV_TEXT, false, NULL },
	{ "responsible", CTL_TSV_TEXT, false, NULL },
	{ "goal", CTL_TSV_CODE, false, NULL },
	{ "indicator", CTL_TSV_CODE, false, NULL },
	{ "starts", CTL_TSV_TEXT, false, NULL }, /* months before today */
	{ "ends", CTL_TSV_TEXT, false, NULL },
	{ "done", CTL_TSV_TEXT, false, NULL },
	{ "said", CTL_TSV_TEXT, false, NULL },
	{ "text", CTL_TSV_TEXT, false, NULL }, /* what was done, or the praise */
	{ 0 },
};

/* By whom: whoever leads the board. Each change is one, so that it has a history. */
static const char actions_sql[] =
	"INSERT INTO synpunkt.improvement (board, title, cause, expected, responsible, "
	"starts_on, ends_on, goal, indicator, categories, changed_at, changed_by) "
	"SELECT o.code, r.title, r.cause, r.expected, r.responsible, d.starts_on, "
	"(synpunkt.today() - make_interval(months => r.ends::integer))::date, r.goal, "
	"r.indicator, ARRAY[r.category], "
	"least(d.starts_on::timestamp + interval '9 hours' - interval '14 days', now()), u.id "
	"FROM jsonb_to_recordset($1::jsonb) AS r (part text, board text, category text, "
	"title text, cause text, expected text, responsible text, goal text, "
	"indicator text, starts text, ends text) "
	"JOIN synpunkt.organisation o ON o.name = r.board "
	"CROSS JOIN LATERAL (SELECT (synpunkt.today() "
	"- make_interval(months => r.starts::integer))::date AS starts_on) d "
	"CROSS JOIN LATERAL (SELECT min(s.user_id) AS id FROM synpunkt.staff_role s "
	"WHERE s.board = o.code AND s.role = 'coordinator') u "
	"WHERE r.part = 'action'";

static const char begun_sql[] =
	"UPDATE synpunkt.improvement i SET state = 'ongoing', version = i.version + 1, "
	"changed_at = i.starts_on::timestamp + interval '9 hours' "
	"WHERE i.starts_on < synpunkt.today()";

static const char done_sql[] =
	"UPDATE synpunkt.improvement i SET state = 'done', version = i.version + 1, "
	"done_on = d.done_on, changed_at = d.done_on::timestamp + interval '15 hours', "
	"public = true, texts = jsonb_build_object('sv', jsonb_build_object('said', r.said, "
	"'did', r.text)) "
	"FROM jsonb_to_recordset($1::jsonb) AS r (part text, title text, done text, "
	"said text, text text) "
	"CROSS JOIN LATERAL (SELECT (synpunkt.today() "
	"- make_interval(months => r.done::integer))::date AS done_on) d "
	"WHERE r.part = 'action' AND r.done IS NOT NULL AND i.title = r.title";

/* The cases that led to them: those of before that were no thanks, eight at most. */
static const char links_sql[] =
	"INSERT INTO synpunkt.improvement_case (improvement_id, case_id) "
	"SELECT l.id, l.case_id FROM (SELECT i.id, c.id AS case_id, "
	"row_number() OVER (PARTITION BY i.id ORDER BY c.received_on DESC, c.id) AS place "
	"FROM synpunkt.improvement i "
	"JOIN synpunkt.case c ON c.board = i.board AND c.category = ANY (i.categories) "
	"AND c.type <> 'praise' AND c.protected_by IS NULL "
	"AND c.received_on < coalesce(i.done_on, synpunkt.today())) l WHERE l.place <= 8";

static const char praise_sql[] =
	"INSERT INTO synpunkt.praise_shared (case_id, board, words, shared_on, shared_by) "
	"SELECT c.id, c.board, r.text, least(c.received_on + 3, synpunkt.today()), u.id "
	"FROM (SELECT x.*, row_number() OVER (PARTITION BY x.board, x.category "
	"ORDER BY x.text) AS place FROM jsonb_to_recordset($1::jsonb) AS x (part text, "
	"board text, category text, text text) WHERE x.part = 'praise') r "
	"JOIN synpunkt.organisation o ON o.name = r.board "
	"JOIN (SELECT k.id, k.board, k.category, k.received_on, row_number() OVER "
	"(PARTITION BY k.board, k.category ORDER BY k.id DESC) AS place "
	"FROM synpunkt.case k WHERE k.type = 'praise' AND k.sensitivity = 1) c "
	"ON c.board = o.code AND c.category = r.category AND c.place = r.place "
	"CROSS JOIN LATERAL (SELECT min(s.user_id) AS id FROM synpunkt.staff_role s "
	"WHERE s.board = o.code AND s.role = 'coordinator') u";

/* Who got an answer was asked; most answer, and like it. Nobody's: without the case. */
static const char liked_sql[] =
	"WITH asked AS (SELECT c.id, c.board, coalesce(c.unit, '') AS unit, "
	"coalesce(c.category, '') AS category, synpunkt.local_day(c.answered_at) AS day, "
	"get_byte(sha256(('deed' || c.id)::bytea), 0) AS chance "
	"FROM synpunkt.case c WHERE c.answered_at IS NOT NULL AND c.wants_reply "
	"AND synpunkt.local_day(c.answered_at) + 30 < synpunkt.today()), "
	"put AS (INSERT INTO synpunkt.satisfaction_ask (asked_on, open_until, board, unit, "
	"category) SELECT a.day, a.day + 30, a.board, a.unit, a.category FROM asked a) "
	"INSERT INTO synpunkt.satisfaction_answer (key, month, board, unit, category, ease, "
	"clarity) SELECT sha256(('deed-answer' || a.id)::bytea), "
	"date_trunc('month', (a.day + 30)::timestamp)::date, a.board, a.unit, a.category, "
	"2 + a.chance % 4, 3 + a.chance % 3 FROM asked a WHERE a.chance < 170";

static const char who_sql[] =
	"INSERT INTO synpunkt.statistic_about (board, month, type, sex, age_band, n) "
	"SELECT w.board, w.month, w.type, w.sex, w.age, count(*)::integer "
	"FROM (SELECT l.board, date_trunc('month', c.received_on::timestamp)::date AS month, "
	"c.type, (ARRAY['woman', 'man', 'woman', 'man', 'woman', 'man', 'other', ''])"
	"[1 + r.chance % 8] AS sex, (ARRAY['0', '25', '45', '65', '25', '45', '65', '25'])"
	"[1 + r.chance / 8 % 8] AS age FROM synpunkt.case c "
	"JOIN synpunkt.case_leg l ON l.case_id = c.id AND l.seq = 1 "
	"CROSS JOIN LATERAL (SELECT get_byte(sha256(('who' || c.id)::bytea), 0) AS chance) r "
	"WHERE c.channel = 'web' AND NOT c.from_child AND r.chance < 220) w "
	"GROUP BY w.board, w.month, w.type, w.sex, w.age";

static const struct {
	const char *sql;
	int n_params;
} steps[] = {
	{ actions_sql, 1 },
	{ begun_sql, 0 },
	{ done_sql, 1 },
	{ links_sql, 0 },
	{ praise_sql, 1 },
	{ liked_sql, 0 },
	{ who_sql, 0 },
};

static int deeds_store(struct ctl *ctl, const char *rows, bool *ret, struct error *err)
{
	PGresult *result = ctl_db_query(
		ctl, "SELECT EXISTS (SELECT FROM synpunkt.improvement)", 0, NULL, err);

	if (!result)
		return -1;
	*ret = PQgetvalue(result, 0, 0)[0] != 't';
	PQclear(result);
	if (!*ret)
		return 0;
	if (ctl_db_script(ctl, "BEGIN", err) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		if (ctl_db_run(ctl, steps[i].sql, steps[i].n_params,
			    steps[i].n_params ? (const char *const[]){ rows } : NULL,
			    err) < 0)
			return -1;
	}
	return ctl_db_script(ctl, "COMMIT", err);
}

int ctl_demo_deeds(struct ctl *ctl, char **argv)
{
	const struct ctl_option options[] = { { 0 } };
	struct error err = { 0 };
	const char *path;
	bool made = false;
	json_t *rows = NULL;
	size_t size;
	char *text;
	int rc = ctl_arguments(ctl, argv, options, &path, 1);

	if (rc != 0)
		return rc;
	text = ctl_file_read(ctl, path, &size, &err);
	if (text)
		rows = ctl_tsv_read(ctl->arena, text, columns, &err);
	if (!rows)
		return ctl_fail(ctl, "%s: %s", path, err.text);
	text = json_dumps(rows, JSON_COMPACT);
	json_decref(rows);
	rc = ctl_db_open(ctl, &err) < 0 || deeds_store(ctl, text, &made, &err) < 0;
	mem_free(text);
	if (rc)
		return ctl_fail(ctl, "%s", err.text);
	if (ctl->json)
		ctl_print_json(json_pack("{s:b}", "made", made));
	else
		puts(made ? "deeds: made up" : "deeds: there are some already");
	return CTL_DONE;
}
