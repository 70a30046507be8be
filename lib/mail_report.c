/*
 * What mail servers report: in fields (RFC 3464) where they can, else in words, from
 * which the address and the code are picked.
 */
#include "lib/mail_private.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "lib/arena.h"
#include "lib/base.h"

/* The value of the first field of this name from at on, before end; NULL. Folded lines
 * are not followed: nothing that is read here is that long. */
static const char *mail_report_field(
	struct arena *arena, const char *at, const char *end, const char *name)
{
	size_t n = strlen(name);

	while (at && at < end) {
		if (strncasecmp(at, name, n) == 0 && at[n] == ':')
			return mail_charset_line(arena,
				arena_dup_n(
					arena, at + n + 1, strcspn(at + n + 1, "\n")),
				MAIL_WORD_MAX);
		at = memchr(at, '\n', (size_t)(end - at));
		at = at ? at + 1 : NULL;
	}
	return NULL;
}

/* "rfc822; a@b" and "<a@b>" are a@b. */
static const char *mail_report_address(struct arena *arena, const char *value)
{
	const char *semicolon = value ? strchr(value, ';') : NULL;
	size_t n;

	if (!value)
		return NULL;
	value = semicolon ? semicolon + 1 : value;
	value += strspn(value, " <");
	n = strcspn(value, " >,");
	return n > 0 ? arena_dup_n(arena, value, n) : NULL;
}

static const char *mail_report_id(struct arena *arena, const char *value)
{
	size_t n;

	if (!value)
		return NULL;
	value += strspn(value, " \t\n<");
	n = strcspn(value, " \t\n>");
	return n > 0 ? arena_dup_n(arena, value, n) : NULL;
}

/* "5.1.1 (bad destination)" is 5.1.1; also found in running text. */
static const char *mail_report_status(struct arena *arena, const char *text)
{
	for (; text && *text; text++) {
		size_t n = strspn(text, "0123456789.");

		if (n >= 5 && n <= 9 && strchr("245", text[0]) && text[1] == '.' &&
			isdigit((unsigned char)text[2]) &&
			memchr(text + 3, '.', n - 3) &&
			isdigit((unsigned char)text[n - 1]))
			return arena_dup_n(arena, text, n);
		if (n > 1)
			text += n - 1;
	}
	return NULL;
}

/* ---- fields ---- */

/* The report's part about one recipient; true if delivery failed. */
static bool mail_report_block(const struct mail_work *work, const char *at,
	const char *end, struct mail_bounce *ret)
{
	const char *recipient =
		mail_report_field(work->arena, at, end, "Original-Recipient");

	if (!recipient)
		recipient = mail_report_field(work->arena, at, end, "Final-Recipient");
	if (!recipient)
		return false;
	ret->recipient = mail_report_address(work->arena, recipient);
	ret->action = mail_report_field(work->arena, at, end, "Action");
	ret->status = mail_report_status(
		work->arena, mail_report_field(work->arena, at, end, "Status"));
	return ret->action && strcasecmp(ret->action, "failed") == 0;
}

/* The first recipient that failed, else the last one named. */
static void mail_report_fields(const struct mail_work *work, struct mail_bounce *ret)
{
	const char *at = mail_buffer_dup(work->arena, &work->status), *next;

	for (; at && *at; at = next) {
		next = strstr(at, "\n\n");
		next = next ? next + 2 : at + strlen(at);
		if (mail_report_block(work, at, next, ret))
			return;
	}
}

/* ---- words ---- */

/* The first address in angle brackets or alone on its line. */
static const char *mail_report_first_address(struct arena *arena, const char *text)
{
	const char *at;

	for (at = strchr(text, '@'); at; at = strchr(at + 1, '@')) {
		const char *from = at, *to = at + 1;

		while (from > text &&
			(isalnum((unsigned char)from[-1]) || strchr(".+-_=", from[-1])))
			from--;
		while (isalnum((unsigned char)*to) || *to == '.' || *to == '-')
			to++;
		if (from < at && to > at + 1 && memchr(at, '.', (size_t)(to - at)))
			return arena_dup_n(
				arena, from, (size_t)(to - from) - (to[-1] == '.'));
	}
	return NULL;
}

static void mail_report_words(struct mail_work *work, struct mail_bounce *ret)
{
	const char *text = work->mail->text;

	if (!ret->recipient)
		ret->recipient = mail_report_address(
			work->arena, mail_head_value(work, "X-Failed-Recipients"));
	if (!ret->recipient)
		ret->recipient = mail_report_first_address(work->arena, text);
	if (!ret->status)
		ret->status = mail_report_status(work->arena, text);
}

static const char *mail_report_original(struct mail_work *work)
{
	const char *text = work->mail->text, *found;

	if (work->nested && g_mime_message_get_message_id(work->nested))
		return mail_charset_line(work->arena,
			g_mime_message_get_message_id(work->nested), MAIL_WORD_MAX);
	if (work->returned_message_id)
		return mail_report_id(work->arena, work->returned_message_id);
	found = mail_report_field(work->arena, text, text + strlen(text), "Message-ID");
	if (found)
		return mail_report_id(work->arena, found);
	return work->mail->in_reply_to;
}

void mail_report_read(struct mail_work *work)
{
	struct mail_bounce *ret = arena_alloc(work->arena, sizeof(*ret));

	if (work->status.n > 0)
		mail_report_fields(work, ret);
	mail_report_words(work, ret);
	ret->original_message_id = mail_report_original(work);
	work->mail->bounce = ret;
}

void mail_report_read_receipt(struct mail_work *work)
{
	const char *text = mail_buffer_dup(work->arena, &work->status);
	const char *id = mail_report_id(
		work->arena, mail_report_field(work->arena, text, text + strlen(text),
				     "Original-Message-ID"));

	if (!work->mail->in_reply_to)
		work->mail->in_reply_to = id ? id : mail_report_original(work);
}

bool mail_report_is_failure(const struct mail_work *work)
{
	struct mail_bounce bounce = { 0 };

	mail_report_fields(work, &bounce);
	return !bounce.action || strcasecmp(bounce.action, "failed") == 0 ||
	       strcasecmp(bounce.action, "delayed") == 0;
}
