#include "server/mail_order.h"

#include <stdbool.h>
#include <string.h>

#include <event2/buffer.h>
#include <jansson.h>

#include "lib/arena.h"
#include "lib/catalogue.h"
#include "lib/error.h"
#include "lib/template_set.h"
#include "server/mail_text.h"
#include "server/order_key.h"
#include "server/order_page.h"

static const char language[] = "sv";

struct making {
	struct arena *arena;
	const struct mail_sender *sender;
	const struct mail_order *order;
	const json_t *about;
};

static const char *member(const struct making *m, const char *name)
{
	return json_string_value(json_object_get(m->about, name));
}

/* mail.KIND.PART */
static const char *of_kind(const struct making *m, const char *part)
{
	return catalogue_format(m->arena, m->sender->catalogue, language,
		arena_printf(m->arena, "mail.%s.%s", m->order->kind, part),
		TEXT_VALUES({ "number", member(m, "number") },
			{ "subject", member(m, "subject") }));
}

static const char *link_of(const struct making *m)
{
	char token[ORDER_TOKEN_SIZE];

	order_token_make(m->sender->secret, member(m, "ref"), token);
	return arena_printf(
		m->arena, "%s%s/%s", m->sender->url, ORDER_PAGE_ROOT, token);
}

static const char *position_of(const struct making *m)
{
	const json_t *lat = json_object_get(m->about, "lat");
	const json_t *lon = json_object_get(m->about, "lon");

	if (!json_is_number(lat) || !json_is_number(lon))
		return NULL;
	return arena_printf(
		m->arena, "%.5f, %.5f", json_number_value(lat), json_number_value(lon));
}

/* Of one that is taken back the page says so, and asks nothing. */
static json_t *letter_data(const struct making *m)
{
	bool recalls = !strcmp(m->order->kind, "order-recall");

	return json_pack("{s:O, s:s, s:s, s:s?, s:s?, s:s, s:s?, s:s?, s:s?, s:s?}",
		"t", catalogue_json(m->sender->catalogue, language), "text",
		of_kind(m, "text"), "subject", member(m, "subject"), "address",
		member(m, "address"), "position", position_of(m), "number",
		member(m, "number"), "words",
		member(m, recalls ? "recallWords" : "words"), "files", m->order->files,
		"link", recalls ? NULL : link_of(m), "board", member(m, "board"));
}

static void letter_assemble(
	const struct making *m, struct evbuffer *body, struct mail_letter *ret)
{
	mail_text_assemble(m->arena, m->sender,
		&(struct mail_head){ .sent_at = m->order->sent_at,
			.message_id = m->order->message_id,
			.to = m->order->to,
			.language = language,
			.subject = of_kind(m, "subject"),
			.auto_submitted = "auto-generated",
			.parts = m->order->parts },
		body, ret);
}

int mail_order_make(struct arena *arena, const struct mail_sender *sender,
	const struct mail_order *order, struct mail_letter *ret, struct error *err)
{
	json_t *about = json_loads(order->about, 0, NULL), *data;
	struct making m = {
		.arena = arena, .sender = sender, .order = order, .about = about
	};
	struct evbuffer *body;
	int failed;

	if (!member(&m, "ref") || !member(&m, "number") || !member(&m, "subject")) {
		json_decref(about);
		return error_set(err, ERR_INTERNAL, "an order without a number");
	}
	data = letter_data(&m);
	body = evbuffer_new();
	failed = template_set_render(sender->templates, "order_mail", data, body, err);
	json_decref(data);
	if (!failed)
		letter_assemble(&m, body, ret);
	evbuffer_free(body);
	json_decref(about);
	return failed ? -1 : 0;
}
