/*
 * synpunktctl reorganise - boards and units that end, from a file (REORGANISATION.md).
 *
 *   rehearse FILE     what it would do today; nothing is changed or kept
 *   plan FILE         it is kept, and the city's rows say who ends and who succeeds
 *   carry-out FILE    on its day or later: planned, if it was not, begun, and the open
 *                     cases carried, a batch a transaction; killed anywhere and run
 * again it ends the same, and the job worker goes on meanwhile withdraw CODE     one
 * that has not begun is no plan any more
 *
 * The database decides; here its answers are printed.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lib/base.h"
#include "lib/error.h"
#include "lib/json_fields.h"
#include "server/ctl.h"

#define PLAN_MAX ((size_t)1 * MIB)
#define BATCH "100"

/* One cell of text of a statement with one parameter; NULL and err. The caller clears
 * rows. */
static const char *ask(struct ctl *ctl, const char *sql, const char *param,
	PGresult **rows, struct error *err)
{
	*rows = ctl_db_query(ctl, sql, 1, (const char *const[]){ param }, err);
	return *rows ? PQgetvalue(*rows, 0, 0) : NULL;
}

/* A statement with one parameter that gives one JSON value. */
static json_t *ask_json(
	struct ctl *ctl, const char *sql, const char *param, struct error *err)
{
	PGresult *rows = NULL;
	const char *cell = ask(ctl, sql, param, &rows, err);
	json_t *value = cell ? json_loads(cell, JSON_DECODE_ANY, NULL) : NULL;

	PQclear(rows);
	if (cell && !value)
		error_set(err, ERR_INTERNAL, "the database gave no JSON");
	return value;
}

static const char *text_of(const json_t *object, const char *name)
{
	return json_text_of(object, name, "");
}

static long long number_of(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

static bool is_faulty(const json_t *faults)
{
	const json_t *fault;
	size_t i;

	json_array_foreach(faults, i, fault)
	{
		if (!strcmp(text_of(fault, "severity"), "error"))
			return true;
	}
	return false;
}

static void faults_print(const json_t *faults, FILE *to)
{
	const json_t *fault;
	size_t i;

	json_array_foreach(faults, i, fault)
		fprintf(to, "%s\t%s\t%s\n", text_of(fault, "severity"),
			text_of(fault, "path"), text_of(fault, "text"));
}

static void moves_print(const json_t *moves)
{
	const json_t *move;
	size_t i;

	json_array_foreach(moves, i, move)
	{
		const char *unit = text_of(move, "fromUnitName");

		printf("%s\t%s\t%s%s%s\t%lld cases, %lld overdue, %lld lose their "
		       "handler\n",
			text_of(move, "fromName"), text_of(move, "toName"), unit,
			unit[0] ? " -> " : "", text_of(move, "toUnitName"),
			number_of(move, "cases"), number_of(move, "overdue"),
			number_of(move, "unassigned"));
	}
}

static void named_print(const json_t *named)
{
	const json_t *kind, *name;
	size_t i, j;

	json_array_foreach(named, i, kind)
	{
		printf("named by %s: %lld", text_of(kind, "kind"),
			number_of(kind, "n"));
		json_array_foreach(json_object_get(kind, "names"), j, name)
			printf("%s %s", j ? "," : ":", json_string_value(name));
		putchar('\n');
	}
}

static void who_print(const json_t *who, bool is_role)
{
	const json_t *one;
	size_t i;

	json_array_foreach(who, i, one)
	{
		if (is_role)
			printf("role not given on: %s %s@%s%s%s\n",
				text_of(one, "username"), text_of(one, "role"),
				text_of(one, "board"),
				text_of(one, "unit")[0] ? "/" : "",
				text_of(one, "unit"));
		else
			printf("no role at %s: %s, %lld cases\n", text_of(one, "to"),
				text_of(one, "username"), number_of(one, "cases"));
	}
}

static void rehearsal_print(const json_t *told)
{
	faults_print(json_object_get(told, "faults"), stdout);
	if (is_faulty(json_object_get(told, "faults")))
		return;
	printf("%s, from %s: %lld open cases\n", text_of(told, "name"),
		text_of(told, "from"), number_of(told, "cases"));
	moves_print(json_object_get(told, "moves"));
	printf("drafts %lld, mentions %lld, follow-ups %lld, work orders %lld\n",
		number_of(told, "drafts"), number_of(told, "mentions"),
		number_of(told, "followUps"), number_of(told, "workOrders"));
	who_print(json_object_get(told, "handlers"), false);
	who_print(json_object_get(json_object_get(told, "roles"), "who"), true);
	named_print(json_object_get(told, "named"));
}

static int rehearse(struct ctl *ctl, const char *plan)
{
	struct error err = { 0 };
	json_t *told = ask_json(
		ctl, "SELECT synpunkt_reorganise.rehearse($1::jsonb)", plan, &err);
	int rc;

	if (!told)
		return ctl_fail(ctl, "%s", err.text);
	rc = is_faulty(json_object_get(told, "faults")) ? CTL_FAILED : CTL_DONE;
	if (ctl->json) {
		ctl_print_json(told);
		return rc;
	}
	rehearsal_print(told);
	json_decref(told);
	return rc;
}

/* 0 and the outcome's faults printed, or a code to end with. */
static int plan_put(struct ctl *ctl, const char *plan, bool is_last)
{
	struct error err = { 0 };
	json_t *told = ask_json(
		ctl, "SELECT synpunkt_reorganise.put($1::jsonb, NULL)", plan, &err);
	bool fits;

	if (!told)
		return ctl_fail(ctl, "%s", err.text);
	fits = !strcmp(text_of(told, "outcome"), "planned");
	if (ctl->json && (is_last || !fits)) {
		ctl_print_json(told);
		return fits ? CTL_DONE : CTL_FAILED;
	}
	if (!ctl->json)
		faults_print(json_object_get(told, "faults"), stderr);
	if (!strcmp(text_of(told, "outcome"), "begun"))
		ctl_fail(ctl, "it has begun, by another plan of that code");
	else if (fits && is_last)
		puts("planned");
	json_decref(told);
	return fits ? CTL_DONE : CTL_FAILED;
}

/* A case that somebody has open for a change is taken when they are done. */
static void pause_briefly(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = 100 * 1000 * 1000 }, NULL);
}

static json_t *progress_of(struct ctl *ctl, const char *code, struct error *err)
{
	return ask_json(
		ctl, "SELECT synpunkt_reorganise.progress($1::text)", code, err);
}

/* Batch after batch until the plan is done, whoever does them. */
static int carry_all(struct ctl *ctl, const char *code)
{
	struct error err = { 0 };
	json_t *progress = progress_of(ctl, code, &err);

	while (progress && strcmp(text_of(progress, "state"), "done") != 0) {
		json_t *done = ask_json(ctl,
			"SELECT synpunkt_reorganise.carry($1::integer)", BATCH, &err);

		if (json_integer_value(done) == 0)
			pause_briefly();
		json_decref(progress);
		progress = done ? progress_of(ctl, code, &err) : NULL;
		json_decref(done);
	}
	if (!progress)
		return ctl_fail(ctl, "%s", err.text);
	if (ctl->json) {
		ctl_print_json(progress);
	} else {
		printf("%lld cases carried over\n", number_of(progress, "carried"));
		json_decref(progress);
	}
	return CTL_DONE;
}

static const struct {
	const char *word, *says;
} refusals[] = {
	{ "missing", "there is no such plan" },
	{ "early", "its day has not come" },
	{ "faulty", "the plan does not fit any more; rehearse says where" },
	{ "begun", "it has begun" },
};

static int refuse(struct ctl *ctl, const char *word)
{
	for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
		if (!strcmp(word, refusals[i].word))
			return ctl_fail(ctl, "%s", refusals[i].says);
	}
	return ctl_fail(ctl, "%s", word);
}

/* A statement with the code whose word is wanted, or refused. */
static int decide(
	struct ctl *ctl, const char *sql, const char *code, const char *wanted)
{
	struct error err = { 0 };
	PGresult *rows = NULL;
	const char *word = ask(ctl, sql, code, &rows, &err);
	int rc = CTL_DONE;

	if (!word)
		return ctl_fail(ctl, "%s", err.text);
	if (strcmp(word, wanted) != 0)
		rc = refuse(ctl, word);
	PQclear(rows);
	return rc;
}

static int carry_out(struct ctl *ctl, const char *plan, const char *code)
{
	int rc = plan_put(ctl, plan, false);

	if (rc == CTL_DONE)
		rc = decide(ctl, "SELECT synpunkt_reorganise.start($1::text, NULL)",
			code, "carrying");
	return rc == CTL_DONE ? carry_all(ctl, code) : rc;
}

static int withdraw(struct ctl *ctl, const char *code)
{
	int rc = decide(ctl, "SELECT synpunkt_reorganise.withdraw($1::text)", code,
		"withdrawn");

	if (rc == CTL_DONE && ctl->json)
		ctl_print_json(json_pack("{s:s}", "outcome", "withdrawn"));
	else if (rc == CTL_DONE)
		puts("withdrawn");
	return rc;
}

static int file_run(struct ctl *ctl, const char *word, const char *path)
{
	struct error err = { 0 };
	json_error_t where;
	size_t n = 0;
	char *text = ctl_file_read(ctl, path, &n, &err);
	json_t *plan;
	int rc;

	if (!text)
		return ctl_fail(ctl, "%s", err.text);
	if (n > PLAN_MAX)
		return ctl_fail(ctl, "\"%s\" is above 1 MiB", path);
	plan = json_loadb(text, n, JSON_REJECT_DUPLICATES, &where);
	if (!plan)
		return ctl_fail(ctl, "line %d is no JSON: %s", where.line, where.text);
	if (!strcmp(word, "rehearse"))
		rc = rehearse(ctl, text);
	else if (!strcmp(word, "plan"))
		rc = plan_put(ctl, text, true);
	else
		rc = carry_out(ctl, text, text_of(plan, "code"));
	json_decref(plan);
	return rc;
}

int ctl_reorganise(struct ctl *ctl, char **argv)
{
	static const char *const by_file[] = { "rehearse", "plan", "carry-out" };
	const char *words[2] = { NULL };
	struct error err = { 0 };
	int rc = ctl_arguments(ctl, argv, NULL, words, 2);
	bool takes_file = false;

	if (rc != 0)
		return rc;
	for (size_t i = 0; i < ARRAY_LEN(by_file); i++)
		takes_file = takes_file || !strcmp(words[0], by_file[i]);
	if (!takes_file && strcmp(words[0], "withdraw") != 0)
		return ctl_misuse(ctl, "unknown word \"%s\"", words[0]);
	if (ctl_db_open(ctl, &err) < 0)
		return ctl_fail(ctl, "%s", err.text);
	return takes_file ? file_run(ctl, words[0], words[1]) : withdraw(ctl, words[1]);
}
