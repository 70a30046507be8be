#include "server/pack_chart.h"

#include <string.h>

#include <event2/buffer.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "server/pack_chart_private.h"

static const struct {
	const char *kind;
	const char *(*draw)(struct chart *c);
} kinds[] = {
	{ "bars", chart_bars },
	{ "gauge", chart_gauge },
	{ "histogram", chart_histogram },
	{ "stacked", chart_stacked },
	{ "heat", chart_heat },
	{ "multiples", chart_multiples },
};

static const struct {
	const char *key;
	size_t offset;
} words_keys[] = {
	{ "chart.title", offsetof(struct pack_chart_words, title) },
	{ "chart.most", offsetof(struct pack_chart_words, most) },
	{ "chart.least", offsetof(struct pack_chart_words, least) },
	{ "chart.value", offsetof(struct pack_chart_words, value) },
	{ "chart.cell", offsetof(struct pack_chart_words, cell) },
	{ "chart.hidden", offsetof(struct pack_chart_words, hidden) },
	{ "chart.hidden-many", offsetof(struct pack_chart_words, hidden_many) },
	{ "chart.median", offsetof(struct pack_chart_words, median) },
	{ "chart.same-scale", offsetof(struct pack_chart_words, same_scale) },
	{ "chart.own-scale", offsetof(struct pack_chart_words, own_scale) },
	{ "statistics.percent", offsetof(struct pack_chart_words, percent) },
	{ "statistics.thousands", offsetof(struct pack_chart_words, thousands) },
	{ "chart.m1", offsetof(struct pack_chart_words, months[0]) },
	{ "chart.m2", offsetof(struct pack_chart_words, months[1]) },
	{ "chart.m3", offsetof(struct pack_chart_words, months[2]) },
	{ "chart.m4", offsetof(struct pack_chart_words, months[3]) },
	{ "chart.m5", offsetof(struct pack_chart_words, months[4]) },
	{ "chart.m6", offsetof(struct pack_chart_words, months[5]) },
	{ "chart.m7", offsetof(struct pack_chart_words, months[6]) },
	{ "chart.m8", offsetof(struct pack_chart_words, months[7]) },
	{ "chart.m9", offsetof(struct pack_chart_words, months[8]) },
	{ "chart.m10", offsetof(struct pack_chart_words, months[9]) },
	{ "chart.m11", offsetof(struct pack_chart_words, months[10]) },
	{ "chart.m12", offsetof(struct pack_chart_words, months[11]) },
};

void pack_chart_words_fill(
	struct pack_chart_words *ret, pack_chart_text_fn *text, const void *arg)
{
	for (size_t i = 0; i < ARRAY_LEN(words_keys); i++) {
		const char **word = (const char **)((char *)ret + words_keys[i].offset);

		*word = text(arg, words_keys[i].key);
	}
}

const char *pack_chart(
	struct arena *arena, const json_t *table, const struct pack_chart_words *words)
{
	const json_t *about = json_object_get(table, "chart");
	const char *kind = json_string_value(json_object_get(about, "kind"));
	struct chart c = { .arena = arena,
		.table = table,
		.about = about,
		.words = words,
		.width = CHART_WIDTH };
	const char *svg = NULL;

	if (!kind)
		return NULL;
	c.out = evbuffer_new();
	chart_read(&c);
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (!strcmp(kinds[i].kind, kind))
			svg = kinds[i].draw(&c);
	evbuffer_free(c.out);
	return svg;
}
