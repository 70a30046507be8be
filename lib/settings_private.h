/* settings_private - for settings.c and settings_print.c only. */
#ifndef SYNPUNKT_LIB_SETTINGS_PRIVATE_H
#define SYNPUNKT_LIB_SETTINGS_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/settings.h"

#define SETTINGS_ALLOWED_MAX 160

struct arena;

struct settings_value {
	const char *text;   /* as given */
	const char *origin; /* NULL: not set yet */
};

struct settings {
	struct arena *arena;
	const struct settings_table *table;
	char *target;
	const char *source; /* what is being read now */
	struct settings_value *values;
};

struct settings_parse {
	const struct settings_row *row;
	const char *text;
	void *field;
};

/* One for each kind; parse is false if the text is not allowed. */
struct settings_type {
	const char *name;
	bool (*parse)(struct settings_parse *p);
};
extern const struct settings_type settings_types[];

/* The index of the row, or of the end of the table. */
size_t settings_find(const struct settings *settings, const char *name);

/* "a whole number from 1 to 65535" */
void settings_allowed(const struct settings_row *row, char *ret, size_t size);

#endif
