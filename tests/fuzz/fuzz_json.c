#include "tests/fuzz/fuzz.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <event2/buffer.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/json_fields.h"
#include "lib/json_write.h"

/*
 * A body through the parser, the table reader and the writer: what the writer makes of
 * any bytes must be JSON again.
 */

struct note {
	const char *text, *code;
	double lat;
	bool has_lat, has_place, urgent;
	int reply;
	int64_t count;
	struct json_strings tags;
};

static const char *const codes[] = { "a", "bb", NULL };

static const struct json_field fields[] = {
	{ .path = "text",
		.kind = JSON_FIELD_STRING,
		.required = true,
		.not_blank = true,
		.line_ends = true,
		.min = 1,
		.max = 20,
		.offset = offsetof(struct note, text) },
	{ .path = "code",
		.kind = JSON_FIELD_STRING,
		.one_of = codes,
		.offset = offsetof(struct note, code) },
	{ .path = "place",
		.kind = JSON_FIELD_OBJECT,
		.offset = offsetof(struct note, has_place) },
	{ .path = "place.lat",
		.kind = JSON_FIELD_NUMBER,
		.required = true,
		.min = -90,
		.max = 90,
		.offset = offsetof(struct note, lat),
		.given = offsetof(struct note, has_lat) },
	{ .path = "a.b",
		.kind = JSON_FIELD_BOOL,
		.offset = offsetof(struct note, urgent) },
	{ .path = "r",
		.kind = JSON_FIELD_MAYBE,
		.offset = offsetof(struct note, reply) },
	{ .path = "n",
		.kind = JSON_FIELD_INTEGER,
		.min = -INFINITY,
		.max = 9,
		.offset = offsetof(struct note, count) },
	{ .path = "tags",
		.kind = JSON_FIELD_STRINGS,
		.min = 1,
		.max = 3,
		.max_items = 3,
		.offset = offsetof(struct note, tags) },
	{ 0 },
};

/* What was written must be one JSON value. */
static void check_written(struct evbuffer *out)
{
	size_t n = evbuffer_get_length(out);
	json_t *again = json_loadb((const char *)evbuffer_pullup(out, -1), n,
		JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);

	if (!again)
		abort();
	json_decref(again);
	evbuffer_drain(out, n);
}

static void read_fields(const json_t *json, struct json_write *w)
{
	struct arena *arena = arena_new();
	struct note note = { 0 };
	struct faults faults;

	faults_init(&faults, arena);
	json_fields_read(json, fields, &note, &faults);
	if (faults.n == 0 && (!note.text || note.text[0] == '\0'))
		abort();
	if (note.tags.n > 3 || (note.has_lat && !(fabs(note.lat) <= 90)))
		abort();
	faults_write(&faults, w);
	arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct evbuffer *out = evbuffer_new();
	struct error err = { 0 };
	struct json_write w;
	json_t *json = NULL;
	double number = 0;

	jw_init(&w, out);
	jw_string_n(&w, (const char *)data, size);
	check_written(out);
	memcpy(&number, data, size < sizeof(number) ? size : sizeof(number));
	jw_double(&w, number);
	check_written(out);
	if (json_body_parse((const char *)data, size, &json, &err) == 0) {
		read_fields(json, &w);
		check_written(out);
		json_decref(json);
	} else if (err.code == ERR_NONE) {
		abort();
	}
	evbuffer_free(out);
	return 0;
}
