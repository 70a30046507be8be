#include "server/open311_read.h"

#include <string.h>

#include <jansson.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/catalogue.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/http.h"
#include "server/city.h"
#include "server/city_holder.h"
#include "server/city_words.h"
#include "server/day.h"
#include "server/open311_errors.h"
#include "server/public_url.h"
#include "server/request_read.h"
#include "server/stamp.h"
#include "server/worker.h"

#define SPECIFICATION "http://wiki.open311.org/GeoReport_v2"

static const struct db_query changed_query = {
	.name = "open311_changed",
	.sql = "SELECT synpunkt_open311.changed()",
};

static const struct db_query asking_query = {
	.name = "open311_asking",
	.sql = "SELECT a FROM synpunkt_open311.asking() a",
};

static const struct db_query attributes_query = {
	.name = "open311_attributes",
	.sql = "SELECT a.code, a.datatype, a.required, a.place, a.description, a.hint,"
	       " a.choices FROM synpunkt_open311.attributes($1::text) a",
	.n_params = 1,
};

struct service_get {
	struct http_request *req;
	struct worker *worker;
	struct db_call *call;
	enum open311_format format;
	const char *code;
	void (*write)(struct service_get *op, const struct db_rows *rows,
		struct open311_write *w);
};

static void get_on_gone(void *arg)
{
	db_cancel(((struct service_get *)arg)->call);
}

static void get_on_rows(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct service_get *op = arg;
	struct open311_write *w;

	op->call = NULL;
	if (err) {
		open311_refuse_error(op->req, op->format, err);
		return;
	}
	http_set_header(op->req, "Cache-Control", "public, max-age=60");
	w = open311_write_new(op->req, op->format);
	op->write(op, rows, w);
	open311_write_reply(w, 200);
}

static struct service_get *get_new(struct http_request *req, enum open311_format format)
{
	struct service_get *op = arena_alloc(http_arena(req), sizeof(*op));

	op->req = req;
	op->worker = http_app(req);
	op->format = format;
	http_on_close(req, get_on_gone, op);
	return op;
}

/* NULL, and answered: the city is not there yet. */
static const struct city *city_of(const struct service_get *op)
{
	const struct city *city = city_holder_get(op->worker->city);

	if (!city)
		open311_refuse_one(op->req, op->format, 503, "the database is away");
	return city;
}

/* ---- discovery ---- */

static void endpoint_write(
	struct open311_write *w, const char *url, const char *type, const char *changed)
{
	open311_item(w);
	open311_text(w, "specification", SPECIFICATION);
	open311_text(w, "url", url);
	open311_text(w, "changeset", changed);
	open311_text(w, "type", type);
	open311_list(w, "formats", "format");
	open311_item_text(w, "text/xml");
	open311_item_text(w, "application/json");
	open311_end(w);
	open311_end(w);
}

static void discovery_write(
	struct service_get *op, const struct db_rows *rows, struct open311_write *w)
{
	const char *changed = db_rows_text(rows, 0, 0), *url = public_url(op->req);
	struct arena *arena = http_arena(op->req);
	const char *about = arena_printf(arena, "%s/om", url);

	open311_object(w, "discovery");
	open311_text(w, "changeset", changed);
	open311_text(w, "contact", about);
	open311_text(w, "key_service", about);
	open311_list(w, "endpoints", "endpoint");
	endpoint_write(
		w, arena_printf(arena, "%s/open311/v2", url), "production", changed);
	endpoint_write(
		w, arena_printf(arena, "%s/open311/test/v2", url), "test", changed);
	open311_end(w);
	open311_end(w);
}

void open311_discovery(
	struct http_request *req, enum open311_format format, const char *id)
{
	struct service_get *op = get_new(req, format);

	(void)id;
	op->write = discovery_write;
	op->call = db_run(op->worker->read_pool, &changed_query, NULL, get_on_rows, op);
}

/* ---- services ---- */

static bool is_service(const struct city_category *category, int32_t day)
{
	return category && category->sensitivity == 1 &&
	       city_valid_on(&category->valid, day);
}

const struct city_category *open311_service(
	const struct city *city, const char *code, int32_t day)
{
	const struct city_category *category = city_category_find(city, code);

	return is_service(category, day) ? category : NULL;
}

static int32_t today(void)
{
	return day_of_instant(stamp_now() / 1000000);
}

static bool asks(const struct db_rows *rows, const char *code)
{
	for (int i = 0; i < db_rows_count(rows); i++) {
		if (!strcmp(db_rows_text(rows, i, 0), code))
			return true;
	}
	return false;
}

static const char *keywords(struct arena *arena, const char *const *words)
{
	const char *all = *words;

	for (words += all != NULL; *words; words++)
		all = arena_printf(arena, "%s, %s", all, *words);
	return all;
}

static void service_write(const struct city_words *words,
	const struct city_category *category, bool metadata, struct open311_write *w)
{
	const char *name =
		city_words_name(words, "category", category->code, category->name);
	const char *area =
		city_words_name(words, "area", category->area, category->area_name);

	open311_item(w);
	open311_text(w, "service_code", category->code);
	open311_text(w, "service_name", name);
	open311_text(
		w, "description", arena_printf(words->arena, "%s: %s", area, name));
	open311_bool(w, "metadata", metadata);
	open311_text(w, "type", "realtime");
	open311_text(w, "keywords", keywords(words->arena, category->synonyms));
	open311_text(w, "group", area);
	open311_end(w);
}

/* The city was there when it was asked, and is since. */
static void services_write(
	struct service_get *op, const struct db_rows *rows, struct open311_write *w)
{
	const struct city *city = city_holder_get(op->worker->city);
	const struct catalogue *catalogue = op->worker->catalogue;
	struct city_words words = { .arena = http_arena(op->req),
		.catalogue = catalogue,
		.language = catalogue_choose(
			catalogue, request_value(op->req, "locale"), NULL) };
	int32_t day = today();

	open311_list(w, "services", "service");
	for (size_t i = 0; i < city->n_categories; i++) {
		const struct city_category *category = &city->categories[i];

		if (is_service(category, day))
			service_write(&words, category, asks(rows, category->code), w);
	}
	open311_end(w);
}

void open311_services(
	struct http_request *req, enum open311_format format, const char *id)
{
	struct service_get *op = get_new(req, format);

	(void)id;
	if (!city_of(op))
		return;
	op->write = services_write;
	op->call = db_run(op->worker->read_pool, &asking_query, NULL, get_on_rows, op);
}

/* ---- what one asks for ---- */

static void choices_write(const char *choices, struct open311_write *w)
{
	json_t *all = json_loads(choices, 0, NULL), *choice;
	size_t i;

	open311_list(w, "values", "value");
	json_array_foreach(all, i, choice)
	{
		open311_item(w);
		open311_text(
			w, "key", json_string_value(json_object_get(choice, "key")));
		open311_text(
			w, "name", json_string_value(json_object_get(choice, "name")));
		open311_end(w);
	}
	open311_end(w);
	json_decref(all);
}

static void attribute_write(
	const struct db_rows *rows, int row, struct open311_write *w)
{
	open311_item(w);
	open311_bool(w, "variable", true);
	open311_text(w, "code", db_rows_text(rows, row, 0));
	open311_text(w, "datatype", db_rows_text(rows, row, 1));
	open311_bool(w, "required", db_rows_bool(rows, row, 2));
	open311_text(w, "datatype_description", db_rows_text(rows, row, 5));
	open311_int(w, "order", db_rows_int64(rows, row, 3));
	open311_text(w, "description", db_rows_text(rows, row, 4));
	choices_write(db_rows_text(rows, row, 6), w);
	open311_end(w);
}

static void definition_write(
	struct service_get *op, const struct db_rows *rows, struct open311_write *w)
{
	open311_object(w, "service_definition");
	open311_text(w, "service_code", op->code);
	open311_list(w, "attributes", "attribute");
	for (int i = 0; i < db_rows_count(rows); i++)
		attribute_write(rows, i, w);
	open311_end(w);
	open311_end(w);
}

void open311_definition(
	struct http_request *req, enum open311_format format, const char *id)
{
	struct service_get *op = get_new(req, format);
	const struct city *city = city_of(op);

	if (!city)
		return;
	if (!open311_service(city, id, today())) {
		open311_refuse_one(req, format, 404, "service_code was not found");
		return;
	}
	op->code = id;
	op->write = definition_write;
	op->call = db_run(op->worker->read_pool, &attributes_query,
		(const char *[]){ id }, get_on_rows, op);
}
