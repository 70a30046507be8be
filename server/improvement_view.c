#include "server/improvement_view.h"

#include <stdlib.h>
#include <string.h>

#include <event2/buffer.h>

#include "lib/base.h"
#include "server/day.h"
#include "server/effect.h"
#include "server/stamp.h"

#define MONTH_TEXT sizeof("YYYY-MM")

static const char *text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? text : "";
}

/* ---- months ---- */

/* Of "2026-01…", as effect.h counts them. */
static int month_parse(const char *text)
{
	char *rest;
	long year = strtol(text, &rest, 10);
	long month = *rest == '-' ? strtol(rest + 1, NULL, 10) : 1;

	return (int)(year * 12 + month - 1);
}

static const char *month_print(int month, char out[DAY_TEXT])
{
	day_format(day_from_civil(month / 12, month % 12 + 1, 1), out);
	out[MONTH_TEXT - 1] = '\0';
	return out;
}

static int month_now(void)
{
	struct day_civil civil = day_to_civil(day_of_instant(stamp_now() / 1000000));

	return civil.year * 12 + civil.month - 1;
}

/* -1: not all of these months were told. */
static int64_t months_sum(const json_t *counts, int first, int n)
{
	int begin = month_parse(
		json_string_value(json_array_get(json_array_get(counts, 0), 0)));
	int64_t sum = 0;

	if (first < begin || first + n > begin + (int)json_array_size(counts))
		return -1;
	for (int i = 0; i < n; i++)
		sum += json_integer_value(json_array_get(
			json_array_get(counts, (size_t)(first - begin + i)), 1));
	return sum;
}

/* ---- the effect ---- */

static json_t *window_json(int first, int months, int64_t n)
{
	char from[DAY_TEXT], to[DAY_TEXT];

	return json_pack("{s:s, s:s, s:I}", "from", month_print(first, from), "to",
		month_print(first + months - 1, to), "n", (json_int_t)n);
}

static json_t *effect_early(int done)
{
	char from[DAY_TEXT];

	return json_pack("{s:s, s:s}", "verdict", effect_verdict_code(EFFECT_TOO_EARLY),
		"from", month_print(done + EFFECT_MONTHS_LEAST + 1, from));
}

static json_t *effect_counted(
	const struct effect_windows *w, const struct effect_counts *c)
{
	const struct effect e = effect_judge(c);
	json_t *doc = json_pack("{s:s, s:b, s:i, s:i, s:o, s:o, s:o, s:o}", "verdict",
		effect_verdict_code(e.verdict), "few", e.few, "months", w->months,
		"yearsEarlier", w->years_earlier, "after",
		window_json(w->after, w->months, c->after), "before",
		window_json(w->before, w->months, c->before), "afterEarlier",
		window_json(w->after_earlier, w->months, c->after_earlier),
		"beforeEarlier",
		window_json(w->before_earlier, w->months, c->before_earlier));

	if (!e.few) {
		json_object_set_new(doc, "expected", json_real(e.expected));
		json_object_set_new(doc, "ratio", json_real(e.ratio));
		json_object_set_new(doc, "p", json_real(e.p));
	}
	return doc;
}

static json_t *effect_json(const json_t *action, const json_t *counts)
{
	int start = month_parse(text_of(action, "startsOn"));
	int done = month_parse(text_of(action, "doneOn"));
	struct effect_windows w;
	struct effect_counts c;

	if (json_array_size(counts) == 0)
		return json_null();
	if (!effect_windows(start, done, month_now(), &w))
		return effect_early(done);
	c.after = months_sum(counts, w.after, w.months);
	c.before = months_sum(counts, w.before, w.months);
	c.after_earlier = months_sum(counts, w.after_earlier, w.months);
	c.before_earlier = months_sum(counts, w.before_earlier, w.months);
	if (c.after < 0 || c.before < 0 || c.after_earlier < 0 || c.before_earlier < 0)
		return json_null();
	return effect_counted(&w, &c);
}

json_t *improvement_view(const char *whole, const char *counts)
{
	json_t *action = json_loads(whole, 0, NULL);
	json_t *months = counts ? json_loads(counts, 0, NULL) : NULL;

	if (action)
		json_object_set_new(action, "effect", effect_json(action, months));
	json_decref(months);
	return action;
}

/* ---- for ILS ---- */

static const struct {
	const char *code, *name;
} levels[] = {
	{ "strategic", "Inriktningsmål" },
	{ "area", "Mål för verksamhetsområdet" },
	{ "board", "Nämndmål" },
	{ "unit", "Enhetsmål" },
};

static const struct {
	const char *code, *name;
} states[] = {
	{ "planned", "Planerad" },
	{ "ongoing", "Pågår" },
	{ "done", "Genomförd" },
	{ "dropped", "Genomförs inte" },
};

static const struct {
	const char *code, *words;
} verdicts[] = {
	{ "too-early", "Det är för tidigt att säga om åtgärden har hjälpt." },
	{ "no-change", "Ingen förändring syns." },
	{ "helped", "Har hjälpt: färre ärenden än väntat." },
	{ "worse", "Fler ärenden än väntat." },
};

static void line_add(struct evbuffer *out, const char *name, const char *value)
{
	if (value[0])
		evbuffer_add_printf(out, "%s: %s\n", name, value);
}

static void goal_add(struct evbuffer *out, const json_t *goal)
{
	for (size_t i = 0; i < ARRAY_LEN(levels); i++)
		if (!strcmp(levels[i].code, text_of(goal, "level")))
			line_add(out, levels[i].name, text_of(goal, "name"));
}

static void goals_add(struct evbuffer *out, const json_t *action)
{
	const json_t *goal;
	size_t i;

	json_array_foreach(json_object_get(action, "goals"), i, goal)
		goal_add(out, goal);
	line_add(out, "Indikator", text_of(action, "indicatorName"));
	line_add(out, "Årsmål", text_of(action, "target"));
}

static void window_add(struct evbuffer *out, const char *name, const json_t *window)
{
	evbuffer_add_printf(out, "%s (%s till %s): %lld ärenden\n", name,
		text_of(window, "from"), text_of(window, "to"),
		json_integer_value(json_object_get(window, "n")));
}

/* Swedish numbers have a comma. */
static void number_add(
	struct evbuffer *out, const char *name, const json_t *value, int decimals)
{
	char text[64];

	snprintf(text, sizeof(text), "%.*f", decimals, json_real_value(value));
	for (char *point = strchr(text, '.'); point; point = NULL)
		*point = ',';
	line_add(out, name, text);
}

static void effect_add(struct evbuffer *out, const json_t *effect)
{
	if (!json_is_object(effect))
		return;
	for (size_t i = 0; i < ARRAY_LEN(verdicts); i++)
		if (!strcmp(verdicts[i].code, text_of(effect, "verdict")))
			line_add(out, "Effekt", verdicts[i].words);
	if (!json_object_get(effect, "after"))
		return;
	window_add(out, "Före", json_object_get(effect, "before"));
	window_add(out, "Efter", json_object_get(effect, "after"));
	window_add(out, "Samma månader före, tidigare år",
		json_object_get(effect, "beforeEarlier"));
	window_add(out, "Samma månader efter, tidigare år",
		json_object_get(effect, "afterEarlier"));
	if (json_is_true(json_object_get(effect, "few")))
		return;
	number_add(out, "Väntat antal efter, med årstiden inräknad",
		json_object_get(effect, "expected"), 1);
	number_add(out, "Kvot mot det väntade", json_object_get(effect, "ratio"), 2);
	number_add(
		out, "p-värde (Fishers exakta test)", json_object_get(effect, "p"), 4);
}

static void categories_add(struct evbuffer *out, const json_t *categories)
{
	const json_t *category;
	size_t i;

	json_array_foreach(categories, i, category)
	{
		evbuffer_add_printf(
			out, "%s%s", i ? ", " : "Gäller: ", text_of(category, "name"));
	}
	if (json_array_size(categories) > 0)
		evbuffer_add_printf(out, "\n");
}

char *improvement_ils(const json_t *action)
{
	struct evbuffer *out = evbuffer_new();
	size_t n;
	char *text;

	line_add(out, "Aktivitet", text_of(action, "title"));
	line_add(out, "Nämnd", text_of(action, "boardName"));
	line_add(out, "Enhet", text_of(action, "unitName"));
	line_add(out, "Beskrivning", text_of(action, "cause"));
	evbuffer_add_printf(out, "Underlag: %lld synpunkter och klagomål\n",
		json_integer_value(json_object_get(action, "cases")));
	categories_add(out, json_object_get(action, "categories"));
	goals_add(out, action);
	line_add(out, "Förväntat resultat", text_of(action, "expectedResult"));
	line_add(out, "Startdatum", text_of(action, "startsOn"));
	line_add(out, "Slutdatum", text_of(action, "endsOn"));
	line_add(out, "Ansvarig", text_of(action, "responsible"));
	for (size_t i = 0; i < ARRAY_LEN(states); i++)
		if (!strcmp(states[i].code, text_of(action, "state")))
			line_add(out, "Status", states[i].name);
	line_add(out, "Klar", text_of(action, "doneOn"));
	line_add(out, "Resultat",
		text_of(json_object_get(json_object_get(action, "texts"), "sv"),
			"did"));
	effect_add(out, json_object_get(action, "effect"));
	n = evbuffer_get_length(out);
	text = mem_new(n + 1);
	evbuffer_remove(out, text, n);
	evbuffer_free(out);
	return text;
}
