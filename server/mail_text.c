#include "server/mail_text.h"

#include <string.h>

#include <event2/buffer.h>
#include <jansson.h>

#include "lib/arena.h"
#include "lib/catalogue.h"
#include "lib/error.h"
#include "lib/mail_format.h"
#include "lib/template_set.h"
#include "server/day.h"
#include "server/follow_code.h"
#include "server/page_child.h"
#include "server/reply_address.h"

/* What one letter is made of. */
struct making {
	struct arena *arena;
	const struct mail_sender *sender;
	const struct mail_case *c;
	const char *language;
	json_t *data;
};

/* A child's own words for it, where there are some. */
static const char *text_at(
	const struct making *m, const char *key, const struct text_value *values)
{
	const char *own = arena_printf(m->arena, "child.%s", key);

	if (m->c->from_child && catalogue_find(m->sender->catalogue, m->language, own))
		key = own;
	return catalogue_format(
		m->arena, m->sender->catalogue, m->language, key, values);
}

/* mail.KIND.PART */
static const char *text_of_kind(
	const struct making *m, const char *part, const struct text_value *values)
{
	return text_at(
		m, arena_printf(m->arena, "mail.%s.%s", m->c->kind, part), values);
}

const char *mail_text_day(struct arena *arena, const struct catalogue *catalogue,
	const char *language, const char *iso)
{
	struct day_civil civil;
	int32_t day;

	if (!iso || day_parse(iso, &day, NULL) < 0)
		return NULL;
	civil = day_to_civil(day);
	return catalogue_format(arena, catalogue, language, "date.long",
		TEXT_VALUES({ "weekday", catalogue_text(catalogue, language,
						 arena_printf(arena, "weekday.d%d",
							 (int)day_weekday(day) + 1)) },
			{ "day", arena_printf(arena, "%d", civil.day) },
			{ "month", catalogue_text(catalogue, language,
					   arena_printf(
						   arena, "month.m%d", civil.month)) },
			{ "year", arena_printf(arena, "%d", civil.year) }));
}

const char *mail_text_month(struct arena *arena, const struct catalogue *catalogue,
	const char *language, const char *month)
{
	struct day_civil civil;
	int32_t day;

	if (!month || day_parse(arena_printf(arena, "%s-01", month), &day, NULL) < 0)
		return NULL;
	civil = day_to_civil(day);
	return catalogue_format(arena, catalogue, language, "date.month",
		TEXT_VALUES({ "month", catalogue_text(catalogue, language,
					       arena_printf(arena, "month.m%d",
						       civil.month)) },
			{ "year", arena_printf(arena, "%d", civil.year) }));
}

static void put(struct making *m, const char *key, const char *value)
{
	if (value)
		json_object_set_new(m->data, key, json_string(value));
}

/* A line with a date in it, when there is one: mail.KIND.KEY */
static void put_day(
	struct making *m, const char *kind, const char *key, const char *iso)
{
	const char *words =
		mail_text_day(m->arena, m->sender->catalogue, m->language, iso);

	if (words)
		put(m, key,
			text_at(m, arena_printf(m->arena, "mail.%s.%s", kind, key),
				TEXT_VALUES({ "date", words })));
}

static void put_promises(struct making *m)
{
	put_day(m, "receipt", "received", m->c->received_on);
	put_day(m, "receipt", "acknowledge", m->c->acknowledge_by);
	put_day(m, "receipt", "answer", m->c->answer_by);
	if (m->c->board_name)
		put(m, "board",
			text_at(m, "mail.receipt.board",
				TEXT_VALUES({ "board", m->c->board_name })));
}

/* A seal that does not open (the secret was changed) costs the code, not the letter. */
static void put_link(struct making *m)
{
	struct case_number number;
	char code[FOLLOW_CODE_SIZE];

	put(m, "find", arena_printf(m->arena, "%s/folj", m->sender->url));
	if (m->c->shown_code)
		put(m, "link",
			arena_printf(m->arena, "%s/folj/%s/%s", m->sender->url,
				m->c->number, m->c->shown_code));
	if (!m->c->sealed_code || case_number_parse(m->c->number, &number) < 0 ||
		follow_code_open(m->sender->secret, &number, m->c->sealed_code, code) <
			0)
		return;
	put(m, "link",
		arena_printf(
			m->arena, "%s/folj/%s/%s", m->sender->url, m->c->number, code));
}

/* Which files there are, and where. */
static void put_files(struct making *m)
{
	if (m->c->files)
		put(m, "files",
			arena_printf(m->arena, "%s\n%s",
				text_at(m,
					m->c->files_apart ? "mail.files-apart"
							  : "mail.files",
					NULL),
				m->c->files));
}

static json_t *letter_data(struct making *m)
{
	json_t *texts = catalogue_json(m->sender->catalogue, m->language);

	texts = m->c->from_child ? page_child_texts(texts) : json_incref(texts);
	m->data = json_pack("{s:o}", "t", texts);
	put(m, "text", text_of_kind(m, "text", NULL));
	put(m, "number",
		text_at(m, "mail.number", TEXT_VALUES({ "number", m->c->number })));
	if (!m->c->sensitive) {
		if (!strcmp(m->c->kind, "receipt") || !strcmp(m->c->kind, "split"))
			put_promises(m);
		put_day(m, m->c->kind, "expected", m->c->expected_by);
		put(m, "words", m->c->words);
		put_files(m);
	}
	put_link(m);
	if (m->c->survey)
		put(m, "survey",
			arena_printf(m->arena, "%s/tyck/%s?lang=%s", m->sender->url,
				m->c->survey, m->language));
	return m->data;
}

static void header_write(struct arena *arena, const struct mail_sender *sender,
	const struct mail_head *head, struct evbuffer *out)
{
	char date[MAIL_DATE_SIZE];

	mail_date(head->sent_at, date);
	evbuffer_add_printf(out,
		"Date: %s\r\nFrom: %s <%s>\r\nTo: <%s>\r\nMessage-ID: <%s>\r\n", date,
		mail_header_name(arena,
			catalogue_text(sender->catalogue, head->language, "mail.from")),
		sender->from, head->to, head->message_id);
	if (head->reply_to)
		evbuffer_add_printf(out, "Reply-To: <%s>\r\n", head->reply_to);
	evbuffer_add_printf(
		out, "Subject: %s\r\n", mail_header_text(arena, head->subject));
	/* RFC 3834: no out-of-office reply comes back to any kind. */
	evbuffer_add_printf(out, "Auto-Submitted: %s\r\n", head->auto_submitted);
	evbuffer_add_printf(
		out, "Content-Language: %s\r\nMIME-Version: 1.0\r\n", head->language);
}

const char *mail_text_boundary(struct arena *arena, const char *message_id)
{
	return arena_printf(arena, "=_%.*s", (int)strcspn(message_id, "@"), message_id);
}

static void body_write(struct evbuffer *out, struct evbuffer *body)
{
	size_t n = evbuffer_get_length(body);

	evbuffer_add_printf(out, "Content-Type: text/plain; charset=utf-8\r\n"
				 "Content-Transfer-Encoding: quoted-printable\r\n\r\n");
	mail_quoted_printable(out, (const char *)evbuffer_pullup(body, -1), n);
	evbuffer_drain(body, n);
}

static void parts_write(struct arena *arena, const struct mail_head *head,
	struct evbuffer *out, struct evbuffer *body)
{
	const char *boundary = mail_text_boundary(arena, head->message_id);

	evbuffer_add_printf(out,
		"Content-Type: multipart/mixed; boundary=\"%s\"\r\n\r\n--%s\r\n",
		boundary, boundary);
	body_write(out, body);
	evbuffer_add_buffer(out, head->parts);
	evbuffer_add_printf(out, "--%s--\r\n", boundary);
}

void mail_text_assemble(struct arena *arena, const struct mail_sender *sender,
	const struct mail_head *head, struct evbuffer *body, struct mail_letter *ret)
{
	struct evbuffer *out = evbuffer_new();

	header_write(arena, sender, head, out);
	if (head->parts && evbuffer_get_length(head->parts) > 0)
		parts_write(arena, head, out, body);
	else
		body_write(out, body);
	ret->size = evbuffer_get_length(out);
	ret->bytes =
		arena_dup_n(arena, (const char *)evbuffer_pullup(out, -1), ret->size);
	evbuffer_free(out);
}

/* Who answers writes to the case, not to an address that nobody reads. */
static const char *reply_to(const struct making *m)
{
	struct reply_address address = { .party = REPLY_PARTY_COMPLAINANT };
	char *ret = arena_alloc(m->arena, REPLY_ADDRESS_SIZE);

	if (case_number_parse(m->c->number, &address.number) < 0)
		return NULL;
	reply_address_make(
		m->sender->secret, &address, strrchr(m->sender->from, '@') + 1, ret);
	return ret;
}

static struct making making_of(struct arena *arena, const struct mail_sender *sender,
	const struct mail_case *c)
{
	return (struct making){ .arena = arena,
		.sender = sender,
		.c = c,
		.language = catalogue_choose(sender->catalogue, c->language, NULL) };
}

static int body_render(struct making *m, struct evbuffer *body, struct error *err)
{
	json_t *data = letter_data(m);
	int failed = template_set_render(m->sender->templates, "mail", data, body, err);

	json_decref(data);
	return failed;
}

static const char *subject_of(const struct making *m)
{
	return text_of_kind(m, "subject", TEXT_VALUES({ "number", m->c->number }));
}

int mail_text_words(struct arena *arena, const struct mail_sender *sender,
	const struct mail_case *c, struct mail_words *ret, struct error *err)
{
	struct making m = making_of(arena, sender, c);
	struct evbuffer *body = evbuffer_new();
	int failed = body_render(&m, body, err);
	size_t n = evbuffer_get_length(body);

	if (!failed)
		*ret = (struct mail_words){
			.subject = subject_of(&m),
			.body = arena_dup_n(
				arena, (const char *)evbuffer_pullup(body, -1), n),
		};
	evbuffer_free(body);
	return failed ? -1 : 0;
}

int mail_text_make(struct arena *arena, const struct mail_sender *sender,
	const struct mail_case *c, struct mail_letter *ret, struct error *err)
{
	struct making m = making_of(arena, sender, c);
	struct evbuffer *body = evbuffer_new();
	int failed = body_render(&m, body, err);

	if (!failed)
		mail_text_assemble(arena, sender,
			&(struct mail_head){ .sent_at = c->sent_at,
				.message_id = c->message_id,
				.to = c->to,
				.language = m.language,
				.reply_to = reply_to(&m),
				.subject = subject_of(&m),
				.parts = c->parts,
				.auto_submitted = strcmp(c->kind, "receipt") == 0
							  ? "auto-replied"
							  : "auto-generated" },
			body, ret);
	evbuffer_free(body);
	return failed ? -1 : 0;
}
