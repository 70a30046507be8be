#include "server/reply_template.h"

#include <stdbool.h>
#include <string.h>

#include <event2/buffer.h>

#include "lib/arena.h"
#include "lib/catalogue.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/mustache.h"
#include "lib/text_list.h"
#include "server/mail_text.h"

const char *const reply_template_fields[] = { "number", "registrationNumber",
	"boardName", "categoryName", "complainantName", "receivedOn", "acknowledgeBy",
	"answerBy", "today", "handlerName", "myName", NULL };

static const char *const days[] = { "receivedOn", "acknowledgeBy", "answerBy", "today",
	NULL };

static void name_judge(const char *name, void *arg)
{
	if (!text_list_has(reply_template_fields, name))
		faults_add(arg, "text", "has no field \"%.60s\"", name);
}

/* It would print nothing, and be no gap either. */
static void partial_judge(const char *name, void *arg)
{
	faults_add(
		arg, "text", "cannot take in \"%.60s\": templates have no parts", name);
}

void reply_template_judge(const char *text, struct faults *faults)
{
	struct error err = { 0 };
	struct mustache *m = mustache_compile(text, strlen(text), &err);

	if (!m) {
		faults_add(faults, "text", "%s", err.text);
		return;
	}
	mustache_names(m, name_judge, faults);
	mustache_partials(m, partial_judge, faults);
	mustache_free(m);
}

/* ---- filling in ---- */

struct filling {
	struct arena *arena;
	json_t *missing;
};

static const char *gap(const char *name, void *arg)
{
	struct filling *filling = arg;
	size_t n = json_array_size(filling->missing);

	for (size_t i = 0; i < n; i++) {
		if (!strcmp(json_string_value(json_array_get(filling->missing, i)),
			    name))
			return arena_printf(filling->arena, "[%s?]", name);
	}
	json_array_append_new(filling->missing, json_string(name));
	return arena_printf(filling->arena, "[%s?]", name);
}

/* The fields with days in words. */
static json_t *data_of(struct arena *arena, const struct reply_values *values)
{
	json_t *data = json_object();

	for (const char *const *name = reply_template_fields; *name; name++) {
		const char *text =
			json_string_value(json_object_get(values->fields, *name));

		if (!strcmp(*name, "today"))
			text = values->today;
		if (text && text_list_has(days, *name))
			text = mail_text_day(
				arena, values->catalogue, values->language, text);
		if (text)
			json_object_set_new(data, *name, json_string(text));
	}
	return data;
}

int reply_template_fill(struct arena *arena, const char *text,
	const struct reply_values *values, struct reply_filled *ret, struct error *err)
{
	struct mustache *m = mustache_compile(text, strlen(text), err);
	struct filling filling = { .arena = arena };
	struct evbuffer *out;
	json_t *data;
	size_t n;
	int failed;

	if (!m)
		return -1;
	filling.missing = json_array();
	out = evbuffer_new();
	data = data_of(arena, values);
	failed = mustache_fill(m, data, gap, &filling, out, err);
	n = evbuffer_get_length(out);
	if (failed)
		json_decref(filling.missing);
	else
		*ret = (struct reply_filled){
			.text = arena_dup_n(arena,
				n ? (const char *)evbuffer_pullup(out, -1) : "", n),
			.missing = filling.missing,
		};
	json_decref(data);
	evbuffer_free(out);
	mustache_free(m);
	return failed ? -1 : 0;
}
