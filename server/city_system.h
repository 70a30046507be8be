/*
 * city_system - the coordinate systems that the city's files can be in: WGS 84 in
 * degrees, and two of SWEREF 99 in metres. The database transforms; here is told which
 * numbers can be of a system at all, since wrong ones would be taken for somewhere
 * else.
 */
#ifndef SYNPUNKT_SERVER_CITY_SYSTEM_H
#define SYNPUNKT_SERVER_CITY_SYSTEM_H

#include <stdbool.h>

#define CITY_SYSTEM_WGS84 4326
#define CITY_SYSTEM_SWEREF_TM 3006
#define CITY_SYSTEM_SWEREF_18 3011

struct city_system {
	int epsg;
	const char *number; /* "3006" */
	const char *name;   /* "SWEREF 99 TM, easting first" */
	/* Of the first number, from west to east, and the second, from south to north.
	 */
	double least[2], most[2];
};

/* NULL for any other. */
const struct city_system *city_system_find(int epsg);

/* By a name that ends in its number: "EPSG:3006", "urn:ogc:def:crs:EPSG::3011", "3006",
 * or in "CRS84". NULL for any other. */
const struct city_system *city_system_named(const char *name);

bool city_system_holds(const struct city_system *system, const double at[2]);

#endif
