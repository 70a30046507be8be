#include "server/mail_follower.h"

#include <stdbool.h>
#include <string.h>

#include <event2/buffer.h>
#include <jansson.h>

#include "lib/arena.h"
#include "lib/catalogue.h"
#include "lib/error.h"
#include "lib/template_set.h"
#include "server/mail_text.h"
#include "server/support_key.h"

struct making {
	struct arena *arena;
	const struct mail_sender *sender;
	const struct mail_follower *follower;
	const char *language;
	const char *category; /* in the reader's language */
};

static const char *format(
	const struct making *m, const char *key, const struct text_value *values)
{
	return catalogue_format(
		m->arena, m->sender->catalogue, m->language, key, values);
}

/* mail.KIND.PART */
static const char *of_kind(
	const struct making *m, const char *part, const struct text_value *values)
{
	return format(m, arena_printf(m->arena, "mail.%s.%s", m->follower->kind, part),
		values);
}

/* Categories have names in other languages than the city's rows' where there are some.
 */
static const char *category_name(const struct making *m, const json_t *about)
{
	const char *code = json_string_value(json_object_get(about, "category"));
	const char *name = json_string_value(json_object_get(about, "categoryName"));
	const char *own = catalogue_find(m->sender->catalogue, m->language,
		arena_printf(m->arena, "category.%s", code ? code : ""));

	if (own)
		return own;
	return arena_dup(m->arena, name ? name : "");
}

static const char *link_of(const struct making *m, const json_t *about)
{
	char link[SUPPORT_TOKEN_SIZE];

	support_link_make(m->sender->secret,
		json_integer_value(json_object_get(about, "id")),
		json_string_value(json_object_get(about, "address")), link);
	return arena_printf(m->arena, "%s/stod/%s", m->sender->url, link);
}

static json_t *letter_data(const struct making *m, const json_t *about)
{
	const char *month = mail_text_month(m->arena, m->sender->catalogue, m->language,
		json_string_value(json_object_get(about, "month")));
	bool asks = !strcmp(m->follower->kind, "follower-confirm");
	bool closed = json_is_true(json_object_get(about, "closed"));

	return json_pack("{s:O, s:s, s:s, s:s, s:s?, s:s, s:s}", "t",
		catalogue_json(m->sender->catalogue, m->language), "text",
		of_kind(m, "text", NULL), "about",
		format(m, "mail.follower.about",
			TEXT_VALUES({ "category", m->category },
				{ "month", month ? month : "" })),
		"status",
		format(m, closed ? "mail.follower.closed" : "mail.follower.open", NULL),
		"words", m->follower->words, "link_text",
		format(m, asks ? "mail.follower.confirm" : "mail.follower.stop", NULL),
		"link", link_of(m, about));
}

static void letter_assemble(
	const struct making *m, struct evbuffer *body, struct mail_letter *ret)
{
	mail_text_assemble(m->arena, m->sender,
		&(struct mail_head){ .sent_at = m->follower->sent_at,
			.message_id = m->follower->message_id,
			.to = m->follower->to,
			.language = m->language,
			.subject = of_kind(
				m, "subject", TEXT_VALUES({ "category", m->category })),
			.auto_submitted = "auto-generated" },
		body, ret);
}

int mail_follower_make(struct arena *arena, const struct mail_sender *sender,
	const struct mail_follower *follower, struct mail_letter *ret,
	struct error *err)
{
	struct making m = { .arena = arena,
		.sender = sender,
		.follower = follower,
		.language =
			catalogue_choose(sender->catalogue, follower->language, NULL) };
	json_t *about = json_loads(follower->about, 0, NULL), *data;
	struct evbuffer *body;
	int failed;

	if (!json_is_string(json_object_get(about, "address"))) {
		json_decref(about);
		return error_set(err, ERR_INTERNAL, "a follower without an address");
	}
	m.category = category_name(&m, about);
	data = letter_data(&m, about);
	json_decref(about);
	body = evbuffer_new();
	failed = template_set_render(sender->templates, "follower", data, body, err);
	json_decref(data);
	if (!failed)
		letter_assemble(&m, body, ret);
	evbuffer_free(body);
	return failed ? -1 : 0;
}
