/*
 * synpunktctl import areas FILE.geojson --kind K --name-property P [--valid-from DATE]
 * [--crs EPSG:3006]
 *
 * The file is the whole of that kind. Without a date it corrects what is in force; with
 * one, what is no longer the same ends the day before and the new begins on it. Gaps
 * and overlaps are told, not refused: a point in them still has one area.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "server/city.h"
#include "server/city_geojson.h"
#include "server/city_system.h"
#include "server/ctl.h"
#include "server/ctl_import.h"
#include "server/day.h"

struct areas {
	struct ctl *ctl;
	const char *path, *kind, *name_property, *valid_from, *crs;
	struct city *city;
	struct city_geojson_areas found;
	long changed;
	json_t *codes, *repaired, *overlaps;
	long gaps;
	double gap_size;
};

/* Rings that cross themselves are made whole; of several polygons the union counts. A
 * straight line in metres is not quite one in degrees: long ones get corners every 250
 * m, so that they stay within some millimetres of where they were. */
static const char load_sql[] =
	"INSERT INTO pg_temp.loaded (code, name, repaired, geometry) "
	"SELECT $1::text, $2::text, NOT public.st_isvalid(w.whole), public.st_multi("
	"public.st_collectionextract(public.st_union(public.st_makevalid(d.geom, "
	"'method=structure')), 3)) "
	"FROM (SELECT CASE WHEN $4::integer = 4326 THEN g.given ELSE public.st_transform("
	"public.st_segmentize(g.given, 250), 4326) END AS whole "
	"FROM (SELECT public.st_geomfromtext($3::text, $4::integer) AS given) g) w, "
	"public.st_dump(w.whole) AS d "
	"GROUP BY w.whole "
	"RETURNING repaired, public.st_isempty(geometry)";

static const char temp_sql[] =
	"CREATE TEMPORARY TABLE loaded (code text PRIMARY KEY, name text, "
	"repaired boolean, geometry public.geometry) ON COMMIT DROP";

/* $1 kind, $2 the day from which, or NULL to correct. An area in force stays as it is
 * when nothing about it has changed. */
static const char end_sql[] =
	"UPDATE synpunkt.area a SET valid_to = $2::date - 1 "
	"WHERE a.kind = $1::text AND a.valid_to = 'infinity' AND a.valid_from < $2::date "
	"AND NOT EXISTS (SELECT FROM pg_temp.loaded l WHERE l.code = a.code "
	"AND l.name = a.name "
	"AND public.st_asbinary(l.geometry) = public.st_asbinary(a.geometry))";
static const char drop_sql[] =
	"DELETE FROM synpunkt.area a WHERE a.kind = $1::text AND a.valid_to = 'infinity' "
	"AND ($2::date IS NULL OR a.valid_from >= $2::date) "
	"AND NOT EXISTS (SELECT FROM pg_temp.loaded l WHERE l.code = a.code)";
static const char change_sql[] =
	"UPDATE synpunkt.area a SET name = l.name, geometry = l.geometry "
	"FROM pg_temp.loaded l "
	"WHERE a.kind = $1::text AND a.code = l.code AND a.valid_to = 'infinity' "
	"AND ($2::date IS NULL OR a.valid_from >= $2::date) "
	"AND (l.name <> a.name "
	"OR public.st_asbinary(l.geometry) <> public.st_asbinary(a.geometry))";
static const char add_sql[] =
	"INSERT INTO synpunkt.area (kind, code, name, geometry, valid_from) "
	"SELECT $1::text, l.code, l.name, l.geometry, coalesce($2::date, '-infinity') "
	"FROM pg_temp.loaded l "
	"WHERE NOT EXISTS (SELECT FROM synpunkt.area a WHERE a.kind = $1::text "
	"AND a.code = l.code AND a.valid_to = 'infinity')";

static const char overlaps_sql[] =
	"SELECT o.one, o.other, round(o.size::numeric) "
	"FROM (SELECT a.name AS one, b.name AS other, public.st_area("
	"public.st_intersection(a.geometry, b.geometry)::public.geography) AS size "
	"FROM pg_temp.loaded a JOIN pg_temp.loaded b ON a.code < b.code "
	"AND a.geometry OPERATOR(public.&&) b.geometry) o "
	"WHERE o.size >= 1 ORDER BY o.size DESC, o.one, o.other";
static const char gaps_sql[] =
	"SELECT count(*), coalesce(round(sum(g.size)::numeric), 0) "
	"FROM (SELECT public.st_area(public.st_makepolygon(public.st_exteriorring(r.geom))"
	"::public.geography) AS size FROM public.st_dump((SELECT public.st_union(l.geometry)"
	" FROM pg_temp.loaded l)) AS p, public.st_dumprings(p.geom) AS r "
	"WHERE r.path[1] > 0) g WHERE g.size >= 1";

/* The code of a district is what its board says that it governs, however the file
 * spells it; any other area's code comes from its name. */
static const char *area_code(struct areas *areas, const char *name)
{
	static const char ending[] = "-stadsdelsomrade";
	struct arena *arena = areas->ctl->arena;
	char *code = city_code_of(arena, name);
	size_t n = strlen(code), cut = sizeof(ending) - 1;
	const char *board;

	if (strcmp(areas->kind, "district") != 0)
		return code;
	if (n > cut && !strcmp(code + n - cut, ending))
		code[n - cut] = '\0';
	board = ctl_import_board(areas->ctl, areas->city, code);
	if (board && city_board_find(areas->city, board)->district)
		return city_board_find(areas->city, board)->district;
	return code;
}

static int area_load(
	struct areas *areas, const struct city_geojson_area *item, struct error *err)
{
	const char *code = area_code(areas, item->name);
	struct error cause = { 0 };
	PGresult *result;
	char epsg[12];
	bool empty;

	if (!code[0] || json_object_get(areas->codes, code))
		return error_set(err, ERR_INVALID,
			"feature %zu: the name \"%.60s\" makes a code that is %s",
			item->feature, item->name, code[0] ? "taken" : "empty");
	json_object_set_new(areas->codes, code, json_true());
	snprintf(epsg, sizeof(epsg), "%d", areas->found.epsg);
	result = ctl_db_query(areas->ctl, load_sql, 4,
		(const char *const[]){ code, item->name, item->wkt, epsg }, &cause);
	if (!result)
		return error_set(
			err, ERR_INVALID, "feature %zu: %s", item->feature, cause.text);
	empty = PQgetvalue(result, 0, 1)[0] == 't';
	if (PQgetvalue(result, 0, 0)[0] == 't')
		json_array_append_new(areas->repaired, json_string(item->name));
	PQclear(result);
	if (empty)
		return error_set(err, ERR_INVALID, "feature %zu: it covers nothing",
			item->feature);
	return 0;
}

static int areas_put(struct areas *areas, struct error *err)
{
	static const char *const steps[] = { end_sql, drop_sql, change_sql, add_sql };
	const char *const params[] = { areas->kind, areas->valid_from };

	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		if (steps[i] == end_sql && !areas->valid_from)
			continue;
		if (ctl_db_run(areas->ctl, steps[i], 2, params, err) < 0)
			return -1;
		areas->changed += areas->ctl->touched;
	}
	return 0;
}

static int areas_inspect(struct areas *areas, struct error *err)
{
	PGresult *result = ctl_db_query(areas->ctl, overlaps_sql, 0, NULL, err);

	if (!result)
		return -1;
	for (int i = 0; i < PQntuples(result); i++)
		json_array_append_new(areas->overlaps,
			json_pack("{s:s, s:s, s:f}", "one", PQgetvalue(result, i, 0),
				"other", PQgetvalue(result, i, 1), "squareMetres",
				strtod(PQgetvalue(result, i, 2), NULL)));
	PQclear(result);
	result = ctl_db_query(areas->ctl, gaps_sql, 0, NULL, err);
	if (!result)
		return -1;
	areas->gaps = strtol(PQgetvalue(result, 0, 0), NULL, 10);
	areas->gap_size = strtod(PQgetvalue(result, 0, 1), NULL);
	PQclear(result);
	return 0;
}

static int areas_store(struct areas *areas, struct error *err)
{
	struct ctl *ctl = areas->ctl;

	if (ctl_db_open(ctl, err) < 0 || ctl_db_script(ctl, "BEGIN", err) < 0 ||
		ctl_db_script(ctl, temp_sql, err) < 0)
		return -1;
	areas->city = ctl_city_load(ctl, err);
	if (!areas->city)
		return -1;
	for (size_t i = 0; i < areas->found.n; i++) {
		if (area_load(areas, &areas->found.items[i], err) < 0)
			return -1;
	}
	if (areas_put(areas, err) < 0 || areas_inspect(areas, err) < 0)
		return -1;
	return ctl_db_script(ctl, "COMMIT", err);
}

static void areas_print(const struct areas *areas)
{
	size_t i;
	json_t *item;

	if (areas->ctl->json) {
		ctl_print_json(json_pack(
			"{s:s, s:s, s:i, s:i, s:i, s:O, s:O, s:{s:i, s:f}}", "imported",
			"areas", "kind", areas->kind, "epsg", areas->found.epsg,
			"areas", (int)areas->found.n, "changed", (int)areas->changed,
			"repaired", areas->repaired, "overlaps", areas->overlaps,
			"gaps", "count", (int)areas->gaps, "squareMetres",
			areas->gap_size));
		return;
	}
	printf("areas (%s): %zu, %ld new, changed or ended\n", areas->kind,
		areas->found.n, areas->changed);
	json_array_foreach(areas->repaired, i, item)
	{
		printf("repaired: \"%s\" crossed itself\n", json_string_value(item));
	}
	json_array_foreach(areas->overlaps, i, item)
	{
		printf("overlap: \"%s\" and \"%s\", %.0f m²: the lower code wins\n",
			json_string_value(json_object_get(item, "one")),
			json_string_value(json_object_get(item, "other")),
			json_real_value(json_object_get(item, "squareMetres")));
	}
	if (areas->gaps > 0)
		printf("gaps between areas: %ld, %.0f m² together\n", areas->gaps,
			areas->gap_size);
}

static int areas_judge(struct areas *areas, struct error *err)
{
	int32_t day;

	if (!areas->kind || !areas->name_property)
		return error_set(
			err, ERR_INVALID, "--kind and --name-property must be given");
	if (strcmp(city_code_of(areas->ctl->arena, areas->kind), areas->kind) != 0 ||
		!areas->kind[0])
		return error_set(
			err, ERR_INVALID, "the kind must be a code, as district");
	if (areas->crs && !city_system_named(areas->crs))
		return error_set(
			err, ERR_INVALID, "--crs is EPSG:4326, EPSG:3006 or EPSG:3011");
	return areas->valid_from ? day_parse(areas->valid_from, &day, err) : 0;
}

int ctl_import_areas(struct ctl *ctl, char **argv)
{
	struct areas areas = { .ctl = ctl,
		.codes = json_object(),
		.repaired = json_array(),
		.overlaps = json_array() };
	const struct ctl_option options[] = {
		{ "--kind", &areas.kind, NULL },
		{ "--name-property", &areas.name_property, NULL },
		{ "--valid-from", &areas.valid_from, NULL },
		{ "--crs", &areas.crs, NULL },
		{ 0 },
	};
	struct error err = { 0 };
	size_t size = 0;
	char *text;
	int rc = ctl_arguments(ctl, argv, options, &areas.path, 1);

	if (rc == 0 && areas_judge(&areas, &err) < 0)
		rc = ctl_misuse(ctl, "%s", err.text);
	if (rc == 0) {
		text = ctl_file_read(ctl, areas.path, &size, &err);
		if (!text ||
			city_geojson_read(ctl->arena,
				&(struct city_geojson_file){ text, size,
					areas.name_property,
					areas.crs ? city_system_named(areas.crs)->epsg
						  : 0 },
				&areas.found, &err) < 0 ||
			areas_store(&areas, &err) < 0)
			rc = ctl_fail(ctl, "%s: %s", areas.path, err.text);
		else
			areas_print(&areas);
	}
	city_unref(areas.city);
	json_decref(areas.codes);
	json_decref(areas.repaired);
	json_decref(areas.overlaps);
	return rc;
}
