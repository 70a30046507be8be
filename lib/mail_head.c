#include "lib/mail_private.h"

#include <string.h>
#include <strings.h>

#include "lib/arena.h"
#include "lib/base.h"

const char *mail_head_value(const struct mail_work *work, const char *name)
{
	return mail_words_line(work, GMIME_OBJECT(work->message), name);
}

/* ---- subjects ---- */

/* As clients in the five languages begin a subject. "VS" is a reply in Finnish and a
 * forward in Norwegian. */
static const struct {
	const char *word;
	enum mail_head_prefix prefix;
} prefixes[] = {
	{ "re", MAIL_PREFIX_REPLY },
	{ "sv", MAIL_PREFIX_REPLY },
	{ "aw", MAIL_PREFIX_REPLY },
	{ "antw", MAIL_PREFIX_REPLY },
	{ "antwort", MAIL_PREFIX_REPLY },
	{ "svar", MAIL_PREFIX_REPLY },
	{ "ang", MAIL_PREFIX_REPLY },
	{ "vs", MAIL_PREFIX_EITHER },
	{ "vb", MAIL_PREFIX_FORWARD },
	{ "fw", MAIL_PREFIX_FORWARD },
	{ "fwd", MAIL_PREFIX_FORWARD },
	{ "wg", MAIL_PREFIX_FORWARD },
	{ "vl", MAIL_PREFIX_FORWARD },
	{ "vidarebefordrat", MAIL_PREFIX_FORWARD },
	{ "automatiskt svar", MAIL_PREFIX_AUTOMATIC },
	{ "autosvar", MAIL_PREFIX_AUTOMATIC },
	{ "frånvaromeddelande", MAIL_PREFIX_AUTOMATIC },
	{ "frånvaro", MAIL_PREFIX_AUTOMATIC },
	{ "automatic reply", MAIL_PREFIX_AUTOMATIC },
	{ "auto-reply", MAIL_PREFIX_AUTOMATIC },
	{ "autoreply", MAIL_PREFIX_AUTOMATIC },
	{ "auto response", MAIL_PREFIX_AUTOMATIC },
	{ "out of office", MAIL_PREFIX_AUTOMATIC },
	{ "out of office autoreply", MAIL_PREFIX_AUTOMATIC },
	{ "out of the office", MAIL_PREFIX_AUTOMATIC },
	{ "automaattinen vastaus", MAIL_PREFIX_AUTOMATIC },
	{ "poissaoloilmoitus", MAIL_PREFIX_AUTOMATIC },
	{ "automatische antwort", MAIL_PREFIX_AUTOMATIC },
	{ "abwesenheitsnotiz", MAIL_PREFIX_AUTOMATIC },
	{ "abwesenheitsmeldung", MAIL_PREFIX_AUTOMATIC },
	{ "automatisk svar", MAIL_PREFIX_AUTOMATIC },
	{ "fraværsmelding", MAIL_PREFIX_AUTOMATIC },
	{ "undelivered mail returned to sender", MAIL_PREFIX_BOUNCE },
	{ "delivery status notification (failure)", MAIL_PREFIX_BOUNCE },
	{ "delivery status notification (delay)", MAIL_PREFIX_BOUNCE },
	{ "undeliverable", MAIL_PREFIX_BOUNCE },
	{ "undeliverable mail", MAIL_PREFIX_BOUNCE },
	{ "mail delivery failed", MAIL_PREFIX_BOUNCE },
	{ "mail delivery failed: returning message to sender", MAIL_PREFIX_BOUNCE },
	{ "failure notice", MAIL_PREFIX_BOUNCE },
	{ "returned mail", MAIL_PREFIX_BOUNCE },
	{ "olevererbart", MAIL_PREFIX_BOUNCE },
	{ "oleveransbart", MAIL_PREFIX_BOUNCE },
	{ "det gick inte att leverera", MAIL_PREFIX_BOUNCE },
	{ "ei voi toimittaa", MAIL_PREFIX_BOUNCE },
	{ "toimittaminen epäonnistui", MAIL_PREFIX_BOUNCE },
	{ "unzustellbar", MAIL_PREFIX_BOUNCE },
	{ "kan ikke leveres", MAIL_PREFIX_BOUNCE },
};

/* The word stands before a colon ("RE[2]:" too) or is all there is; a reply's and a
 * forward's only before a colon, since people write about "RE". */
static bool mail_head_begins(const char *subject, size_t row)
{
	size_t n = strlen(prefixes[row].word);
	const char *after = subject + n;

	if (strncasecmp(subject, prefixes[row].word, n) != 0)
		return false;
	if (after[0] == '[') {
		after += 1 + strspn(after + 1, "0123456789");
		if (*after++ != ']')
			return false;
	}
	after += strspn(after, " ");
	return after[0] == ':' ||
	       (after[0] == '\0' && prefixes[row].prefix > MAIL_PREFIX_FORWARD);
}

enum mail_head_prefix mail_head_prefix_of(const char *subject)
{
	size_t i;

	for (i = 0; subject && i < ARRAY_LEN(prefixes); i++)
		if (mail_head_begins(subject, i))
			return prefixes[i].prefix;
	return MAIL_PREFIX_NONE;
}

/* ---- addresses ---- */

struct mail_people {
	struct mail_list list;
	const char *name; /* of the first */
};

static void mail_head_person(
	struct mail_work *work, InternetAddress *one, struct mail_people *ret)
{
	const char *address = mail_charset_line(work->arena,
		internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(one)),
		MAIL_WORD_MAX);

	if (!address || !strchr(address, '@'))
		return;
	if (ret->list.n == MAIL_LIST_MAX) {
		work->mail->truncated = true;
		return;
	}
	if (!ret->list.items)
		ret->list.items = arena_array(
			work->arena, MAIL_LIST_MAX, sizeof(*ret->list.items));
	if (ret->list.n == 0)
		ret->name = mail_charset_line(
			work->arena, internet_address_get_name(one), MAIL_WORD_MAX);
	ret->list.items[ret->list.n++] = address;
}

/* Mailboxes, also those in groups, but not in groups within groups. */
static void mail_head_people(struct mail_work *work, InternetAddressList *list,
	unsigned depth, struct mail_people *ret)
{
	int n = list ? internet_address_list_length(list) : 0, i;

	for (i = 0; i < n; i++) {
		InternetAddress *one = internet_address_list_get_address(list, i);

		if (INTERNET_ADDRESS_IS_MAILBOX(one))
			mail_head_person(work, one, ret);
		else if (INTERNET_ADDRESS_IS_GROUP(one) && depth == 0)
			mail_head_people(work,
				internet_address_group_get_members(
					INTERNET_ADDRESS_GROUP(one)),
				depth + 1, ret);
	}
}

/* Of all fields of the name: some clients write several. */
static struct mail_people mail_head_list(struct mail_work *work, const char *name)
{
	GMimeHeaderList *fields =
		g_mime_object_get_header_list(GMIME_OBJECT(work->message));
	int n = g_mime_header_list_get_count(fields), i;
	struct mail_people ret = { 0 };

	for (i = 0; i < n; i++) {
		GMimeHeader *field = g_mime_header_list_get_header_at(fields, i);
		InternetAddressList *list;

		if (strcasecmp(g_mime_header_get_name(field), name) != 0 ||
			ret.list.n == MAIL_LIST_MAX)
			continue;
		list = internet_address_list_parse(work->reader->options,
			mail_words_raw(
				work->arena, g_mime_header_get_raw_value(field)));
		mail_head_people(work, list, 0, &ret);
		if (list)
			g_object_unref(list);
	}
	return ret;
}

static void mail_head_addresses(struct mail_work *work)
{
	struct mail *mail = work->mail;
	struct mail_people from = mail_head_list(work, "From");
	struct mail_people reply = mail_head_list(work, "Reply-To");

	if (from.list.n == 0)
		from = mail_head_list(work, "Sender");
	mail->from = from.list.n > 0 ? from.list.items[0] : NULL;
	mail->from_name = from.list.n > 0 ? from.name : mail_head_value(work, "From");
	mail->reply_to = reply.list.n > 0 ? reply.list.items[0] : NULL;
	mail->to = mail_head_list(work, "To").list;
	mail->cc = mail_head_list(work, "Cc").list;
}

/* ---- ids and the like ---- */

static struct mail_list mail_head_ids(struct mail_work *work, const char *name)
{
	struct mail_list ret = { 0 };
	const char *value = g_mime_object_get_header(GMIME_OBJECT(work->message), name);
	GMimeReferences *ids = value ? g_mime_references_parse(NULL, value) : NULL;
	int n = ids ? g_mime_references_length(ids) : 0, i;

	ret.items = arena_array(work->arena, MAIL_LIST_MAX, sizeof(*ret.items));
	/* the last are the nearest */
	for (i = n > MAIL_LIST_MAX ? n - MAIL_LIST_MAX : 0; i < n; i++) {
		const char *id = mail_charset_line(work->arena,
			g_mime_references_get_message_id(ids, i), MAIL_WORD_MAX);

		if (id)
			ret.items[ret.n++] = id;
	}
	if (ids)
		g_mime_references_free(ids);
	return ret;
}

static const char *mail_head_date(struct mail_work *work)
{
	GDateTime *date = g_mime_message_get_date(work->message);
	char *text = date ? g_date_time_format(date, "%Y-%m-%dT%H:%M:%S%:z") : NULL;
	const char *ret = text ? arena_dup(work->arena, text) : NULL;

	g_free(text);
	return ret;
}

/* "<>" is the empty text: nobody. */
static const char *mail_head_return_path(struct mail_work *work)
{
	const char *value = mail_head_value(work, "Return-Path");
	size_t n;

	if (!value)
		return NULL;
	value += strspn(value, " <");
	n = strcspn(value, "> ");
	return arena_dup_n(work->arena, value, n);
}

void mail_head_read(struct mail_work *work)
{
	struct mail *mail = work->mail;
	struct mail_list answered = mail_head_ids(work, "In-Reply-To");
	struct mail_list ids = mail_head_ids(work, "Message-ID");

	mail->subject = mail_head_value(work, "Subject");
	mail_head_addresses(work);
	mail->date = mail_head_date(work);
	mail->message_id = ids.n > 0 ? ids.items[0] : NULL;
	mail->in_reply_to = answered.n > 0 ? answered.items[0] : NULL;
	mail->references = mail_head_ids(work, "References");
	mail->return_path = mail_head_return_path(work);
}
