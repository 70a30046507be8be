#include "server/page_city.h"

#include <limits.h>
#include <stdbool.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/http.h"
#include "server/city.h"
#include "server/city_holder.h"
#include "server/city_words.h"
#include "server/day.h"
#include "server/deadline.h"
#include "server/page.h"
#include "server/stamp.h"
#include "server/worker.h"

static const struct city *page_city(const struct page *page)
{
	return city_holder_get(page->worker->city);
}

static int32_t today(void)
{
	return day_of_instant(stamp_now() / 1000000);
}

static const char *row_name(
	const struct page *page, const char *kind, const char *code, const char *name)
{
	const struct city_words words = { .arena = http_arena(page->req),
		.catalogue = page->catalogue,
		.language = page->language };

	return city_words_name(&words, kind, code, name);
}

const char *page_city_category(const struct page *page, const char *code)
{
	const struct city *city = page_city(page);

	if (!code)
		return page_text(page, "case.category-unknown");
	return row_name(
		page, "category", code, city ? city_category_name(city, code) : code);
}

const char *page_city_area(const struct page *page, const char *code)
{
	const struct city *city = page_city(page);

	for (size_t i = 0; city && i < city->n_categories; i++) {
		if (!strcmp(city->categories[i].area, code))
			return row_name(
				page, "area", code, city->categories[i].area_name);
	}
	return row_name(page, "area", code, code);
}

/* ---- what belongs elsewhere ---- */

/* "https://polisen.se/anmalan" is shown as "polisen.se". */
static char *link_site(struct arena *arena, const char *link)
{
	const char *start = strstr(link, "://");

	start = start ? start + strlen("://") : link;
	if (!strncmp(start, "www.", strlen("www.")))
		start += strlen("www.");
	return arena_dup_n(arena, start, strcspn(start, "/?#"));
}

static json_t *redirect_json(
	const struct page *page, const struct city_redirect *redirect)
{
	struct arena *arena = http_arena(page->req);
	const char *title = page_find(
		page, arena_printf(arena, "redirect.%s.title", redirect->code));
	const char *text = page_find(
		page, arena_printf(arena, "redirect.%s.text", redirect->code));
	const char *words = NULL;

	if (!title || !text)
		return NULL; /* the city has added a row before its texts */
	if (!strncmp(redirect->link, "tel:", strlen("tel:")))
		words = redirect->link + strlen("tel:");
	else if (redirect->link[0])
		words = page_format(page, "elsewhere.link",
			TEXT_VALUES({ "site", link_site(arena, redirect->link) }));
	return json_pack("{s:s, s:s, s:s, s:s?}", "title", title, "text", text, "href",
		redirect->link, "link", words);
}

void page_city_add(struct page *page)
{
	const struct city *city = page_city(page);
	json_t *list = json_array();

	for (size_t i = 0; city && i < city->n_redirects; i++) {
		const struct city_redirect *redirect = &city->redirects[i];

		if (city_valid_on(&redirect->valid, today()))
			json_array_append_new(list, redirect_json(page, redirect));
	}
	json_object_set_new(page->data, "elsewhere", list);
}

/* ---- who helps a child at once ---- */

/* "116 111" is dialled as "tel:116111". */
static const char *phone_link(struct arena *arena, const char *phone)
{
	char *link = arena_printf(arena, "tel:%s", phone), *to = link;

	for (const char *from = link; *from; from++)
		if (*from != ' ')
			*to++ = *from;
	*to = '\0';
	return link;
}

/* A number that is not broken at the end of a line. */
static const char *phone_words(struct arena *arena, const char *phone)
{
	char *words = arena_dup(arena, "");

	for (size_t n = strcspn(phone, " "); phone[n]; n = strcspn(phone, " ")) {
		words = arena_printf(arena, "%s%.*s\u00a0", words, (int)n, phone);
		phone += n + 1;
	}
	return arena_printf(arena, "%s%s", words, phone);
}

static json_t *helpline_json(
	const struct page *page, const struct city_helpline *helpline)
{
	struct arena *arena = http_arena(page->req);
	bool phone = helpline->phone[0], link = helpline->link[0];

	return json_pack("{s:s, s:s?, s:s?, s:s?, s:s?, s:s?}", "name",
		row_name(page, "helpline-name", helpline->code, helpline->name), "text",
		page_find(page, arena_printf(arena, "helpline.%s", helpline->code)),
		"phone", phone ? phone_words(arena, helpline->phone) : NULL, "call",
		phone ? phone_link(arena, helpline->phone) : NULL, "link",
		link ? helpline->link : NULL, "site",
		link ? page_format(page, "elsewhere.link",
			       TEXT_VALUES(
				       { "site", link_site(arena, helpline->link) }))
		     : NULL);
}

void page_city_add_helplines(struct page *page)
{
	const struct city *city = page_city(page);
	json_t *list = json_array();

	for (size_t i = 0; city && i < city->n_helplines; i++) {
		const struct city_helpline *helpline = &city->helplines[i];

		if (city_valid_on(&helpline->valid, today()))
			json_array_append_new(list, helpline_json(page, helpline));
	}
	json_object_set_new(page->data, "helplines", list);
}

/* ---- subjects and promises ---- */

static json_t *category_json(const struct page *page, const struct city *city,
	const struct city_category *category, const char *selected)
{
	int acknowledge, answer;

	deadline_category_days(city, category, today(), &acknowledge, &answer);
	return json_pack("{s:s, s:s, s:b, s:i, s:i}", "code", category->code, "name",
		row_name(page, "category", category->code, category->name), "selected",
		selected && !strcmp(selected, category->code), "acknowledge",
		acknowledge, "answer", answer);
}

json_t *page_city_areas(const struct page *page, const char *selected)
{
	const struct city *city = page_city(page);
	json_t *areas = json_array();
	json_t *list = NULL;
	const char *area = "";

	for (size_t i = 0; city && i < city->n_categories; i++) {
		const struct city_category *category = &city->categories[i];

		if (!city_valid_on(&category->valid, today()))
			continue;
		if (!list || strcmp(area, category->area) != 0) {
			area = category->area;
			list = json_array();
			json_array_append_new(
				areas, json_pack("{s:s, s:o}", "name",
					       row_name(page, "area", area,
						       category->area_name),
					       "categories", list));
		}
		json_array_append_new(
			list, category_json(page, city, category, selected));
	}
	return areas;
}

struct range {
	int least, most;
};

static void range_add(struct range *range, int value)
{
	if (value < range->least)
		range->least = value;
	if (value > range->most)
		range->most = value;
}

static char *range_text(const struct page *page, const struct range *range)
{
	struct arena *arena = http_arena(page->req);
	const char *least = arena_printf(arena, "%d", range->least);
	const char *most = arena_printf(arena, "%d", range->most);

	if (range->least == range->most)
		return arena_dup(arena, most);
	return page_format(page, "form.promise-to",
		TEXT_VALUES({ "least", least }, { "most", most }));
}

void page_city_add_promise(struct page *page)
{
	const struct city *city = page_city(page);
	struct range acknowledge = { INT_MAX, 0 }, answer = { INT_MAX, 0 };

	for (size_t i = 0; city && i < city->n_categories; i++) {
		int a, b;

		if (!city_valid_on(&city->categories[i].valid, today()))
			continue;
		deadline_category_days(city, &city->categories[i], today(), &a, &b);
		range_add(&acknowledge, a);
		range_add(&answer, b);
	}
	if (answer.most == 0) {
		range_add(&acknowledge, DEADLINE_ACKNOWLEDGE_DAYS);
		range_add(&answer, DEADLINE_ANSWER_DAYS);
	}
	json_object_set_new(page->data, "answer_promise",
		json_string(page_format(page, "start.promise",
			TEXT_VALUES({ "days", range_text(page, &answer) }))));
	json_object_set_new(page->data, "answer_promise_long",
		json_string(page_format(page, "form.promise",
			TEXT_VALUES({ "acknowledge", range_text(page, &acknowledge) },
				{ "answer", range_text(page, &answer) }))));
}
