/*
 * json_write - writes JSON straight into an evbuffer, with no tree in between.
 *
 *   struct json_write w;
 *
 *   jw_init(&w, out);
 *   jw_object(&w);
 *   jw_key_string(&w, "number", number);
 *   jw_object_end(&w);
 *
 * Commas come by themselves. What is written is collected in the struct and moved to
 * the evbuffer when it is full and when the outermost value ends, so nobody else may
 * write to the evbuffer in between without jw_flush(). The output is valid whatever
 * the strings hold: bytes that are not UTF-8 become U+FFFD.
 */
#ifndef SYNPUNKT_LIB_JSON_WRITE_H
#define SYNPUNKT_LIB_JSON_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

struct arena;
struct evbuffer;

#define JSON_WRITE_BUFFER 1024

struct json_write {
	struct evbuffer *out;
	unsigned depth;  /* open objects and arrays */
	bool need_comma; /* the next key or value follows another */
	size_t used;
	char bytes[JSON_WRITE_BUFFER];
};

void jw_init(struct json_write *w, struct evbuffer *out);

/* Writes members only, without the braces around them ("a":1,"b":2), for jw_raw() into
 * an object later. Ends with jw_flush(). */
void jw_init_members(struct json_write *w, struct evbuffer *out);
void jw_flush(struct json_write *w);

void jw_object(struct json_write *w);
void jw_object_end(struct json_write *w);
void jw_array(struct json_write *w);
void jw_array_end(struct json_write *w);
void jw_key(struct json_write *w, const char *name);

void jw_string(struct json_write *w, const char *text); /* NULL gives null */
void jw_string_n(struct json_write *w, const char *bytes, size_t n);
void jw_int(struct json_write *w, int64_t number);
/* The shortest of 15 to 17 digits that reads back as the same; NaN and infinity give
 * null. */
void jw_double(struct json_write *w, double number);
void jw_bool(struct json_write *w, bool yes);
void jw_null(struct json_write *w);
/* Text that is JSON already: a value, or inside an object one or more members. The
 * empty string writes nothing. */
void jw_raw(struct json_write *w, const char *json);
void jw_json(struct json_write *w, const json_t *value); /* NULL gives null */

/* Its text, the arena's; value is let go of. */
const char *json_text(struct arena *arena, json_t *value);

void jw_key_string(struct json_write *w, const char *name, const char *text);
void jw_key_int(struct json_write *w, const char *name, int64_t number);
void jw_key_double(struct json_write *w, const char *name, double number);
void jw_key_bool(struct json_write *w, const char *name, bool yes);
void jw_key_null(struct json_write *w, const char *name);
void jw_key_raw(struct json_write *w, const char *name, const char *json);
void jw_key_json(struct json_write *w, const char *name, const json_t *value);

/* A finite double as text: what jw_double() writes. Returns the length. */
#define JSON_DOUBLE_MAX 32
size_t json_double_print(double number, char ret[static JSON_DOUBLE_MAX]);

#endif
