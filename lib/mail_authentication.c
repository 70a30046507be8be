/*
 * Authentication-Results (RFC 8601), those that our own mail server wrote: others could
 * be anybody's words. "host 1; spf=pass smtp.mailfrom=x; dkim=fail (why) header.d=y".
 */
#include "lib/mail_private.h"

#include <string.h>
#include <strings.h>

#include "lib/arena.h"
#include "lib/base.h"

#define MAIL_AUTHENTICATION_MAX 20      /* fields that are looked at */
#define MAIL_AUTHENTICATION_POLICY ".p" /* no property is called that */

/* What a quoted string may hold: no end, no space and no "=" that means something. */
static char mail_authentication_quoted(char c)
{
	return strchr(" \t;=()", c) ? '_' : c;
}

/* The word after name and "=", or NULL. */
static const char *mail_authentication_word(
	struct arena *arena, const char *text, const char *name)
{
	size_t n = strlen(name);
	const char *at = text + strspn(text, " \t");

	while (*at) {
		const char *end = at + strcspn(at, " \t=");

		if ((size_t)(end - at) == n && strncasecmp(at, name, n) == 0 &&
			end[strspn(end, " \t")] == '=') {
			end += strspn(end, " \t=");
			return arena_dup_n(arena, end, strcspn(end, " \t;"));
		}
		at += strcspn(at, " \t");
		at += strspn(at, " \t");
	}
	return NULL;
}

/*
 * What a domain asks for is told in a comment by most: "(p=reject dis=none)",
 * "(policy=reject)". Of such a one that is kept as a word of its own, which is never
 * longer than the comment; n is its length without the parentheses.
 */
static char *mail_authentication_comment(
	struct arena *arena, const char *comment, size_t n, char *to)
{
	static const char *const policies[] = { "none", "quarantine", "reject" };
	const char *text = arena_dup_n(arena, comment, n);
	const char *said = mail_authentication_word(arena, text, "p");

	if (!said)
		said = mail_authentication_word(arena, text, "policy");
	for (size_t i = 0; said && i < ARRAY_LEN(policies); i++) {
		if (strcasecmp(said, policies[i]) != 0)
			continue;
		to = stpcpy(to, " " MAIL_AUTHENTICATION_POLICY "=");
		to = stpcpy(to, policies[i]);
	}
	return to;
}

/*
 * Comments (RFC 5322, 3.2.2) say nothing else to a program, and a quoted string, which
 * can be a stranger's ("a; dmarc=pass"@example.org), is one word whatever stands in it.
 */
static char *mail_authentication_bare(struct arena *arena, const char *value)
{
	char *ret = arena_dup(arena, value), *to = ret;
	const char *comment = NULL;
	unsigned depth = 0;
	bool quoted = false;

	for (; *value; value++) {
		bool escaped = *value == '\\' && (quoted || depth > 0) && value[1];

		if (escaped)
			value++;
		if (!escaped && *value == '"' && depth == 0) {
			quoted = !quoted;
		} else if (!escaped && *value == '(' && !quoted) {
			comment = depth++ == 0 ? value + 1 : comment;
		} else if (!escaped && *value == ')' && !quoted && depth > 0) {
			to = --depth > 0 ? to
					 : mail_authentication_comment(arena, comment,
						   (size_t)(value - comment), to);
		} else if (depth == 0) {
			*to++ = quoted ? mail_authentication_quoted(*value) : *value;
		}
	}
	*to = '\0';
	return ret;
}

/* Of several signatures one good one is enough. */
static void mail_authentication_set(const char **ret, const char *found)
{
	if (found && (!*ret || strcasecmp(found, "pass") == 0))
		*ret = found;
}

static void mail_authentication_result(
	struct mail_work *work, const char *one, struct mail_authentication *ret)
{
	const char *name = one + strspn(one, " \t");

	if (strncasecmp(name, "spf", 3) == 0 && !ret->spf)
		ret->spf = mail_authentication_word(work->arena, name, "spf");
	else if (strncasecmp(name, "dkim", 4) == 0)
		mail_authentication_set(&ret->dkim,
			mail_authentication_word(work->arena, name, "dkim"));
	if (strncasecmp(name, "dmarc", 5) != 0 || ret->dmarc)
		return;
	ret->dmarc = mail_authentication_word(work->arena, name, "dmarc");
	ret->from = mail_authentication_word(work->arena, name, "header.from");
	ret->policy = mail_authentication_word(work->arena, name, "policy.dmarc");
	if (!ret->policy)
		ret->policy = mail_authentication_word(
			work->arena, name, MAIL_AUTHENTICATION_POLICY);
}

/* False: not by the host that is trusted. */
static bool mail_authentication_field(
	struct mail_work *work, const char *value, struct mail_authentication *ret)
{
	const char *host = work->reader->config.authserv_id;
	char *text = mail_authentication_bare(
		work->arena, mail_charset_line(work->arena, value, MAIL_HEADER_MAX));
	size_t n;

	text += strspn(text, " \t");
	n = strcspn(text, " \t;");
	if (strlen(host) != n || strncasecmp(text, host, n) != 0)
		return false;
	text += strcspn(text, ";");
	while (*text == ';') {
		char *one = ++text;

		text += strcspn(text, ";");
		mail_authentication_result(
			work, arena_dup_n(work->arena, one, (size_t)(text - one)), ret);
	}
	return true;
}

void mail_authentication_read(struct mail_work *work)
{
	GMimeHeaderList *fields =
		g_mime_object_get_header_list(GMIME_OBJECT(work->message));
	int n = g_mime_header_list_get_count(fields), i, seen = 0;
	struct mail_authentication *ret = arena_alloc(work->arena, sizeof(*ret));
	bool found = false;

	for (i = 0; work->reader->config.authserv_id && i < n &&
		    seen < MAIL_AUTHENTICATION_MAX;
		i++) {
		GMimeHeader *field = g_mime_header_list_get_header_at(fields, i);
		const char *value;

		if (strcasecmp(g_mime_header_get_name(field),
			    "Authentication-Results") != 0)
			continue;
		seen++;
		/* not decoded: an encoded word can be a stranger's, too */
		value = mail_words_raw(work->arena, g_mime_header_get_raw_value(field));
		if (value && mail_charset_line(work->arena, value, 1))
			found = mail_authentication_field(work, value, ret) || found;
	}
	if (found)
		work->mail->authentication = ret;
}
