/*
 * city_geojson - areas of the city from GeoJSON (RFC 7946): Polygon and MultiPolygon in
 * WGS 84, named by one of their properties. Rings may run either way round; heights are
 * dropped; features of one name are one area. No gap or overlap is seen here: that is
 * for the database to tell.
 */
#ifndef SYNPUNKT_SERVER_CITY_GEOJSON_H
#define SYNPUNKT_SERVER_CITY_GEOJSON_H

#include <stddef.h>

struct arena;
struct error;

#define CITY_GEOJSON_BYTES_MAX ((size_t)128 << 20)
#define CITY_GEOJSON_AREAS_MAX 10000

struct city_geojson_area {
	const char *name;
	size_t feature; /* the first that has the name, from 1 */
	const char
		*wkt; /* "MULTIPOLYGON(…)", longitude first; may be invalid geometry */
};

struct city_geojson_file {
	const char *text;
	size_t n;
	const char *name_property;
};

struct city_geojson_areas {
	struct city_geojson_area *items;
	size_t n;
};

/* All in the arena. ERR_INVALID names the feature, as "feature 7: …"; ERR_TOO_LARGE. */
int city_geojson_read(struct arena *arena, const struct city_geojson_file *file,
	struct city_geojson_areas *ret, struct error *err);

#endif
