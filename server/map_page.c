#include "server/map_page.h"

#include <string.h>

#include <event2/buffer.h>
#include <jansson.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/link_values.h"
#include "lib/template_set.h"
#include "server/access.h"
#include "server/city.h"
#include "server/city_holder.h"
#include "server/day.h"
#include "server/map_filter.h"
#include "server/page.h"
#include "server/page_city.h"
#include "server/public_url.h"
#include "server/request_read.h"
#include "server/stamp.h"
#include "server/statistics_view.h"
#include "server/tile_source.h"
#include "server/worker.h"

#define ROOT "/karta"
#define PAGE_ITEMS 25
#define FEED_ITEMS 50
/* The zoom of the link to all as GeoJSON: a square of it is a kilometre or so. */
#define DATA_ZOOM "12"

/* A page of the list, the categories that are mapped, and the box of the districts. */
static const struct db_query list_query = {
	.name = "map_list",
	.sql = "SELECT (SELECT pg_catalog.json_agg(l) FROM synpunkt_map.list($1::text,"
	       " $2::text, $3::text, $4::text, $5::integer) l)::text,"
	       " pg_catalog.to_json(synpunkt_map.categories())::text,"
	       " (SELECT pg_catalog.concat_ws(',', public.st_xmin(e.box),"
	       " public.st_ymin(e.box), public.st_xmax(e.box), public.st_ymax(e.box))"
	       " FROM (SELECT public.st_extent(a.geometry) AS box FROM synpunkt.area a"
	       " WHERE a.kind = 'district' AND synpunkt.today()"
	       " BETWEEN a.valid_from AND a.valid_to) e)",
	.n_params = 5,
};

struct map_page {
	struct http_request *req;
	struct worker *worker;
	struct db_call *call;
	struct map_filter filter;
	const char *after; /* NULL: the first page */
	size_t most;
	void (*show)(struct map_page *op, const struct db_rows *rows);
};

static const char *string_of(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

static const struct city *city_of(const struct map_page *op)
{
	return city_holder_get(op->worker->city);
}

/* A page or the data behind it, with what it is narrowed by. */
static const char *address(
	const struct map_page *op, const char *path, const char *after, const char *box)
{
	return link_make(http_arena(op->req), path,
		TEXT_VALUES({ "bbox", box }, { "zoom", box ? DATA_ZOOM : NULL },
			{ "category", op->filter.category },
			{ "status", op->filter.status },
			{ "district", box ? NULL : op->filter.district },
			{ "after", after }));
}

/* ---- what it can be narrowed by ---- */

static void option_add(
	json_t *list, const char *code, const char *name, const char *chosen)
{
	json_array_append_new(
		list, json_pack("{s:s, s:s, s:b}", "code", code, "name", name,
			      "selected", chosen && !strcmp(chosen, code)));
}

static json_t *categories_json(
	const struct map_page *op, const struct page *page, const json_t *mapped)
{
	json_t *list = json_array(), *code;
	size_t i;

	json_array_foreach(mapped, i, code)
	{
		option_add(list, json_string_value(code),
			page_city_category(page, json_string_value(code)),
			op->filter.category);
	}
	return list;
}

static json_t *districts_json(const struct map_page *op)
{
	int32_t today = day_of_instant(stamp_now() / 1000000);
	const struct city *city = city_of(op);
	json_t *list = json_array();

	for (size_t i = 0; city && i < city->n_districts; i++) {
		const struct city_district *district = &city->districts[i];

		if (city_valid_on(&district->valid, today))
			option_add(list, district->code, district->name,
				op->filter.district);
	}
	return list;
}

static json_t *statuses_json(const struct map_page *op, const struct page *page)
{
	json_t *list = json_array();

	option_add(list, "open", page_text(page, "map.open"), op->filter.status);
	option_add(list, "closed", page_text(page, "map.closed"), op->filter.status);
	return list;
}

/* ---- the list ---- */

static const char *district_name(const struct map_page *op, const char *code)
{
	const struct city *city = city_of(op);
	const struct city_district *district =
		city ? city_district_find(city, code) : NULL;

	return district ? district->name : code;
}

static json_t *item_json(
	const struct map_page *op, const struct page *page, const json_t *row)
{
	struct arena *arena = http_arena(op->req);
	bool closed = json_is_true(json_object_get(row, "closed"));
	json_int_t supporters = json_integer_value(json_object_get(row, "supporters"));

	return json_pack("{s:s, s:s, s:s, s:o, s:b, s:s, s:s?}", "key",
		string_of(row, "key"), "category",
		page_city_category(page, string_of(row, "category")), "district",
		district_name(op, string_of(row, "district")), "month",
		statistics_view_month(
			page, arena_printf(arena, "%s-01", string_of(row, "month"))),
		"closed", closed, "status",
		page_text(page, closed ? "map.closed" : "map.open"), "supporters",
		supporters > 0 ? page_format(page, "map.supporters",
					 TEXT_VALUES({ "n", arena_printf(arena, "%lld",
								    supporters) }))
			       : NULL);
}

/* Puts the rows of the page into "items", and the key of the last if there are more. */
static const char *items_add(
	const struct map_page *op, struct page *page, const json_t *rows)
{
	json_t *list = json_array(), *row;
	const char *last = NULL, *next = NULL;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		if (i == op->most) {
			next = last;
			break;
		}
		json_array_append_new(list, item_json(op, page, row));
		last = arena_dup(http_arena(op->req), string_of(row, "key"));
	}
	json_object_set_new(page->data, "some", json_boolean(i > 0));
	json_object_set_new(page->data, "items", list);
	return next;
}

static json_t *rows_json(const struct db_rows *rows, int col)
{
	const char *text = db_rows_text(rows, 0, col);

	return text ? json_loads(text, 0, NULL) : NULL;
}

/* ---- /karta ---- */

/* The page may fetch the map from there, and nothing else from anywhere. */
static void tiles_add(const struct map_page *op, struct page *page)
{
	struct arena *arena = http_arena(op->req);
	struct tile_source source = tile_source_get(arena, op->worker->options);

	if (!source.url)
		return;
	http_set_header(op->req, "Content-Security-Policy",
		arena_printf(arena,
			"default-src 'none'; img-src 'self' data:%s; style-src 'self'; "
			"script-src 'self'; connect-src 'self'%s; form-action 'self'; "
			"base-uri 'none'; frame-ancestors 'none'",
			source.pictures, source.reads));
	json_object_set_new(page->data, "tiles",
		json_pack("{s:s, s:s}", "url", source.url, "credit", source.credit));
}

static json_t *names_json(const json_t *categories)
{
	json_t *names = json_object(), *category;
	size_t i;

	json_array_foreach(categories, i, category)
	{
		json_object_set(names, string_of(category, "code"),
			json_object_get(category, "name"));
	}
	return names;
}

/* What the script needs: the box to begin with, what to ask for, and the names. */
static void map_add(const struct map_page *op, struct page *page, const char *box,
	json_t *categories)
{
	json_t *names = names_json(categories);
	char *text = json_dumps(names, JSON_COMPACT);

	json_object_set_new(page->data, "map",
		json_pack("{s:s, s:s, s:s}", "box", box, "query",
			address(op, "/api/v1/map", NULL, NULL), "names", text));
	mem_free(text);
	json_decref(names);
}

static void page_show(struct map_page *op, const struct db_rows *rows)
{
	json_t *list = rows_json(rows, 0), *mapped = rows_json(rows, 1);
	const char *box = db_rows_text(rows, 0, 2), *next;
	json_t *categories;
	struct page page;

	page_init(&page, op->req, NULL);
	page_may_be_kept(&page);
	page_title(&page, "map.title");
	json_object_set_new(page.data, "robots", json_string("index,follow"));
	next = items_add(op, &page, list);
	categories = categories_json(op, &page, mapped);
	if (box && box[0]) {
		map_add(op, &page, box, categories);
		tiles_add(op, &page);
	}
	json_object_set_new(page.data, "filter",
		json_pack("{s:o, s:o, s:o, s:b}", "categories", categories, "statuses",
			statuses_json(op, &page), "districts", districts_json(op),
			"chosen",
			op->filter.category || op->filter.status ||
				op->filter.district));
	json_object_set_new(page.data, "foreign", json_boolean(page_is_foreign(&page)));
	json_object_set_new(page.data, "links",
		json_pack("{s:s?, s:s?, s:s, s:s?}", "first",
			op->after ? address(op, ROOT, NULL, NULL) : NULL, "next",
			next ? address(op, ROOT, next, NULL) : NULL, "feed",
			address(op, ROOT "/rss", NULL, NULL), "data",
			box && box[0] ? address(op, "/api/v1/map", NULL, box) : NULL));
	json_decref(list);
	json_decref(mapped);
	page_reply(&page, 200, "map");
}

/* ---- /karta/rss ---- */

static void feed_show(struct map_page *op, const struct db_rows *rows)
{
	struct arena *arena = http_arena(op->req);
	const char *root = public_url(op->req);
	json_t *list = rows_json(rows, 0);
	struct error err = { 0 };
	struct page page;

	page_init(&page, op->req, NULL);
	items_add(op, &page, list);
	json_object_set_new(page.data, "feed",
		json_pack("{s:s, s:s}", "self",
			arena_printf(arena, "%s%s", root,
				address(op, ROOT "/rss", NULL, NULL)),
			"link",
			arena_printf(
				arena, "%s%s", root, address(op, ROOT, NULL, NULL))));
	json_decref(list);
	if (template_set_render(op->worker->templates, "map_feed", page.data,
		    http_out(op->req), &err) < 0) {
		http_reply_error(op->req, &err);
	} else {
		http_set_header(op->req, "Cache-Control", "public, max-age=300");
		http_reply(op->req, 200, "application/rss+xml; charset=utf-8");
	}
	json_decref(page.data);
}

/* ---- asking ---- */

static void map_on_gone(void *arg)
{
	db_cancel(((struct map_page *)arg)->call);
}

static void map_on_rows(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct map_page *op = arg;

	if (err)
		http_reply_error(op->req, err);
	else
		op->show(op, rows);
}

/* A status that is none is as good as all: it came with a link of somebody's. */
static void map_ask(struct http_request *req, size_t most,
	void (*show)(struct map_page *op, const struct db_rows *rows))
{
	struct map_page *op = arena_alloc(http_arena(req), sizeof(*op));
	struct faults faults;

	op->req = req;
	op->worker = http_app(req);
	op->most = most;
	op->show = show;
	faults_init(&faults, http_arena(req));
	map_filter_read(req, &op->filter, &faults);
	if (faults.n > 0)
		op->filter.status = NULL;
	op->after = request_value(req, "after");
	http_on_close(req, map_on_gone, op);
	op->call = db_run(op->worker->read_pool, &list_query,
		(const char *[]){ op->filter.category, op->filter.status,
			op->filter.district, op->after,
			arena_printf(http_arena(req), "%zu", most + 1) },
		map_on_rows, op);
}

static void page_get(struct http_request *req)
{
	map_ask(req, PAGE_ITEMS, page_show);
}

static void feed_get(struct http_request *req)
{
	map_ask(req, FEED_ITEMS, feed_show);
}

const struct http_route map_page_routes[] = {
	{ .method = HTTP_GET,
		.path = ROOT,
		.access = ACCESS_ANYONE,
		.handle = page_get,
		.page = true },
	{ .method = HTTP_GET,
		.path = ROOT "/rss",
		.access = ACCESS_ANYONE,
		.handle = feed_get,
		.page = true },
	{ 0 },
};
