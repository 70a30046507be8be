/*
 * json_fields - reads the members of a JSON object into a struct by a table, and tells
 * everything that is wrong at once.
 *
 *   static const struct json_field fields[] = {
 *	{ .path = "text", .kind = JSON_FIELD_STRING, .required = true, .max = 300,
 *		.offset = offsetof(struct note, text) },
 *	{ .path = "place.lat", .kind = JSON_FIELD_NUMBER, .min = -90, .max = 90,
 *		.offset = offsetof(struct note, lat),
 *		.given = offsetof(struct note, has_lat) },
 *	{ 0 },
 *   };
 *
 * Members that no row names are ignored; null is the same as absent.
 */
#ifndef SYNPUNKT_LIB_JSON_FIELDS_H
#define SYNPUNKT_LIB_JSON_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

struct arena;
struct error;
struct faults;

#define JSON_BODY_MAX ((size_t)1 << 20) /* bytes */
#define JSON_BODY_DEPTH_MAX 32          /* objects and lists inside each other */

/*
 * One JSON value from a request: strict UTF-8 (RFC 8259, 8.1), no byte order mark, no
 * repeated member names (their meaning would depend on the reader), nothing after it.
 * ERR_INVALID says line and column and never repeats the input; ERR_TOO_LARGE for
 * JSON_BODY_MAX. U+0000 in strings is let through, to be a fault with its member's
 * name.
 */
int json_body_parse(const char *data, size_t n, json_t **ret, struct error *err);

/* The text of a member of a value that may be no object; none when it is not there, no
 * string, or has U+0000 in it, which a C string would end at. */
const char *json_text_of(const json_t *object, const char *name, const char *none);

/* What a row's value is in JSON, and in the struct at offset. */
enum json_field_kind {
	JSON_FIELD_STRING = 1, /* const char *; NULL when absent */
	JSON_FIELD_STRINGS,    /* struct json_strings; fault names are path[2] */
	JSON_FIELD_NUMBER,     /* double */
	JSON_FIELD_INTEGER,    /* int64_t; 3.0 is an integer */
	JSON_FIELD_BOOL,       /* bool */
	JSON_FIELD_MAYBE,      /* a boolean as int: -1 absent, 0, 1 */
	JSON_FIELD_OBJECT,     /* bool: it is there */
};

struct json_strings {
	const char *const *items;
	size_t n;
};

struct json_field {
	const char *path; /* "contact.email"; NULL ends the table */
	enum json_field_kind kind;
	bool required;  /* in an object that is there: see below */
	bool not_blank; /* STRING: something must be visible in it */
	bool line_ends; /* STRING: CRLF and CR become LF before anything is counted */
	/* Inclusive; code points of each string, values of numbers. 0 and 0: no limit.
	 * STRING, STRINGS: max 0 is no upper limit. NUMBER, INTEGER: INFINITY and
	 * -INFINITY leave one side open. */
	double min, max;
	size_t max_items;          /* STRINGS: 0 means 100 */
	const char *const *one_of; /* STRING, STRINGS: NULL-terminated codes */
	size_t offset;             /* of the value in the struct */
	size_t given;              /* of a bool that says it is there; 0: none */
};

/*
 * Fills the struct, which the caller has zeroed; strings are copied to the arena of
 * faults. A member with a fault is left as absent. A required member of an object
 * that is itself absent is not asked for. An object that is none is the fault "".
 */
void json_fields_read(const json_t *object, const struct json_field *fields,
	void *ret_struct, struct faults *faults);

#endif
