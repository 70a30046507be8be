/*
 * synpunktctl import tyck-till FILE.csv [--map FILE.tsv] [--dry-run]
 *
 * Every row of the file becomes a case once, by its number. All of the file goes in or
 * none: with a fault in any row, all faults are told and nothing is stored.
 */
#include "server/ctl_tyck_till.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "server/city.h"
#include "server/ctl.h"
#include "server/ctl_csv.h"
#include "server/ctl_import.h"
#include "server/day.h"
#include "server/stamp.h"

#define ROWS_MAX 100000
#define FAULTS_SHOWN 200
#define MAP_ROWS_MAX 5000

static void note_fault(
	struct ctl_tyck_till *in, size_t line, const char *column, const char *reason)
{
	in->n_faults++;
	if (json_array_size(in->faults) < FAULTS_SHOWN)
		json_array_append_new(
			in->faults, json_pack("{s:i, s:s?, s:s}", "line", (int)line,
					    "column", column, "reason", reason));
}

static int row_take(struct ctl_tyck_till *in, struct ctl_csv *csv, size_t n_columns,
	struct error *err)
{
	struct arena *arena = in->ctl->arena;
	struct tyck_till_row row;
	struct faults faults;

	if (in->n + in->n_faults >= ROWS_MAX)
		return error_set(err, ERR_TOO_LARGE,
			"the file has more than %d rows: split it", ROWS_MAX);
	if (csv->n_cells > n_columns) {
		note_fault(in, csv->line, NULL, "more cells than columns");
		return 0;
	}
	faults_init(&faults, arena);
	if (tyck_till_judge(&in->map, csv, &row, &faults) < 0) {
		for (const struct fault *f = faults.first; f; f = f->next)
			note_fault(in, csv->line, f->name, f->reason);
		return 0;
	}
	if (in->n == in->room) {
		in->room = in->room ? in->room * 2 : 1024;
		in->rows = mem_grow(in->rows, in->room * sizeof(*in->rows));
	}
	in->rows[in->n++] = row;
	return 0;
}

static int rows_read(
	struct ctl_tyck_till *in, char *text, size_t size, struct error *err)
{
	struct ctl_csv csv;
	size_t n_columns;
	int more;

	if (ctl_csv_begin(&csv, text, size, err) < 0)
		return -1;
	more = ctl_csv_next(&csv, err);
	if (more == 0)
		return error_set(
			err, ERR_INVALID, "the file has no line of column names");
	if (more < 0 || tyck_till_map_header(&in->map, &csv, in->ignored, err) < 0)
		return -1;
	n_columns = csv.n_cells;
	do
		more = ctl_csv_next(&csv, err);
	while (more > 0 && row_take(in, &csv, n_columns, err) == 0);
	return more > 0 ? -1 : more;
}

static int number_compare(const void *a, const void *b)
{
	const struct tyck_till_row *x = *(const struct tyck_till_row *const *)a,
				   *y = *(const struct tyck_till_row *const *)b;
	int order = strcasecmp(x->number, y->number);

	if (order != 0)
		return order;
	return x->line < y->line ? -1 : x->line > y->line;
}

/* A number that two rows have is neither's. */
static void twins_note(struct ctl_tyck_till *in)
{
	struct arena *arena = in->ctl->arena;
	const struct tyck_till_row **order =
		arena_array(arena, in->n + 1, sizeof(*order));

	for (size_t i = 0; i < in->n; i++)
		order[i] = &in->rows[i];
	qsort(order, in->n, sizeof(*order), number_compare);
	for (size_t i = 1; i < in->n; i++) {
		if (strcasecmp(order[i]->number, order[i - 1]->number) != 0)
			continue;
		note_fault(in, order[i]->line, in->map.called[TYCK_TILL_NUMBER],
			arena_printf(arena, "\"%.64s\" is the number of line %zu, too",
				order[i]->number, order[i - 1]->line));
	}
}

static int map_read(struct ctl_tyck_till *in, const char *path, struct error *err)
{
	size_t size;
	const char *text;

	if (!path)
		return 0;
	text = ctl_file_read(in->ctl, path, &size, err);
	in->map.rows =
		text ? ctl_tsv_read(in->ctl->arena, text, tyck_till_map_columns, err)
		     : NULL;
	if (in->map.rows && json_array_size(in->map.rows) > MAP_ROWS_MAX)
		return error_set(err, ERR_TOO_LARGE, "more than %d rows", MAP_ROWS_MAX);
	return in->map.rows ? tyck_till_map_check(&in->map, err) : -1;
}

/* ---- telling ---- */

static void faults_print(const struct ctl_tyck_till *in)
{
	size_t i;
	json_t *one;

	json_array_foreach(in->faults, i, one)
	{
		const char *column = json_string_value(json_object_get(one, "column"));

		fprintf(stderr, "line %lld%s%s: %s\n",
			json_integer_value(json_object_get(one, "line")),
			column ? ", " : "", column ? column : "",
			json_string_value(json_object_get(one, "reason")));
	}
	if (in->n_faults > json_array_size(in->faults))
		fprintf(stderr, "and %zu more\n",
			in->n_faults - json_array_size(in->faults));
	fputs("synpunktctl: nothing was stored\n", stderr);
}

static int tell_faults(struct ctl_tyck_till *in)
{
	if (in->ctl->json)
		ctl_print_json(json_pack("{s:s, s:O, s:I}", "error",
			"nothing was stored", "faults", in->faults, "total",
			(json_int_t)in->n_faults));
	else
		faults_print(in);
	return CTL_FAILED;
}

static void changed_print(const struct ctl_tyck_till *in)
{
	size_t i;
	json_t *one;

	json_array_foreach(in->changed, i, one)
	{
		printf("line %lld: %s is case %s, %s: not touched\n",
			json_integer_value(json_object_get(one, "line")),
			json_string_value(json_object_get(one, "number")),
			json_string_value(json_object_get(one, "case")),
			json_is_true(json_object_get(one, "disposed"))
				? "which is disposed of"
				: "which said something else");
	}
	json_array_foreach(in->ignored, i, one)
	{
		printf("column \"%s\" is not known: left out\n",
			json_string_value(one));
	}
}

static int tell_done(struct ctl_tyck_till *in)
{
	if (in->ctl->json) {
		ctl_print_json(json_pack("{s:I, s:I, s:I, s:O, s:O, s:b}", "rows",
			(json_int_t)in->n, "added", (json_int_t)in->added, "known",
			(json_int_t)in->known, "changed", in->changed, "ignoredColumns",
			in->ignored, "dryRun", in->dry_run));
		return CTL_DONE;
	}
	changed_print(in);
	printf("rows: %zu, cases: %ld%s, here already: %ld, changed: %zu\n", in->n,
		in->added, in->dry_run ? " (tried only)" : "", in->known,
		json_array_size(in->changed));
	return CTL_DONE;
}

static int import_run(struct ctl_tyck_till *in, const char *path, const char *map)
{
	struct error err = { 0 };
	size_t size;
	char *text;

	if (ctl_db_open(in->ctl, &err) < 0)
		return ctl_fail(in->ctl, "%s", err.text);
	in->map.city = in->city = ctl_city_load(in->ctl, &err);
	if (!in->city)
		return ctl_fail(in->ctl, "%s", err.text);
	if (map_read(in, map, &err) < 0)
		return ctl_fail(in->ctl, "%s: %s", map, err.text);
	text = ctl_file_read(in->ctl, path, &size, &err);
	if (!text || rows_read(in, text, size, &err) < 0)
		return ctl_fail(in->ctl, "%s: %s", path, err.text);
	twins_note(in);
	if (in->n_faults > 0)
		return tell_faults(in);
	if (ctl_tyck_till_store(in, &err) < 0)
		return ctl_fail(in->ctl, "%s", err.text);
	return tell_done(in);
}

int ctl_import_tyck_till(struct ctl *ctl, char **argv)
{
	struct ctl_tyck_till in = { .ctl = ctl };
	const char *map = NULL, *path;
	const struct ctl_option options[] = {
		{ "--map", &map, NULL },
		{ "--dry-run", NULL, &in.dry_run },
		{ 0 },
	};
	int rc = ctl_arguments(ctl, argv, options, &path, 1);

	if (rc != 0)
		return rc;
	in.map.arena = ctl->arena;
	in.map.today = day_of_instant(stamp_now() / 1000000);
	in.map.known = json_object();
	in.faults = json_array();
	in.ignored = json_array();
	in.changed = json_array();
	rc = import_run(&in, path, map);
	json_decref(in.map.rows);
	json_decref(in.map.known);
	json_decref(in.faults);
	json_decref(in.ignored);
	json_decref(in.changed);
	mem_free(in.rows);
	city_unref(in.city);
	return rc;
}
