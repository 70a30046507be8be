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
#define METRES_TM                                                                      \
	"[[674000,6580000],[675000,6580000],[675000,6581000],[674000,6580000]]"
#define METRES_18                                                                      \
	"[[153000,6580000],[154000,6580000],[154000,6581000],[153000,6580000]]"
#define IN(crs, ring)                                                                  \
	"{\"type\":\"FeatureCollection\",\"crs\":{\"type\":\"name\",\"properties\":"   \
	"{\"name\":\"" crs "\"}},\"features\":[" FEATURE("\"A\"", POLYGON(ring)) "]}"
#define RING "[[18,59],[18.5,59],[18.5,59.25],[18,59]]"

static int read_areas(struct arena *arena, const char *text,
	struct city_geojson_areas *ret, struct error *err)
{
	const struct city_geojson_file file = { text, strlen(text), "name", 0 };

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
			"153000, 6580000 cannot be in WGS 84" },
		{ COLLECTION(FEATURE("\"A\"", POLYGON("[[1,91],[2,1],[2,2],[1,91]]"))),
			"cannot be in WGS 84" },
		{ "{\"type\":\"FeatureCollection\",\"crs\":{\"properties\":{\"name\":"
		  "\"EPSG:3857\"}},\"features\":[]}",
			"in \"EPSG:3857\" (member crs), which is not known" },
		{ "{\"crs\":{\"type\":\"link\"}}", "a system without a name" },
		{ IN("EPSG:3006", "[[153000,6580000],[2,1],[2,2],[1,1]]"),
			"153000, 6580000 cannot be in SWEREF 99 TM" },
		{ IN("EPSG:3011", "[[674000,6580000],[2,1],[2,2],[1,1]]"),
			"cannot be in SWEREF 99 18 00" },
		{ IN("EPSG:3006", "[[6580000,674000],[2,1],[2,2],[1,1]]"),
			"SWEREF 99 TM, easting first" },
		{ IN("EPSG:3006", "[[18,59],[19,59],[19,60],[18,59]]"),
			"cannot be in SWEREF 99 TM" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena *arena = arena_new();
		struct city_geojson_areas areas = { NULL, 9, 0 };
		struct error err = { 0 };

		assert_int_equal(read_areas(arena, cases[i].text, &areas, &err), -1);
		assert_int_equal(err.code, ERR_INVALID);
		if (!strstr(err.text, cases[i].said))
			fail_msg("case %zu: %s", i, err.text);
		assert_int_equal(areas.n, 9);
		arena_free(arena);
	}
}

static void test_city_geojson_read__takes_the_system_that_is_said(void **state)
{
	static const struct {
		const char *text;
		int asked, epsg; /* epsg 0: refused */
	} cases[] = {
		{ IN("urn:ogc:def:crs:EPSG::3006", METRES_TM), 0, 3006 },
		{ IN("EPSG:3006", METRES_TM), 3006, 3006 },
		{ IN("http://www.opengis.net/def/crs/EPSG/0/3011", METRES_18), 0,
			3011 },
		{ COLLECTION(FEATURE("\"A\"", POLYGON(METRES_18))), 3011, 3011 },
		{ IN("urn:ogc:def:crs:OGC:1.3:CRS84", RING), 0, 4326 },
		{ IN("EPSG:4326", RING), 4326, 4326 },
		{ COLLECTION(FEATURE("\"A\"", POLYGON(RING))), 0, 4326 },
		{ IN("EPSG:3011", METRES_18), 3006, 0 },
		{ IN("EPSG:13006", METRES_TM), 0, 0 },
		{ IN("X3006", METRES_TM), 0, 0 },
		{ IN("", METRES_TM), 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena *arena = arena_new();
		const struct city_geojson_file file = { cases[i].text,
			strlen(cases[i].text), "name", cases[i].asked };
		struct city_geojson_areas areas = { 0 };
		struct error err = { 0 };

		print_message("case %zu\n", i);
		assert_int_equal(city_geojson_read(arena, &file, &areas, &err),
			cases[i].epsg ? 0 : -1);
		assert_int_equal(areas.epsg, cases[i].epsg);
		arena_free(arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_city_geojson_read__takes_polygons),
		cmocka_unit_test(test_city_geojson_read__names_the_feature_at_fault),
		cmocka_unit_test(test_city_geojson_read__takes_the_system_that_is_said),
	};

	return cmocka_run_group_tests_name("city_geojson", tests, NULL, NULL);
}
