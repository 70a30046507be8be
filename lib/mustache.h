/*
 * mustache - logic-less templates: the whole core specification (comments, delimiters,
 * interpolation, inverted, partials, sections), white space to the letter, none of the
 * optional modules. A template is compiled once and rendered over jansson values.
 *
 * Values: text and numbers are printed, true and false by name; null, objects, arrays
 * and what is not there print nothing. A section is skipped for false, null, an empty
 * list, an empty text and the number 0 (as `!!data` in the specification).
 */
#ifndef SYNPUNKT_LIB_MUSTACHE_H
#define SYNPUNKT_LIB_MUSTACHE_H

#include <stddef.h>

#include <jansson.h>

struct error;
struct evbuffer;
struct mustache;

#define MUSTACHE_TEMPLATE_MAX ((size_t)1 << 20) /* bytes */
#define MUSTACHE_OUTPUT_MAX ((size_t)8 << 20)   /* bytes of one rendering */
#define MUSTACHE_DEPTH_MAX 64        /* sections and partials inside each other */
#define MUSTACHE_STEPS_MAX 5000000UL /* nodes of one rendering: ends endless lists */

/* text is copied. NULL with ERR_INVALID (the text says the line) or ERR_TOO_LARGE. */
struct mustache *mustache_compile(const char *text, size_t n, struct error *err);
void mustache_free(struct mustache *m); /* NULL is fine */

/* Finds a partial by name; NULL if there is none, which renders as nothing. */
typedef const struct mustache *mustache_partial_fn(const char *name, void *arg);

/* Adds the whole text to out, or nothing and ERR_TOO_LARGE if a limit above is passed.
 * partial may be NULL. data is only read: several threads may render one template. */
int mustache_render(const struct mustache *m, const json_t *data,
	mustache_partial_fn *partial, void *arg, struct evbuffer *out,
	struct error *err);

/* What stands in place of a value that prints nothing: "", or a mark for whoever reads
 * it. */
typedef const char *mustache_missing_fn(const char *name, void *arg);

/* The same for plain text: nothing is escaped, and there are no partials. */
int mustache_fill(const struct mustache *m, const json_t *data,
	mustache_missing_fn *missing, void *arg, struct evbuffer *out,
	struct error *err);

/* Calls seen for each value, section and partial named in m, repeats included. */
void mustache_names(
	const struct mustache *m, void (*seen)(const char *name, void *arg), void *arg);

/* Calls seen for each partial named in m, repeats included. */
void mustache_partials(
	const struct mustache *m, void (*seen)(const char *name, void *arg), void *arg);

#endif
