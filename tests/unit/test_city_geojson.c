#include "tests/unit/test.h"

#include <stdio.h>

#include "lib/arena.h"
#include "lib/error.h"
#include "server/city_geojson.h"

#define COLLECTION(features)                                                           \
	"{\"type\":\"FeatureCollection\",\"features\":[" features "]}"
#define FEATURE(name, geometry)                                                        \
	"{\"type\":\"Feature\",\"properties\":{\"name\":" name                         \
	"},\"geometry\":" geometry "}"
#define POLYGON(rings) "{\"type\":\"Polygon\",\"coordinates\":[" rings "]}"
#define MULTI(polygons) "{\"type\":\"MultiPolygon\",\"coordinates\":[" polygons "]}"
#define RING "[[18,59],[18.5,59],[18.5,59.25],[18,59]]"

static int read_areas(struct arena *arena, const char *text,
	struct city_geojson_areas *ret, struct error *err)
{
	const struct city_geojson_file file = { text, strlen(text), "name" };

	return city_geojson_read(arena, &file, ret, err);
}

static void test_city_geojson_read__takes_polygons(void **state)
{
	static const struct {
		const char *text, *wkt;
	} cases[] = {
		{ COLLECTION(FEATURE("\"A\"", POLYGON(RING))),
			"MULTIPOLYGON(((18 59,18.5 59,18.5 59.25,18 59)))" },
		{ COLLECTION(FEATURE("\"A\"", POLYGON(RING "," RING))),
			"MULTIPOLYGON(((18 59,18.5 59,18.5 59.25,18 59),"
			"(18 59,18.5 59,18.5 59.25,18 59)))" },
		{ COLLECTION(FEATURE("\"A\"", MULTI("[" RING "],[" RING "]"))),
			"MULTIPOLYGON(((18 59,18.5 59,18.5 59.25,18 59)),"
			"((18 59,18.5 59,18.5 59.25,18 59)))" },
		/* Heights are dropped; two features of one name are one area. */
		{ COLLECTION(FEATURE("\"A\"",
			  POLYGON("[[1,2,3],[4,5,6],[7,8,9],[1,2,0]]")) "," FEATURE("\"A\"",
			  POLYGON(RING))),
			"MULTIPOLYGON(((1 2,4 5,7 8,1 2)),"
			"((18 59,18.5 59,18.5 59.25,18 59)))" },
		{ COLLECTION(FEATURE("\"A\"",
			  POLYGON("[[-180,-90],[180,-90],[1e-9,90],[-180,-90]]"))),
			"MULTIPOLYGON(((-180 -90,180 -90,1e-09 90,-180 -90)))" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena *arena = arena_new();
		struct city_geojson_areas areas;
		struct error err = { 0 };

		if (read_areas(arena, cases[i].text, &areas, &err) < 0)
			fail_msg("case %zu: %s", i, err.text);
		assert_int_equal(areas.n, 1);
		assert_string_equal(areas.items[0].name, "A");
		assert_int_equal(areas.items[0].feature, 1);
		assert_string_equal(areas.items[0].wkt, cases[i].wkt);
		arena_free(arena);
	}
}

static void test_city_geojson_read__names_the_feature_at_fault(void **state)
{
	static const struct {
		const char *text, *said;
	} cases[] = {
		{ "", "no JSON" },
		{ "{\"type\":", "no JSON: line 1" },
		{ "[]", "no GeoJSON FeatureCollection" },
		{ "{\"type\":\"FeatureCollection\"}", "no GeoJSON FeatureCollection" },
		{ COLLECTION(""), "no feature" },
		{ COLLECTION("7"), "feature 1: this is no Feature" },
		{ COLLECTION(FEATURE("\"A\"", POLYGON(RING)) "," FEATURE(
			  "7", POLYGON(RING))),
			"feature 2: the property \"name\"" },
		{ COLLECTION(FEATURE("\"\"", POLYGON(RING))),
			"feature 1: the property" },
		{ COLLECTION(FEATURE("\"A\"", "null")),
			"feature 1: there is no geometry" },
		{ COLLECTION(FEATURE(
			  "\"A\"", "{\"type\":\"Point\",\"coordinates\":[1,2]}")),
			"no Polygon or MultiPolygon" },
		{ COLLECTION(FEATURE("\"A\"", POLYGON(""))), "a polygon has no ring" },
		{ COLLECTION(FEATURE("\"A\"", MULTI(""))), "the geometry is empty" },
		{ COLLECTION(FEATURE("\"A\"", POLYGON("[[1,1],[2,2],[1,1]]"))),
			"fewer than four" },
		{ COLLECTION(FEATURE("\"A\"", POLYGON("[[1,1],[2,1],[2,2],[1,2]]"))),
			"does not end where it began" },
		{ COLLECTION(FEATURE("\"A\"", POLYGON("[[1,1],[2],[2,2],[1,1]]"))),
			"not two numbers" },
		{ COLLECTION(
			  FEATURE("\"A\"", POLYGON("[[1,1],[2,\"2\"],[2,2],[1,1]]"))),
			"not two numbers" },
		{ COLLECTION(FEATURE(
			  "\"A\"", POLYGON("[[153000,6580000],[2,1],[2,2],[1,1]]"))),
			"must be in WGS 84" },
		{ COLLECTION(FEATURE("\"A\"", POLYGON("[[1,91],[2,1],[2,2],[1,91]]"))),
			"must be in WGS 84" },
		{ "{\"type\":\"FeatureCollection\",\"crs\":{\"properties\":{\"name\":"
		  "\"EPSG:3011\"}},\"features\":[]}",
			"not in WGS 84" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena *arena = arena_new();
		struct city_geojson_areas areas = { NULL, 9 };
		struct error err = { 0 };

		assert_int_equal(read_areas(arena, cases[i].text, &areas, &err), -1);
		assert_int_equal(err.code, ERR_INVALID);
		if (!strstr(err.text, cases[i].said))
			fail_msg("case %zu: %s", i, err.text);
		assert_int_equal(areas.n, 9);
		arena_free(arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_city_geojson_read__takes_polygons),
		cmocka_unit_test(test_city_geojson_read__names_the_feature_at_fault),
	};

	return cmocka_run_group_tests_name("city_geojson", tests, NULL, NULL);
}
