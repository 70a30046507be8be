/*
 * reply_template - the text of a template for replies: which fields it may name, and
 * what it says with them filled in.
 *
 * Mustache (lib/mustache.h) as plain text, strictly: a field that is not in the table
 * is an error when the template is saved. One that is empty for a case stands as
 * "[name?]", so that whoever sends it sees the gap; in a section ({{#name}}…{{/name}})
 * it is left out. Pure: reads no database and no clock.
 */
#ifndef SYNPUNKT_SERVER_REPLY_TEMPLATE_H
#define SYNPUNKT_SERVER_REPLY_TEMPLATE_H

#include <jansson.h>

struct arena;
struct catalogue;
struct error;
struct faults;

/* NULL-terminated. */
extern const char *const reply_template_fields[];

/* A fault at "text" for each thing that is wrong. */
void reply_template_judge(const char *text, struct faults *faults);

/* What it is filled in with. */
struct reply_values {
	const struct catalogue *catalogue;
	const char *language; /* of the template: dates are written in it */
	const json_t *fields; /* texts by name; days as YYYY-MM-DD */
	const char *today;    /* YYYY-MM-DD */
};

struct reply_filled {
	const char *text;
	json_t *missing; /* names of the gaps, each once; json_decref() */
};

/* ERR_INVALID for a text that reply_template_judge() would not take. */
int reply_template_fill(struct arena *arena, const char *text,
	const struct reply_values *values, struct reply_filled *ret, struct error *err);

#endif
