/*
 * synpunktctl import KIND FILE - the city's rows from plain files. A file goes in whole
 * or not at all, and a second time changes nothing.
 */
#include "server/ctl_import.h"

#include <stdio.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "server/city.h"
#include "server/ctl.h"
#include "server/ctl_rules.h"
#include "server/email_address.h"

struct import {
	struct ctl *ctl;
	const struct ctl_import_kind *kind;
	json_t *rows;
	struct city *city;
	bool organisation; /* names in the file itself count too */
};

static const char *text_of(const json_t *row, const char *column)
{
	return json_string_value(json_object_get(row, column));
}

static int row_fail(
	const json_t *row, const char *column, const char *what, struct error *err)
{
	return error_set(err, ERR_INVALID, "line %lld, %s: %s \"%s\"",
		json_integer_value(json_object_get(row, "line")), column, what,
		text_of(row, column));
}

static bool is_called(struct ctl *ctl, const char *name, const char *wanted)
{
	return name && !strcmp(city_code_of(ctl->arena, name), wanted);
}

static bool board_is_called(
	struct ctl *ctl, const struct city_board *board, const char *wanted)
{
	if (!strcmp(board->code, wanted) || is_called(ctl, board->name, wanted) ||
		is_called(ctl, board->short_name, wanted))
		return true;
	for (const char *const *alias = board->aliases; *alias; alias++) {
		if (is_called(ctl, *alias, wanted))
			return true;
	}
	return false;
}

const char *ctl_import_board(
	struct ctl *ctl, const struct city *city, const char *called)
{
	const char *wanted = city_code_of(ctl->arena, called);

	if (city_board_find(city, wanted))
		return city_board_find(city, wanted)->code;
	for (size_t i = 0; i < city->n_boards; i++) {
		if (board_is_called(ctl, &city->boards[i], wanted))
			return city->boards[i].code;
	}
	return NULL;
}

static bool row_is_called(struct ctl *ctl, const json_t *row, const char *wanted)
{
	const json_t *aliases = json_object_get(row, "aliases");
	bool called = !strcmp(text_of(row, "code"), wanted) ||
		      is_called(ctl, text_of(row, "name"), wanted) ||
		      is_called(ctl, text_of(row, "short_name"), wanted);

	for (size_t i = 0; !called && i < json_array_size(aliases); i++)
		called = is_called(
			ctl, json_string_value(json_array_get(aliases, i)), wanted);
	return called;
}

/* The same among the rows of the organisation file that is being read. */
static const char *row_called(const struct import *in, const char *called)
{
	const char *wanted = city_code_of(in->ctl->arena, called);
	json_t *row;
	size_t i;

	json_array_foreach(in->rows, i, row)
	{
		if (row_is_called(in->ctl, row, wanted))
			return text_of(row, "code");
	}
	return NULL;
}

static const char *board_called(const struct import *in, const char *called)
{
	const char *code = in->organisation ? row_called(in, called) : NULL;

	return code ? code : ctl_import_board(in->ctl, in->city, called);
}

static const char *category_called(const struct import *in, const char *called)
{
	const struct city_category *category = city_category_find(in->city, called);

	return category ? category->code : NULL;
}

/* The code that a reference stands for; NULL if nothing is called so. */
static const char *refer(
	const struct import *in, enum ctl_import_refers to, const char *called)
{
	switch (to) {
	case CTL_IMPORT_BOARD:
		break;
	case CTL_IMPORT_OWNER:
		if (!strcmp(called, CITY_OWNER_DISTRICT))
			return called;
		break;
	case CTL_IMPORT_CATEGORY:
		return category_called(in, called);
	case CTL_IMPORT_UNIT:
		return city_unit_find(in->city, called) ? called : NULL;
	case CTL_IMPORT_ADDRESS:
		return email_address_is_possible(called) ? called : NULL;
	case CTL_IMPORT_DISTRICT:
		return city_district_find(in->city, called) ? called : NULL;
	case CTL_IMPORT_COUNTED: /* is one of the others: refers_to() */
		return NULL;
	}
	return board_called(in, called);
}

static enum ctl_import_refers refers_to(const json_t *row, enum ctl_import_refers to)
{
	const char *kind = text_of(row, "kind");

	if (to != CTL_IMPORT_COUNTED)
		return to;
	if (!strcmp(kind, "unit"))
		return CTL_IMPORT_UNIT;
	return !strcmp(kind, "district") ? CTL_IMPORT_DISTRICT : CTL_IMPORT_BOARD;
}

static int row_refer(const struct import *in, json_t *row, struct error *err)
{
	const struct ctl_import_reference *r = in->kind->references;

	for (; r && r->column; r++) {
		const char *called = text_of(row, r->column), *code;

		if (!called)
			continue;
		code = refer(in, refers_to(row, r->to), called);
		if (!code)
			return row_fail(row, r->column,
				r->to == CTL_IMPORT_ADDRESS ? "no address of mail:"
							    : "nothing is called",
				err);
		json_object_set_new(row, r->column, json_string(code));
	}
	return 0;
}

/* Two rows with one key would leave it open which is meant. */
static int key_check(const struct import *in, struct error *err)
{
	const char *key = in->kind->key;
	json_t *seen = json_object(), *row;
	size_t i;
	int rc = 0;

	json_array_foreach(in->rows, i, row)
	{
		if (!key)
			break;
		if (text_of(row, key)[0] == '\0' ||
			json_object_get(seen, text_of(row, key))) {
			rc = row_fail(row, key, "is there twice, or empty:", err);
			break;
		}
		json_object_set_new(seen, text_of(row, key), json_true());
	}
	json_decref(seen);
	return rc;
}

static int rows_complete(const struct import *in, struct error *err)
{
	json_t *row;
	size_t i;

	json_array_foreach(in->rows, i, row)
	{
		if (in->kind->complete)
			in->kind->complete(in->ctl, row);
		json_object_set_new(
			row, "position", json_integer((json_int_t)(i + 1) * 10));
	}
	if (key_check(in, err) < 0)
		return -1;
	json_array_foreach(in->rows, i, row)
	{
		if (row_refer(in, row, err) < 0)
			return -1;
	}
	return 0;
}

static int rows_put(const struct import *in, long *ret_changed, struct error *err)
{
	char *json = json_dumps(in->rows, JSON_COMPACT);
	int rc = 0;

	for (size_t i = 0; i < ARRAY_LEN(in->kind->statements) && rc == 0; i++) {
		if (!in->kind->statements[i])
			break;
		rc = ctl_db_run(in->ctl, in->kind->statements[i], 1,
			(const char *const[]){ json }, err);
		if (i == 0)
			*ret_changed = in->ctl->touched;
	}
	mem_free(json);
	return rc;
}

/* Everything in one transaction: what is referred to stays there until the end. */
static int import_store(struct import *in, long *ret_changed, struct error *err)
{
	struct ctl *ctl = in->ctl;

	if (ctl_db_open(ctl, err) < 0 || ctl_db_script(ctl, "BEGIN", err) < 0 ||
		ctl_db_script(ctl,
			"LOCK TABLE synpunkt.city_version IN SHARE ROW "
			"EXCLUSIVE MODE",
			err) < 0)
		return -1;
	in->city = ctl_city_load(ctl, err);
	if (!in->city || rows_complete(in, err) < 0 ||
		rows_put(in, ret_changed, err) < 0)
		return -1;
	return ctl_db_script(ctl, "COMMIT", err);
}

static int import_file(struct import *in, const char *path)
{
	struct ctl *ctl = in->ctl;
	struct error err = { 0 };
	size_t size;
	long changed = 0;
	char *text = ctl_file_read(ctl, path, &size, &err);

	if (text && strlen(text) != size)
		error_set(&err, ERR_INVALID, "the file is not UTF-8 text");
	else if (text)
		in->rows = ctl_tsv_read(ctl->arena, text, in->kind->columns, &err);
	if (!in->rows || import_store(in, &changed, &err) < 0)
		return ctl_fail(ctl, "%s: %s", path, err.text);
	if (ctl->json)
		ctl_print_json(json_pack("{s:s, s:i, s:i}", "imported", in->kind->name,
			"rows", (int)json_array_size(in->rows), "changed",
			(int)changed));
	else
		printf("%s: %zu rows, %ld new or changed\n", in->kind->name,
			json_array_size(in->rows), changed);
	return CTL_DONE;
}

int ctl_import(struct ctl *ctl, char **argv)
{
	struct import in = { .ctl = ctl, .kind = ctl_import_kinds };
	const char *words[2];
	int rc;

	if (argv[0] && !strcmp(argv[0], "areas"))
		return ctl_import_areas(ctl, argv + 1);
	if (argv[0] && !strcmp(argv[0], "places"))
		return ctl_import_places(ctl, argv + 1);
	if (argv[0] && !strcmp(argv[0], "rules"))
		return ctl_import_rules(ctl, argv + 1);
	if (argv[0] && !strcmp(argv[0], "tyck-till"))
		return ctl_import_tyck_till(ctl, argv + 1);
	rc = ctl_arguments(ctl, argv, NULL, words, ARRAY_LEN(words));
	if (rc != 0)
		return rc;
	while (in.kind->name && strcmp(in.kind->name, words[0]) != 0)
		in.kind++;
	if (!in.kind->name)
		return ctl_misuse(ctl, "no kind of file is called \"%s\"", words[0]);
	in.organisation = in.kind == ctl_import_kinds;
	rc = import_file(&in, words[1]);
	json_decref(in.rows);
	city_unref(in.city);
	return rc;
}
