/*
 * open311_attribute - what a service asks for, held against what was sent for it.
 *
 * Each answer becomes a line below the reporter's words, "what was asked: answer", so
 * that whoever handles the case reads it where the case is read, searched and printed,
 * and it goes with the text when that is disposed of. An answer that the service does
 * not ask for has a line too, by its code: nothing that was sent is lost.
 */
#ifndef SYNPUNKT_SERVER_OPEN311_ATTRIBUTE_H
#define SYNPUNKT_SERVER_OPEN311_ATTRIBUTE_H

#include <stddef.h>

#include <jansson.h>

struct arena;
struct db_rows;
struct open311_errors;
struct open311_given;

#define OPEN311_STRING_MAX 500
#define OPEN311_WORDS_MAX 2000

/* rows are those of synpunkt_open311.attributes(): see open311_attribute.c for the
 * columns. The lines, each ended by a line feed; "" for none. */
const char *open311_attribute_lines(struct arena *arena, const struct db_rows *rows,
	struct open311_given *given, size_t n, struct open311_errors *errors);

#endif
