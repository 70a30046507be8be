#include "server/mail_submission.h"

#include <string.h>

#include "lib/arena.h"
#include "server/city.h"
#include "server/email_address.h"
#include "server/submission.h"

static const char cut_note[] =
	"\n\n[Texten är längre. Hela mejlet är sparat som det kom.]";
static const char unreadable[] =
	"Mejlet gick inte att läsa. Det är sparat som det kom.";
static const char empty[] = "Mejlet har ingen text. Det är sparat som det kom.";

#define CUT_NOTE_ROOM 100

static const char *member(const json_t *json, const char *name)
{
	const char *text = json_string_value(json_object_get(json, name));

	return text && text[strspn(text, " \t\r\n")] ? text : NULL;
}

/* The bytes of its first n code points. */
static size_t bytes_of(const char *text, size_t n)
{
	size_t i = 0;

	for (; text[i]; i++)
		if (((unsigned char)text[i] & 0xc0) != 0x80 && n-- == 0)
			break;
	return i;
}

static const char *bounded(struct arena *arena, const char *text)
{
	if (!text[bytes_of(text, SUBMISSION_TEXT_MAX)])
		return text;
	return arena_printf(arena, "%s%s",
		arena_dup_n(arena, text,
			bytes_of(text, SUBMISSION_TEXT_MAX - CUT_NOTE_ROOM)),
		cut_note);
}

/* A reply that quotes and says nothing above it is still shown with all it has. */
static const char *words(const json_t *json)
{
	const char *text = member(json, "newText");

	return text ? text : member(json, "text");
}

const char *mail_submission_message(struct arena *arena, const json_t *json)
{
	const char *text = words(json);

	if (!text)
		text = member(json, "subject");
	return bounded(arena, text ? text : empty);
}

static const char *case_text(struct arena *arena, const json_t *json)
{
	const char *subject = member(json, "subject"), *text = words(json);

	if (!json)
		return unreadable;
	if (subject && text)
		return bounded(arena, arena_printf(arena, "%s\n\n%s", subject, text));
	return mail_submission_message(arena, json);
}

static void contact_fill(
	struct arena *arena, const json_t *json, struct submission_contact *ret)
{
	const char *email = member(json, "from"), *name = member(json, "fromName");

	if (email && email_address_is_possible(email) &&
		!email[bytes_of(email, SUBMISSION_EMAIL_MAX)])
		ret->email = email;
	if (name)
		ret->name =
			arena_dup_n(arena, name, bytes_of(name, SUBMISSION_NAME_MAX));
}

void mail_submission_make(
	struct arena *arena, const struct mail_submission *mail, struct submission *ret)
{
	const char *language = member(mail->json, "language");

	*ret = (struct submission){ .text = case_text(arena, mail->json),
		.type = "complaint",
		.place = { .unit = mail->unit },
		.wants_reply = true,
		.no_receipt = !mail->answer,
		.language = language ? language : "sv",
		.channel = "mail",
		.board = mail->board };
	if (!mail->json && !mail->board)
		ret->board = CITY_DISPATCH;
	/* Of a mailbox of the city's own dispatch the rules decide, by the words. */
	if (mail->json && mail->board && !strcmp(mail->board, CITY_DISPATCH))
		ret->board = NULL;
	contact_fill(arena, mail->json, &ret->contact);
}
