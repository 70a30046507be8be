/*
 * template_set - the compiled templates of a program, found by name.
 *
 * The name is the file's without ".mustache". A template includes another as a partial
 * by that name.
 */
#ifndef SYNPUNKT_LIB_TEMPLATE_SET_H
#define SYNPUNKT_LIB_TEMPLATE_SET_H

#include <stdbool.h>

#include <jansson.h>

struct embed_file;
struct error;
struct evbuffer;
struct template_set;

/* Compiles every file whose name ends in ".mustache"; others are passed over. A
 * template that does not compile or names a partial that is not there is ERR_INVALID:
 * better at the start than on a page. What is needed of files is copied. */
struct template_set *template_set_new(
	const struct embed_file *files, struct error *err);
void template_set_free(struct template_set *set); /* NULL is fine */

bool template_set_has(const struct template_set *set, const char *name);

/* Adds the rendered text to out, all of it or none. ERR_NOT_FOUND for an unknown name,
 * ERR_TOO_LARGE as mustache_render(). */
int template_set_render(const struct template_set *set, const char *name,
	const json_t *data, struct evbuffer *out, struct error *err);

#endif
