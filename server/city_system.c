#include "server/city_system.h"

#include <stddef.h>
#include <string.h>

#include "lib/base.h"

/* SWEREF 99 TM is used in the whole country, 18 00 some way about its meridian: so that
 * in these parts a file of one is not taken for the other. */
static const struct city_system systems[] = {
	{ CITY_SYSTEM_WGS84, "4326", "WGS 84, longitude first", { -180, -90 },
		{ 180, 90 } },
	{ CITY_SYSTEM_SWEREF_TM, "3006", "SWEREF 99 TM, easting first",
		{ 200000, 6000000 }, { 1000000, 7800000 } },
	{ CITY_SYSTEM_SWEREF_18, "3011", "SWEREF 99 18 00, easting first",
		{ 0, 6000000 }, { 300000, 7800000 } },
};

const struct city_system *city_system_find(int epsg)
{
	for (size_t i = 0; i < ARRAY_LEN(systems); i++) {
		if (systems[i].epsg == epsg)
			return &systems[i];
	}
	return NULL;
}

const struct city_system *city_system_named(const char *name)
{
	static const char degrees[] = "CRS84";
	size_t n = strlen(name), from = n, cut = sizeof(degrees) - 1;

	if (n >= cut && !strcmp(name + n - cut, degrees))
		return city_system_find(CITY_SYSTEM_WGS84);
	while (from > 0 && name[from - 1] >= '0' && name[from - 1] <= '9')
		from--;
	if (from > 0 && !strchr(":/", name[from - 1]))
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(systems); i++) {
		if (!strcmp(name + from, systems[i].number))
			return &systems[i];
	}
	return NULL;
}

bool city_system_holds(const struct city_system *system, const double at[2])
{
	for (size_t i = 0; i < 2; i++) {
		if (!(at[i] >= system->least[i] && at[i] <= system->most[i]))
			return false;
	}
	return true;
}
