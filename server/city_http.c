#include "server/city_http.h"

#include <string.h>

#include "lib/arena.h"
#include "lib/catalogue.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/json_write.h"
#include "server/access.h"
#include "server/city.h"
#include "server/city_holder.h"
#include "server/city_words.h"
#include "server/day.h"
#include "server/deadline.h"
#include "server/list_page.h"
#include "server/stamp.h"
#include "server/worker.h"

/* A list of the city's own, small enough to be walked for each answer. */
struct city_list {
	const struct city *city;
	int32_t today;
	size_t n;
	struct city_words words;
	/* The code of item i, or NULL when it is not to be shown. */
	const char *(*code)(const struct city_list *list, size_t i);
	void (*write)(const struct city_list *list, size_t i, struct json_write *w);
};

static int32_t today(void)
{
	return day_of_instant(stamp_now() / 1000000);
}

/* The item after the one that the cursor names; a code that is gone starts anew. */
static size_t list_start(const struct city_list *list, const char *after)
{
	for (size_t i = 0; after && i < list->n; i++) {
		const char *code = list->code(list, i);

		if (code && !strcmp(code, after))
			return i + 1;
	}
	return 0;
}

static void list_write(const struct city_list *list, const struct list_page *page,
	struct json_write *w)
{
	const char *last = NULL, *next = NULL;
	size_t shown = 0;

	jw_object(w);
	jw_key(w, "items");
	jw_array(w);
	for (size_t i = list_start(list, page->after); i < list->n; i++) {
		const char *code = list->code(list, i);

		if (!code)
			continue;
		if (shown++ == page->limit) {
			next = last;
			break;
		}
		list->write(list, i, w);
		last = code;
	}
	jw_array_end(w);
	jw_key_string(w, "next", next);
	jw_object_end(w);
}

/* ?lang=, or Swedish: what a browser would like best does not change a list. */
static void list_language(struct http_request *req, struct city_list *list)
{
	const struct catalogue *catalogue = ((struct worker *)http_app(req))->catalogue;

	list->words = (struct city_words){ .arena = http_arena(req),
		.catalogue = catalogue,
		.language = catalogue_choose(
			catalogue, http_query_value(req, "lang"), NULL) };
}

static void list_reply(struct http_request *req, struct city_list *list)
{
	struct list_page page;
	struct error err = { 0 };
	struct faults faults;
	struct json_write w;

	faults_init(&faults, http_arena(req));
	if (list_page_read(req, &page, &faults) < 0) {
		http_reply_faults(req, &faults);
		return;
	}
	list_language(req, list);
	if (!list->city) {
		error_set(&err, ERR_UNAVAILABLE, "the database is away");
		http_reply_error(req, &err);
		return;
	}
	list->today = today();
	jw_init(&w, http_out(req));
	list_write(list, &page, &w);
	http_reply(req, 200, "application/json; charset=utf-8");
}

static const char *category_code(const struct city_list *list, size_t i)
{
	const struct city_category *category = &list->city->categories[i];

	return city_valid_on(&category->valid, list->today) ? category->code : NULL;
}

static void category_write(const struct city_list *list, size_t i, struct json_write *w)
{
	const struct city_category *category = &list->city->categories[i];
	int acknowledge, answer;

	deadline_category_days(
		list->city, category, list->today, &acknowledge, &answer);
	jw_object(w);
	jw_key_string(w, "code", category->code);
	jw_key_string(w, "name",
		city_words_name(
			&list->words, "category", category->code, category->name));
	jw_key_string(w, "area",
		city_words_name(
			&list->words, "area", category->area, category->area_name));
	jw_key_string(w, "owner", category->owner);
	jw_key_int(w, "acknowledgeDays", acknowledge);
	jw_key_int(w, "answerDays", answer);
	jw_key(w, "synonyms");
	jw_array(w);
	for (const char *const *word = category->synonyms; *word; word++)
		jw_string(w, *word);
	jw_array_end(w);
	jw_object_end(w);
}

static void categories_get(struct http_request *req)
{
	const struct city *city =
		city_holder_get(((struct worker *)http_app(req))->city);
	struct city_list list = { .city = city,
		.n = city ? city->n_categories : 0,
		.code = category_code,
		.write = category_write };

	list_reply(req, &list);
}

/* Boards that own cases; an administration is a part of one. */
static const char *board_code(const struct city_list *list, size_t i)
{
	const struct city_board *board = &list->city->boards[i];

	if (board->kind == CITY_ADMINISTRATION ||
		!city_valid_on(&board->valid, list->today))
		return NULL;
	return board->code;
}

static void board_write(const struct city_list *list, size_t i, struct json_write *w)
{
	const struct city_board *board = &list->city->boards[i];

	jw_object(w);
	jw_key_string(w, "code", board->code);
	jw_key_string(w, "name",
		city_words_name(&list->words, "board", board->code, board->name));
	jw_object_end(w);
}

static void boards_get(struct http_request *req)
{
	const struct city *city =
		city_holder_get(((struct worker *)http_app(req))->city);
	struct city_list list = { .city = city,
		.n = city ? city->n_boards : 0,
		.code = board_code,
		.write = board_write };

	list_reply(req, &list);
}

static const char *const list_query[] = { "limit", "after", "lang", NULL };

const struct http_route city_routes[] = {
	{ .method = HTTP_GET,
		.path = "/api/v1/categories",
		.access = ACCESS_ANYONE,
		.handle = categories_get,
		.summary = "List the categories that a submission can have today",
		.response = "CategoryList",
		.query = list_query },
	{ .method = HTTP_GET,
		.path = "/api/v1/boards",
		.access = ACCESS_ANYONE,
		.handle = boards_get,
		.summary = "List the boards and companies that own cases today",
		.response = "BoardList",
		.query = list_query },
	{ 0 },
};
