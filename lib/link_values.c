#include "lib/link_values.h"

#include <string.h>

#include "lib/arena.h"

int link_hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The byte of a %XX at the start of what is left; -1 if it is none. */
static int link_escape(const char *bytes, size_t left)
{
	int high, low;

	if (left < 3)
		return -1;
	high = link_hex(bytes[1]);
	low = link_hex(bytes[2]);
	return high < 0 || low < 0 ? -1 : high << 4 | low;
}

ssize_t link_decode(const char *bytes, size_t n, bool plus_is_space, char *ret)
{
	size_t used = 0, length;
	int byte;

	for (size_t i = 0; i < n; i += length) {
		length = bytes[i] == '%' ? 3 : 1;
		byte = length == 3 ? link_escape(bytes + i, n - i) : bytes[i];
		if (length == 3 && byte < 0)
			return -1;
		if (byte == '+' && length == 1 && plus_is_space)
			byte = ' ';
		ret[used++] = (char)byte;
	}
	return (ssize_t)used;
}

/* RFC 3986, 2.3. */
static bool link_is_unreserved(char c)
{
	if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
		return true;
	return c == '-' || c == '.' || c == '_' || c == '~';
}

static size_t link_encoded_length(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += link_is_unreserved(*text) ? 1 : 3;
	return n;
}

/* Returns the place after what it wrote. */
static char *link_encode_to(char *ret, const char *text)
{
	static const char hex[] = "0123456789ABCDEF";

	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (link_is_unreserved(*text)) {
			*ret++ = *text;
			continue;
		}
		*ret++ = '%';
		*ret++ = hex[c >> 4];
		*ret++ = hex[c & 15];
	}
	return ret;
}

char *link_encode(struct arena *arena, const char *text)
{
	char *encoded = arena_alloc(arena, link_encoded_length(text) + 1);

	link_encode_to(encoded, text);
	return encoded;
}

char *link_make(struct arena *arena, const char *path, const struct text_value *values)
{
	size_t size = strlen(path) + 1;
	char *link, *end, join = '?';

	for (const struct text_value *v = values; v && v->name; v++) {
		if (v->value)
			size += 2 + link_encoded_length(v->name) +
				link_encoded_length(v->value);
	}
	link = arena_alloc(arena, size);
	memcpy(link, path, strlen(path));
	end = link + strlen(path);
	for (const struct text_value *v = values; v && v->name; v++) {
		if (!v->value)
			continue;
		*end++ = join;
		end = link_encode_to(end, v->name);
		*end++ = '=';
		end = link_encode_to(end, v->value);
		join = '&';
	}
	return link;
}
