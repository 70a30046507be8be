#include "tests/unit/test.h"

#include <stdlib.h>

#include "lib/arena.h"
#include "server/pack_chart.h"
#include "server/pack_chart_private.h"
#include "tests/unit/pack_picture.h"

static const char *key_itself(const void *arg, const char *key)
{
	static const struct {
		const char *key, *text;
	} words[] = {
		{ "chart.title", "Diagram: {table}" },
		{ "chart.most", "Störst är {name}: {value}." },
		{ "chart.least", "Minst är {name}: {value}." },
		{ "chart.value", "{name}: {value}." },
		{ "chart.cell", "{row}, {column}" },
		{ "chart.hidden-many", "Dolda tal: {n}." },
		{ "chart.median", "Median {n}" },
		{ "chart.same-scale", "Samma skala: 0 till {max}." },
		{ "statistics.percent", "{n} %" },
		{ "statistics.thousands", " " },
		{ "chart.m1", "jan" },
		{ "chart.m10", "okt" },
	};

	(void)arg;
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (!strcmp(words[i].key, key))
			return words[i].text;
	return key;
}

static struct pack_chart_words words(void)
{
	struct pack_chart_words w;

	pack_chart_words_fill(&w, key_itself, NULL);
	return w;
}

struct pack_picture pack_picture_draw(json_t *table)
{
	struct pack_picture p = { .arena = arena_new() };
	struct pack_chart_words w = words();
	const char *whole;

	p.text = pack_chart(p.arena, table, &w);
	if (!p.text)
		return p;
	whole = arena_printf(p.arena, "<div>%s</div>", p.text);
	p.doc = xmlReadMemory(
		whole, (int)strlen(whole), NULL, "UTF-8", XML_PARSE_NONET);
	assert_non_null(p.doc);
	p.path = xmlXPathNewContext(p.doc);
	return p;
}

void pack_picture_clear(struct pack_picture *p)
{
	xmlXPathFreeContext(p->path);
	xmlFreeDoc(p->doc);
	arena_free(p->arena);
}

double pack_picture_number(const struct pack_picture *p, const char *expression)
{
	xmlXPathObject *found = xmlXPathEval((const xmlChar *)expression, p->path);
	double n;

	assert_non_null(found);
	n = xmlXPathCastToNumber(found);
	xmlXPathFreeObject(found);
	return n;
}

const char *pack_picture_string(const struct pack_picture *p, const char *expression)
{
	xmlXPathObject *found = xmlXPathEval((const xmlChar *)expression, p->path);
	xmlChar *text;
	const char *copy;

	assert_non_null(found);
	text = xmlXPathCastToString(found);
	copy = arena_dup(p->arena, (const char *)text);
	xmlFree(text);
	xmlXPathFreeObject(found);
	return copy;
}

/* Everything stands inside its picture, as far as letters' widths can be known. */
void pack_picture_check_inside(const struct pack_picture *p)
{
	int n = (int)pack_picture_number(p, "count(//*[local-name() = 'text'])");

	assert_int_equal(
		pack_picture_number(p, "count(//*[local-name() = 'rect' and (@x < 0 or "
				       "@y < 0 or @width < 0 or @height < 0)])"),
		0);
	for (int i = 1; i <= n; i++) {
		const char *at =
			arena_printf(p->arena, "(//*[local-name() = 'text'])[%d]", i);
		const char *box = arena_printf(
			p->arena, "%s/ancestor::*[local-name() = 'svg']/@viewBox", at);
		double x = pack_picture_number(p, arena_printf(p->arena, "%s/@x", at));
		double y = pack_picture_number(p, arena_printf(p->arena, "%s/@y", at));
		double w = chart_text_width(pack_picture_string(p, at)), right, bottom;
		const char *anchor = pack_picture_string(
			p, arena_printf(p->arena, "%s/@text-anchor", at));
		char *end;

		if (!*anchor)
			continue; /* it rises aslant */
		right = strtod(pack_picture_string(p, box) + strlen("0 0 "), &end);
		bottom = strtod(end, NULL);
		if (!strcmp(anchor, "middle"))
			x -= w / 2;
		else if (!strcmp(anchor, "end"))
			x -= w;
		print_message("text \"%s\" %.1f to %.1f of %.0f, %.1f of %.0f\n",
			pack_picture_string(p, at), x, x + w, right, y, bottom);
		assert_true(x >= -1 && x + w <= right + 1);
		assert_true(y >= 10 && y <= bottom);
	}
}

void pack_picture_check_sound(const struct pack_picture *p)
{
	assert_null(strstr(p->text, "nan"));
	assert_null(strstr(p->text, "inf"));
	assert_null(strstr(p->text, "style="));
	assert_null(strstr(p->text, "<style"));
	assert_null(strstr(p->text, "foreignObject"));
	assert_true(pack_picture_number(p, "count(//*[local-name() = 'svg'])") >= 1);
	/* Each is an image, and what names it is there. */
	assert_int_equal(pack_picture_number(p,
				 "count(//*[local-name() = 'svg'][not(@role = 'img')"
				 " or @aria-labelledby != concat("
				 "*[local-name() = 'title']/@id, ' ', "
				 "*[local-name() = 'desc']/@id)])"),
		0);
	assert_int_equal(
		pack_picture_number(p,
			"count(//*[local-name() = 'title' or local-name() = 'desc']"
			"[string-length(.) < 3])"),
		0);
	assert_int_equal(
		pack_picture_number(p, "count(//*[@id][@id = preceding::*/@id])"), 0);
}
