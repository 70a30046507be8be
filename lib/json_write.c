#include "lib/json_write.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/buffer.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/utf8.h"

void jw_init(struct json_write *w, struct evbuffer *out)
{
	/* Not the bytes: zeroing them would cost more than a small answer does. */
	w->out = out;
	w->depth = 0;
	w->need_comma = false;
	w->used = 0;
}

void jw_init_members(struct json_write *w, struct evbuffer *out)
{
	jw_init(w, out);
	w->depth = 1;
}

/* evbuffer_add() fails only without memory, or on a frozen end, which ours is not. */
static void jw_out(struct json_write *w, const char *bytes, size_t n)
{
	if (evbuffer_add(w->out, bytes, n) < 0)
		abort();
}

void jw_flush(struct json_write *w)
{
	if (w->used > 0)
		jw_out(w, w->bytes, w->used);
	w->used = 0;
}

static void jw_bytes(struct json_write *w, const char *bytes, size_t n)
{
	if (n > sizeof(w->bytes) - w->used) {
		jw_flush(w);
		if (n > sizeof(w->bytes)) {
			jw_out(w, bytes, n);
			return;
		}
	}
	memcpy(w->bytes + w->used, bytes, n);
	w->used += n;
}

static void jw_byte(struct json_write *w, char c)
{
	if (w->used == sizeof(w->bytes))
		jw_flush(w);
	w->bytes[w->used++] = c;
}

static void jw_comma(struct json_write *w)
{
	if (w->need_comma)
		jw_byte(w, ',');
	w->need_comma = true;
}

/* A value is complete; the outermost one goes out at once. */
static void jw_end(struct json_write *w)
{
	if (w->depth > 0)
		return;
	w->need_comma = false;
	jw_flush(w);
}

static void jw_open(struct json_write *w, char bracket)
{
	jw_comma(w);
	jw_byte(w, bracket);
	w->depth++;
	w->need_comma = false;
}

static void jw_close(struct json_write *w, char bracket)
{
	assert(w->depth > 0);
	w->depth--;
	w->need_comma = true;
	jw_byte(w, bracket);
	jw_end(w);
}

void jw_object(struct json_write *w)
{
	jw_open(w, '{');
}

void jw_object_end(struct json_write *w)
{
	jw_close(w, '}');
}

void jw_array(struct json_write *w)
{
	jw_open(w, '[');
}

void jw_array_end(struct json_write *w)
{
	jw_close(w, ']');
}

static void jw_escape(struct json_write *w, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";
	static const char names[0x20] = {
		['\b'] = 'b',
		['\t'] = 't',
		['\n'] = 'n',
		['\f'] = 'f',
		['\r'] = 'r',
	};

	if (c >= 0x20)
		jw_bytes(w, (char[]){ '\\', (char)c }, 2);
	else if (names[c])
		jw_bytes(w, (char[]){ '\\', names[c] }, 2);
	else
		jw_bytes(w, (char[]){ '\\', 'u', '0', '0', hex[c >> 4], hex[c & 15] },
			6);
}

/* The length of the start that can be copied as it is. */
static size_t jw_plain_run(const char *bytes, size_t n)
{
	size_t i = 0, length;

	while (i < n) {
		unsigned char c = (unsigned char)bytes[i];

		if (c < 0x20 || c == '"' || c == '\\')
			break;
		length = c < 0x80 ? 1 : utf8_decode(bytes + i, n - i, NULL);
		if (length == 0)
			break;
		i += length;
	}
	return i;
}

static void jw_quoted(struct json_write *w, const char *bytes, size_t n)
{
	size_t i = 0, run;

	jw_byte(w, '"');
	while (i < n) {
		run = jw_plain_run(bytes + i, n - i);
		jw_bytes(w, bytes + i, run);
		i += run;
		if (i == n)
			break;
		if ((unsigned char)bytes[i] >= 0x80)
			jw_bytes(w, "\xef\xbf\xbd", 3);
		else
			jw_escape(w, (unsigned char)bytes[i]);
		i++;
	}
	jw_byte(w, '"');
}

void jw_key(struct json_write *w, const char *name)
{
	jw_comma(w);
	jw_quoted(w, name, strlen(name));
	jw_byte(w, ':');
	w->need_comma = false;
}

void jw_string_n(struct json_write *w, const char *bytes, size_t n)
{
	jw_comma(w);
	jw_quoted(w, bytes, n);
	jw_end(w);
}

void jw_string(struct json_write *w, const char *text)
{
	if (text)
		jw_string_n(w, text, strlen(text));
	else
		jw_null(w);
}

void jw_raw(struct json_write *w, const char *json)
{
	if (json[0] == '\0')
		return;
	jw_comma(w);
	jw_bytes(w, json, strlen(json));
	jw_end(w);
}

void jw_int(struct json_write *w, int64_t number)
{
	char text[24];

	snprintf(text, sizeof(text), "%lld", (long long)number);
	jw_raw(w, text);
}

size_t json_double_print(double number, char ret[static JSON_DOUBLE_MAX])
{
	int n = 0;

	for (int digits = 15; digits <= 17; digits++) {
		n = snprintf(ret, JSON_DOUBLE_MAX, "%.*g", digits, number);
		if (strtod(ret, NULL) == number)
			break;
	}
	return (size_t)n;
}

void jw_double(struct json_write *w, double number)
{
	char text[JSON_DOUBLE_MAX];

	if (!isfinite(number)) {
		jw_null(w);
		return;
	}
	json_double_print(number, text);
	jw_raw(w, text);
}

void jw_bool(struct json_write *w, bool yes)
{
	jw_raw(w, yes ? "true" : "false");
}

void jw_null(struct json_write *w)
{
	jw_raw(w, "null");
}

static int jw_json_chunk(const char *bytes, size_t n, void *arg)
{
	struct json_write *w = arg;

	jw_bytes(w, bytes, n);
	return 0;
}

void jw_json(struct json_write *w, const json_t *value)
{
	if (!value) {
		jw_null(w);
		return;
	}
	jw_comma(w);
	if (json_dump_callback(
		    value, jw_json_chunk, w, JSON_COMPACT | JSON_ENCODE_ANY) < 0)
		abort();
	jw_end(w);
}

void jw_key_string(struct json_write *w, const char *name, const char *text)
{
	jw_key(w, name);
	jw_string(w, text);
}

void jw_key_int(struct json_write *w, const char *name, int64_t number)
{
	jw_key(w, name);
	jw_int(w, number);
}

void jw_key_double(struct json_write *w, const char *name, double number)
{
	jw_key(w, name);
	jw_double(w, number);
}

void jw_key_bool(struct json_write *w, const char *name, bool yes)
{
	jw_key(w, name);
	jw_bool(w, yes);
}

void jw_key_null(struct json_write *w, const char *name)
{
	jw_key(w, name);
	jw_null(w);
}

void jw_key_raw(struct json_write *w, const char *name, const char *json)
{
	jw_key(w, name);
	jw_raw(w, json[0] == '\0' ? "null" : json);
}

void jw_key_json(struct json_write *w, const char *name, const json_t *value)
{
	jw_key(w, name);
	jw_json(w, value);
}

const char *json_text(struct arena *arena, json_t *value)
{
	char *text = json_dumps(value, JSON_COMPACT);
	const char *copy = arena_dup(arena, text);

	mem_free(text);
	json_decref(value);
	return copy;
}
