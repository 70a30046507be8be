/* Areas from arbitrary bytes. What is taken must be well-formed text of rings. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "server/city_geojson.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void area_check(const struct city_geojson_area *area)
{
	size_t depth = 0;

	if (!area->name[0] || area->feature == 0 ||
		strncmp(area->wkt, "MULTIPOLYGON(((", 15) != 0)
		abort();
	for (const char *c = area->wkt; *c; c++) {
		if (*c == '(')
			depth++;
		else if (*c == ')' && depth-- == 0)
			abort();
	}
	if (depth != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct arena *arena = arena_new();
	const struct city_geojson_file file = { (const char *)bytes, n, "name", 0 };
	struct city_geojson_areas areas = { 0 };
	struct error err = { 0 };

	if (city_geojson_read(arena, &file, &areas, &err) == 0) {
		if (areas.n == 0)
			abort();
		for (size_t i = 0; i < areas.n; i++)
			area_check(&areas.items[i]);
	} else if (err.code == ERR_NONE || areas.n != 0) {
		abort();
	}
	arena_free(arena);
	return 0;
}
