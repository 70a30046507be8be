#include "server/city_geojson.h"

#include <stdio.h>
#include <string.h>

#include <event2/buffer.h>
#include <jansson.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "server/city_system.h"

/* A ring is closed: its last position is its first. */
#define RING_LEAST 4

struct reader {
	struct arena *arena;
	const struct city_system *system;
	const char *name_property;
	struct city_geojson_area *areas;
	struct evbuffer **polygons; /* of each area, apart by commas */
	size_t n;
	size_t feature; /* from 1 */
	struct error *err;
};

static int reader_fail(struct reader *r, const char *what)
{
	return error_set(r->err, ERR_INVALID, "feature %zu: %s", r->feature, what);
}

static int position_read(struct reader *r, const json_t *position, double ret[2])
{
	for (size_t i = 0; i < 2; i++) {
		const json_t *number = json_array_get(position, i);

		if (!json_is_number(number))
			return reader_fail(r, "a position is not two numbers");
		ret[i] = json_number_value(number);
	}
	if (city_system_holds(r->system, ret))
		return 0;
	return reader_fail(
		r, arena_printf(r->arena, "the position %.10g, %.10g cannot be in %s",
			   ret[0], ret[1], r->system->name));
}

static int ring_read(struct reader *r, const json_t *ring, struct evbuffer *out)
{
	size_t n = json_array_size(ring);
	double first[2] = { 0 }, at[2] = { 0 };

	if (n < RING_LEAST)
		return reader_fail(r, "a ring has fewer than four positions");
	evbuffer_add(out, "(", 1);
	for (size_t i = 0; i < n; i++) {
		if (position_read(r, json_array_get(ring, i), at) < 0)
			return -1;
		if (i == 0)
			memcpy(first, at, sizeof(first));
		/* 15 digits are a thousandth of a millimetre. */
		evbuffer_add_printf(
			out, "%s%.15g %.15g", i > 0 ? "," : "", at[0], at[1]);
	}
	evbuffer_add(out, ")", 1);
	if (at[0] < first[0] || at[0] > first[0] || at[1] < first[1] ||
		at[1] > first[1])
		return reader_fail(r, "a ring does not end where it began");
	return 0;
}

static int polygon_read(struct reader *r, const json_t *rings, struct evbuffer *out)
{
	size_t n = json_array_size(rings);

	if (n == 0)
		return reader_fail(r, "a polygon has no ring");
	evbuffer_add(out, evbuffer_get_length(out) > 0 ? ",(" : "(",
		evbuffer_get_length(out) > 0 ? 2 : 1);
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			evbuffer_add(out, ",", 1);
		if (ring_read(r, json_array_get(rings, i), out) < 0)
			return -1;
	}
	evbuffer_add(out, ")", 1);
	return 0;
}

static int geometry_read(struct reader *r, const json_t *geometry, struct evbuffer *out)
{
	const char *type = json_string_value(json_object_get(geometry, "type"));
	const json_t *coordinates = json_object_get(geometry, "coordinates");

	if (!type)
		return reader_fail(r, "there is no geometry");
	if (!strcmp(type, "Polygon"))
		return polygon_read(r, coordinates, out);
	if (strcmp(type, "MultiPolygon") != 0)
		return reader_fail(r, "the geometry is no Polygon or MultiPolygon");
	if (json_array_size(coordinates) == 0)
		return reader_fail(r, "the geometry is empty");
	for (size_t i = 0; i < json_array_size(coordinates); i++) {
		if (polygon_read(r, json_array_get(coordinates, i), out) < 0)
			return -1;
	}
	return 0;
}

/* The area of that name, made when it is the first of it. */
static size_t area_of(struct reader *r, const char *name)
{
	for (size_t i = 0; i < r->n; i++) {
		if (!strcmp(r->areas[i].name, name))
			return i;
	}
	r->areas[r->n].name = arena_dup(r->arena, name);
	r->areas[r->n].feature = r->feature;
	r->polygons[r->n] = evbuffer_new();
	return r->n++;
}

static int feature_read(struct reader *r, const json_t *feature)
{
	const char *type = json_string_value(json_object_get(feature, "type"));
	const json_t *properties = json_object_get(feature, "properties");
	const char *name =
		json_string_value(json_object_get(properties, r->name_property));

	if (!type || strcmp(type, "Feature") != 0)
		return reader_fail(r, "this is no Feature");
	if (!name || !name[0])
		return reader_fail(
			r, arena_printf(r->arena,
				   "the property \"%.60s\" is missing or no text",
				   r->name_property));
	return geometry_read(
		r, json_object_get(feature, "geometry"), r->polygons[area_of(r, name)]);
}

/* What the file says of itself; NULL: nothing. */
static int crs_read(
	const json_t *root, const struct city_system **ret, struct error *err)
{
	const json_t *crs = json_object_get(root, "crs");
	const char *name = json_string_value(
		json_object_get(json_object_get(crs, "properties"), "name"));

	*ret = name ? city_system_named(name) : NULL;
	if (!crs || json_is_null(crs) || *ret)
		return 0;
	return error_set(err, ERR_INVALID,
		"the file is in \"%.60s\" (member crs), which is not known; EPSG:4326 "
		"(WGS 84), EPSG:3006 (SWEREF 99 TM) and EPSG:3011 (SWEREF 99 18 00) are",
		name ? name : "a system without a name");
}

static int system_choose(struct reader *r, const json_t *root, int asked)
{
	const struct city_system *said;

	if (crs_read(root, &said, r->err) < 0)
		return -1;
	if (asked && said && asked != said->epsg)
		return error_set(r->err, ERR_INVALID,
			"the file says that it is in EPSG:%d (member crs), not in "
			"EPSG:%d",
			said->epsg, asked);
	if (!asked)
		asked = CITY_SYSTEM_WGS84;
	r->system = said ? said : city_system_find(asked);
	return 0;
}

static int root_read(struct reader *r, const json_t *root, int asked)
{
	const char *type = json_string_value(json_object_get(root, "type"));
	const json_t *features = json_object_get(root, "features");
	size_t n = json_array_size(features);

	if (system_choose(r, root, asked) < 0)
		return -1;
	if (!type || strcmp(type, "FeatureCollection") != 0 || !json_is_array(features))
		return error_set(r->err, ERR_INVALID,
			"the file is no GeoJSON FeatureCollection");
	if (n == 0)
		return error_set(r->err, ERR_INVALID, "the file has no feature");
	if (n > CITY_GEOJSON_AREAS_MAX)
		return error_set(r->err, ERR_TOO_LARGE,
			"the file has more than %d features", CITY_GEOJSON_AREAS_MAX);
	r->areas = arena_array(r->arena, n, sizeof(*r->areas));
	r->polygons = arena_array(r->arena, n, sizeof(struct evbuffer *));
	for (size_t i = 0; i < n; i++) {
		r->feature = i + 1;
		if (feature_read(r, json_array_get(features, i)) < 0)
			return -1;
	}
	return 0;
}

static void wkt_write(struct reader *r, size_t i)
{
	size_t size = evbuffer_get_length(r->polygons[i]);
	const char *text = (const char *)evbuffer_pullup(r->polygons[i], -1);

	r->areas[i].wkt = arena_printf(r->arena, "MULTIPOLYGON(%.*s)", (int)size, text);
}

int city_geojson_read(struct arena *arena, const struct city_geojson_file *file,
	struct city_geojson_areas *ret, struct error *err)
{
	struct reader r = {
		.arena = arena, .name_property = file->name_property, .err = err
	};
	json_error_t why;
	json_t *root;
	int rc;

	if (file->n > CITY_GEOJSON_BYTES_MAX)
		return error_set(err, ERR_TOO_LARGE, "the file is larger than 128 MiB");
	root = json_loadb(file->text, file->n, 0, &why);
	if (!root)
		return error_set(
			err, ERR_INVALID, "no JSON: line %d: %s", why.line, why.text);
	rc = root_read(&r, root, file->epsg);
	json_decref(root);
	for (size_t i = 0; i < r.n; i++) {
		if (rc == 0)
			wkt_write(&r, i);
		evbuffer_free(r.polygons[i]);
	}
	if (rc < 0)
		return -1;
	*ret = (struct city_geojson_areas){ r.areas, r.n, r.system->epsg };
	return 0;
}
