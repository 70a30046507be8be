/*
 * synpunktctl classifier train|evaluate, and suggest: the model behind suggestions.
 *
 * It is learned here of what synpunkt_suggest.lessons() reads out of the database, and
 * kept there: the texts are in this process while it learns and nowhere else.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/encode.h"
#include "lib/error.h"
#include "lib/utf8.h"
#include "server/ctl.h"
#include "server/day.h"
#include "server/spot.h"
#include "server/suggest.h"
#include "server/suggest_learn.h"

/* The latest of each category: more teaches little and takes its time. */
#define CASES_A_CATEGORY "400"
#define LINES_MAX 100000

/* ---- learn ---- */

static const char *text_of(const PGresult *rows, int i, int column)
{
	return PQgetisnull(rows, i, column) ? NULL : PQgetvalue(rows, i, column);
}

static int learn_of(const PGresult *rows, struct ctl *ctl, struct suggest_learned *ret,
	struct error *err)
{
	size_t n = (size_t)PQntuples(rows);
	struct suggest_lesson *lessons =
		arena_array(ctl->arena, n + 1, sizeof(*lessons));

	for (int i = 0; i < PQntuples(rows); i++)
		lessons[i] = (struct suggest_lesson){
			.source = text_of(rows, i, 0),
			.category = text_of(rows, i, 1),
			.type = text_of(rows, i, 2),
			.dimension = text_of(rows, i, 3),
			.text = text_of(rows, i, 4),
		};
	return suggest_learn(lessons, n, ret, err);
}

static int learned_keep(struct ctl *ctl, const struct suggest_learned *learned,
	const char **ret_version, struct error *err)
{
	size_t size;
	void *bytes =
		text_model_save(suggest_model(learned->suggest), ctl->arena, &size);
	char *hex = arena_alloc(ctl->arena, 2 * size + 1);
	char *labels = json_dumps(learned->labels, JSON_COMPACT);
	char *figures = json_dumps(learned->figures, JSON_COMPACT);
	PGresult *rows;

	encode_hex(bytes, size, hex);
	rows = ctl_db_query(ctl,
		"SELECT synpunkt_suggest.put($1::jsonb, decode($2::text, 'hex'),"
		" $3::jsonb, $4::boolean)",
		4,
		(const char *const[]){
			labels, hex, figures, learned->may_serve ? "true" : "false" },
		err);
	mem_free(labels);
	mem_free(figures);
	if (!rows)
		return -1;
	*ret_version = arena_dup(ctl->arena, PQgetvalue(rows, 0, 0));
	PQclear(rows);
	return 0;
}

static double figure(const json_t *figures, const char *group, const char *name)
{
	return json_real_value(json_object_get(json_object_get(figures, group), name));
}

static void figures_print(struct ctl *ctl, const json_t *figures)
{
	const json_t *groups[SUGGEST_GROUPS], *confusion;
	size_t i;

	if (ctl->json) {
		ctl_print_json(json_incref((json_t *)figures));
		return;
	}
	for (i = 0; i < SUGGEST_GROUPS; i++) {
		const char *group = suggest_groups[i];

		groups[i] = json_object_get(figures, group);
		printf("%-10s  %5lld texts  first %5.1f %%  among three %5.1f %%  "
		       "macro F1 %.3f  calibration error %.3f\n",
			group,
			(long long)json_integer_value(json_object_get(groups[i], "n")),
			100 * figure(figures, group, "first"),
			100 * figure(figures, group, "amongThree"),
			figure(figures, group, "macroF1"),
			figure(figures, group, "calibrationError"));
	}
	json_array_foreach(
		json_object_get(groups[SUGGEST_CATEGORY], "confusions"), i, confusion)
	{
		printf("  %lld  %s taken for %s\n",
			(long long)json_integer_value(json_object_get(confusion, "n")),
			json_string_value(json_object_get(confusion, "right")),
			json_string_value(json_object_get(confusion, "guessed")));
	}
}

static int classifier_train(struct ctl *ctl)
{
	struct suggest_learned learned;
	struct error err = { 0 };
	PGresult *rows = ctl_db_query(ctl,
		"SELECT l.source, l.category, l.type, l.quality_dimension, l.body"
		" FROM synpunkt_suggest.lessons(" CASES_A_CATEGORY ") l",
		0, NULL, &err);
	const char *version = "";
	int rc;

	if (!rows)
		return ctl_fail(ctl, "%s", err.text);
	rc = learn_of(rows, ctl, &learned, &err);
	PQclear(rows);
	if (rc < 0)
		return ctl_fail(ctl, "%s", err.text);
	rc = learned_keep(ctl, &learned, &version, &err);
	if (rc == 0) {
		json_object_set_new(learned.figures, "version", json_string(version));
		json_object_set_new(
			learned.figures, "serves", json_boolean(learned.may_serve));
		figures_print(ctl, learned.figures);
		if (!ctl->json)
			printf("version %s %s\n", version,
				learned.may_serve ? "serves from now on"
						  : "is kept and does not serve: too"
						    " seldom right");
	}
	suggest_learned_clear(&learned);
	return rc == 0 ? CTL_DONE : ctl_fail(ctl, "%s", err.text);
}

/* ---- what serves ---- */

static struct suggest *serving_read(const PGresult *rows, struct error *err)
{
	size_t size;
	unsigned char *bytes =
		PQunescapeBytea((const unsigned char *)PQgetvalue(rows, 0, 2), &size);
	json_t *labels = json_loads(PQgetvalue(rows, 0, 1), 0, NULL);
	struct text_model *model = text_model_load(bytes, size, err);
	struct suggest *suggest = model ? suggest_new(model, labels, err) : NULL;

	PQfreemem(bytes);
	json_decref(labels);
	return suggest;
}

/* ret_figures may be NULL. */
static struct suggest *serving_load(
	struct ctl *ctl, json_t **ret_figures, struct error *err)
{
	struct suggest *suggest = NULL;
	PGresult *rows = ctl_db_query(ctl,
		"SELECT s.version, s.labels, s.model, s.figures"
		" FROM synpunkt_suggest.serving(NULL) s",
		0, NULL, err);

	if (!rows)
		return NULL;
	if (PQntuples(rows) == 0)
		error_set(err, ERR_NOT_FOUND,
			"nothing is learned yet: synpunktctl classifier train");
	else
		suggest = serving_read(rows, err);
	if (suggest && ret_figures)
		*ret_figures = json_loads(PQgetvalue(rows, 0, 3), 0, NULL);
	PQclear(rows);
	return suggest;
}

/* ---- the lists of words ---- */

static struct spot *spot_load(struct ctl *ctl, struct error *err)
{
	PGresult *rows = ctl_db_query(ctl,
		"SELECT l.list FROM synpunkt_suggest.spot_list(NULL) l", 0, NULL, err);
	struct spot *spot;
	json_t *list;

	if (!rows)
		return NULL;
	list = json_loads(PQgetvalue(rows, 0, 0), 0, NULL);
	PQclear(rows);
	spot = spot_new(list, err);
	json_decref(list);
	return spot;
}

/* ---- evaluate ---- */

static int line_read(const json_t *line, struct suggest_lesson *ret)
{
	const char *text = json_string_value(json_object_get(line, "text"));
	const char *category = json_string_value(json_object_get(line, "category"));

	if (!text || !category)
		return -1;
	*ret = (struct suggest_lesson){
		.source = "example",
		.text = text,
		.category = category,
		.type = json_string_value(json_object_get(line, "type")),
		.dimension =
			json_string_value(json_object_get(line, "qualityDimension")),
	};
	return 0;
}

/* One JSON object a line: {text, category, type?, qualityDimension?}. keep owns them.
 */
static int lines_read(struct ctl *ctl, const char *path, json_t *keep,
	struct suggest_lesson **ret, struct error *err)
{
	size_t size, n = 0;
	char *bytes = ctl_file_read(ctl, path, &size, err), *line;

	if (!bytes)
		return -1;
	*ret = arena_array(ctl->arena, LINES_MAX, sizeof(**ret));
	for (size_t number = 1; bytes; number++) {
		json_t *value;

		line = strsep(&bytes, "\n");
		if (line[strspn(line, " \t\r")] == '\0')
			continue;
		if (n == LINES_MAX)
			return error_set(
				err, ERR_TOO_LARGE, "more than %d lines", LINES_MAX);
		value = json_loads(line, 0, NULL);
		json_array_append_new(keep, value ? value : json_null());
		if (line_read(value, &(*ret)[n++]) < 0)
			return error_set(err, ERR_INVALID,
				"line %zu is no JSON object with \"text\" and \"category\"",
				number);
	}
	return (int)n;
}

static int evaluate_file(
	struct ctl *ctl, const struct suggest *suggest, const char *path)
{
	json_t *keep = json_array(), *figures = json_object();
	struct suggest_lesson *texts;
	struct error err = { 0 };
	int n = lines_read(ctl, path, keep, &texts, &err);

	for (unsigned i = 0; n >= 0 && i < SUGGEST_GROUPS; i++)
		json_object_set_new(figures, suggest_groups[i],
			suggest_judge(suggest, texts, (size_t)n, i));
	if (n >= 0)
		figures_print(ctl, figures);
	json_decref(figures);
	json_decref(keep);
	return n >= 0 ? CTL_DONE : ctl_fail(ctl, "%s", err.text);
}

static int classifier_evaluate(struct ctl *ctl, const char *path)
{
	struct error err = { 0 };
	json_t *figures = NULL;
	struct suggest *suggest = serving_load(ctl, &figures, &err);
	int rc = CTL_DONE;

	if (!suggest)
		return ctl_fail(ctl, "%s", err.text);
	if (path)
		rc = evaluate_file(ctl, suggest, path);
	else
		figures_print(ctl, figures);
	json_decref(figures);
	suggest_free(suggest);
	return rc;
}

int ctl_classifier(struct ctl *ctl, char **argv)
{
	struct error err = { 0 };
	bool train = argv[0] && !strcmp(argv[0], "train");

	if (!train && !(argv[0] && !strcmp(argv[0], "evaluate")))
		return ctl_misuse(ctl, "train or evaluate?");
	if (argv[1] && (train || argv[2]))
		return ctl_misuse(
			ctl, "too many arguments: \"%s\"", argv[train ? 1 : 2]);
	if (ctl_db_open(ctl, &err) < 0)
		return ctl_fail(ctl, "%s", err.text);
	return train ? classifier_train(ctl) : classifier_evaluate(ctl, argv[1]);
}

/* ---- suggest ---- */

/* One JSON value, also without --json: that is what the command is for. */
int ctl_suggest(struct ctl *ctl, char **argv)
{
	struct suggest *suggest;
	struct spot *spot;
	struct error err = { 0 };
	json_t *told;
	size_t size;
	char *text;
	int rc = ctl_arguments(ctl, argv, NULL, NULL, 0);

	if (rc != 0)
		return rc;
	text = ctl_file_read(ctl, "-", &size, &err);
	if (!text || ctl_db_open(ctl, &err) < 0)
		return ctl_fail(ctl, "%s", err.text);
	if (!utf8_is_text(text, size))
		return ctl_fail(ctl, "the text is not UTF-8");
	suggest = serving_load(ctl, NULL, &err);
	if (!suggest)
		return ctl_fail(ctl, "%s", err.text);
	spot = spot_load(ctl, &err);
	if (!spot) {
		suggest_free(suggest);
		return ctl_fail(ctl, "%s", err.text);
	}
	told = suggest_text(
		suggest, spot, ctl->arena, text, day_of_instant(time(NULL)));
	json_dumpf(told, stdout,
		(ctl->json ? JSON_COMPACT : JSON_INDENT(2)) | JSON_REAL_PRECISION(4));
	putchar('\n');
	json_decref(told);
	spot_free(spot);
	suggest_free(suggest);
	return CTL_DONE;
}
