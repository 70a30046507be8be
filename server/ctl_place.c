/*
 * synpunktctl import places FILE [--source NAME]
 *
 * Addresses and names of places, a row each: name, kind (address or place), and where,
 * in one of three pairs of columns. The file is the whole of its source; other sources
 * stay. Read and stored a part at a time, for it may have a million rows.
 */
#include <stdio.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "server/city.h"
#include "server/city_system.h"
#include "server/ctl.h"
#include "server/ctl_import.h"

#define PLACES_MAX 1000000
#define PLACES_PART 5000
#define SOURCE_STANDARD "places"

static const char *const kinds[] = { "address", "place", NULL };

static const struct ctl_tsv_column columns[] = {
	{ "name", CTL_TSV_TEXT, true, NULL },
	{ "kind", CTL_TSV_CHOICE, true, kinds },
	{ "lat", CTL_TSV_DEGREES, false, NULL },
	{ "lon", CTL_TSV_DEGREES, false, NULL },
	{ "sweref99tm_n", CTL_TSV_PLANE, false, NULL },
	{ "sweref99tm_e", CTL_TSV_PLANE, false, NULL },
	{ "sweref991800_n", CTL_TSV_PLANE, false, NULL },
	{ "sweref991800_e", CTL_TSV_PLANE, false, NULL },
	{ 0 },
};

static const struct {
	int epsg;
	const char *east, *north;
} pairs[] = {
	{ CITY_SYSTEM_WGS84, "lon", "lat" },
	{ CITY_SYSTEM_SWEREF_TM, "sweref99tm_e", "sweref99tm_n" },
	{ CITY_SYSTEM_SWEREF_18, "sweref991800_e", "sweref991800_n" },
};

struct places {
	struct ctl *ctl;
	const char *path, *source;
	size_t n;
};

static int row_fail(const json_t *row, const char *what, struct error *err)
{
	return error_set(err, ERR_INVALID, "line %lld: %s",
		json_integer_value(json_object_get(row, "line")), what);
}

/* Puts the one pair that is filled into epsg, east and north, as add() takes them. */
static int row_place(json_t *row, struct error *err)
{
	size_t found = 0;

	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		const json_t *east = json_object_get(row, pairs[i].east);
		const json_t *north = json_object_get(row, pairs[i].north);
		const double at[2] = { json_number_value(east),
			json_number_value(north) };
		const struct city_system *system = city_system_find(pairs[i].epsg);

		if (!east && !north)
			continue;
		found++;
		if (!east || !north || !city_system_holds(system, at))
			return error_set(err, ERR_INVALID,
				"line %lld: the place cannot be in %s",
				json_integer_value(json_object_get(row, "line")),
				system->name);
		json_object_set_new(row, "epsg", json_integer(system->epsg));
		json_object_set_new(row, "east", json_real(at[0]));
		json_object_set_new(row, "north", json_real(at[1]));
	}
	return found == 1 ? 0
			  : row_fail(row, "exactly one pair of coordinates is wanted",
				    err);
}

static int part_put(struct places *places, json_t *rows, struct error *err)
{
	json_t *row;
	char *json;
	size_t i;
	int rc;

	json_array_foreach(rows, i, row)
	{
		if (row_place(row, err) < 0)
			return -1;
	}
	places->n += json_array_size(rows);
	if (places->n > PLACES_MAX)
		return error_set(err, ERR_TOO_LARGE, "the file has more than %d rows",
			PLACES_MAX);
	json = json_dumps(rows, JSON_COMPACT);
	rc = ctl_db_run(places->ctl, "SELECT synpunkt_place.add($1::text, $2::jsonb)",
		2, (const char *const[]){ places->source, json }, err);
	mem_free(json);
	return rc;
}

static int places_put(struct places *places, struct ctl_tsv *tsv, struct error *err)
{
	struct ctl *ctl = places->ctl;
	json_t *rows;
	size_t n;
	int rc = 0;

	do {
		rows = ctl_tsv_rows(tsv, PLACES_PART, err);
		n = json_array_size(rows);
		if (!rows || (n > 0 && part_put(places, rows, err) < 0))
			rc = -1;
		json_decref(rows);
	} while (rc == 0 && n > 0);
	if (rc < 0 || ctl_db_run(ctl, "SELECT synpunkt_place.stems_renew()", 0, NULL,
			      err) < 0)
		return -1;
	return 0;
}

static int places_store(struct places *places, const char *text, struct error *err)
{
	struct ctl *ctl = places->ctl;

	if (ctl_db_open(ctl, err) < 0 || ctl_db_script(ctl, "BEGIN", err) < 0 ||
		ctl_db_run(ctl,
			"DELETE FROM synpunkt.place p WHERE p.source = $1::text", 1,
			(const char *const[]){ places->source }, err) < 0 ||
		places_put(places, ctl_tsv_begin(ctl->arena, text, columns), err) < 0)
		return -1;
	return ctl_db_script(ctl,
		"COMMIT; ANALYZE synpunkt.place; ANALYZE synpunkt.place_stem", err);
}

int ctl_import_places(struct ctl *ctl, char **argv)
{
	struct places places = { .ctl = ctl };
	const struct ctl_option options[] = { { "--source", &places.source, NULL },
		{ 0 } };
	struct error err = { 0 };
	size_t size = 0;
	char *text;
	int rc = ctl_arguments(ctl, argv, options, &places.path, 1);

	if (rc != 0)
		return rc;
	if (!places.source)
		places.source = SOURCE_STANDARD;
	if (!places.source[0] ||
		strcmp(city_code_of(ctl->arena, places.source), places.source) != 0)
		return ctl_misuse(
			ctl, "--source must be a code, as %s", SOURCE_STANDARD);
	text = ctl_file_read(ctl, places.path, &size, &err);
	if (text && strlen(text) != size)
		error_set(&err, ERR_INVALID, "the file is not UTF-8 text");
	if (err.code != ERR_NONE || places_store(&places, text, &err) < 0)
		return ctl_fail(ctl, "%s: %s", places.path, err.text);
	if (ctl->json)
		ctl_print_json(json_pack("{s:s, s:s, s:i}", "imported", "places",
			"source", places.source, "rows", (int)places.n));
	else
		printf("places (%s): %zu rows\n", places.source, places.n);
	return CTL_DONE;
}
