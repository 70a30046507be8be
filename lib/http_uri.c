#include "lib/http_uri.h"

#include <string.h>
#include <strings.h>

#include "lib/arena.h"
#include "lib/link_values.h"
#include "lib/utf8.h"

static bool is_alnum(char c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/* An IPv6 address in brackets; what stands between is not looked up by anyone. */
static const char *skip_literal(const char *text)
{
	const char *p = text + 1;

	while (link_hex(*p) >= 0 || *p == ':' || *p == '.')
		p++;
	return *p == ']' && p > text + 1 ? p + 1 : NULL;
}

bool http_uri_is_authority(const char *text)
{
	const char *p = text;

	if (*p == '[') {
		p = skip_literal(p);
		if (!p)
			return false;
	} else {
		while (is_alnum(*p) || (*p && strchr("-._~%", *p)))
			p++;
		if (p == text)
			return false;
	}
	if (*p == ':') {
		for (p++; *p >= '0' && *p <= '9'; p++)
			;
	}
	return *p == '\0';
}

/* Bytes a target may have: no blanks, no control bytes, no fragment. Bytes above
 * ASCII are let through here, as some clients send them bare, and are then held to
 * UTF-8 like the encoded ones. */
static bool is_clean(const char *target)
{
	for (; *target; target++) {
		unsigned char c = (unsigned char)*target;

		if (c <= 0x20 || c == 0x7f || c == '#')
			return false;
	}
	return true;
}

static const char *decode_text(struct arena *arena, const char *raw, bool plus,
	const char *broken, const char **ret)
{
	size_t n = strlen(raw);
	char *text = arena_alloc(arena, n + 1);
	ssize_t used = link_decode(raw, n, plus, text);

	if (used < 0)
		return broken;
	text[used] = '\0';
	*ret = text;
	return utf8_is_text(text, (size_t)used) ? NULL : "target is not UTF-8 text";
}

/* Cuts "http://host" off; NULL if the target has no such form. */
static const char *cut_authority(struct arena *arena, const char **target)
{
	const char *start = *target, *end;

	if (strncasecmp(start, "http://", 7) == 0)
		start += 7;
	else if (strncasecmp(start, "https://", 8) == 0)
		start += 8;
	else
		return NULL;
	end = start + strcspn(start, "/?");
	*target = *end == '/' ? end : arena_printf(arena, "/%s", end);
	return arena_dup_n(arena, start, (size_t)(end - start));
}

const char *http_uri_parse(
	struct arena *arena, const char *target, bool asterisk, struct http_uri *ret)
{
	struct http_uri uri = { 0 };
	const char *query, *text, *wrong;

	if (!is_clean(target))
		return "target has bytes it must not have";
	if (asterisk && strcmp(target, "*") == 0) {
		*ret = (struct http_uri){ .raw_path = "*", .path = "*" };
		return NULL;
	}
	if (*target != '/') {
		uri.authority = cut_authority(arena, &target);
		if (!uri.authority || !http_uri_is_authority(uri.authority))
			return "target is not a path";
	}
	query = strchr(target, '?');
	uri.raw_path = target;
	if (query) {
		uri.raw_path = arena_dup_n(arena, target, (size_t)(query - target));
		uri.query = query + 1;
		wrong = decode_text(
			arena, uri.query, true, "broken escape in query", &text);
		if (wrong)
			return wrong;
	}
	wrong = decode_text(
		arena, uri.raw_path, false, "broken escape in path", &uri.path);
	if (wrong)
		return wrong;
	*ret = uri;
	return NULL;
}

static const char *decode_piece(struct arena *arena, const char *in, size_t n)
{
	char *out = arena_alloc(arena, n + 1);

	/* The whole query was decoded once, so this cannot fail. */
	if (link_decode(in, n, true, out) < 0)
		return "";
	return out;
}

/* NULL: no more of that name. *rest is what comes after it, or NULL at the end. */
static const char *query_next(
	struct arena *arena, const char *query, const char *name, const char **rest)
{
	while (query) {
		size_t n = strcspn(query, "&");
		size_t name_n = strcspn(query, "=&");
		const char *piece = query;
		const char *key;

		if (name_n > n)
			name_n = n;
		/* Most names are written plainly; decode only what may not be. */
		key = memchr(query, '%', name_n) || memchr(query, '+', name_n)
			      ? decode_piece(arena, query, name_n)
			      : NULL;
		query = query[n] == '\0' ? NULL : query + n + 1;
		if (!(key ? strcmp(key, name) == 0
			  : strlen(name) == name_n && memcmp(piece, name, name_n) == 0))
			continue;
		*rest = query;
		return name_n == n ? ""
				   : decode_piece(
					     arena, piece + name_n + 1, n - name_n - 1);
	}
	return NULL;
}

const char *http_uri_query_value(
	struct arena *arena, const char *query, const char *name)
{
	const char *rest;

	return query_next(arena, query, name, &rest);
}

bool http_uri_query_repeats(struct arena *arena, const char *query, const char *name)
{
	const char *rest = NULL;

	return query_next(arena, query, name, &rest) &&
	       query_next(arena, rest, name, &rest);
}
