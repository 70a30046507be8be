#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#include <event2/buffer.h>
#include <jansson.h>

#include "lib/base.h"
#include "lib/error.h"
#include "lib/mustache.h"
#include "lib/utf8.h"

/*
 * The input is a template, a zero byte, JSON data, a zero byte, and a template that is
 * every partial. What comes out must be UTF-8 when the data was.
 */

static const struct mustache *every_partial(const char *name, void *arg)
{
	return arg;
}

static size_t part_length(const char *bytes, size_t n)
{
	const char *end = n > 0 ? memchr(bytes, '\0', n) : NULL;

	return end ? (size_t)(end - bytes) : n;
}

static void render(
	const struct mustache *m, const struct mustache *partial, const json_t *data)
{
	struct evbuffer *out = evbuffer_new();
	struct error err = { 0 };
	size_t n;

	if (mustache_render(m, data, every_partial, (void *)(uintptr_t)partial, out,
		    &err) < 0 &&
		(err.code != ERR_TOO_LARGE || evbuffer_get_length(out) > 0))
		abort();
	n = evbuffer_get_length(out);
	if (!utf8_is_valid((const char *)evbuffer_pullup(out, -1), n))
		abort();
	evbuffer_free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	const char *text = (const char *)bytes, *end = text + size, *parts[3];
	size_t lengths[3];
	struct mustache *m, *partial;
	json_t *data;

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		parts[i] = text;
		lengths[i] = part_length(text, (size_t)(end - text));
		text += lengths[i] + (text + lengths[i] < end ? 1 : 0);
	}
	m = mustache_compile(parts[0], lengths[0], NULL);
	partial = mustache_compile(parts[2], lengths[2], NULL);
	data = json_loadb(parts[1], lengths[1], JSON_DECODE_ANY, NULL);
	if (m)
		render(m, partial, data);
	json_decref(data);
	mustache_free(partial);
	mustache_free(m);
	return 0;
}
