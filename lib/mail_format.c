#include "lib/mail_format.h"

#include <idn2.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <event2/buffer.h>

#include "lib/arena.h"
#include "lib/base.h"

#define LINE_MAX_CHARS 76

/* "=?UTF-8?Q?" and "?=" take 12 of the 75 that an encoded word may have. */
#define WORD_MAX_CHARS (75 - 12)

static bool is_printable_ascii(const char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			return false;
	return true;
}

/* Bytes of the character at text; of one that is broken, 1. */
static size_t character_bytes(const char *text)
{
	size_t n = 1;

	while (((unsigned char)text[n] & 0xc0) == 0x80)
		n++;
	return n;
}

/* Letters and digits stand for themselves in any kind of header. */
static bool is_plain(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9');
}

/* One byte in the "Q" encoding; how many characters were written. */
static size_t word_byte(unsigned char c, char *ret)
{
	static const char digits[] = "0123456789ABCDEF";

	if (c <= ' ' || c == 0x7f)
		c = ' ';
	if (c == ' ' || is_plain(c)) {
		*ret = c == ' ' ? '_' : (char)c;
		return 1;
	}
	ret[0] = '=';
	ret[1] = digits[c >> 4];
	ret[2] = digits[c & 15];
	return 3;
}

static char *encoded_words(struct arena *arena, const char *text)
{
	struct evbuffer *out = evbuffer_new();
	size_t length = 0, n;
	char *ret;

	evbuffer_add_printf(out, "=?UTF-8?Q?");
	while (*text) {
		size_t bytes = character_bytes(text), chars = 0;
		char one[3 * 4 + 3];

		for (size_t i = 0; i < bytes && chars < 3 * 4; i++)
			chars += word_byte((unsigned char)text[i], one + chars);
		if (length + chars > WORD_MAX_CHARS) {
			evbuffer_add_printf(out, "?=\r\n =?UTF-8?Q?");
			length = 0;
		}
		evbuffer_add(out, one, chars);
		length += chars;
		text += bytes;
	}
	evbuffer_add_printf(out, "?=");
	n = evbuffer_get_length(out);
	ret = arena_alloc(arena, n + 1);
	evbuffer_remove(out, ret, n);
	evbuffer_free(out);
	return ret;
}

char *mail_header_text(struct arena *arena, const char *text)
{
	/* What looks like an encoded word must not become one. */
	if (is_printable_ascii(text) && !strstr(text, "=?") &&
		strlen(text) <= LINE_MAX_CHARS)
		return arena_dup(arena, text);
	return encoded_words(arena, text);
}

char *mail_header_name(struct arena *arena, const char *text)
{
	for (const char *at = text; *at; at++)
		if (!is_plain((unsigned char)*at) && *at != ' ')
			return encoded_words(arena, text);
	return mail_header_text(arena, text);
}

void mail_date(int64_t unix_seconds, char ret[MAIL_DATE_SIZE])
{
	static const char days[][4] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri",
		"Sat" };
	static const char months[][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
		"Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	time_t when = (time_t)unix_seconds;
	struct tm tm;

	gmtime_r(&when, &tm);
	snprintf(ret, MAIL_DATE_SIZE, "%s, %02d %s %04d %02d:%02d:%02d +0000",
		days[tm.tm_wday], tm.tm_mday, months[tm.tm_mon], tm.tm_year + 1900,
		tm.tm_hour, tm.tm_min, tm.tm_sec);
}

char *mail_address_ascii(struct arena *arena, const char *address)
{
	const char *at = strrchr(address, '@');
	char *domain = NULL, *ret = NULL;

	for (const char *c = address; *c; c++)
		if ((unsigned char)*c <= ' ' || *c == 0x7f || strchr("<>", *c))
			return NULL;
	if (!at || at == address)
		return NULL;
	if (idn2_to_ascii_8z(at + 1, &domain, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) ==
		IDN2_OK)
		ret = arena_printf(
			arena, "%.*s@%s", (int)(at - address), address, domain);
	if (domain)
		idn2_free(domain);
	return ret;
}

bool mail_address_needs_utf8(const char *address)
{
	return !is_printable_ascii(address);
}

/* ---- quoted-printable ---- */

struct line {
	struct evbuffer *out;
	size_t length;
};

static void line_end(struct line *line)
{
	evbuffer_add(line->out, "\r\n", 2);
	line->length = 0;
}

/* A soft break leaves room for "=" at the end of the line. */
static void line_add(struct line *line, const char *chars, size_t n)
{
	if (line->length + n > LINE_MAX_CHARS - 1) {
		evbuffer_add(line->out, "=", 1);
		line_end(line);
	}
	evbuffer_add(line->out, chars, n);
	line->length += n;
}

/* White space at the end of a line would be lost on the way. A full stop at the start
 * of one is a mark of the protocol. */
static bool stands_for_itself(const struct line *line, unsigned char c, bool is_last)
{
	if (c == ' ' || c == '\t')
		return !is_last;
	if (c == '.')
		return line->length > 0 && line->length < LINE_MAX_CHARS - 1;
	return c > ' ' && c < 0x7f && c != '=';
}

static bool ends_line(const char *text, const char *end)
{
	return text == end || *text == '\n' ||
	       (*text == '\r' && text + 1 < end && text[1] == '\n');
}

void mail_quoted_printable(struct evbuffer *out, const char *text, size_t n)
{
	struct line line = { .out = out };
	const char *end = text + n;
	char coded[4];

	while (text < end) {
		if (ends_line(text, end)) {
			text += *text == '\r' ? 2 : 1;
			line_end(&line);
			continue;
		}
		if (stands_for_itself(
			    &line, (unsigned char)*text, ends_line(text + 1, end))) {
			line_add(&line, text, 1);
		} else {
			snprintf(coded, sizeof(coded), "=%02X", (unsigned char)*text);
			line_add(&line, coded, 3);
		}
		text++;
	}
	if (line.length > 0)
		line_end(&line);
}
