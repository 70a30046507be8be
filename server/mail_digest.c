#include "server/mail_digest.h"

#include <string.h>

#include <event2/buffer.h>
#include <jansson.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/catalogue.h"
#include "lib/error.h"
#include "lib/template_set.h"
#include "server/mail_text.h"

/* Staff write and read Swedish here, as the desk does. */
static const char language[] = "sv";

/* What is most urgent first. */
static const char *const codes[] = { "mentioned", "follow-up", "deviation", "escalated",
	"overdue", "near-due", "acknowledge", "mail-failed" };

struct making {
	struct arena *arena;
	const struct mail_sender *sender;
	json_int_t mine, board; /* how many there are */
};

static const char *format(
	const struct making *m, const char *key, const struct text_value *values)
{
	return catalogue_format(m->arena, m->sender->catalogue, language, key, values);
}

/* "2026-104233, Gatubelysning, svar senast onsdag 2 december 2026: https://…" */
static const char *line_of(const struct making *m, const json_t *item)
{
	const char *number = json_string_value(json_object_get(item, "number"));
	const char *category = json_string_value(json_object_get(item, "category"));
	const char *day = mail_text_day(m->arena, m->sender->catalogue, language,
		json_string_value(json_object_get(item, "answerBy")));
	const char *line = number;

	if (category)
		line = arena_printf(m->arena, "%s, %s", line, category);
	if (day)
		line = arena_printf(m->arena, "%s, %s", line,
			format(m, "mail.digest.by", TEXT_VALUES({ "date", day })));
	return arena_printf(
		m->arena, "%s: %s/desk/arenden/%s", line, m->sender->url, number);
}

static json_t *group_json(const struct making *m, const char *scope, const char *code,
	const json_t *listed)
{
	json_int_t n = json_integer_value(json_object_get(listed, "n"));
	const json_t *items = json_object_get(listed, "items"), *item;
	const char *count = arena_printf(m->arena, "%" JSON_INTEGER_FORMAT, n);
	json_t *lines = json_array();
	const char *more = NULL;
	size_t i;

	json_array_foreach(items, i, item)
		json_array_append_new(lines, json_string(line_of(m, item)));
	if (n > (json_int_t)json_array_size(items))
		more = format(m, "mail.digest.more",
			TEXT_VALUES({ "n",
				arena_printf(m->arena, "%" JSON_INTEGER_FORMAT,
					n - (json_int_t)json_array_size(items)) }));
	return json_pack("{s:s, s:o, s:s?}", "heading",
		format(m, arena_printf(m->arena, "mail.digest.%s-%s", scope, code),
			TEXT_VALUES({ "n", count })),
		"lines", lines, "more", more);
}

/* Adds the scope's groups; returns how many cases are in them. */
static json_int_t groups_add(
	const struct making *m, json_t *groups, const char *scope, const json_t *listed)
{
	json_int_t sum = 0;

	for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
		const json_t *of_code = json_object_get(listed, codes[i]);

		if (!of_code)
			continue;
		/* What is escalated is overdue, too, for whoever is told of both. */
		if (strcmp(codes[i], "escalated") != 0 ||
			!json_object_get(listed, "overdue"))
			sum += json_integer_value(json_object_get(of_code, "n"));
		json_array_append_new(groups, group_json(m, scope, codes[i], of_code));
	}
	return sum;
}

/* "Trafiknämnden 2026-10: 35 inkomna, 8 avslutade, …: https://…/statistik/…" */
static const char *frozen_line(const struct making *m, const json_t *item)
{
	const char *name = json_string_value(json_object_get(item, "name"));
	const char *board = json_string_value(json_object_get(item, "board"));
	const char *month = json_string_value(json_object_get(item, "month"));
	const json_t *answered = json_object_get(item, "answered");
	json_int_t figures[] = { json_integer_value(json_object_get(item, "received")),
		json_integer_value(json_object_get(item, "closed")),
		json_integer_value(json_object_get(answered, "in")),
		json_integer_value(json_object_get(answered, "of")) };
	const char *texts[ARRAY_LEN(figures)];

	for (size_t i = 0; i < ARRAY_LEN(figures); i++)
		texts[i] = arena_printf(m->arena, "%" JSON_INTEGER_FORMAT, figures[i]);
	return arena_printf(m->arena, "%s: %s/statistik/%s/%s",
		format(m, "mail.digest.frozen-line",
			TEXT_VALUES(
				{ "board", name ? name
						: format(m, "statistics.city", NULL) },
				{ "month", month }, { "received", texts[0] },
				{ "closed", texts[1] }, { "in", texts[2] },
				{ "of", texts[3] })),
		m->sender->url, board && board[0] ? board : "staden", month);
}

static void frozen_add(const struct making *m, json_t *groups, const json_t *items)
{
	json_t *lines = json_array();
	const json_t *item;
	size_t i;

	json_array_foreach(items, i, item)
		json_array_append_new(lines, json_string(frozen_line(m, item)));
	if (i == 0) {
		json_decref(lines);
		return;
	}
	json_array_append_new(groups,
		json_pack("{s:s, s:o, s:n}", "heading",
			format(m, "mail.digest.frozen", NULL), "lines", lines, "more"));
}

/* "Nya signaler: 3", and where they are read. */
static void signals_add(const struct making *m, json_t *groups, const json_t *n)
{
	if (!json_integer_value(n))
		return;
	json_array_append_new(groups,
		json_pack("{s:s, s:[s], s:n}", "heading",
			format(m, "mail.digest.signals",
				TEXT_VALUES({ "n",
					arena_printf(m->arena, "%" JSON_INTEGER_FORMAT,
						json_integer_value(n)) })),
			"lines",
			arena_printf(m->arena, "%s/desk/signaler", m->sender->url),
			"more"));
}

/* One's own before the board's. */
static json_t *groups_json(struct making *m, const json_t *body)
{
	json_t *groups = json_array();

	m->mine = groups_add(m, groups, "mine", json_object_get(body, "mine"));
	m->board = groups_add(m, groups, "board", json_object_get(body, "board"));
	signals_add(m, groups, json_object_get(body, "signals"));
	frozen_add(m, groups, json_object_get(body, "statistics"));
	return groups;
}

static const char *subject_of(const struct making *m)
{
	return format(m, "mail.digest.subject",
		TEXT_VALUES({ "mine", arena_printf(m->arena, "%" JSON_INTEGER_FORMAT,
					      m->mine) },
			{ "board", arena_printf(m->arena, "%" JSON_INTEGER_FORMAT,
					   m->board) }));
}

int mail_digest_make(struct arena *arena, const struct mail_sender *sender,
	const struct mail_digest *digest, struct mail_letter *ret, struct error *err)
{
	struct making m = { .arena = arena, .sender = sender };
	json_t *body = json_loads(digest->body, 0, NULL), *data;
	struct evbuffer *out;
	int failed;

	if (!json_is_object(body)) {
		json_decref(body);
		return error_set(err, ERR_INTERNAL, "a digest without a body");
	}
	data = json_pack("{s:O, s:o, s:s}", "t",
		catalogue_json(sender->catalogue, language), "groups",
		groups_json(&m, body), "link",
		arena_printf(arena, "%s/desk/", sender->url));
	json_decref(body);
	out = evbuffer_new();
	failed = template_set_render(sender->templates, "digest", data, out, err);
	json_decref(data);
	if (!failed)
		mail_text_assemble(arena, sender,
			&(struct mail_head){ .sent_at = digest->sent_at,
				.message_id = digest->message_id,
				.to = digest->to,
				.language = language,
				.subject = subject_of(&m),
				.auto_submitted = "auto-generated" },
			out, ret);
	evbuffer_free(out);
	return failed ? -1 : 0;
}
