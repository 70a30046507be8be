#include "server/ctl_tsv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "lib/utf8.h"
#include "server/day.h"

#define COLUMNS_MAX 40
#define DAYS_MAX 250
#define PLANE_MAX 1e7
#define METRES_MIN 10
#define METRES_MAX 1000
#define AGE_MONTHS_MAX 1200
#define MANY_MAX 10000000

struct ctl_tsv {
	struct arena *arena;
	const struct ctl_tsv_column *columns;
	const struct ctl_tsv_column *order[COLUMNS_MAX]; /* as the file has them */
	size_t n_columns;
	char *rest; /* what has not been read; NULL: nothing */
	size_t line;
	struct error *err;
};

static int tsv_fail(struct ctl_tsv *tsv, const char *column, const char *what)
{
	return error_set(tsv->err, ERR_INVALID, "line %zu%s%s: %s", tsv->line,
		column ? ", " : "", column ? column : "", what);
}

/* The next part of *text up to any of ends, without white space around it; NULL after
 * the last. Writes into the text. */
static char *part_take(char **text, const char *end)
{
	char *part = *text, *stop;

	if (!part)
		return NULL;
	stop = part + strcspn(part, end);
	*text = *stop ? stop + 1 : NULL;
	*stop = '\0';
	part += strspn(part, " \r");
	while (stop > part && strchr(" \r", stop[-1]))
		*--stop = '\0';
	return part;
}

static json_t *list_value(char *cell)
{
	json_t *list = json_array();

	for (char *part = part_take(&cell, ";"); part; part = part_take(&cell, ";")) {
		if (part[0])
			json_array_append_new(list, json_string(part));
	}
	return list;
}

static bool is_code(const char *cell)
{
	bool hyphen = true; /* none at the start, none after another */

	for (; *cell; cell++) {
		if (*cell == '-' && hyphen)
			return false;
		if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789-", *cell))
			return false;
		hyphen = *cell == '-';
	}
	return !hyphen;
}

static json_t *int_value(struct ctl_tsv *tsv, const char *name, const char *cell)
{
	char *end;
	long n = strtol(cell, &end, 10);

	if (*end || cell[0] < '0' || cell[0] > '9' || n > DAYS_MAX) {
		tsv_fail(tsv, name, "expected a number from 0 to 250");
		return NULL;
	}
	return json_integer(n);
}

static json_t *metres_value(struct ctl_tsv *tsv, const char *name, const char *cell)
{
	char *end;
	long n = strtol(cell, &end, 10);

	if (*end || cell[0] < '0' || cell[0] > '9' || n < METRES_MIN ||
		n > METRES_MAX) {
		tsv_fail(tsv, name, "expected metres, from 10 to 1000");
		return NULL;
	}
	return json_integer(n);
}

static json_t *many_value(struct ctl_tsv *tsv, const char *name, const char *cell)
{
	char *end;
	long n = strtol(cell, &end, 10);

	if (*end || cell[0] < '0' || cell[0] > '9' || n < 1 || n > MANY_MAX) {
		tsv_fail(tsv, name, "expected a number from 1 to 10000000");
		return NULL;
	}
	return json_integer(n);
}

static json_t *age_value(struct ctl_tsv *tsv, const char *name, const char *cell)
{
	static const struct {
		const char *unit;
		long months;
	} units[] = { { " month", 1 }, { " months", 1 }, { " year", 12 },
		{ " years", 12 } };
	char *end;
	long n = strtol(cell, &end, 10);

	for (size_t i = 0; i < ARRAY_LEN(units) && n > 0; i++) {
		if (cell[0] > '0' && cell[0] <= '9' && !strcmp(end, units[i].unit) &&
			n <= AGE_MONTHS_MAX / units[i].months)
			return json_integer(n * units[i].months);
	}
	tsv_fail(tsv, name, "expected an age, as 18 months or 2 years");
	return NULL;
}

static json_t *degrees_value(struct ctl_tsv *tsv, const char *name, const char *cell)
{
	char *end;
	double value = strtod(cell, &end);

	if (*end || end == cell || !(fabs(value) <= 180)) {
		tsv_fail(tsv, name, "expected degrees, as 59.3293");
		return NULL;
	}
	return json_real(value);
}

static json_t *plane_value(struct ctl_tsv *tsv, const char *name, const char *cell)
{
	char *end;
	double value = strtod(cell, &end);

	if (*end || end == cell || !(fabs(value) <= PLANE_MAX)) {
		tsv_fail(tsv, name, "expected metres, as 6580822");
		return NULL;
	}
	return json_real(value);
}

static json_t *bool_value(struct ctl_tsv *tsv, const char *name, const char *cell)
{
	if (!strcmp(cell, "yes") || !strcmp(cell, "no"))
		return json_boolean(cell[0] == 'y');
	tsv_fail(tsv, name, "expected yes or no");
	return NULL;
}

static json_t *grade_value(struct ctl_tsv *tsv, const char *name, const char *cell)
{
	const char *digit = cell[0] == 'S' ? cell + 1 : cell;

	if (digit[0] >= '1' && digit[0] <= '4' && !digit[1])
		return json_integer(digit[0] - '0');
	tsv_fail(tsv, name, "expected S1 to S4");
	return NULL;
}

static json_t *text_value(
	struct ctl_tsv *tsv, const struct ctl_tsv_column *column, const char *cell)
{
	const char *const *choice = column->choices;
	int32_t day;

	if (column->kind == CTL_TSV_CODE && !is_code(cell)) {
		tsv_fail(tsv, column->name, "expected a code, as snow-removal");
		return NULL;
	}
	if (column->kind == CTL_TSV_DATE && day_parse(cell, &day, NULL) < 0) {
		tsv_fail(tsv, column->name, "expected a date YYYY-MM-DD");
		return NULL;
	}
	while (choice && *choice && strcmp(*choice, cell) != 0)
		choice++;
	if (choice && !*choice) {
		tsv_fail(tsv, column->name,
			arena_printf(
				tsv->arena, "\"%.40s\" is none of its values", cell));
		return NULL;
	}
	return json_string(cell);
}

static json_t *cell_value(
	struct ctl_tsv *tsv, const struct ctl_tsv_column *column, char *cell)
{
	switch (column->kind) {
	case CTL_TSV_LIST:
		return list_value(cell);
	case CTL_TSV_INT:
		return int_value(tsv, column->name, cell);
	case CTL_TSV_BOOL:
		return bool_value(tsv, column->name, cell);
	case CTL_TSV_DEGREES:
		return degrees_value(tsv, column->name, cell);
	case CTL_TSV_GRADE:
		return grade_value(tsv, column->name, cell);
	case CTL_TSV_AGE:
		return age_value(tsv, column->name, cell);
	case CTL_TSV_PLANE:
		return plane_value(tsv, column->name, cell);
	case CTL_TSV_METRES:
		return metres_value(tsv, column->name, cell);
	case CTL_TSV_MANY:
		return many_value(tsv, column->name, cell);
	case CTL_TSV_TEXT:
	case CTL_TSV_CODE:
	case CTL_TSV_DATE:
	case CTL_TSV_CHOICE:
		break;
	}
	return text_value(tsv, column, cell);
}

static const struct ctl_tsv_column *column_find(
	const struct ctl_tsv *tsv, const char *name)
{
	const struct ctl_tsv_column *c = tsv->columns;

	while (c->name && strcmp(c->name, name) != 0)
		c++;
	return c->name && tsv->n_columns < COLUMNS_MAX ? c : NULL;
}

static bool column_is_known(const struct ctl_tsv *tsv, const struct ctl_tsv_column *c)
{
	for (size_t i = 0; i < tsv->n_columns; i++) {
		if (tsv->order[i] == c)
			return true;
	}
	return false;
}

static int header_read(struct ctl_tsv *tsv, char *line)
{
	for (char *name = part_take(&line, "\t"); name; name = part_take(&line, "\t")) {
		const struct ctl_tsv_column *c = column_find(tsv, name);

		if (!c)
			return tsv_fail(tsv, name, "no such column is known");
		if (column_is_known(tsv, c))
			return tsv_fail(tsv, name, "the column is there twice");
		tsv->order[tsv->n_columns++] = c;
	}
	return 0;
}

static int required_check(struct ctl_tsv *tsv, const json_t *row)
{
	for (const struct ctl_tsv_column *c = tsv->columns; c->name; c++) {
		if (c->required && !json_object_get(row, c->name))
			return tsv_fail(tsv, c->name, "is missing");
	}
	return 0;
}

static int row_read(struct ctl_tsv *tsv, char *line, json_t *row)
{
	for (size_t i = 0; line; i++) {
		char *cell = part_take(&line, "\t");
		json_t *value;

		if (!cell[0])
			continue;
		if (i >= tsv->n_columns)
			return tsv_fail(tsv, NULL, "more cells than columns");
		value = cell_value(tsv, tsv->order[i], cell);
		if (!value)
			return -1;
		json_object_set_new(row, tsv->order[i]->name, value);
	}
	json_object_set_new(row, "line", json_integer((json_int_t)tsv->line));
	return required_check(tsv, row);
}

static int line_read(struct ctl_tsv *tsv, char *line, json_t *rows)
{
	json_t *row;

	if (line[0] == '#' || !line[strspn(line, " \t\r")])
		return 0;
	if (tsv->n_columns == 0)
		return header_read(tsv, line);
	row = json_object();
	json_array_append_new(rows, row);
	return row_read(tsv, line, row);
}

struct ctl_tsv *ctl_tsv_begin(
	struct arena *arena, const char *text, const struct ctl_tsv_column *columns)
{
	struct ctl_tsv *tsv = arena_alloc(arena, sizeof(*tsv));

	*tsv = (struct ctl_tsv){ .arena = arena, .columns = columns };
	/* NULL says that it is no text, when the rows are asked for. */
	if (utf8_is_text(text, strlen(text)))
		tsv->rest = arena_dup(
			arena, strncmp(text, "\xef\xbb\xbf", 3) ? text : text + 3);
	return tsv;
}

static int rows_read(struct ctl_tsv *tsv, size_t most, json_t *rows)
{
	if (!tsv->rest && tsv->line == 0)
		return error_set(tsv->err, ERR_INVALID, "the file is not UTF-8");
	while (tsv->rest && json_array_size(rows) < most) {
		char *line = tsv->rest, *end = strchr(line, '\n');

		if (end)
			*end = '\0';
		tsv->line++;
		tsv->rest = end ? end + 1 : NULL;
		if (line_read(tsv, line, rows) < 0)
			return -1;
	}
	if (tsv->n_columns == 0)
		return error_set(
			tsv->err, ERR_INVALID, "the file has no line of column names");
	return 0;
}

json_t *ctl_tsv_rows(struct ctl_tsv *tsv, size_t most, struct error *err)
{
	json_t *rows = json_array();

	tsv->err = err;
	if (rows_read(tsv, most, rows) == 0)
		return rows;
	json_decref(rows);
	return NULL;
}

json_t *ctl_tsv_read(struct arena *arena, const char *text,
	const struct ctl_tsv_column *columns, struct error *err)
{
	return ctl_tsv_rows(ctl_tsv_begin(arena, text, columns), SIZE_MAX, err);
}
