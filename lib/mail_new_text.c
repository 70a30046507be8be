/*
 * The new words of a mail. Above quotes, between them or below, they are kept; after a
 * mark that says that all below is old, nothing is. In doubt a line is new.
 */
#include "lib/mail_private.h"

#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/utf8.h"

#define MAIL_SIGNATURE_LINES 20 /* more is no signature, but something to read */

struct mail_lines {
	const struct mail_line *lines;
	size_t n;
	struct mail_buffer out;
	bool blank; /* a blank line is to come before the next words */
	bool is_forward;
	bool has_quotes; /* people begin lines with ">", too: "> 100 persons" */
};

static size_t mail_lines_split(
	struct arena *arena, const char *text, struct mail_line **ret)
{
	size_t n = 1, i = 0;
	const char *p;

	for (p = text; *p; p++)
		n += *p == '\n';
	*ret = arena_array(arena, n, sizeof(**ret));
	for (p = text; i < n; i++) {
		size_t length = strcspn(p, "\n");

		(*ret)[i] = (struct mail_line){ p, length };
		p += length + (p[length] == '\n');
	}
	return n;
}

static void mail_lines_keep(struct mail_lines *all, const struct mail_line *line)
{
	if (mail_line_is_blank(line)) {
		all->blank = true;
		return;
	}
	if (all->blank && all->out.n > 0)
		mail_buffer_add(&all->out, "\n", 1);
	all->blank = false;
	mail_buffer_add(&all->out, line->bytes, line->n);
	mail_buffer_add(&all->out, "\n", 1);
}

/* Quotes, or a mark that something old follows. */
static bool mail_lines_is_old(const struct mail_lines *all, size_t i)
{
	size_t used;

	switch (mail_quote_mark(all->lines + i, all->n - i, &used)) {
	case MAIL_MARK_ATTRIBUTION:
	case MAIL_MARK_HEADERS:
	case MAIL_MARK_ORIGINAL:
		return true;
	default:
		return all->has_quotes && mail_line_is_quote(&all->lines[i]);
	}
}

/* Some line says whose words the quotes are. */
static bool mail_lines_have_attribution(const struct mail_lines *all)
{
	size_t i, used;

	for (i = 0; i < all->n; i++)
		if (mail_quote_mark(all->lines + i, all->n - i, &used) ==
			MAIL_MARK_ATTRIBUTION)
			return true;
	return false;
}

/* Where the signature that begins at i ends; i if it is too long to be one. */
static size_t mail_lines_signature(const struct mail_lines *all, size_t i)
{
	size_t end = i + 1;

	while (end < all->n && end - i <= MAIL_SIGNATURE_LINES &&
		!mail_lines_is_old(all, end))
		end++;
	return end - i <= MAIL_SIGNATURE_LINES ? end : i;
}

/* The words of a device stand last, or just before what is old. */
static bool mail_lines_is_last(const struct mail_lines *all, size_t i)
{
	size_t next = i + 1, used;

	while (next < all->n && next - i <= MAIL_SIGNATURE_LINES &&
		(mail_line_is_blank(&all->lines[next]) ||
			mail_quote_mark(all->lines + next, all->n - next, &used) ==
				MAIL_MARK_DEVICE))
		next++;
	return next == all->n || mail_lines_is_old(all, next);
}

/* How many lines from i on are done with; 0: all of them. */
static size_t mail_lines_step(struct mail_lines *all, size_t i)
{
	const struct mail_line *line = &all->lines[i];
	size_t used = 1, end;

	if (all->has_quotes && mail_line_is_quote(line)) {
		all->blank = true;
		return 1;
	}
	switch (mail_quote_mark(line, all->n - i, &used)) {
	case MAIL_MARK_HEADERS:
	case MAIL_MARK_ORIGINAL:
		return 0;
	case MAIL_MARK_FORWARD:
		all->is_forward = true;
		return 0;
	case MAIL_MARK_ATTRIBUTION:
		end = i + used;
		while (end < all->n && mail_line_is_blank(&all->lines[end]))
			end++;
		all->blank = true;
		/* not marked line by line: all of the rest */
		return end < all->n && mail_line_is_quote(&all->lines[end]) ? used : 0;
	case MAIL_MARK_SIGNATURE:
		end = mail_lines_signature(all, i);
		if (end > i)
			return end - i;
		break;
	case MAIL_MARK_DEVICE:
		if (mail_lines_is_last(all, i))
			return 1;
		break;
	case MAIL_MARK_NONE:
		break;
	}
	mail_lines_keep(all, line);
	return 1;
}

const char *mail_new_text(
	struct arena *arena, const char *text, const struct mail_text_kind *kind)
{
	struct mail_line *lines = NULL;
	size_t n = mail_lines_split(arena, text, &lines), i = 0, used = 1;
	struct mail_lines all = { .lines = lines, .n = n, .out = { .max = SIZE_MAX } };
	const char *ret = text;

	if (kind->forwarded)
		return text;
	all.has_quotes = kind->reply || mail_lines_have_attribution(&all);
	for (; i < n && used > 0; i += used)
		used = mail_lines_step(&all, i);
	if (all.out.n > 0 && !all.is_forward &&
		!utf8_is_blank(all.out.bytes, all.out.n))
		ret = arena_dup_n(arena, all.out.bytes, all.out.n - 1);
	mail_buffer_free(&all.out);
	return ret;
}
