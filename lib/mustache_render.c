#include "lib/mustache.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <event2/buffer.h>

#include "lib/error.h"
#include "lib/json_write.h"
#include "lib/mustache_private.h"

/* The bytes that all standalone partials around a line may put in front of it. */
#define RENDER_INDENT_MAX 256
#define RENDER_BUFFER 4096

struct mustache_render {
	mustache_partial_fn *partial;
	mustache_missing_fn *missing; /* of plain text; else NULL */
	void *arg;
	const json_t *stack[MUSTACHE_DEPTH_MAX + 1]; /* contexts, the innermost last */
	size_t n_stack;
	unsigned depth; /* sections and partials under way */
	char indent[RENDER_INDENT_MAX];
	size_t n_indent;
	unsigned long steps;
	size_t total;
	struct evbuffer *out;
	struct error *err;
	size_t used;
	char buffer[RENDER_BUFFER];
};

static int render_nodes(
	struct mustache_render *r, const struct mustache *m, size_t first, size_t end);

static int render_flush(struct mustache_render *r)
{
	if (evbuffer_add(r->out, r->buffer, r->used) < 0)
		return error_set(r->err, ERR_INTERNAL, "no memory for a page");
	r->used = 0;
	return 0;
}

static int render_bytes(struct mustache_render *r, const char *bytes, size_t n)
{
	if (n > MUSTACHE_OUTPUT_MAX - r->total)
		return error_set(r->err, ERR_TOO_LARGE, "rendered text over %zu bytes",
			MUSTACHE_OUTPUT_MAX);
	r->total += n;
	while (n > 0) {
		size_t room = sizeof(r->buffer) - r->used, part = n < room ? n : room;

		memcpy(r->buffer + r->used, bytes, part);
		r->used += part;
		bytes += part;
		n -= part;
		if (r->used == sizeof(r->buffer) && render_flush(r) < 0)
			return -1;
	}
	return 0;
}

/* Text of the template: with an indentation, a piece per line. */
static int render_text(struct mustache_render *r, const struct mustache_node *node)
{
	const char *text = node->text, *end = text + node->n, *line;
	bool line_start = node->line_start;

	if (r->n_indent == 0)
		return render_bytes(r, text, node->n);
	do {
		if (line_start && render_bytes(r, r->indent, r->n_indent) < 0)
			return -1;
		line = memchr(text, '\n', (size_t)(end - text));
		line = line ? line + 1 : end;
		if (render_bytes(r, text, (size_t)(line - text)) < 0)
			return -1;
		text = line;
		line_start = true;
	} while (text < end);
	return 0;
}

static const char *escape_of(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

static int render_escaped(struct mustache_render *r, const char *text, size_t n)
{
	size_t begin = 0;

	for (size_t i = 0; i < n; i++) {
		const char *escape = escape_of(text[i]);

		if (!escape)
			continue;
		if (render_bytes(r, text + begin, i - begin) < 0 ||
			render_bytes(r, escape, strlen(escape)) < 0)
			return -1;
		begin = i + 1;
	}
	return render_bytes(r, text + begin, n - begin);
}

/* The innermost context that has the first part of the name decides; the rest is
 * looked for in that value only. "." is the innermost context. */
static const json_t *render_find(
	const struct mustache_render *r, const char *name, size_t n)
{
	const char *end = name + n, *dot;
	const json_t *value = NULL;
	size_t i = r->n_stack;

	if (n == 1 && name[0] == '.')
		return r->stack[r->n_stack - 1];
	dot = memchr(name, '.', n);
	if (!dot)
		dot = end;
	while (i > 0 && !value)
		value = json_object_getn(r->stack[--i], name, (size_t)(dot - name));
	while (value && dot < end) {
		name = dot + 1;
		dot = memchr(name, '.', (size_t)(end - name));
		if (!dot)
			dot = end;
		value = json_object_getn(value, name, (size_t)(dot - name));
	}
	return value;
}

static int render_missing(struct mustache_render *r, const struct mustache_node *node)
{
	const char *text = r->missing(node->text, r->arg);

	return render_bytes(r, text, strlen(text));
}

static int render_value(struct mustache_render *r, const struct mustache_node *node)
{
	const json_t *value = render_find(r, node->text, node->n);
	char number[JSON_DOUBLE_MAX];

	if (r->missing &&
		(!value || json_is_null(value) ||
			(json_is_string(value) && !json_string_length(value))))
		return render_missing(r, node);
	if (json_is_string(value)) {
		const char *text = json_string_value(value);
		size_t n = json_string_length(value);

		return node->kind == MUSTACHE_RAW || r->missing
			       ? render_bytes(r, text, n)
			       : render_escaped(r, text, n);
	}
	if (json_is_boolean(value))
		return json_is_true(value) ? render_bytes(r, "true", 4)
					   : render_bytes(r, "false", 5);
	if (json_is_real(value))
		return render_bytes(
			r, number, json_double_print(json_real_value(value), number));
	if (!json_is_integer(value))
		return 0;
	snprintf(number, sizeof(number), "%lld", (long long)json_integer_value(value));
	return render_bytes(r, number, strlen(number));
}

static bool value_is_true(const json_t *value)
{
	switch (value ? json_typeof(value) : JSON_NULL) {
	case JSON_NULL:
	case JSON_FALSE:
		return false;
	case JSON_ARRAY:
		return json_array_size(value) > 0;
	case JSON_STRING:
		return json_string_length(value) > 0;
	case JSON_INTEGER:
	case JSON_REAL:
		return json_number_value(value) != 0;
	default:
		return true;
	}
}

static int render_enter(struct mustache_render *r)
{
	if (r->depth == MUSTACHE_DEPTH_MAX)
		return error_set(r->err, ERR_TOO_LARGE,
			"sections and partials over %d deep", MUSTACHE_DEPTH_MAX);
	r->depth++;
	return 0;
}

static int render_with(struct mustache_render *r, const struct mustache *m,
	size_t section, const json_t *context)
{
	int result;

	r->stack[r->n_stack++] = context;
	result = render_nodes(r, m, section + 1, m->nodes[section].end);
	r->n_stack--;
	return result;
}

static int render_section(
	struct mustache_render *r, const struct mustache *m, size_t section)
{
	const struct mustache_node *node = &m->nodes[section];
	const json_t *value = render_find(r, node->text, node->n);
	bool inverted = node->kind == MUSTACHE_INVERTED;
	size_t n = json_array_size(value);
	int result = 0;

	if (value_is_true(value) == inverted)
		return 0;
	if (render_enter(r) < 0)
		return -1;
	if (inverted)
		result = render_nodes(r, m, section + 1, node->end);
	else if (!json_is_array(value))
		result = render_with(r, m, section, value);
	else
		for (size_t i = 0; i < n && result == 0; i++)
			result = render_with(r, m, section, json_array_get(value, i));
	r->depth--;
	return result;
}

static int render_partial(struct mustache_render *r, const struct mustache_node *node)
{
	const struct mustache *m = r->partial ? r->partial(node->text, r->arg) : NULL;
	char indent[RENDER_INDENT_MAX];
	size_t n_indent = r->n_indent;
	int result;

	if (!m)
		return 0;
	if (render_enter(r) < 0)
		return -1;
	memcpy(indent, r->indent, n_indent);
	/* The indentation belongs to the lines of the template around: what it includes
	 * in the middle of a line has its own lines. */
	if (!node->indent) {
		r->n_indent = 0;
	} else if (node->n_indent > RENDER_INDENT_MAX - r->n_indent) {
		return error_set(r->err, ERR_TOO_LARGE, "indentation over %d bytes",
			RENDER_INDENT_MAX);
	} else {
		memcpy(r->indent + r->n_indent, node->indent, node->n_indent);
		r->n_indent += node->n_indent;
	}
	result = render_nodes(r, m, 0, m->n);
	memcpy(r->indent, indent, n_indent);
	r->n_indent = n_indent;
	r->depth--;
	return result;
}

static int render_node(struct mustache_render *r, const struct mustache *m, size_t i)
{
	const struct mustache_node *node = &m->nodes[i];

	switch (node->kind) {
	case MUSTACHE_TEXT:
		return render_text(r, node);
	case MUSTACHE_SECTION:
	case MUSTACHE_INVERTED:
		return render_section(r, m, i);
	case MUSTACHE_PARTIAL:
		return render_partial(r, node);
	default:
		return render_value(r, node);
	}
}

static int render_nodes(
	struct mustache_render *r, const struct mustache *m, size_t first, size_t end)
{
	/* One step also for a round without nodes: a list of lists ends. */
	if (++r->steps > MUSTACHE_STEPS_MAX)
		return error_set(
			r->err, ERR_TOO_LARGE, "rendering takes too many steps");
	for (size_t i = first; i < end; i++) {
		r->steps++;
		if (render_node(r, m, i) < 0)
			return -1;
		if (m->nodes[i].end > 0)
			i = m->nodes[i].end - 1;
	}
	return 0;
}

static int render_all(
	struct mustache_render *r, const struct mustache *m, struct evbuffer *out)
{
	int result;

	r->out = evbuffer_new();
	if (!r->out)
		return error_set(r->err, ERR_INTERNAL, "no memory for a page");
	result = render_nodes(r, m, 0, m->n);
	if (result == 0)
		result = render_flush(r);
	if (result == 0 && evbuffer_add_buffer(out, r->out) < 0)
		result = error_set(r->err, ERR_INTERNAL, "no memory for a page");
	evbuffer_free(r->out);
	return result;
}

/* style: parameters, a template, its data, its partials and the output are apart */
int mustache_render(const struct mustache *m, const json_t *data,
	mustache_partial_fn *partial, void *arg, struct evbuffer *out,
	struct error *err)
{
	struct mustache_render r = {
		.partial = partial,
		.arg = arg,
		.stack = { data },
		.n_stack = 1,
		.err = err,
	};

	return render_all(&r, m, out);
}

/* style: parameters, a template, its data, what is missing and the output are apart */
int mustache_fill(const struct mustache *m, const json_t *data,
	mustache_missing_fn *missing, void *arg, struct evbuffer *out,
	struct error *err)
{
	struct mustache_render r = {
		.missing = missing,
		.arg = arg,
		.stack = { data },
		.n_stack = 1,
		.err = err,
	};

	return render_all(&r, m, out);
}
