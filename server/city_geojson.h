/*
 * city_geojson - areas of the city from GeoJSON (RFC 7946): Polygon and MultiPolygon,
 * named by one of their properties. Rings may run either way round; heights are
 * dropped; features of one name are one area. No gap or overlap is seen here: that is
 * for the database to tell.
 *
 * In WGS 84, or in a Swedish system of metres, easting first, if the file says so by
 * the member "crs" that GeoJSON had before it was a standard, or the caller does.
 * Numbers that cannot be of that system are refused: they would be taken for somewhere
 * else.
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
	size_t feature;  /* the first that has the name, from 1 */
	const char *wkt; /* "MULTIPOLYGON(…)", longitude or easting first; may be
			    invalid geometry */
};

struct city_geojson_file {
	const char *text;
	size_t n;
	const char *name_property;
	int epsg; /* of city_system.h; 0: as the file says, or else WGS 84 */
};

struct city_geojson_areas {
	struct city_geojson_area *items;
	size_t n;
	int epsg; /* what wkt is in */
};

/* All in the arena. ERR_INVALID names the feature, as "feature 7: …"; ERR_TOO_LARGE. */
int city_geojson_read(struct arena *arena, const struct city_geojson_file *file,
	struct city_geojson_areas *ret, struct error *err);

#endif
