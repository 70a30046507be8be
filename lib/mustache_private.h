/* mustache_private - what the compiler and the renderer of templates share; nobody
 * else includes it. */
#ifndef SYNPUNKT_LIB_MUSTACHE_PRIVATE_H
#define SYNPUNKT_LIB_MUSTACHE_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>

enum mustache_kind {
	MUSTACHE_TEXT,
	MUSTACHE_ESCAPED, /* {{name}} */
	MUSTACHE_RAW,     /* {{{name}}}, {{&name}} */
	MUSTACHE_SECTION,
	MUSTACHE_INVERTED,
	MUSTACHE_PARTIAL,
	/* What only the compiler sees: */
	MUSTACHE_CLOSE,
	MUSTACHE_COMMENT,
	MUSTACHE_DELIMITERS,
};

/*
 * A template is a flat list of nodes; the content of a section follows it and stops
 * before the node with the number `end`.
 *
 * A standalone partial indents each line of its template, but not the lines inside of
 * values, so texts know where lines begin: after each line feed within the text, and
 * at its start where line_start says so. A line that begins with a tag gets an empty
 * text in front.
 */
struct mustache_node {
	enum mustache_kind kind;
	bool line_start;  /* TEXT */
	const char *text; /* TEXT: the bytes; else the name, NUL-terminated */
	size_t n;
	size_t end;         /* SECTION, INVERTED */
	const char *indent; /* PARTIAL that stands alone, else NULL */
	size_t n_indent;
};

struct mustache {
	char *text; /* the copy that the nodes point into */
	struct mustache_node *nodes;
	size_t n, room;
};

#endif
