/*
 * GET /api/v1/desk/qr
 *
 *   qr_get       judged on the loop
 *   making_work  in a work thread: drawn
 *   making_done  sent
 *
 * The client may leave meanwhile: what is drawn is then thrown away.
 */
#include "server/qr_http.h"

#include <string.h>

#include <event2/buffer.h>
#include <jansson.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/link_values.h"
#include "lib/work.h"
#include "server/access.h"
#include "server/city.h"
#include "server/city_holder.h"
#include "server/day.h"
#include "server/page.h"
#include "server/page_city.h"
#include "server/page_staff.h"
#include "server/poster_client.h"
#include "server/public_url.h"
#include "server/qr_link.h"
#include "server/qr_sheet.h"
#include "server/request_read.h"
#include "server/session.h"
#include "server/stamp.h"
#include "server/worker.h"

#define PAGE "/affischer/"
#define FILES "/api/v1/desk/qr"
#define UNITS_SHOWN_MAX 1000 /* more can be typed */

static const char *const makers[] = { "registrar", "coordinator", "manager",
	"board-secretary", "dispatcher", "administrator" };

bool qr_may_make(const struct session *session)
{
	for (size_t i = 0; i < ARRAY_LEN(makers); i++)
		if (session_has_role(session, makers[i], NULL))
			return true;
	return false;
}

/* The city, or NULL after answering that one may not, or that it is not known yet. */
static const struct city *city_for_maker(struct http_request *req)
{
	const struct worker *worker = http_app(req);
	const struct city *city = city_holder_get(worker->city);
	struct error err = { 0 };

	if (city && qr_may_make(session_get(req)))
		return city;
	if (city)
		error_set(&err, ERR_FORBIDDEN, "your roles make no posters");
	else
		error_set(&err, ERR_UNAVAILABLE, "the database is away");
	http_reply_error(req, &err);
	return NULL;
}

static struct qr_wish wish_of(struct http_request *req, const struct city *city)
{
	return (struct qr_wish){ .city = city,
		.today = day_of_instant(stamp_now() / 1000000),
		.base = public_url(req),
		.unit = request_value(req, "unit"),
		.category = request_value(req, "category"),
		.type = request_value(req, "type") };
}

/* ---- the files ---- */

struct making {
	struct http_request *req; /* NULL: the client has left */
	struct arena *arena;      /* own: the request may go before the work is done */
	struct qr_sheet sheet;
	struct qr_link link;
	struct evbuffer *drawn;
	struct error err;
};

static void making_free(struct making *making)
{
	evbuffer_free(making->drawn);
	arena_free(making->arena);
	mem_free(making);
}

static void making_work(void *arg)
{
	struct making *making = arg;
	json_t *words;

	if (making->sheet.kind == QR_SHEET_SVG) {
		qr_sheet_svg(&making->sheet, making->drawn, &making->err);
		return;
	}
	words = qr_sheet_words(&making->sheet);
	poster_client_draw(words, making->drawn, &making->err);
	json_decref(words);
}

/* "affisch-Vasaparken.pdf" */
static const char *disposition(struct making *making)
{
	const struct qr_link *link = &making->link;
	const char *about = link->unit ? link->unit : link->category;

	return arena_printf(making->arena, "attachment; filename*=UTF-8''%s%s%s.%s",
		making->sheet.kind == QR_SHEET_SVG ? "qr-kod" : "affisch",
		about ? "-" : "", about ? link_encode(making->arena, about) : "",
		making->sheet.kind == QR_SHEET_SVG ? "svg" : "pdf");
}

static void making_done(void *arg)
{
	struct making *making = arg;
	struct http_request *req = making->req;

	if (req && making->err.code != ERR_NONE) {
		http_reply_error(req, &making->err);
	} else if (req) {
		http_set_header(req, "Content-Disposition", disposition(making));
		evbuffer_add_buffer(http_out(req), making->drawn);
		http_reply(req, 200,
			making->sheet.kind == QR_SHEET_SVG ? "image/svg+xml"
							   : "application/pdf");
	}
	making_free(making);
}

static void making_abandon(void *arg)
{
	struct making *making = arg;

	making->req = NULL;
}

static const char *keep(struct making *making, const char *text)
{
	return text ? arena_dup(making->arena, text) : NULL;
}

static void making_start(
	struct http_request *req, const struct qr_link *link, enum qr_sheet_kind kind)
{
	struct making *making = mem_new(sizeof(*making));
	struct worker *worker = http_app(req);
	struct error err = { 0 };

	making->req = req;
	making->arena = arena_new();
	making->link = (struct qr_link){ .address = keep(making, link->address),
		.typed = keep(making, link->typed),
		.unit = keep(making, link->unit),
		.category = keep(making, link->category) };
	making->sheet = (struct qr_sheet){
		.catalogue = worker->catalogue, .link = &making->link, .kind = kind
	};
	making->drawn = evbuffer_new();
	if (work_run(worker->work, making_work, making_done, making, &err) < 0) {
		making_free(making);
		http_reply_error(req, &err);
		return;
	}
	http_on_close(req, making_abandon, making);
}

static void qr_get(struct http_request *req)
{
	const struct city *city = city_for_maker(req);
	enum qr_sheet_kind kind;
	struct qr_wish wish;
	struct faults faults;
	struct qr_link link;
	const char *wrong;

	if (!city)
		return;
	faults_init(&faults, http_arena(req));
	if (qr_sheet_kind_of(request_value(req, "format"), request_value(req, "size"),
		    &kind, &wrong) < 0)
		faults_add(&faults, wrong,
			!strcmp(wrong, "size") ? "must be poster or label, of a pdf"
					       : "must be svg or pdf");
	wish = wish_of(req, city);
	qr_link_make(http_arena(req), &wish, &link, &faults);
	if (faults.n > 0)
		http_reply_faults(req, &faults);
	else
		making_start(req, &link, kind);
}

/* ---- the page ---- */

static json_t *units_json(const struct city *city, int32_t today)
{
	json_t *list = json_array();

	for (size_t i = 0; i < city->n_units; i++)
		if (city_valid_on(&city->units[i].valid, today) &&
			json_array_size(list) < UNITS_SHOWN_MAX)
			json_array_append_new(
				list, json_pack("{s:s}", "name", city->units[i].name));
	return list;
}

static const char *file_link(struct http_request *req, const struct qr_wish *wish,
	const char *format, const char *size)
{
	return link_make(http_arena(req), FILES,
		TEXT_VALUES({ "unit", wish->unit }, { "category", wish->category },
			{ "type", wish->type }, { "format", format },
			{ "size", size }));
}

static json_t *made_json(
	const struct page *page, const struct qr_wish *wish, const struct qr_link *link)
{
	struct http_request *req = page->req;
	bool known =
		!wish->unit || city_unit_find_said(wish->city, wish->unit, wish->today);

	return json_pack("{s:s, s:s, s:b, s:s, s:s, s:s}", "address", link->address,
		"picture",
		qr_sheet_picture(
			http_arena(req), page->catalogue, page->language, link),
		"unknown", !known, "svg", file_link(req, wish, "svg", NULL), "poster",
		file_link(req, wish, "pdf", "poster"), "label",
		file_link(req, wish, "pdf", "label"));
}

static void posters_get(struct http_request *req)
{
	const struct city *city = city_for_maker(req);
	struct qr_wish wish;
	struct faults faults;
	struct qr_link link;
	struct page page;
	bool made;

	if (!city)
		return; /* it has been answered, and is no more */
	wish = wish_of(req, city);
	faults_init(&faults, http_arena(req));
	made = qr_link_make(http_arena(req), &wish, &link, &faults) == 0 &&
	       (wish.unit || wish.category || wish.type);
	page_staff_init(&page, req, PAGE);
	page_title(&page, "posters.title");
	json_object_set_new(page.data, "faulty", json_boolean(faults.n > 0));
	json_object_set_new(page.data, "posters",
		json_pack("{s:s, s:b, s:o, s:o, s:o}", "unit",
			wish.unit ? wish.unit : "", "wrong", faults.n > 0, "units",
			units_json(city, wish.today), "areas",
			page_city_areas(&page, wish.category), "made",
			made ? made_json(&page, &wish, &link) : json_null()));
	page_reply(&page, faults.n > 0 ? 422 : 200, "posters");
}

static const char *const queries[] = { "unit", "category", "type", "format", "size",
	NULL };

static void posters_redirect(struct http_request *req)
{
	http_reply_redirect(req, PAGE);
}

static const char *const code_media[] = { "image/svg+xml", "application/pdf", NULL };

const struct http_route qr_routes[] = {
	{ .method = HTTP_GET,
		.path = "/affischer",
		.access = ACCESS_ANYONE,
		.handle = posters_redirect,
		.page = true },
	{ .method = HTTP_GET,
		.path = PAGE,
		.access = ACCESS_STAFF,
		.handle = posters_get,
		.page = true },
	{ .method = HTTP_GET,
		.path = FILES,
		.access = ACCESS_STAFF,
		.handle = qr_get,
		.summary = "A QR code that leads to the form, preset: svg, or pdf as a "
			   "poster or a label",
		.query = queries,
		.answers = code_media },
	{ 0 },
};
