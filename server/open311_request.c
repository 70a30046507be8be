/*
 * A request that is sent: judged, then a case by the one way in, then an id that tells
 * nobody the number.
 *
 *   request_run             is it a service? what does it ask for?
 *   request_on_attributes   all that is wrong, at once
 *   request_on_stored       the files have their places; intake
 *   request_on_receipt      which client sent it is kept
 *   request_on_sent         201
 */
#include "server/open311_post.h"

#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/catalogue.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/http.h"
#include "server/attachment.h"
#include "server/city.h"
#include "server/city_holder.h"
#include "server/day.h"
#include "server/follow_code.h"
#include "server/form_body.h"
#include "server/intake.h"
#include "server/open311_attribute.h"
#include "server/open311_read.h"
#include "server/request_read.h"
#include "server/stamp.h"
#include "server/worker.h"

#define URL_MAX 1000
#define KEY_MAX 64

static const struct db_query attributes_query = {
	.name = "open311_asked",
	.sql = "SELECT a.code, a.datatype, a.required, a.place, a.description, a.hint,"
	       " a.choices FROM synpunkt_open311.attributes($1::text) a",
	.n_params = 1,
};

static const struct db_query sent_query = {
	.name = "open311_sent",
	.sql = "SELECT synpunkt_open311.sent($1::uuid, $2::smallint, $3::bigint)",
	.n_params = 3,
};

/* ---- the answer ---- */

static void request_reply(struct open311_post *op, const char *id)
{
	struct open311_write *w = open311_write_new(op->req, op->format);

	if (!op->test)
		http_set_header(op->req, "Location",
			arena_printf(http_arena(op->req), "/open311/v2/requests/%s.%s",
				id, op->format == OPEN311_JSON ? "json" : "xml"));
	open311_list(w, "service_requests", "request");
	open311_item(w);
	open311_text(w, "service_request_id", id);
	open311_text(w, "service_notice", NULL);
	open311_text(w, "account_id", NULL);
	open311_end(w);
	open311_end(w);
	open311_write_reply(w, 201);
	open311_post_end(op);
}

static void request_on_sent(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct open311_post *op = arg;

	op->call = NULL;
	if (err)
		open311_post_fail(op, err);
	else
		request_reply(
			op, arena_dup(http_arena(op->req), db_rows_text(rows, 0, 0)));
}

static void request_on_receipt(
	const struct intake_receipt *receipt, const struct error *err, void *arg)
{
	struct open311_post *op = arg;
	struct case_number number;
	struct arena *arena = http_arena(op->req);

	op->intake = NULL;
	if (err) {
		open311_post_fail(op, err);
		return;
	}
	case_number_parse(receipt->number, &number);
	op->call = db_run(op->worker->read_pool, &sent_query,
		(const char *[]){ op->client.id, arena_printf(arena, "%d", number.year),
			arena_printf(arena, "%lld", (long long)number.serial) },
		request_on_sent, op);
}

static void request_on_stored(const struct error *err, void *arg)
{
	struct open311_post *op = arg;

	if (err) {
		open311_post_fail(op, err);
		return;
	}
	op->submission.attachments = attachment_set_all(
		form_body_attachments(op->form.body), &op->submission.n_attachments);
	op->intake = intake_submit(
		op->worker->intake, &op->submission, request_on_receipt, op);
}

/* ---- what is wrong with it ---- */

/* What the outside calls what submission.h judges. */
static const struct {
	const char *name, *called;
} names[] = {
	{ "text", "description" },
	{ "category", "service_code" },
	{ "place.lat", "lat" },
	{ "place.lon", "long" },
	{ "place.address", "address_string" },
	{ "contact.name", "first_name and last_name" },
	{ "contact.email", "email" },
	{ "contact.phone", "phone" },
	{ "language", "locale" },
};

static const char *called_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (!strcmp(names[i].name, name))
			return names[i].called;
	}
	return name;
}

static void faults_tell(struct open311_post *op, const struct faults *faults)
{
	for (const struct fault *fault = faults->first; fault; fault = fault->next)
		open311_wrong(&op->errors, 400, "%s %s", called_of(fault->name),
			fault->reason);
}

static bool degrees_read(struct open311_post *op, const char *name, double *ret)
{
	const char *text = open311_form_value(&op->form, name), *end = "";
	double value = text ? request_number(text, &end) : 0;

	if (!text)
		return false;
	if (end == text || *end) {
		open311_wrong(&op->errors, 400, "%s must be a number of degrees", name);
		return false;
	}
	*ret = value;
	return true;
}

static const char *name_of(struct open311_post *op)
{
	const char *first = open311_form_value(&op->form, "first_name");
	const char *last = open311_form_value(&op->form, "last_name");

	if (first && last)
		return arena_printf(http_arena(op->req), "%s %s", first, last);
	return first ? first : last;
}

/* The language of the reporter, where it is one of ours. */
static const char *language_of(struct open311_post *op)
{
	const struct catalogue *catalogue = op->worker->catalogue;
	const char *locale = open311_form_value(&op->form, "locale");

	for (size_t i = 0; locale && i < catalogue_count(catalogue); i++) {
		if (!strcmp(catalogue_language(catalogue, i), locale))
			return locale;
	}
	return NULL;
}

static void place_judge(struct open311_post *op, const struct submission_draft *draft)
{
	if (draft->has_lat || draft->has_lon || draft->address || op->errors.n > 0)
		return;
	if (open311_form_value(&op->form, "address_id"))
		open311_wrong(&op->errors, 400,
			"address_id stands for no address here; give lat and long or "
			"address_string");
	else
		open311_wrong(
			&op->errors, 400, "lat and long or address_string required");
}

/* It is not fetched: whoever handles the case may follow it. */
static const char *media_url(struct open311_post *op)
{
	const char *url = open311_form_value(&op->form, "media_url");

	if (!url)
		return "";
	if ((!strncmp(url, "https://", 8) || !strncmp(url, "http://", 7)) &&
		strlen(url) <= URL_MAX && !strpbrk(url, " \t\r\n<>\""))
		return arena_printf(http_arena(op->req), "%s\n", url);
	open311_wrong(&op->errors, 400, "media_url must be an address of the web");
	return "";
}

/* The reporter's words, below them what the service asked for. Who has written nothing
 * has at least said what it is about. */
static const char *text_make(struct open311_post *op, const char *lines)
{
	const struct city *city = city_holder_get(op->worker->city);
	const char *words = open311_post_description(op), *url = media_url(op);

	if (!words)
		words = city_category_name(
			city, open311_form_value(&op->form, "service_code"));
	if (!lines[0] && !url[0])
		return words;
	return arena_printf(http_arena(op->req), "%s\n\n%s%s", words, lines, url);
}

static const char *idempotency_key(struct open311_post *op)
{
	const char *given = http_header(op->req, "idempotency-key");

	if (!given)
		return NULL;
	if (!given[0] || strlen(given) > KEY_MAX)
		open311_wrong(&op->errors, 400,
			"Idempotency-Key must have 1 to 64 characters");
	return api_client_own_key(op->req, &op->client, given);
}

static void request_judge(struct open311_post *op, const char *lines)
{
	const struct city *city = city_holder_get(op->worker->city);
	struct submission_draft draft = {
		.text = text_make(op, lines),
		.type = "fault-report",
		.category = open311_form_value(&op->form, "service_code"),
		.address = open311_form_value(&op->form, "address_string"),
		.name = name_of(op),
		.email = open311_form_value(&op->form, "email"),
		.phone = open311_form_value(&op->form, "phone"),
		.wants_reply = -1,
		.language = language_of(op),
	};
	struct error err = { 0 };
	struct faults faults;

	faults_init(&faults, http_arena(op->req));
	draft.has_lat = degrees_read(op, "lat", &draft.lat);
	draft.has_lon = degrees_read(op, "long", &draft.lon);
	place_judge(op, &draft);
	submission_judge(&draft, city, &op->submission, &faults);
	faults_tell(op, &faults);
	if (attachment_set_check(form_body_attachments(op->form.body), &err) < 0)
		open311_wrong(&op->errors, 400, "%s", err.text);
	op->submission.channel = "open311";
	op->submission.idempotency_key = idempotency_key(op);
}

/* ---- the way ---- */

static void request_on_attributes(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct open311_post *op = arg;
	struct open311_given *given;
	const char *lines;
	size_t n;

	op->call = NULL;
	if (err) {
		open311_post_fail(op, err);
		return;
	}
	given = open311_form_attributes(&op->form, &n);
	lines = open311_attribute_lines(
		http_arena(op->req), rows, given, n, &op->errors);
	request_judge(op, lines);
	if (op->errors.n > 0)
		open311_post_refuse(op);
	else if (open311_post_admit(op) == 0) {
		if (op->test)
			request_reply(op, open311_post_made_up(op));
		else
			attachment_set_store(form_body_attachments(op->form.body),
				request_on_stored, op);
	}
}

static void request_run(struct open311_post *op)
{
	const char *code = open311_form_value(&op->form, "service_code");
	const struct city *city = city_holder_get(op->worker->city);
	int32_t today = day_of_instant(stamp_now() / 1000000);

	if (!city)
		open311_wrong(&op->errors, 503, "the database is away");
	else if (!code)
		open311_wrong(&op->errors, 400, "service_code was not provided");
	else if (!open311_service(city, code, today))
		open311_wrong(&op->errors, 404, "service_code was not found");
	if (op->errors.n > 0) {
		open311_post_refuse(op);
		return;
	}
	open311_form_check(&op->form, &op->errors);
	op->call = db_run(op->worker->read_pool, &attributes_query,
		(const char *[]){ code }, request_on_attributes, op);
}

const struct open311_way open311_request_way = {
	.scope = "post",
	.run = request_run,
};
