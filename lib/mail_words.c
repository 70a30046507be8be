/*
 * Encoded words (RFC 2047). Clients cut a long text into several, each with its own
 * padding, and some in the middle of a character. GMime reads several in base64 as one
 * text, which its padding then ends; so they are made one before it reads them. The
 * mail itself stays as it is.
 */
#include "lib/mail_private.h"

#include <string.h>
#include <strings.h>

#include "lib/arena.h"
#include "lib/base.h"

struct mail_word {
	const char *charset, *data, *end; /* end: after "?=" */
	size_t charset_n, data_n;
};

/* "=?charset?B?data?=" at the start of p. */
static bool mail_word_read(const char *p, const char *end, struct mail_word *ret)
{
	const char *question;

	if (end - p < 8 || p[0] != '=' || p[1] != '?')
		return false;
	ret->charset = p + 2;
	question = memchr(ret->charset, '?', (size_t)(end - ret->charset));
	if (!question || question == ret->charset || end - question < 5 ||
		(question[1] != 'B' && question[1] != 'b') || question[2] != '?')
		return false;
	ret->charset_n = (size_t)(question - ret->charset);
	ret->data = question + 3;
	question = memchr(ret->data, '?', (size_t)(end - ret->data));
	if (!question || end - question < 2 || question[1] != '=')
		return false;
	ret->data_n = (size_t)(question - ret->data);
	ret->end = question + 2;
	return true;
}

static size_t mail_word_decode(const struct mail_word *word, unsigned char *ret)
{
	guint save = 0;
	gint state = 0;

	return g_base64_decode_step(
		word->data, (gsize)word->data_n, ret, &state, &save);
}

/* Those that follow the first with nothing but white space between and in the same
 * charset. Where the last of them ends; NULL if there is none. */
static const char *mail_words_gather(const struct mail_word *first, const char *end,
	unsigned char *room, size_t *ret_n)
{
	const char *last = first->end, *next;
	struct mail_word word;

	*ret_n = mail_word_decode(first, room);
	for (;;) {
		next = last;
		while (next < end && strchr(" \t\r\n", *next))
			next++;
		if (next == last || !mail_word_read(next, end, &word) ||
			word.charset_n != first->charset_n ||
			strncasecmp(word.charset, first->charset, word.charset_n) != 0)
			break;
		*ret_n += mail_word_decode(&word, room + *ret_n);
		last = word.end;
	}
	return last > first->end ? last : NULL;
}

/* The first word's head stays where it is, before to. */
static char *mail_words_put(char *to, const unsigned char *bytes, size_t n)
{
	char *text = g_base64_encode(bytes, n);
	size_t length = strlen(text);

	memcpy(to, text, length);
	memcpy(to + length, "?=", 2);
	g_free(text);
	return to + length + 2;
}

/* In place: what is written is never longer than what was read for it. */
static size_t mail_words_join(char *field, size_t n)
{
	const char *from = field, *end = field + n, *last;
	unsigned char *room;
	struct mail_word word;
	char *to = field;
	size_t size, head;

	if (!memmem(field, n, "?=", 2))
		return n;
	room = mem_new(n);
	while (from < end) {
		last = mail_word_read(from, end, &word)
			       ? mail_words_gather(&word, end, room, &size)
			       : NULL;
		if (!last) {
			*to++ = *from++;
			continue;
		}
		head = (size_t)(word.data - from);
		memmove(to, from, head);
		to = mail_words_put(to + head, room, size);
		from = last;
	}
	mem_free(room);
	return (size_t)(to - field);
}

char *mail_words_raw(struct arena *arena, const char *raw)
{
	char *unfolded = raw ? g_mime_utils_header_unfold(raw) : NULL;
	char *ret = arena_dup(arena, unfolded);

	g_free(unfolded);
	if (ret)
		ret[mail_words_join(ret, strlen(ret))] = '\0';
	return ret;
}

char *mail_words_field(
	const struct mail_work *work, GMimeObject *object, const char *name)
{
	GMimeHeader *field = g_mime_header_list_get_header(
		g_mime_object_get_header_list(object), name);

	return field ? mail_words_raw(work->arena, g_mime_header_get_raw_value(field))
		     : NULL;
}

char *mail_words_line(
	const struct mail_work *work, GMimeObject *object, const char *name)
{
	const char *raw = mail_words_field(work, object, name);
	char *text = raw ? g_mime_utils_header_decode_text(work->reader->options, raw)
			 : NULL;
	char *ret = text ? mail_charset_line(work->arena, text, MAIL_WORD_MAX) : NULL;

	g_free(text);
	return ret;
}
