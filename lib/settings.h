/*
 * settings - what an operator can set, as one table.
 *
 * A setting comes from its default, over that from a file of NAME=VALUE lines,
 * over that from the environment. An unknown name or a wrong value stops the
 * start with one line that names it and says what is allowed. The table is also
 * what the manual and `config` print.
 */
#ifndef SYNPUNKT_LIB_SETTINGS_H
#define SYNPUNKT_LIB_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;
struct evbuffer;
struct settings;

enum settings_kind {
	SETTINGS_TEXT,    /* const char *; min and max are bytes of length */
	SETTINGS_INT,     /* int64_t, min to max */
	SETTINGS_BOOL,    /* bool: true false yes no on off 1 0 */
	SETTINGS_SIZE,    /* int64_t bytes, min to max; "20MiB", "64KiB", "1GiB" */
	SETTINGS_ADDRESS, /* const char *: "127.0.0.1:8080", "[::1]:8080", "unix:/path"
			   */
	SETTINGS_PATH, /* const char *: absolute, or relative to the working folder */
	SETTINGS_LINK, /* const char *: "https://…" or "http://…"; min, max as TEXT */
	SETTINGS_ENUM, /* int: the index in choices */
};

struct settings_row {
	const char *name; /* whole: "APP_HTTP"; NULL ends the table */
	enum settings_kind kind;
	int64_t min, max;           /* both 0: no limits but the kind's own */
	const char *const *choices; /* ENUM: NULL-terminated */
	const char *standard;       /* the default as text; NULL: must be given */
	bool secret;                /* printed as "(set)" or "" */
	const char *help;           /* one line */
	size_t offset;              /* in the target struct, of the kind's C type */
};

/* A TEXT, PATH, LINK or ADDRESS whose default is empty may be empty: then it is NULL.
 */

struct settings_table {
	const char *prefix;  /* "APP_": any other name with it is a mistake … */
	const char *ignored; /* "APP_TEST_": … except these; NULL: none */
	const char *config;  /* "APP_CONFIG": names the file; NULL: never a file */
	const struct settings_row *rows;
};

/*
 * Fills the struct at target (the rows' offsets are in it). file is from the
 * command line and beats table->config; NULL: not given. env is environ (cast to
 * const), or NULL for none. The strings belong to what is returned. NULL and err
 * on a mistake; target may then be half filled.
 */
struct settings *settings_load(const struct settings_table *table, const char *file,
	const char *const *env, void *target, struct error *err);
void settings_free(struct settings *settings); /* NULL is fine */

/* "default", "environment" or the file's path, for the row of that name. */
const char *settings_origin(const struct settings *settings, const char *name);

/* Name, value, origin, type, allowed range, default and help of every row. */
void settings_print_text(const struct settings *settings, struct evbuffer *out);
void settings_print_json(const struct settings *settings, struct evbuffer *out);

#endif
